// SPDX-License-Identifier: Apache-2.0

import JSONTape
import ReferenceDecoder
import StreamRecords
import Synchronization
import Testing
import TestSupport

@Suite("Any envelope, against the slow decoder") struct EnvelopePropertyTests {
    /// How the documents of a recording stand one after another.
    enum Framing: CaseIterable {
        case lines, lineBreaksAndPretty, nothingBetween, oneArray
    }

    @Test("Random recordings of every envelope give the reference's lines", arguments: Framing.allCases, [false, true])
    func everyEnvelope(framing: Framing, isCompressed: Bool) throws {
        var recordings = RandomRecordings(SeededRandom(announcing: "everyEnvelope(\(framing), \(isCompressed))"))
        for round in 0..<36 {
            let bytes = try Self.recording(&recordings, framing, documents: 1 + round % 12)
            var reference = Reference()
            try reference.read(bytes)
            #expect(reference.undecodable == 0)
            let input = isCompressed ? try recordings.gzip(bytes) : bytes
            let decoded = Decoded(RecordBatch.decode(input))
            #expect(decoded.comparable(with: reference.lines).difference(from: reference.lines) == nil, "round \(round)")
            #expect(decoded.undecodable.map(\.reason) == [], "round \(round)")
            #expect(decoded.controlMessages == reference.controlMessages)
            #expect(decoded.lines.allSatisfy { !$0.contains(UInt8(ascii: "\n")) })
            #expect(decoded.lines.allSatisfy { (try? JSONDocument($0)) != nil })
        }
    }

    @Test("Whatever pieces the input comes in, the lines are the same", arguments: Framing.allCases)
    func pieces(framing: Framing) throws {
        var recordings = RandomRecordings(SeededRandom(announcing: "pieces(\(framing))"))
        for round in 0..<8 {
            let bytes = try Self.recording(&recordings, framing, documents: 30)
            let whole = Decoded(RecordBatch.decode(bytes))
            #expect(whole.undecodable.map(\.reason) == [], "round \(round)")
            for largest in [7, 1000, 10_000] {
                let compressed = recordings.random.chance(50)
                let input = compressed ? try recordings.gzip(bytes) : bytes
                let source = ChoppySource(input, largest: largest, pauses: recordings.random.pick([0, 30, 100]), recordings.random)
                let pieces = Decoded(source, chunkSize: 4096)
                #expect(pieces.lines.difference(from: whole.lines) == nil, "round \(round), \(largest)")
                #expect(pieces.undecodable.map(\.reason) == [], "round \(round), \(largest)")
                #expect(pieces.controlMessages == whole.controlMessages)
                #expect(pieces.failure == nil)
            }
        }
    }

    @Test("A document is there as soon as its end is, where its writer pauses", arguments: [false, true])
    func live(isCompressed: Bool) throws {
        let documents = ["{\"a\":1}\n", "{\n  \"a\": 2\n}", "[{\"a\":3}]", "{\"a\":\"}\"}\r\n"]
        let source = StoppingSource(try documents.map { isCompressed ? try Zlib.gzip(Array($0.utf8)) : Array($0.utf8) })
        var reader = RecordReader(source)
        for document in documents.indices {
            // Another piece is asked for only when the last one was handed out.
            source.opened.set(document + 1)
            var chunk = try #require(try reader.next())
            #expect(chunk.nextBatch()?.undecodable.count == 1, "document \(document), which is no record")
        }
        let end = try reader.next()
        #expect(end == nil)
    }

    @Test("A document that is larger than what is held is read element by element, escapes at every cut")
    func largeDocuments() throws {
        var recordings = RandomRecordings(SeededRandom(announcing: #function))
        for prefix in 0..<24 {
            // Nothing but escapes, so that a cut comes between any two bytes of them.
            let name = String(repeating: "x", count: prefix) + String(repeating: #"\ud83d\ude00\n\u00e9é"#, count: 100)
            let records = (0..<40).map { number in
                JSONText.object([
                    ("eventID", .quoted("\(number)")), ("eventName", .quoted("INSERT")),
                    ("dynamodb", .object([("Keys", .object([("Id", .object([("S", .quoted(name))]))]))])),
                ])
            }
            let bytes = JSONText.object([("Records", .array(records))]).bytes(.compact, &recordings.random)
            var reference = Reference()
            try reference.read(bytes)
            let decoded = Decoded(ChoppySource(bytes, largest: 5000, recordings.random), chunkSize: 4096)
            #expect(decoded.lines.difference(from: reference.lines) == nil, "prefix \(prefix)")
            #expect(decoded.undecodable.map(\.reason) == [], "prefix \(prefix)")
        }
    }

    @Test("What the typed envelope writes decodes to the same plain lines again") func typedAgain() throws {
        var recordings = RandomRecordings(SeededRandom(announcing: #function))
        for _ in 0..<60 {
            let bytes = try Self.recording(&recordings, .lines, documents: 10)
            for batch in RecordBatch.decode(bytes) {
                for record in batch {
                    var typed = JSONWriter()
                    record.write(.typed, into: &typed)
                    var plain = JSONWriter()
                    record.write(.plain, into: &plain)
                    let again = Decoded(RecordBatch.decode(typed.array))
                    #expect(again.lines.difference(from: [plain.array]) == nil)
                    let fromRaw = Decoded(RecordBatch.decode(record.rawBytes))
                    #expect(fromRaw.lines.difference(from: [plain.array]) == nil)
                    #expect(!typed.array.contains(UInt8(ascii: "\n")))
                }
            }
        }
    }

    @Test("Records without an id of their own keep the one they are given") func derivedIDs() throws {
        var recordings = RandomRecordings(SeededRandom(announcing: #function))
        for _ in 0..<50 {
            let line = recordings.exportLine()
            let one = RecordBatch.decode(line.bytes(.compact, &recordings.random)).flatMap { $0.map(\.id) }
            let other = RecordBatch.decode(line.bytes(.wild, &recordings.random)).flatMap { $0.map(\.id) }
            #expect(one.count == 1)
            #expect(one == other)
        }
    }

    static func recording(_ recordings: inout RandomRecordings, _ framing: Framing, documents count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = framing == .oneArray ? Array("[".utf8) : []
        for index in 0..<count {
            let document = try recordings.document()
            switch framing {
            case .lines:
                bytes += document.bytes(recordings.random.pick([.compact, .spaced]), &recordings.random)
                bytes += Array((recordings.random.chance(20) ? "\r\n" : recordings.random.chance(5) ? "\n\n" : "\n").utf8)
            case .lineBreaksAndPretty:
                bytes += document.bytes(.pretty, &recordings.random) + Array("\n".utf8)
            case .nothingBetween:
                bytes += document.bytes(recordings.random.pick(JSONText.Style.allCases), &recordings.random)
            case .oneArray:
                bytes += Array((index > 0 ? ", " : "").utf8) + document.bytes(recordings.random.pick(JSONText.Style.allCases), &recordings.random)
            }
        }
        return bytes + Array((framing == .oneArray ? "]" : "").utf8)
    }
}

/// Gives pieces as far as they are opened, pausing behind each.
private struct StoppingSource: ByteSource {
    let pieces: [[UInt8]]
    let opened = Counter()
    private var next = 0

    init(_ pieces: [[UInt8]]) { self.pieces = pieces }

    mutating func read(into buffer: inout JSONBuffer, upTo maximum: Int) throws(ReadError) -> Int {
        if next == pieces.count { return 0 }
        guard next < opened.value else { throw ReadError(.system, "read although it has paused") }
        buffer.append(pieces[next])
        next += 1
        return pieces[next - 1].count
    }

    func hasPaused() -> Bool { next == opened.value }
}

/// Shared between a test and its source.
private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func set(_ value: Int) { count.store(value, ordering: .relaxed) }
}
