// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape
import Sluice
import StreamRecords
import Testing
import TestSupport

/// Records whose lines were made in one pass, without an index, are held against conditions by where their members stand. They have to go the same
/// ways as records that were indexed.
@Suite struct OutlineTests {
    private struct Items {
        var random: SeededRandom

        static let names = ["status", "price", "a", "b", "address", "lines", "longer name here", "é", "a.b", "S", "quo\\\"te", "\\u0073tatus", "x\\\\y"]
        static let texts = ["open", "paid", "", "a", "caf\\u00e9", "\\\"", "x\\\\y", "abcdefghij", "10.0.0.1"]
        static let numbers = ["0", "5", "5.0", "-1", "10", "12345678901234567890123456789012345678", "0.5"]

        /// Attribute values as AWS writes them: compact, with an escape here and there.
        mutating func value(_ depth: Int) -> String {
            switch random.below(depth > 0 ? 12 : 8) {
            case 0, 1, 2: return #"{"S":"\#(random.pick(Self.texts))"}"#
            case 3, 4: return #"{"N":"\#(random.pick(Self.numbers))"}"#
            case 5: return #"{"BOOL":\#(random.below(2) == 0)}"#
            case 6: return #"{"NULL":true}"#
            case 7: return random.below(2) == 0 ? #"{"SS":["\#(random.pick(Self.texts))","p"]}"# : #"{"NS":["\#(random.pick(Self.numbers))","7"]}"#
            case 8, 9: return #"{"M":\#(map(depth - 1, 3))}"#
            default: return #"{"L":[\#((0..<random.below(4)).map { _ in value(depth - 1) }.joined(separator: ","))]}"#
            }
        }

        mutating func map(_ depth: Int, _ most: Int) -> String {
            // No name twice, however it is written.
            var names = Self.names.shuffled(using: &random)
            if let plain = names.firstIndex(of: "status"), let escaped = names.firstIndex(of: "\\u0073tatus") { names.remove(at: max(plain, escaped)) }
            let members = names.prefix(random.below(most + 1)).map { #""\#($0)":\#(value(depth))"# }
            return "{\(members.joined(separator: ","))}"
        }

        mutating func record(_ number: Int) -> String {
            let operation = random.pick(["INSERT", "MODIFY", "MODIFY", "REMOVE"])
            let item = map(3, 8)
            let other = random.below(3) == 0 ? item : map(3, 8)
            var images: [String] = []
            if operation != "REMOVE" { images.append(#""NewImage":\#(item)"#) }
            if operation != "INSERT" { images.append(#""OldImage":\#(other)"#) }
            if random.below(4) == 0 { images.reverse() }
            let table = random.pick(["T", "T", "T", "orders", "T\\/2"])
            let identity = operation == "REMOVE" && random.below(2) == 0 ? #","userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}"# : ""
            return #"{"eventID":"e\#(number)","eventName":"\#(operation)","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"eu-west-1","dynamodb":{"#
                + #""ApproximateCreationDateTime":1790000000,"Keys":{"Id":{"N":"\#(number)"}},\#(images.joined(separator: ",")),"SequenceNumber":"100000000000000000000\#(1000 + number)","#
                + #""SizeBytes":\#(random.below(300)),"StreamViewType":"NEW_AND_OLD_IMAGES"}\#(identity),"eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/\#(table)/stream/1"}"#
        }
    }

    private static let conditions = [
        #""when":{"eventName":["MODIFY"]}"#, #""when":{"dynamodb":{"NewImage":{"status":{"S":["paid","open"]}}}}"#, #""when":{"dynamodb":{"NewImage":{"status":{"S":[{"exists":true}]}}}}"#,
        #""when":{"dynamodb":{"OldImage":{"a":{"M":{"b":{"S":[{"prefix":""}]}}}}}}"#, #""when":{"dynamodb":{"NewImage":{"lines":{"L":{"M":{"a":{"S":[{"exists":true}]},"b":{"N":[{"exists":false}]}}}}}}}"#,
        #""when":{"dynamodb":{"NewImage":{"quo\"te":{"S":[{"exists":true}]}}}}"#, #""when":{"dynamodb":{"NewImage":{"x\\y":{"S":[{"anything-but":"zzz"}]}}}}"#,
        #""when":{"dynamodb":{"SizeBytes":[{"numeric":["<",150]}],"Keys":{"Id":{"N":[{"suffix":"1"}]}}}}"#, #""when":{"userIdentity":{"type":["Service"]}}"#,
        #""when":{"userIdentity":{"type":[{"exists":false}]},"eventName":["REMOVE"]}"#, #""when":{"dynamodb.NewImage.a.b.S":[{"exists":true}]}"#,
        #""when":{"dynamodb":{"NewImage":{"a":{"b":{"S":[{"wildcard":"*"}]}}}}}"#, #""when":{"dynamodb":{"NewImage":{"b":{"SS":["p"]}}}}"#, #""when":{"dynamodb":{"NewImage":{"b":{"BOOL":[true]}}}}"#,
        #""was":{"status":["open","paid"]}"#, #""becomes":{"price":[{"numeric":[">=",5,"<",11]}]}"#, #""becomes":{"price":[12345678901234567890123456789012345678]}"#,
        #""was":{"lines":{"a":[{"exists":true}],"b":[{"exists":true}]}}"#, #""becomes":{"address":{"status":[{"exists":true}]}}"#, #""becomes":{"a":[null,true]}"#, #""becomes":{"a.b":[{"exists":true}]}"#,
        #""becomes":{"quo\"te":[{"exists":true}]}"#, #""was":{"b":[7]}"#, #""changed":["status"]"#, #""changed":["price","a"]"#, #""changed":["x\\y"]"#, #""changed":["address.a"]"#, #""changed":["nothing"]"#,
        #""when":{"eventSourceARN":[{"wildcard":"*:table/T*/stream/*"}]}"#, #""when":{"eventSourceARN":[{"suffix":"/T/2/stream/1"}],"eventName":["MODIFY"]}"#,
        #""when":{"eventSourceARN":[{"anything-but":{"prefix":"arn:aws:dynamodb:eu-west-1:123456789012:table/o"}}],"awsRegion":[{"prefix":"eu"}]}"#,
        #""becomes":{"lines":["open",5]}"#, #""was":{"S":[{"exists":true}]}"#,
    ]

    @Test func recordsWithoutAnIndexGoTheSameWays() async throws {
        let seed = SeededRandom.announcedSeed(for: "outlines against the index")
        for seed in [seed, 1, 2, 3] { try await compare(seed) }
    }

    private func compare(_ seed: UInt64) async throws {
        var items = Items(random: SeededRandom(seed: seed))
        let event = (0..<8).map { part in "{\"Records\":[" + (0..<25).map { items.record(part * 25 + $0) }.joined(separator: ",") + "]}\n" }.joined()
        let names = Self.conditions.indices.map { "s\($0)" }
        let sinks = names.map { #""\#($0)":{"type":"log"}"# }.joined(separator: ",")
        let routes = zip(Self.conditions, names).map { #"{\#($0),"to":["\#($1)"]}"# }.joined(separator: ",")
        let configuration = try Configuration(
            reading: ConfigurationNode(json: #"{"sinks":{\#(sinks)},"routes":[\#(routes)]}"#, file: "x.json"), registry: SinkRegistry.standard())

        func deliveries(outlining: Bool) async throws -> (found: [[String]], outlined: Int) {
            let sinks = names.map { (name: $0, sink: ScriptedSink()) }
            let pipeline = try Pipeline(sinks: sinks.map { ($0.name, $0.sink) }, routes: configuration.routes)
            let interest = try #require(pipeline.outlining)
            var outlined = 0
            for batch in try OutlineTests.batches(event, outlining: outlining ? interest : nil) {
                if batch.outlines != nil { outlined += batch.count }
                _ = try await pipeline.deliver(pipeline.prepare(batch))
            }
            return (sinks.map { $0.sink.delivered.map { "\($0.id) \($0.payload)" } }, outlined)
        }
        let expected = try await deliveries(outlining: false)
        let found = try await deliveries(outlining: true)
        #expect(expected.outlined == 0 && found.outlined == 200, "seed \(seed)")
        for number in Self.conditions.indices {
            #expect(found.found[number] == expected.found[number], "seed \(seed): \(Self.conditions[number])")
        }
        // Most conditions are met by some records.
        #expect(expected.found.count { !$0.isEmpty } > 20, "seed \(seed)")
    }

    /// - Parameter outlining: where it is absent, the records are indexed.
    static func batches(_ event: String, outlining: OutlineInterest?) throws -> [RecordBatch] {
        var reader = RecordReader(MemorySource(Array(event.utf8)), rendering: outlining == nil ? nil : .plain, outlining: outlining)
        var batches: [RecordBatch] = []
        while var chunk = try reader.next() {
            while let batch = chunk.nextBatch() { batches.append(batch) }
        }
        return batches
    }
}
