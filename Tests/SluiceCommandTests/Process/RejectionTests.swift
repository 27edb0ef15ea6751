// SPDX-License-Identifier: Apache-2.0

import Foundation
import ReferenceDecoder
import Testing
import TestSupport

/// What becomes of records that cannot be decoded or delivered.
@Suite struct RejectionTests {
    let folder: TemporaryFolder
    let sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        try folder.addSamples()
        sluice = Command(folder: folder.path)
    }

    private func lines(_ name: String) throws -> [Tree] {
        try parsed(folder.text(name).split(separator: "\n").map(String.init))
    }

    @Test func aRecordOfTheWrongShapeFailsAlone() async throws {
        let result = try await sluice("process", "samples/broken/one-bad-record.json", "--to", "log:")
        #expect(result.status == 1)
        let delivered = try parsed(result.lines).map { String(decoding: $0["keys"]?["Id"]?.raw ?? [], as: UTF8.self) }
        #expect(delivered == ["1", "2", "5", "4"], "all but product 3, in order")
        #expect(result.errors.contains(
            "samples/broken/one-bad-record.json: rejected: the record with sequence number 4521600000000032029701364: dynamodb.NewImage.price.N: expected a number as a string\n"),
            "\(result.errors)")
        #expect(result.errors.contains("5 records received"), "\(result.errors)")
        #expect(result.errors.contains("4 delivered, 0 filtered, 1 rejected\n"), "\(result.errors)")
    }

    /// Values are taken apart by calls in calls, and a thread's stack is as large as it is.
    @Test func theDeepestRecordThatIsReadComesOutInAnyForm() async throws {
        try folder.write("sluice.yaml", """
            sinks:
              events: { type: event-table, table: "sqlite:events.db" }
              plain: { type: file, path: plain.ndjson }
              debezium: { type: file, path: debezium.ndjson }
              redacted: { type: file, path: redacted.ndjson }
            routes:
              - { to: [events, plain] }
              - { to: [debezium], envelope: debezium, changed: [deep] }
              - { to: [redacted], redact: [new.deep.deep], when: { dynamodb: { NewImage: { Id: { N: ["7"] } } } } }
            """)
        // A record of 1,024 levels, and one of a level more, with the values at the bottom: the list, the record, dynamodb, the image, the attribute.
        for (name, depth) in [("deepest", 1018), ("deeper", 1019)] {
            let images = [("NewImage", "1"), ("OldImage", "2")].map { image, bottom in
                let nested = (0..<depth / 2).reduce(depth % 2 == 0 ? "{\"S\":\"\(bottom)\"}" : "{\"SS\":[\"\(bottom)\"]}") { inner, _ in "{\"L\":[\(inner)]}" }
                return ",\"\(image)\":{\"Id\":{\"N\":\"7\"},\"deep\":\(nested)}"
            }
            try folder.write("\(name).json", #"{"Records":[{"eventID":"\#(name)","eventName":"MODIFY","eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/Things/stream/x","dynamodb":{"SequenceNumber":"1","Keys":{"Id":{"N":"7"}}\#(images.joined())}}]}"#)
        }
        let deepest = try await sluice("process", "deepest.json")
        #expect(deepest.status == 0 && deepest.errors.contains("1 delivered, 0 filtered, 0 rejected"), "\(deepest.status): \(deepest.errors.prefix(2000))")
        for name in ["plain", "debezium", "redacted"] { #expect(try folder.text("\(name).ndjson").count > 2000, "\(name)") }
        #expect(try await sluice("history", "Things", "Id=7", "--table", "sqlite:events.db", "--json").status == 0)
        let deeper = try await sluice("process", "deeper.json", "--to", "log:")
        #expect(deeper.status == 1 && deeper.errors.contains("0 delivered, 0 filtered, 1 rejected"), "\(deeper.status): \(deeper.errors.prefix(2000))")
    }

    @Test func whatARecordingHoldsCannotSteerTheTerminal() async throws {
        let record = Recordings.change(1).replacingOccurrences(of: "table/Things", with: #"table/Th\u001b[2Jings"#)
        let wrong = Recordings.change(2).replacingOccurrences(of: #""price":{"N""#, with: #""pri\u001b[31m\nce":{"Q""#)
        try folder.write("a\u{1B}[5m.json", Recordings.event([record, wrong]))
        let result = try await sluice("process", "a\u{1B}[5m.json", "--to", "log:")
        #expect(result.status == 1)
        #expect(!result.errors.contains("\u{1B}"), "\(result.errors)")
        #expect(result.errors.contains("from  table Th [2Jings  1 received"), "\(result.errors)")
        #expect(try parsed(result.lines).map { $0["table"]?.string } == ["Th\u{1B}[2Jings"])
    }

    /// A program that answers for each record with what `decide(id, times)` makes: of its item, and how often it was given it.
    private func writeProgram(_ decide: String) throws {
        try folder.write("sink.py", """
            import json, sys, time

            times = {}

            def note(name, text):
                with open(name, "a", encoding="utf-8") as file:
                    file.write(text + "\\n")

            def decide(id, times):
                \(decide)

            note("starts", "start")
            for line in sys.stdin:
                message = json.loads(line)
                if message["type"] == "hello":
                    print(json.dumps({"type": "hello", "protocol": 1}), flush=True)
                elif message["type"] == "batch":
                    note("batches", "batch")
                    for entry in message["records"]:
                        id = entry["record"]["keys"]["Id"]
                        times[id] = times.get(id, 0) + 1
                        outcome, reason = decide(id, times[id])
                        print(json.dumps({"type": "outcome", "n": entry["n"], "outcome": outcome, "reason": reason}), flush=True)

            """)
    }

    @Test func whatWasParkedIsRejectedThoughAnotherRecordWasTriedAgain() async throws {
        try writeProgram(#"return ("rejected", "never") if id == 1 else ("retry", "not yet") if id == 2 and times < 3 else ("delivered", "")"#)
        try folder.write("sluice.yaml", """
            sinks:
              program: { type: exec, command: [python3, sink.py] }
              parked: { type: file, path: parked.ndjson }
            routes: [{ to: [program] }]
            rejected: { to: [parked] }
            """)
        try folder.write("a.json", Recordings.event((1...3).map { Recordings.change($0) }))
        let result = try await sluice("process", "a.json")
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains("2 delivered, 0 filtered, 1 rejected (1 parked)\n"), "\(result.errors)")
        #expect(result.errors.contains("  to  program  2 delivered, 1 rejected\n"), "\(result.errors)")
        #expect(result.errors.contains("a.json: rejected by program and parked: record "), "\(result.errors)")
        let parked = try lines("parked.ndjson")
        #expect(parked.map { $0["reason"]?.string } == ["never"])
    }

    @Test func manyReasonsAreNotAllTold() async throws {
        try writeProgram(#"return ("retry", f"reason {id}")"#)
        try folder.write("a.json", Recordings.event((0..<50).map { Recordings.change($0) }))
        let result = try await sluice("process", "a.json", "--to", "exec:python3 sink.py")
        #expect(result.status == 1)
        #expect(result.errors.contains("a.json: 50 records not delivered: reason 0; reason 1; reason 10; … and 47 more\n"), "\(result.errors)")
    }

    @Test func aProgramThatHangsIsNotTriedAgainOnceTheRunIsToEnd() async throws {
        try writeProgram("time.sleep(600)")
        try folder.write("sluice.yaml", """
            sinks: { program: { type: exec, command: [python3, sink.py], timeout: 5s, attempts: 3 } }
            routes: [{ to: [program] }]
            """)
        // Several batches are in flight.
        for number in 0..<4 { try folder.write("in/\(number).json", Recordings.event([Recordings.change(number)])) }
        let running = try sluice.start(["process", "in", "--jobs", "4"])
        _ = try await folder.eventually("a batch at the program") { folder.exists("batches") ? true : nil }
        running.signal(SIGTERM)
        let result = try await running.end(within: .seconds(60))
        #expect(result.status == 143, "\(result.errors)")
        #expect(result.errors.contains("did not answer within"), "\(result.errors)")
        #expect(try folder.text("starts") == "start\n")
    }

    @Test func manyRejectionsAreNotAllListed() async throws {
        try folder.write("a.json", Recordings.event((0..<50).map { Recordings.change($0, price: "1") }))
        let result = try await sluice("process", "a.json", "--to", "log:")
        #expect(result.status == 1)
        #expect(result.errors.components(separatedBy: "a.json: rejected: ").count == 21, "\(result.errors)")
        #expect(result.errors.contains("\n… and 30 more like these\n"))
    }

    #if os(Linux)
    @Test func whatCannotBeWrittenIsNotDelivered() async throws {
        let result = try await sluice("process", "samples/streams/bus/2-order-placed.json", "--to", "file:/dev/full", "--to", "log:")
        #expect(result.status == 1)
        #expect(result.lines.count == 1, "the other sink has it, once")
        #expect(result.errors.contains("1 record not delivered: "), "\(result.errors)")
        #expect(result.errors.contains("No space left on device"), "\(result.errors)")
        #expect(result.errors.contains("0 delivered, 0 filtered, 0 rejected, 1 not delivered\n"), "\(result.errors)")
    }
    #endif

    @Test func aBrokenLineCostsItself() async throws {
        let result = try await sluice("process", "samples/broken/broken-line.ndjson", "--to", "log:")
        #expect(result.status == 1)
        #expect(try parsed(result.lines).map { $0["op"]?.string } == ["MODIFY", "REMOVE"])
        #expect(result.errors.contains("samples/broken/broken-line.ndjson: rejected: "), "\(result.errors)")
        #expect(result.errors.contains("3 records received"), "\(result.errors)")
    }

    @Test func parkedRecordsAreComplete() async throws {
        let result = try await sluice("process", "samples/broken", "--config", "samples/sluice.yaml")
        #expect(result.status == 1)
        #expect(result.errors.contains("6 delivered, 0 filtered, 2 rejected (2 parked)\n"), "\(result.errors)")
        #expect(result.errors.contains("  to  parked   0 delivered, 2 parked\n"), "\(result.errors)")
        let parked = try lines("out/parked.ndjson")
        try #require(parked.count == 2)
        for item in parked {
            #expect(item["kind"]?.string == "rejected")
            #expect(item["reason"]?.string?.isEmpty == false)
            #expect(item["time"]?.string?.count == 24)
            #expect(item["id"]?.string?.isEmpty == false)
        }
        let sent = try TreeParser.parse(folder.bytes("samples/broken/one-bad-record.json"))["Records"]?.elements ?? []
        let bad = try #require(sent.first { $0["dynamodb"]?["NewImage"]?["price"]?["N"]?.rawString == nil && $0["dynamodb"]?["NewImage"]?["price"] != nil })
        let shape = try #require(parked.first { $0["record"] != nil })
        #expect(shape["record"]?.compact == bad.compact)
        #expect(shape["position"]?["kind"]?.string == "sequence")
        #expect(shape["position"]?["value"]?.string == bad["dynamodb"]?["SequenceNumber"]?.string)
        // What is no JSON is kept byte for byte.
        let line = try #require(parked.first { $0["record_base64"] != nil })
        let kept = Data(base64Encoded: line["record_base64"]?.string ?? "")
        let broken = try folder.text("samples/broken/broken-line.ndjson").split(separator: "\n")[1]
        #expect(broken.hasSuffix(String(decoding: kept ?? Data(), as: UTF8.self).trimmingCharacters(in: .newlines)))
        #expect((kept?.count ?? 0) > 100)
    }

    @Test func whatWasParkedOutlivesTheNextRun() async throws {
        #expect(try await sluice("process", "samples/broken", "--config", "samples/sluice.yaml").status == 1)
        let parked = try folder.text("out/parked.ndjson")
        #expect(try await sluice("process", "samples/streams/bus", "--config", "samples/sluice.yaml").status == 0)
        #expect(try folder.text("out/parked.ndjson") == parked)
    }

    @Test func whatASinkRejectsIsParkedWithItsSource() async throws {
        try folder.write("sluice.yaml", """
            sinks:
              records: { type: dir, path: out, key: "{table}/{id}" }
              parked: { type: file, path: parked.ndjson }
            routes:
              - { name: all, to: [records] }
            rejected: { to: [parked] }
            """)
        try folder.write("a.json", Recordings.event([Recordings.change(1), Recordings.change(2)]))
        try folder.write("b.json", Recordings.event([Recordings.change(1), Recordings.change(2, price: "\"0\""), Recordings.change(3)]))
        #expect(try await sluice("process", "a.json").status == 0)
        let result = try await sluice("process", "b.json")
        #expect(result.status == 1)
        #expect(result.errors.contains("2 delivered, 0 filtered, 1 rejected (1 parked)\n"), "\(result.errors)")
        let parked = try lines("parked.ndjson")
        try #require(parked.count == 1)
        let sent = try TreeParser.parse(Array(Recordings.change(2, price: "\"0\"").utf8))
        #expect(parked[0]["record"]?.compact == sent.compact)
        #expect(parked[0]["record_id"]?.string == sent["eventID"]?.string)
        #expect(parked[0]["source"]?["kind"]?.string == "change")
        #expect(parked[0]["source"]?["name"]?.string == "Things")
        #expect(parked[0]["source"]?["arn"]?.string == sent["eventSourceARN"]?.string)
        #expect(parked[0]["position"]?["value"]?.string == sent["dynamodb"]?["SequenceNumber"]?.string)
        #expect(parked[0]["route"]?.string == "all")
        #expect(parked[0]["sink"]?.string == "records")
        #expect(parked[0]["reason"]?.string?.contains("with other content") == true)
        // A parked record is input again.
        try folder.write("again.json", String(decoding: parked[0]["record"]?.raw ?? [], as: UTF8.self))
        let again = try await sluice("process", "again.json", "--to", "log:")
        #expect(again.status == 0 && again.lines.count == 1)
    }

    @Test func whatNoRouteTakesIsFilteredAndCounted() async throws {
        try folder.write("sluice.yaml", """
            sinks: { console: { type: log } }
            routes:
              - { kind: [message], to: [console] }
            """)
        let result = try await sluice("process", "samples/streams/products")
        #expect(result.status == 0)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("0 delivered, 36 filtered, 0 rejected\n"), "\(result.errors)")
    }

    @Test func twoComesBeforeThreeBeforeOne() async throws {
        let input = try await sluice("process", "samples/broken", "missing.json", "--to", "log:")
        #expect(input.status == 3)
        #expect(input.lines.count == 6)
        let usage = try await sluice("process", "samples/broken", "missing.json", "--to", "nonsense:")
        #expect(usage.status == 2)
        #expect(usage.output.isEmpty)
        let rejected = try await sluice("process", "samples/broken", "--to", "log:")
        #expect(rejected.status == 1)
    }
}
