// SPDX-License-Identifier: Apache-2.0

#if AWS && SQLite
import Foundation
import JSONTape
import RuntimeServer
import Synchronization
import Testing
import TestSupport

/// `sluice invoke` and `sluice rerun` as processes, with a stand-in for Lambda and a SQLite table.
@Suite("Invoking and running again")
struct InvocationTests {
    /// What Lambda and its functions do next.
    private final class Functions: Sendable {
        private let answers = Mutex<[FunctionFront.Answer]>([])
        private let calls = Mutex<[String]>([])
        private let victim = Mutex<(@Sendable () -> Void)?>(nil)

        var all: [String] { calls.withLock { $0 } }

        func will(_ answer: FunctionFront.Answer) { answers.withLock { $0.append(answer) } }

        /// Something happens once a function has been invoked and before it answers.
        func before(_ work: @escaping @Sendable () -> Void) { victim.withLock { $0 = work } }

        func answer(_ name: String, _ payload: String) -> FunctionFront.Answer {
            calls.withLock { $0.append("\(name) \(payload)") }
            victim.withLock { $0.take() }?()
            return answers.withLock { $0.isEmpty ? .init("null") : $0.removeFirst() }
        }
    }

    private let folder: TemporaryFolder
    private let functions = Functions()
    private let front: FunctionFront
    private var sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        let functions = functions
        front = try FunctionFront(RuntimeServer()) { functions.answer($0, $1) }
        sluice = Command(folder: folder.path)
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("AWS_") { sluice.environment[name] = .some(nil) }
        sluice.environment["HOME"] = folder.path
        sluice.environment["AWS_EC2_METADATA_DISABLED"] = "true"
        sluice.environment["AWS_ENDPOINT_URL"] = front.url
        sluice.environment["AWS_REGION"] = "eu-central-1"
        sluice.environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE"
        sluice.environment["AWS_SECRET_ACCESS_KEY"] = "secret"
        try folder.write(
            "sluice.yaml",
            "sinks: { t: { type: event-table, table: \"sqlite:events.db\" } }\nroutes: [{ to: t }]\nrerun: { allow: [orders, \"mails-*\"] }\n")
    }

    private func id(_ result: Command.Result) throws -> String {
        let words = result.errors.split(whereSeparator: \.isWhitespace)
        let place = try #require(words.firstIndex(of: "recorded"), "\(result.errors)")
        return String(words[place + 2])
    }

    private func shown(_ id: String) async throws -> JSONValue {
        try JSONValue(parsing: try await sluice("show", id, "--json").text)
    }

    @Test("An invocation is recorded with what went in and came out") func invoke() async throws {
        functions.will(.init(#"{"total": 10.00}"#))
        let result = try await sluice("invoke", "orders:live", "--params", #"{"id": 5}"#, "--source", "cause")
        #expect(result.status == 0 && result.lines == [#"{"total":10.00}"#], "\(result.errors)")
        let row = try await shown(try id(result))
        #expect(row["function"]?.stringValue == "orders" && row["params"]?.text == #"{"id":5}"# && row["source"]?.stringValue == "cause", "\(row)")
        #expect(functions.all == [#"orders {"id":5}"#])
        let piped = try await sluice("invoke", "orders", "--params", "-", input: Array("[1]".utf8))
        #expect(piped.status == 0 && piped.lines == ["null"])
        #expect(functions.all.last == "orders [1]")
    }

    @Test("Failed calls are recorded too", arguments: [
        (FunctionFront.Answer(#"{"errorType":"KeyError","errorMessage":"id"}"#, error: "Unhandled"), "error", "the function failed"),
        (FunctionFront.Answer(#"{"Type":"User","message":"Function not found"}"#, status: 404), "error", "was not run"),
        (FunctionFront.Answer(#"{"Type":"User","message":"Rate exceeded"}"#, status: 429), "error", "was not run"),
        (FunctionFront.Answer(#"{"message":"internal"}"#, status: 500), "running", "nobody can tell"),
    ])
    func failures(_ answer: FunctionFront.Answer, _ status: String, _ word: String) async throws {
        functions.will(answer)
        let result = try await sluice("invoke", "orders", "--params", "{}")
        #expect(result.status == 1 && result.errors.contains(word), "\(result.status) \(result.errors)")
        #expect(try await shown(try id(result))["status"]?.stringValue == status)
        #expect(functions.all.count == 1, "what may have run is not sent again")
    }

    @Test("What is no JSON invokes nothing") func badParams() async throws {
        let result = try await sluice("invoke", "orders", "--params", "{")
        #expect(result.status == 2 && result.errors.contains("no JSON"), "\(result.errors)")
        #expect(functions.all.isEmpty)
    }

    @Test("A rerun tells whether and where the answer differs, and a key runs it once") func rerun() async throws {
        functions.will(.init(#"{"total":10,"lines":[1,2]}"#))
        let id = try id(try await sluice("invoke", "orders", "--params", #"{"id":5}"#))
        let dry = try await sluice("rerun", id, "--dry-run", "--json")
        #expect(dry.status == 0 && dry.lines == [#"{"id":"\#(id)","function":"orders","params":{"id":5}}"#], "\(dry.errors)")
        #expect(functions.all.count == 1)

        functions.will(.init(#"{"total":10,"lines":[1,2]}"#))
        let same = try await sluice("rerun", id, "--json")
        #expect(same.status == 0, "\(same.errors)")
        #expect(try JSONValue(parsing: same.text)["differs"] == .bool(false))

        functions.will(.init(#"{"total":10,"lines":[1,3]}"#))
        for round in 0..<2 {
            let other = try await sluice("rerun", id, "--json", "--idempotency-key", "k")
            #expect(other.status == 1 && other.errors.contains("the answer differs"), "\(other.errors)")
            let told = try JSONValue(parsing: other.text)
            #expect(told["differences"]?.text == #"[{"path":"$.lines[1]","old":2,"new":3}]"# && told["repeated"] == .bool(round == 1), "\(told)")
            #expect(try await shown(try #require(told["new_id"]?.stringValue))["source"]?.stringValue == id)
        }
        #expect(functions.all.count == 3)
        let text = try await sluice("rerun", id, "--idempotency-key", "k")
        #expect(text.status == 1 && text.text.contains("lines"), "\(text.text)")
    }

    @Test("Only what the configuration allows runs again, and only what was recorded with its params") func refused() async throws {
        functions.will(.init("1"))
        let id = try id(try await sluice("invoke", "payments", "--params", "{}"))
        let refused = try await sluice("rerun", id)
        #expect(refused.status == 1 && refused.errors.contains("rerun.allow"), "\(refused.errors)")
        #expect(try await sluice("rerun", "nobody").status == 1)
        #expect(functions.all.count == 1)
        let mails = try await sluice("invoke", "mails-out", "--params", "{}")
        #expect(try await sluice("rerun", try self.id(mails)).status == 0)
    }

    @Test("A process that is killed between invoking and recording leaves the rerun unknown, never a success") func killed() async throws {
        functions.will(.init("1"))
        let id = try id(try await sluice("invoke", "orders", "--params", "{}"))
        let invoked = DispatchSemaphore(value: 0)
        let killed = DispatchSemaphore(value: 0)
        functions.before {
            invoked.signal()
            killed.wait()
        }
        functions.will(.init("1"))
        let running = try sluice.start(["rerun", id, "--idempotency-key", "k"])
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                invoked.wait()
                continuation.resume()
            }
        }
        running.signal(SIGKILL)
        #expect(try await running.end(within: .seconds(60)).status == 128 + SIGKILL)
        killed.signal()
        let again = try await sluice("rerun", id, "--idempotency-key", "k")
        #expect(again.status == 1 && again.errors.contains("still under way"), "\(again.errors)")
        // Time passes: no execution could be under way any more.
        let aged = try await sluice.program(
            Python.path(), ["-c", "import sqlite3; db = sqlite3.connect('events.db'); db.execute(\"UPDATE reruns SET started_at = '2026-01-01T00:00:00.000Z'\"); db.commit()"])
        #expect(aged.status == 0, "\(aged.errors)")
        let late = try await sluice("rerun", id, "--idempotency-key", "k", "--json")
        #expect(late.status == 1 && late.errors.contains("nobody can tell"), "\(late.errors)")
        #expect(try JSONValue(parsing: late.text)["state"]?.stringValue == "unknown")
        #expect(functions.all.count == 2)
    }

    @Test("The table of --config is taken, where no other is named") func rerunByConfiguration() async throws {
        try folder.write(
            "other.yaml",
            "sinks: { t: { type: event-table, table: \"sqlite:other.db\" } }\nroutes: [{ to: t }]\nrerun: { allow: [orders] }\n")
        functions.will(.init("1"))
        let id = try id(try await sluice("invoke", "orders", "--params", "{}", "--table", "sqlite:other.db"))
        let plan = try await sluice("rerun", id, "--config", "other.yaml", "--dry-run")
        #expect(plan.status == 0 && plan.text.contains("would invoke orders"), "\(plan.errors)")
        functions.will(.init("1"))
        let rerun = try await sluice("rerun", id, "--config", "other.yaml")
        #expect(rerun.status == 0, "\(rerun.errors)")
        #expect(!folder.exists("events.db"))
        // The command line goes before, and the configuration is read all the same.
        let elsewhere = try await sluice("rerun", id, "--config", "other.yaml", "--table", "sqlite:events.db")
        #expect(elsewhere.status == 2 && elsewhere.errors.contains("events.db"), "\(elsewhere.errors)")
        #expect(try await sluice("rerun", id, "--config", "none.yaml", "--table", "sqlite:other.db").status == 2)
    }

    @Test("Two processes with one key run it once") func together() async throws {
        functions.will(.init("1"))
        let id = try id(try await sluice("invoke", "orders", "--params", "{}"))
        functions.will(.init("1"))
        let sluice = sluice
        let results = try await withThrowingTaskGroup(of: Command.Result.self) { group in
            for _ in 0..<4 { group.addTask { try await sluice("rerun", id, "--idempotency-key", "k", "--json") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(functions.all.count == 2)
        let states = try results.map { try JSONValue(parsing: $0.text)["state"]?.stringValue ?? "" }
        #expect(states.contains("done") && states.allSatisfy { ["done", "started"].contains($0) }, "\(states)")
    }
}
#endif
