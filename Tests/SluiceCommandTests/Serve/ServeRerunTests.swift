// SPDX-License-Identifier: Apache-2.0

#if Server && SQLite && AWS
import Dispatch
import Foundation
import JSONTape
import RuntimeServer
import Synchronization
import Testing
import TestSupport

/// Running again over HTTP, with a stand-in for Lambda that answers its call Invoke.
@Suite("Reruns by sluice serve") struct ServeRerunTests {
    private final class Calls: Sendable {
        private let content = Mutex<[String]>([])
        var all: [String] { content.withLock { $0 } }
        func add(_ call: String) { content.withLock { $0.append(call) } }
    }

    private let calls = Calls()
    /// What a slow function waits for.
    private let gate = DispatchSemaphore(value: 0)
    private let front: FunctionFront
    private let server: Server

    init() async throws {
        let (calls, gate) = (calls, gate)
        front = try FunctionFront(RuntimeServer()) { name, payload in
            calls.add("\(name) \(payload)")
            if payload.contains("slow") { gate.wait() }
            return .init(#"{"total":12}"#)
        }
        let folder = try TemporaryFolder()
        var environment: [String: String?] = [:]
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("AWS_") { environment[name] = .some(nil) }
        environment["HOME"] = folder.path
        environment["AWS_EC2_METADATA_DISABLED"] = "true"
        environment["AWS_ENDPOINT_URL_LAMBDA"] = front.url
        environment["AWS_REGION"] = "eu-central-1"
        environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE"
        environment["AWS_SECRET_ACCESS_KEY"] = "secret"
        server = try await Server(configuration: "rerun: { allow: [orders] }", in: folder, environment: environment)
        for (id, function) in [("r", "orders"), ("secret", "vault")] {
            let body = #"{"aws_request_id":"\#(id)","FunctionName":"\#(function)","params":{"id":5},"response":{"total":10}}"#
            #expect(try await server.post("/executions", body).status == 201)
        }
    }

    @Test("The input runs again, and the new row names the old one") func waited() async throws {
        let rerun = try await server.post("/executions/r/reruns", #"{"wait":true,"idempotency_key":"k"}"#)
        #expect(rerun.status == 200 && rerun.json["state"]?.stringValue == "done", "\(rerun)")
        #expect(rerun.json["differences"]?.text == #"[{"path":"$.total","old":10,"new":12}]"#)
        let id = try #require(rerun.json["new_id"]?.stringValue)
        let found = try await server.get("/executions/\(id)")
        guard case .array(let items)? = found.json["items"], let row = items.first else {
            Issue.record("\(found)")
            return
        }
        #expect(row["source"]?.stringValue == "r" && row["function"]?.stringValue == "orders" && row["response"]?.text == #"{"total":12}"#, "\(row)")
        let again = try await server.post("/executions/r/reruns", #"{"wait":true,"idempotency_key":"k"}"#)
        #expect(again.json["new_id"]?.stringValue == id && again.json["repeated"] == .bool(true), "\(again)")
        #expect(calls.all == [#"orders {"id":5}"#])
    }

    @Test("It is accepted, and made when the server ends at the latest") func accepted() async throws {
        #expect(try await server.post("/executions", #"{"aws_request_id":"s","FunctionName":"orders","params":"slow"}"#).status == 201)
        let accepted = try await server.post("/executions/s/reruns", #"{"idempotency_key":"a b"}"#)
        #expect(accepted.status == 202 && accepted.header("location") == "/executions/s/reruns/a%20b", "\(accepted)")
        gate.signal()
        let end = try await server.stop()
        #expect(end.status == 0, "\(end.errors)")
        #expect(calls.all == [#"orders "slow""#])
        let again = try await Server(in: server.folder)
        let report = try await again.get("/executions/s/reruns/a%20b")
        #expect(report.json["state"]?.stringValue == "done" && report.json["new_id"] != nil, "\(report)")
    }

    @Test("A function that the configuration does not name is not run") func forbidden() async throws {
        #expect(try await server.post("/executions/secret/reruns", #"{"wait":true}"#).status == 403)
        #expect(calls.all.isEmpty)
    }
}
#endif
