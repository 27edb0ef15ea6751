// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import TestSupport

/// The sink exec on the command line, with the sample in Python, and the command that checks such programs.
@Suite(.timeLimit(.minutes(10))) struct ConformanceCommandTests {
    private let folder: TemporaryFolder
    private let sluice: Command
    private let sample = Repository.path("samples/exec-sink/sink.py")
    private let service = Repository.path("samples/exec-sink/service.py")
    private let child = Repository.path("Tests/Support/exec/child.py")

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
    }

    @Test func theSampleInPythonKeepsTheRules() async throws {
        let result = try await sluice("conformance", "exec", "--once", "--arrived", "python3 '\(sample)' --list records.db", "python3", sample, "records.db")
        #expect(result.status == 0, "\(result.text)\(result.errors)")
        #expect(result.lines.last?.contains("11 passed, 0 failed") == true, "\(result.text)")
    }

    @Test func theSampleInPythonKeepsTheRulesWhileItsFileIsLockedSlowOrFails() async throws {
        let deep = String(repeating: #"{"a":"#, count: 600) + "1" + String(repeating: "}", count: 600)
        var sluice = sluice
        sluice.patience = .seconds(400)
        let result = try await sluice(
            "conformance", "exec", "--once", "--arrived", "python3 '\(sample)' --list records.db", "--service", "python3 '\(service)' records.db",
            "--undeliverable", deep, "python3", sample, "records.db")
        #expect(result.status == 0, "\(result.text)\(result.errors)")
        #expect(result.lines.last == "17 passed, 0 failed, 1 skipped", "\(result.text)")
        #expect(result.text.contains("skipped  concurrent calls: the traits allow one call at a time"), "\(result.text)")
    }

    @Test func aProgramIsFoundThatCallsDeliveredWhatTheServiceDoesNotTake() async throws {
        // It says delivered whatever the condition is, and the script notes the conditions.
        try folder.write("state/starts", "")
        try folder.write("note.sh", "echo \"$1\" >>conditions\ncase \"$1\" in *slow*) exit 3;; *stalled*) echo not today >&2; exit 1;; esac\n")
        let result = try await sluice(
            "conformance", "exec", "--service", "sh note.sh", "--undeliverable", #"{"price":"cheap"}"#, "--", "python3", child, "list", folder.path("state"))
        #expect(result.status == 1, "\(result.text)\(result.errors)")
        for rule in ["partial failure", "rejection", "failing service", "deadline"] { #expect(result.text.contains("FAILED   \(rule)"), "\(result.text)") }
        #expect(result.text.contains("sh note.sh {\"condition\":\"stalled\"} ended with status 1; it said: not today"), "\(result.text)")
        #expect(result.text.contains("skipped  slow service: the harness cannot make the service slow"), "\(result.text)")
        let conditions = try folder.text("conditions").split(separator: "\n")
        #expect(conditions.contains(#"{"condition":"failing"}"#) && conditions.contains(#"{"condition":"slow","delay_ms":60}"#))
        #expect(conditions.contains { $0.hasPrefix(#"{"condition":"refusing","ids":["run-"#) })
        #expect(conditions.first == #"{"condition":"working"}"# && conditions.last == #"{"condition":"working"}"#)
    }

    @Test func whatTheProgramMustRejectMayBeARecordAsAWSSendsIt() async throws {
        let record = #"{"messageId":"m-bad","receiptHandle":"h","body":"x","attributes":{},"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:orders"}"#
        try folder.write("state/starts", "")
        let result = try await sluice("conformance", "exec", "--undeliverable", record, "--", "python3", child, "each", folder.path("state"))
        #expect(result.status == 0, "\(result.text)\(result.errors)")
        #expect(result.text.contains("passed   rejection"), "\(result.text)")
    }

    @Test func theSampleInPythonKeepsNumbersAsTheyWereWritten() async throws {
        let huge = String(repeating: "7", count: 5000)
        let numbers = #""fraction": 0.12345678901234567890123456789, "tiny": -1.50E-400, "zero": -0, "long": \#(huge), "number": 54"#
        let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
        var lines: [String] = []
        for (id, detail) in [("numbers", "{\(numbers)}"), ("deep", #"{"list":\#(deep)}"#), ("last", #"{"text":"\u00e9"}"#)] {
            lines.append(
                #"{"version":"0","id":"\#(id)","detail-type":"t","source":"s","account":"123456789012","time":"2026-11-20T12:00:00Z","region":"eu-west-1","resources":[],"detail":\#(detail)}"#)
        }
        try folder.write("events.ndjson", lines.joined(separator: "\n"))
        let result = try await sluice("process", "events.ndjson", "--to", "exec:python3 '\(sample)' records.db")
        #expect(result.errors.contains("2 delivered") && result.errors.contains("nested more than 500 levels deep"), "\(result.errors)")
        let kept = try await sluice.program(
            "/usr/bin/env", ["python3", "-c", "import sqlite3\nfor (text,) in sqlite3.connect('records.db').execute('SELECT record FROM records'): print(text)"])
        #expect(kept.lines.count == 2 && kept.lines.first?.contains(numbers) == true && kept.lines.last?.contains(#""text": "é""#) == true, "\(kept.text)")
    }

    @Test func theSampleInPythonTakesTheRecordedStreamsOnce() async throws {
        for round in 1...2 {
            let result = try await sluice("process", Repository.path("samples/streams"), "--to", "exec:python3 '\(sample)' records.db")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("515 delivered") || result.errors.contains("515 already there"), "\(result.errors)")
            if round == 2 { #expect(result.errors.contains("0 delivered, 515 already there"), "\(result.errors)") }
        }
        let list = try await sluice.program("/usr/bin/env", ["python3", sample, "--list", "records.db"])
        // The recordings hold some records twice.
        #expect(Set(list.lines).count == list.lines.count && list.lines.count > 400)
    }

    @Test func aProgramThatBreaksARuleIsFound() async throws {
        try folder.write("state/arrived", "")
        // It says delivered and keeps nothing.
        let result = try await sluice("conformance", "exec", "--arrived", "cat state/arrived", "--", "python3", child, "list", "state")
        #expect(result.status == 1, "\(result.text)\(result.errors)")
        #expect(result.text.contains("FAILED   order by key"))
        #expect(result.text.contains("were called delivered and are not there"))
    }

    @Test func mistakesOnTheCommandLineAreTold() async throws {
        for (arguments, part) in [
            (["conformance", "exec"], "Name the program"), (["conformance", "exec", "--timeout", "soon", "true"], "--timeout soon is no duration"),
            (["conformance", "exec", "--arrived", "a 'b", "true"], "--arrived a 'b is no command"),
            (["conformance", "exec", "--service", "a 'b", "true"], "--service a 'b is no command"),
            (["conformance", "exec", "--undeliverable", "{", "true"], "--undeliverable { is neither a record"), (["conformance", "exec", "/no/such/program"], "cannot be started"),
            (["conformance", "exec", "true"], "ended with status 0"),
        ] {
            let result = try await sluice.run(arguments)
            #expect(result.status == 2 && result.errors.contains(part), "\(arguments): \(result.status) \(result.errors)")
        }
        let help = try await sluice("--help")
        #expect(help.text.contains("conformance"))
    }

    @Test func aProgramThatDiesWhileAStreamIsProcessedLosesNothing() async throws {
        try folder.write("state/starts", "")
        let result = try await sluice(
            "process", Repository.path("samples/streams/products"), "--to", "exec:python3 '\(child)' dies-once '\(folder.path("state"))'")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try folder.text("state/starts").split(separator: "\n").count == 2)
        #expect(result.errors.contains("ended with status 3"), "\(result.errors)")
    }
}
