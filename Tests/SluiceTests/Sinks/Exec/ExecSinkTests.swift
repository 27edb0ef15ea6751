// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Logging
@testable import Sluice
import SluiceTesting
import StreamRecords
import Testing
import TestSupport

/// The sink `exec` with programs that do what they should.
@Suite(.timeLimit(.minutes(10))) struct ExecSinkTests {
    @Test(arguments: ["each", "whole", "list"])
    func recordsGoDownAndOutcomesComeUp(_ behaviour: String) async throws {
        let fixture = try ExecFixture(behaviour)
        let sink = try await fixture.sink()
        #expect(try await sink.deliver(changes()).all == Array(repeating: .delivered, count: 6))
        #expect(try await sink.deliver(changes(2, from: 6)).allDelivered)
        try await sink.shutdown()
        if behaviour != "list" { #expect(try fixture.lines("arrived") == (0..<8).map { "r\($0)" }) }
        #expect(try fixture.lines("ends") == ["end"])
        #expect(try fixture.lines("starts").count == 1)
        #expect(try fixture.areAllGone())
        await #expect(throws: SinkEnded.self) { try await sink.deliver(changes()) }
    }

    @Test func whatStandsInTheLines() async throws {
        let fixture = try ExecFixture("echo")
        let sink = try await fixture.sink()
        _ = try await sink.deliver(changes(1, from: 4))
        let odd = TestRecord.event("e \"1\"\u{1F980}", detail: #"{"a":"\u0000\n"}"#)
        _ = try await sink.deliver(DeliveryBatch(testing: [odd, .log("l1", message: "line\n")]))
        try await sink.shutdown()
        let hello = try JSONValue(parsing: try #require(fixture.lines("hello").first))
        #expect(hello["type"] == .string("hello") && hello["protocol"] == .number("1") && hello["sink"] == .string("program"))
        let lines = try fixture.lines("lines").map { try JSONValue(parsing: $0) }
        #expect(lines.map { $0["batch"] } == [.number("1"), .number("2")])
        #expect(lines[0]["timeout_ms"] == .number("20000"))
        guard case .array(let first)? = lines[0]["records"], case .array(let second)? = lines[1]["records"] else {
            Issue.record("no records in \(lines)")
            return
        }
        #expect(first[0]["n"] == .number("1") && first[0]["id"] == .string("r4") && first[0]["route"] == .string("all"))
        #expect(first[0]["key"]?.stringValue?.isEmpty == false)
        #expect(first[0]["record"]?["kind"] == .string("change") && first[0]["record"]?["id"] == .string("r4"))
        #expect(second.map { $0["n"] } == [.number("2"), .number("3")])
        #expect(second[0]["id"]?.stringValue == odd.id && second[0]["key"] == nil)
        #expect(second[0]["record"]?["detail"]?["a"] == .string("\0\n"))
    }

    @Test func aProgramMayAskForSmallerBatches() async throws {
        let fixture = try ExecFixture("small-batches")
        let sink = try await fixture.sink()
        #expect(try await sink.deliver(changes(8)).allDelivered)
        try await sink.shutdown()
        #expect(try fixture.lines("batches") == ["3", "3", "2"])
    }

    @Test func theSettingLimitsABatchToo() async throws {
        let fixture = try ExecFixture("each")
        let sink = try await fixture.sink { $0.maxRecords = 5 }
        #expect(try await sink.deliver(changes(12)).allDelivered)
        // About a megabyte of records is a batch, however few they are.
        let large = (0..<5).map { TestRecord.event("large-\($0)", detail: "\"\(String(repeating: "x", count: 400_000))\"") }
        #expect(try await sink.deliver(DeliveryBatch(testing: large)).allDelivered)
        try await sink.shutdown()
        #expect(try fixture.lines("batches") == ["5", "5", "2", "2", "2", "1"])
    }

    @Test func outcomesOfAllKindsAreTaken() async throws {
        let fixture = try ExecFixture("each")
        try fixture.set(#"{"kind":"working","refused":["r1"]}"#)
        let sink = try await fixture.sink { $0.maxRecords = 3 }
        let records: [TestRecord] = [
            .change("r0", key: 0), .change("r1", key: 1), .change("x-bad", key: 0), .change("r2", key: 1), .change("r3", key: 0),
        ]
        let first = try await sink.deliver(DeliveryBatch(testing: records)).all
        #expect(first == [.delivered, .retry("throttled", after: .milliseconds(5)), .rejected("it is bad"), KeyGate.waiting, .delivered])
        try fixture.set(#"{"kind":"working"}"#)
        let second = try await sink.deliver(DeliveryBatch(testing: records)).all
        #expect(second == [.alreadyThere, .delivered, .rejected("it is bad"), .delivered, .alreadyThere])
        try await sink.shutdown()
        // A record that waits for one of an earlier batch is not sent at all.
        #expect(try fixture.lines("batches") == ["3", "1", "3", "2"])
    }

    @Test func whatItSaysGoesToTheLogger() async throws {
        let fixture = try ExecFixture("talks")
        let sink = try await fixture.sink()
        #expect(try await sink.deliver(changes()).allDelivered)
        try await sink.shutdown()
        let told = fixture.told
        #expect(told.contains(.warning, "it is warm") && told.contains(.info, "it is told"))
        #expect(told.contains(.warning, "a line of its own") && told.contains(.warning, "with  [31mcolour and no end"))
    }

    @Test func theEnvironmentIsGivenOn() async throws {
        let fixture = try ExecFixture("each")
        var settings = fixture.settings
        settings.command = try #require(ExecCommand(text: #"sh -c 'printf "%s|%s|%s" "$A" "$B" "$C" > "$0"; exec python3 "$@"' "\#(fixture.folder.path("env"))" "\#(ExecFixture.program)" each "\#(fixture.folder.path)""#))
        settings.env = ["B": "2 = two"]
        var context = fixture.context
        context.environment = ["A": "1", "B": "1", "PATH": "/usr/bin:/bin:/usr/local/bin"]
        let sink = try await ExecSink(settings, context)
        try await sink.shutdown()
        #expect(try fixture.folder.text("env") == "1|2 = two|")
    }

    @Test func settingsComeFromAConfiguration() throws {
        let registry = SinkRegistry.standard()
        func mistakes(_ settings: String) throws -> [String] {
            let node = try ConfigurationNode(json: #"{"sinks":{"p":{"type":"exec",\#(settings)}},"routes":[{"to":"p"}]}"#, file: "s.json")
            do throws(ConfigurationErrors) {
                _ = try Configuration(reading: node, registry: registry)
                return []
            } catch {
                return error.mistakes.map(\.description)
            }
        }
        #expect(try mistakes(#""command":"python3 'a b.py'","timeout":"1m","env":{"A":"b"},"max_records":10,"attempts":1,"start_timeout":"5s","stop_timeout":"5s""#) == [])
        #expect(try mistakes(#""command":["python3","a b.py"]"#) == [])
        #expect(try mistakes(#""command":"python3 'a""#).first?.contains("a command such as") == true)
        #expect(try mistakes(#""command":[]"#).first?.contains("the list of its words") == true)
        #expect(try mistakes(#""command":["a",1]"#).count == 1)
        #expect(try mistakes(#""commnd":"x""#).joined().contains("command"))
        #expect(try mistakes(#""command":"a","stop_timeout":"0s""#) == [])
        for (setting, expected) in [
            (#""timeout":"0s""#, "a duration of more than 0, such as 15m, 1h30m or 500ms"), (#""start_timeout":"0ms""#, "a duration of more than 0, such as 15m, 1h30m or 500ms"),
            (#""max_records":0"#, "a whole number, at least 1"), (#""max_records":-5"#, "a whole number, at least 1"), (#""attempts":0"#, "a whole number, at least 1"),
        ] {
            let name = setting.split(separator: "\"")[0]
            let found = try mistakes(#""command":"a","# + setting)
            #expect(found.count == 1 && found[0].hasPrefix("s.json:1:") && found[0].contains(": sinks.p.\(name): "), "\(found)")
            #expect(found[0].hasSuffix(", expected \(expected)"), "\(found)")
        }
        // All of them at once, beside a key that is not known.
        #expect(try mistakes(#""command":"a","timeout":"0s","max_records":0,"attempts":0,"more":1"#).count == 4)
        #expect(registry.shortForms.contains("exec:COMMAND"))
        let short = try Configuration(sendingEverythingTo: ["exec:python3 sink.py"], registry: registry)
        #expect(short.sinks.map(\.type) == ["exec"])
    }

    @Test func commandsAreDividedIntoWords() {
        func words(_ text: String) -> [String]? { ExecCommand(text: text)?.words }
        #expect(words("a b  c") == ["a", "b", "c"])
        #expect(words(#"a 'b c' "d \"e\" \n" f\ g ''"#) == ["a", "b c", "d \"e\" \\n", "f g", ""])
        #expect(words("") == nil && words("  ") == nil && words("a 'b") == nil && words("a \\") == nil && words("'' a") == nil)
        #expect(ExecCommand(words: ["a\0b"]) == nil)
    }
}
