// SPDX-License-Identifier: Apache-2.0

import JSONTape
import ReferenceDecoder
import StreamRecords
import Testing
import TestSupport

/// The one pass from bytes to lines, held against the long way through index, check and rendering.
@Suite("Lines in one pass") struct TranscriptionTests {
    private static func inOnePass(_ bytes: [UInt8], chunkSize: Int = 1 << 20) -> Decoded {
        Decoded(MemorySource(bytes), chunkSize: chunkSize, rendering: .plain)
    }

    @Test("Random changes give the lines of the long way, and of the slow decoder") func changes() throws {
        var recordings = RandomRecordings(SeededRandom(announcing: #function))
        var transcribed = 0
        for round in 0..<1600 {
            let record = recordings.change()
            let document = round % 2 == 0 ? record : JSONText.object([("Records", .array([record, recordings.change()]))])
            let bytes = document.bytes(.compact, &recordings.random) + Array("\n".utf8)
            let long = Decoded(RecordBatch.decode(bytes))
            let short = Self.inOnePass(bytes)
            let comment: Comment = "round \(round): \(String(decoding: bytes, as: UTF8.self))"
            #expect(short.lines.difference(from: long.lines) == nil, comment)
            #expect(short.undecodable == long.undecodable, comment)
            if round % 10 == 0 {
                var reference = Reference()
                try reference.read(bytes)
                #expect(short.comparable(with: reference.lines).difference(from: reference.lines) == nil, comment)
            }
            transcribed += short.transcribed
        }
        // Else nothing was tested.
        #expect(transcribed > 80)
    }

    @Test("What can be asked of a record is the same whichever way it came") func parts() throws {
        var recordings = RandomRecordings(SeededRandom(announcing: #function))
        var transcribed = 0
        for round in 0..<800 {
            let bytes = recordings.change().bytes(.compact, &recordings.random) + Array("\n".utf8)
            var reader = RecordReader(MemorySource(bytes), rendering: .plain)
            let first = try reader.next()
            var chunk = try #require(first)
            let decoded = chunk.nextBatch()
            let batch = try #require(decoded)
            guard batch.lines(in: .plain) != nil else { continue }
            transcribed += batch.count
            let expected = try #require(RecordBatch.decode(bytes).first)
            #expect(batch.count == expected.count && batch.sources == expected.sources && batch.byteCount == expected.byteCount)
            let comment: Comment = "round \(round): \(String(decoding: bytes, as: UTF8.self))"
            for (index, (record, other)) in zip(batch, expected).enumerated() {
                #expect(batch.sourceIndex(at: index) == expected.sourceIndex(at: index), comment)
                #expect(batch.operationCode(at: index) == expected.operationCode(at: index), comment)
                #expect(batch.operation(at: index) == expected.operation(at: index), comment)
                #expect(batch.hasOrderingKey(at: index) == expected.hasOrderingKey(at: index), comment)
                #expect(batch.orderingKey(at: index) == expected.orderingKey(at: index), comment)
                #expect(record.id == other.id && record.kind == other.kind && record.time == other.time, comment)
                #expect(record.source == other.source && record.position == other.position, comment)
                #expect(record.keys?.attributes == other.keys?.attributes, comment)
                #expect(record.newImage?.attributes == other.newImage?.attributes, comment)
                #expect(record.oldImage?.attributes == other.oldImage?.attributes, comment)
                #expect(record.changedAttributes == other.changedAttributes, comment)
                #expect(record.isExpired == other.isExpired && record.subject == other.subject, comment)
                #expect(record.rawBytes == other.rawBytes, comment)
                #expect(record.detached().id == other.id, comment)
                for envelope in [Envelope.plain, .typed, Envelope(.plain, numbers: .string)] {
                    var line = JSONWriter()
                    var otherLine = JSONWriter()
                    record.write(envelope, into: &line)
                    other.write(envelope, into: &otherLine)
                    #expect(line.array == otherLine.array, comment)
                }
            }
        }
        #expect(transcribed > 50)
    }

    @Test("Damage is told as the long way tells it, wherever it hits") func damage() throws {
        var recordings = RandomRecordings(SeededRandom(announcing: #function))
        let letters = Array(#"{}[]",:\0159.-eEuSNBMLtfn "#.utf8) + [0, 0x0A, 0x1F, 0x80, 0xC3, 0xED, 0xFF]
        for round in 0..<2500 {
            var bytes = recordings.change().bytes(.compact, &recordings.random) + Array("\n".utf8)
            for _ in 0..<Int.random(in: 1...2, using: &recordings.random) {
                let place = Int.random(in: 0..<bytes.count, using: &recordings.random)
                switch Int.random(in: 0..<4, using: &recordings.random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(recordings.random.pick(letters), at: place)
                case 2: bytes.removeSubrange(place...)
                default: bytes[place] = recordings.random.pick(letters)
                }
                if bytes.isEmpty { bytes = [0x0A] }
            }
            let long = Decoded(RecordBatch.decode(bytes))
            let short = Self.inOnePass(bytes)
            let comment: Comment = "round \(round): \(String(decoding: bytes, as: UTF8.self))"
            #expect(short.lines.difference(from: long.lines) == nil, comment)
            #expect(short.undecodable == long.undecodable, comment)
        }
    }

    @Test("Images whose names come twice, in another order, or written with escapes differ in what the long way says") func names() throws {
        var random = SeededRandom(announcing: #function)
        let names = [#"a"#, #"b"#, #"\u0061"#, #"c\"d"#, #"c\u0022d"#, "abcdefgh", "abcdefghi", "abcdefghj", ""]
        let values = [
            #"{"S":"x"}"#, #"{"S":"\u0078"}"#, #"{"N":"1"}"#, #"{"N":"1.0"}"#, #"{"N":"10"}"#, #"{"N":"1E1"}"#, #"{"SS":["a","b"]}"#,
            #"{"SS":["b","a"]}"#, #"{"NS":["1","2"]}"#, #"{"NS":["2.0","1"]}"#, #"{"M":{"a":{"N":"1"},"b":{"S":""}}}"#,
            #"{"M":{"b":{"S":""},"a":{"N":"1.0"}}}"#, #"{"M":{"a":{"N":"1.00"},"b":{"S":""}}}"#, #"{"L":[{"N":"0"}]}"#, #"{"L":[{"N":"-0"}]}"#,
            #"{"L":[]}"#, #"{"BOOL":true}"#, #"{"BOOL":false}"#, #"{"NULL":true}"#, #"{"B":"YQ=="}"#, #"{"M":{}}"#, #"{"BS":["YQ==","Yg=="]}"#,
            #"{"BS":["Yg==","YQ=="]}"#,
        ]
        var transcribed = 0
        for round in 0..<3000 {
            func image() -> String {
                let count = Int.random(in: 0...4, using: &random)
                return "{" + (0..<count).map { _ in "\"\(random.pick(names))\":\(random.pick(values))" }.joined(separator: ",") + "}"
            }
            let (old, new) = (image(), image())
            let images = random.chance(50) ? #""NewImage":\#(new),"OldImage":\#(old)"# : #""OldImage":\#(old),"NewImage":\#(new)"#
            let bytes = Array(#"{"eventID":"1","eventName":"MODIFY","dynamodb":{\#(images)}}"#.utf8) + [0x0A]
            let short = Self.inOnePass(bytes)
            #expect(short.lines.difference(from: Decoded(RecordBatch.decode(bytes)).lines) == nil, "round \(round): \(images)")
            transcribed += short.transcribed
        }
        #expect(transcribed > 1000)
    }

    // MARK: Logs

    private static func event(_ payload: [UInt8]) throws -> [UInt8] {
        try Array(#"{"awslogs":{"data":"\#(Base64Text.encode(Zlib.gzip(payload)))"}}"#.utf8) + [0x0A]
    }

    private static func compare(_ bytes: [UInt8], _ comment: Comment) -> Decoded {
        let long = Decoded(RecordBatch.decode(bytes))
        let short = inOnePass(bytes)
        #expect(short.lines.difference(from: long.lines) == nil, comment)
        #expect(short.undecodable == long.undecodable, comment)
        #expect(short.controlMessages == long.controlMessages, comment)
        return short
    }

    @Test("Random log subscriptions give the lines of the long way, sound and damaged") func subscriptions() throws {
        var recordings = RandomRecordings(SeededRandom(announcing: #function))
        let letters = Array(#"{}[]",:\0159.-eEuntfrd "#.utf8) + [0, 0x0A, 0x1F, 0x80, 0xC3, 0xED, 0xFF]
        var transcribed = 0
        for round in 0..<1600 {
            var bytes: [UInt8] = []
            var payloads: [String] = []
            for _ in 0..<Int.random(in: 1...3, using: &recordings.random) {
                var payload = recordings.subscription().bytes(recordings.random.chance(95) ? .compact : .pretty, &recordings.random)
                if round % 2 == 1 && recordings.random.chance(60) {
                    let place = Int.random(in: 0..<payload.count, using: &recordings.random)
                    switch Int.random(in: 0..<4, using: &recordings.random) {
                    case 0: payload.remove(at: place)
                    case 1: payload.insert(recordings.random.pick(letters), at: place)
                    case 2: payload.removeSubrange(place...)
                    default: payload[place] = recordings.random.pick(letters)
                    }
                }
                payloads.append(String(decoding: payload, as: UTF8.self))
                bytes += try Self.event(payload)
            }
            transcribed += Self.compare(bytes, "round \(round): \(payloads)").transcribed
        }
        #expect(transcribed > 400)
    }

    @Test("JSON in a message names its execution, and only where it is JSON") func structuredLines() throws {
        var random = SeededRandom(announcing: #function)
        let id = "8f507cfc-1111-4697-b07a-ac58fc914c95"
        let names = ["requestId", "AWSRequestId", "aws_request_id", "function_request_id", "level", "record", "request\\\\u0049d", "é"]
        let values = [
            #"\"\#(id)\""#, #"\"INFO\""#, "1", "-0.5e3", "01", "true", "null", "{}", "[]", #"{\"requestId\":\"\#(id)\"}"#, #"[1,\"a\",{\"b\":[]}]"#,
            #"\"a\\\"b\""#, #"\"é\""#, #"\"\n\""#, #"\"\u00e9\""#, "tru", #"\""#, "[1", "{1}",
        ]
        let endings = ["", #"\n"#, #"\n\n"#, " ", #"\t"#, "x", "}", #"\u000a"#]
        var transcribed = 0
        for round in 0..<2500 {
            // Mostly sound, with something odd now and then.
            func pick(_ texts: [String], sound: Int) -> String { random.chance(85) ? texts[Int.random(in: 0..<sound, using: &random)] : random.pick(texts) }
            let members = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                #"\"\#(pick(names, sound: 5))\":\#(random.chance(5) ? " " : "")\#(pick(values, sound: 4))"#
            }
            let message = (random.chance(5) ? " " : "") + "{" + members.joined(separator: ",") + "}" + pick(endings, sound: 2)
            let payload = #"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/aws/lambda/f","logStream":"s","logEvents":"#
                + #"[{"id":"1","timestamp":1700000000001,"message":"\#(message)"}]}"#
            transcribed += Self.compare(try Self.event(Array(payload.utf8)), "round \(round): \(message)").transcribed
        }
        #expect(transcribed > 800)
    }

    @Test("Large recordings in pieces: the same lines in the same order, whatever lies among them") func pieces() throws {
        var recordings = RandomRecordings(SeededRandom(announcing: #function))
        for round in 0..<6 {
            var bytes: [UInt8] = []
            for _ in 0..<150 {
                let document = round % 2 == 0 ? recordings.change() : try recordings.document()
                bytes += document.bytes(recordings.random.chance(80) ? .compact : .pretty, &recordings.random) + Array("\n".utf8)
                if round == 4 && recordings.random.chance(5) { bytes += Array("{\"broken\":[1,2\n".utf8) }
            }
            let whole = Decoded(RecordBatch.decode(bytes))
            for largest in [100, 5000, 50_000] {
                let source = ChoppySource(bytes, largest: largest, recordings.random)
                let pieces = Decoded(source, chunkSize: 4096, rendering: .plain)
                #expect(pieces.lines.difference(from: whole.lines) == nil, "round \(round), \(largest)")
                #expect(pieces.undecodable.map(\.reason) == whole.undecodable.map(\.reason), "round \(round), \(largest)")
                #expect(pieces.controlMessages == whole.controlMessages)
            }
        }
    }
}
