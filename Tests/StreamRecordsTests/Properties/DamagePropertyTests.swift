// SPDX-License-Identifier: Apache-2.0

import JSONTape
import ReferenceDecoder
import StreamRecords
import Testing
import TestSupport

/// Damage costs what it hits and no more: never a crash, never a hang, never a record of another document.
@Suite("Damaged recordings") struct DamagePropertyTests {
    @Test("One damaged line costs at most its own document") func oneLine() throws {
        var recordings = RandomRecordings(SeededRandom(announcing: #function))
        for round in 0..<250 {
            let lines = try Self.lines(&recordings, count: 2 + round % 6)
            let hit = Int.random(in: 0..<lines.count, using: &recordings.random)
            var damaged = lines
            damaged[hit] = Self.damage(lines[hit], &recordings.random)
            let decoded = Decoded(RecordBatch.decode(Self.joined(damaged)))
            let before = try Self.expected(lines[..<hit])
            let after = try Self.expected(lines[(hit + 1)...])
            let comment: Comment = "round \(round): \(String(decoding: damaged[hit], as: UTF8.self))"
            #expect(decoded.lines.count >= before.lines.count + after.lines.count, comment)
            #expect(Array(decoded.lines.prefix(before.lines.count)).difference(from: before.lines) == nil, comment)
            #expect(Array(decoded.lines.suffix(after.lines.count)).difference(from: after.lines) == nil, comment)
            #expect(decoded.controlMessages >= before.controlMessages + after.controlMessages, comment)
            // What was lost is told, and its bytes are part of the damaged line.
            let own = try Self.expected(lines[hit...hit])
            if decoded.lines.count < before.lines.count + own.lines.count + after.lines.count, (try? TreeParser.parse(damaged[hit])) == nil {
                #expect(!decoded.undecodable.isEmpty, comment)
            }
            for undecodable in decoded.undecodable {
                #expect(!undecodable.reason.isEmpty, comment)
            }
        }
    }

    @Test("Cut at any byte, the whole documents before the cut are all there") func truncation() throws {
        var recordings = RandomRecordings(SeededRandom(announcing: #function))
        for _ in 0..<3 {
            let lines = try Self.lines(&recordings, count: 4)
            let bytes = Self.joined(lines)
            var ends: [Int] = []
            for line in lines {
                ends.append((ends.last ?? -1) + line.count + 1)
            }
            for length in 0...bytes.count where bytes.count < 3000 || length % 7 == 0 {
                let whole = ends.prefix { $0 <= length }.count
                let expected = try Self.expected(lines[..<whole])
                let decoded = Decoded(RecordBatch.decode(Array(bytes[..<length])))
                #expect(Array(decoded.lines.prefix(expected.lines.count)).difference(from: expected.lines) == nil, "cut at \(length)")
                if whole == lines.count || length == (whole == 0 ? 0 : ends[whole - 1] + 1) || length == 0 {
                    #expect(decoded.undecodable.map(\.reason) == [], "cut at \(length) of \(bytes.count)")
                    #expect(decoded.lines.count == expected.lines.count)
                } else if bytes[(whole == 0 ? 0 : ends[whole - 1])..<length].contains(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
                    #expect(decoded.undecodable.count == 1, "cut at \(length) of \(bytes.count): \(decoded.undecodable.map(\.reason))")
                }
            }
        }
    }

    @Test("A document that ends too early costs nothing of those around it", arguments: [false, true])
    func cutShort(readsByElements: Bool) throws {
        var recordings = RandomRecordings(SeededRandom(announcing: "cutShort(\(readsByElements))"))
        for _ in 0..<3 {
            // Larger than what a reader of 4 KiB holds whole, so that it is read element by element, or small.
            let records = (0..<(readsByElements ? 40 : 3)).map { _ in recordings.change() }
            let events = JSONText.object([("Records", .array(records))]).bytes(.compact, &recordings.random)
            let others = (0..<2).map { _ in JSONText.object([("Records", .array([recordings.change(), recordings.change()]))]) }
            let before = others[0].bytes(.spaced, &recordings.random)
            let after = others[1].bytes(.spaced, &recordings.random)
            let whole = Decoded(RecordBatch.decode(Self.joined([before, events, after])))
            let expected = Array(whole.lines.prefix(2)) + Array(whole.lines.suffix(2))
            let structural = events.indices.filter { [0x7B, 0x7D, 0x5B, 0x5D, 0x2C, 0x3A, 0x22].contains(events[$0]) }
            let cuts = Set(structural + structural.map { $0 + 1 }).filter { $0 > 0 && $0 < events.count }.sorted()
            for cut in readsByElements ? cuts.shuffled(using: &recordings.random).prefix(60) + cuts.suffix(4) : cuts[...] {
                let input = Self.joined([before, Array(events[..<cut]), after])
                for decoded in [
                    Decoded(RecordBatch.decode(input)), Decoded(ChoppySource(input, largest: 3000, recordings.random), chunkSize: 4096),
                ] {
                    let found = Array(decoded.lines.prefix(2)) + Array(decoded.lines.dropFirst(2).suffix(2))
                    #expect(found.difference(from: expected) == nil, "cut at \(cut) of \(events.count)")
                    #expect(decoded.undecodable.count >= 1, "cut at \(cut) of \(events.count)")
                }
            }
        }
    }

    @Test("Damaged compressed recordings end, with what could be read") func compressed() throws {
        var recordings = RandomRecordings(SeededRandom(announcing: #function))
        for _ in 0..<300 {
            let bytes = try EnvelopePropertyTests.recording(&recordings, .lines, documents: 5)
            let whole = Decoded(RecordBatch.decode(bytes))
            let damaged = Self.damage(try recordings.gzip(bytes), &recordings.random)
            let decoded = Decoded(RecordBatch.decode(damaged))
            // Nothing is made up: what comes out whole was in the recording, unless the damage hit a stored byte.
            #expect(decoded.lines.count <= whole.lines.count + decoded.undecodable.count)
            let pieces = Decoded(ChoppySource(damaged, largest: 50, recordings.random), chunkSize: 4096)
            #expect(pieces.lines.difference(from: decoded.lines) == nil)
        }
    }

    @Test("Bytes of no meaning never crash and never hang") func noise() {
        var random = SeededRandom(announcing: #function)
        for _ in 0..<300 {
            let decoded = Decoded(RecordBatch.decode(random.bytes(upTo: 300)))
            #expect(decoded.lines.isEmpty)
        }
        let pieces = [#"{"Records":["#, "{", "}", "[", "]", ",", ":", "\"", "\\", "\n", #"{"S":""#, "1", "null", #""dynamodb":{"#, #""awslogs":{"data":""#, "\u{0}"]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 1...30, using: &random)).map { _ in random.pick(pieces) }.joined()
            _ = Decoded(RecordBatch.decode(Array(text.utf8)))
        }
    }

    @Test("Wrong shapes in sound JSON cost only their own record") func wrongShapes() throws {
        var recordings = RandomRecordings(SeededRandom(announcing: #function))
        var rejected = 0
        for round in 0..<400 {
            var records = (0..<4).map { _ in recordings.change() }
            let hit = Int.random(in: 0..<records.count, using: &recordings.random)
            records[hit] = Self.misshape(records[hit], &recordings.random)
            let bytes = JSONText.object([("Records", .array(records))]).bytes(.compact, &recordings.random)
            var reference = Reference()
            try reference.read(bytes)
            let decoded = Decoded(RecordBatch.decode(bytes))
            let comment: Comment = "round \(round): \(String(decoding: records[hit].bytes(.compact, &recordings.random), as: UTF8.self))"
            #expect(decoded.lines.count + decoded.undecodable.count == 4, comment)
            #expect(decoded.undecodable.count <= 1, comment)
            #expect(decoded.undecodable.count == reference.undecodable, comment)
            #expect(decoded.comparable(with: reference.lines).difference(from: reference.lines) == nil, comment)
            if let undecodable = decoded.undecodable.first {
                rejected += 1
                #expect(undecodable.rawBytes == records[hit].bytes(.compact, &recordings.random), comment)
                #expect(!undecodable.reason.isEmpty)
            }
        }
        #expect(rejected > 50)
    }

    @Test("One bad record in 10,000 leaves 9,999 and its own bytes", arguments: [0, 1, 5_000, 9_999])
    func oneInTenThousand(place: Int) {
        var random = SeededRandom(announcing: "oneInTenThousand(\(place))")
        let bad = #"{"eventID":"bad","eventName":"MODIFY","dynamodb":{"SequenceNumber":"77","NewImage":{"price":{"N":12}}}}"#
        let records = (0..<10_000).map { number in
            number == place
                ? bad
                : #"{"eventID":"\#(number)","eventName":"INSERT","dynamodb":{"SequenceNumber":"\#(number)","NewImage":{"price":{"N":"12"}}}}"#
        }
        let text = Array(#"{"Records":[\#(records.joined(separator: ","))]}"#.utf8)
        for decoded in [Decoded(RecordBatch.decode(text)), Decoded(ChoppySource(text, largest: 9000, random), chunkSize: 4096)] {
            #expect(decoded.lines.count == 9_999)
            #expect(decoded.undecodable.count == 1)
            #expect(decoded.undecodable.first?.rawBytes == Array(bad.utf8))
            #expect(decoded.undecodable.first?.reason.contains("price") == true)
            #expect(decoded.undecodable.first?.position == Position(kind: .sequenceNumber, text: "77"))
        }
        _ = random.next()
    }

    @Test("A small payload that decompresses to much is refused, and the rest of the batch is not") func bomb() throws {
        let zeros = try Zlib.gzip([UInt8](repeating: 0x20, count: 3_000_000))
        let bomb = #"{"awslogs":{"data":"\#(Base64Text.encode(zeros))"}}"#
        let good = #"{"id":"1","detail-type":"t","source":"s","detail":{}}"#
        let decoded = Decoded(RecordBatch.decode(Array("\(bomb)\n\(good)\n".utf8), limits: RecordLimits(decompressed: 1_000_000)))
        #expect(decoded.lines.count == 1)
        #expect(decoded.undecodable.count == 1)
        #expect(decoded.undecodable.first?.error.code == .tooLarge)
    }

    // MARK: Helpers

    /// Documents, each on a line of its own.
    private static func lines(_ recordings: inout RandomRecordings, count: Int) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for _ in 0..<count {
            lines.append(try recordings.document().bytes(recordings.random.pick([.compact, .spaced]), &recordings.random))
        }
        return lines
    }

    private static func joined(_ lines: [[UInt8]]) -> [UInt8] {
        lines.flatMap { $0 + [0x0A] }
    }

    private static func expected(_ lines: ArraySlice<[UInt8]>) throws -> Decoded {
        // The same reader over whole documents, which the tests of the envelopes hold against the reference.
        Decoded(RecordBatch.decode(joined(Array(lines))))
    }

    /// A few bytes changed, removed or added; no line break comes in.
    private static func damage(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        let interesting = Array("{}[]:,\"\\ \tue0129.-tfnSNBML".utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC3, 0xE2, 0xED, 0xF4, 0xFF]
        for _ in 0...Int.random(in: 0..<2, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = random.pick(interesting)
            case 1: bytes[place] = UInt8(truncatingIfNeeded: Int.random(in: 0x0B...0xFF, using: &random))
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(random.pick(interesting), at: place)
            default: bytes.removeSubrange(place..<min(place + 40, bytes.count))
            }
        }
        return bytes
    }

    /// The value with one of the values in it replaced by another kind of JSON.
    private static func misshape(_ value: JSONText, _ random: inout SeededRandom) -> JSONText {
        switch value {
        case .object(let members) where !members.isEmpty && random.chance(85):
            var members = members
            let place = Int.random(in: 0..<members.count, using: &random)
            members[place].value = misshape(members[place].value, &random)
            return .object(members)
        case .array(let elements) where !elements.isEmpty && random.chance(85):
            var elements = elements
            let place = Int.random(in: 0..<elements.count, using: &random)
            elements[place] = misshape(elements[place], &random)
            return .array(elements)
        default:
            return random.pick([
                .raw("12"), .raw("null"), .raw("false"), .quoted("text"), .quoted(""), .array([]), .object([]), .object([("S", .raw("1"))]),
                .object([("S", .quoted("a")), ("N", .quoted("1"))]), .object([("X", .quoted("a"))]), .array([.quoted("a")]),
            ])
        }
    }
}
