// SPDX-License-Identifier: Apache-2.0

import JSONTape
import ReferenceDecoder
import StreamRecords
import TestSupport

/// What StreamRecords makes of an input: plain lines, and what it could not decode.
struct Decoded {
    var lines: [[UInt8]] = []
    var undecodable: [Undecodable] = []
    var controlMessages = 0
    var failure: ReadError?
    /// How many of the lines were written while their records were decoded.
    var transcribed = 0

    init(_ batches: [RecordBatch]) {
        for batch in batches {
            add(batch)
        }
    }

    /// Reads piece by piece from `source`.
    init(_ source: any ByteSource, limits: RecordLimits = RecordLimits(), chunkSize: Int, rendering: Envelope? = nil) {
        var reader = RecordReader(source, limits: limits, chunkSize: chunkSize, rendering: rendering)
        do throws(ReadError) {
            while var chunk = try reader.next() {
                while let batch = chunk.nextBatch() {
                    add(batch)
                }
            }
        } catch {
            failure = error
        }
    }

    private mutating func add(_ batch: RecordBatch) {
        for record in batch {
            var writer = JSONWriter()
            record.write(.plain, into: &writer)
            lines.append(writer.array)
        }
        if let written = batch.lines(in: .plain) {
            transcribed += batch.count
            // All of them together are what each is by itself.
            let last = lines.suffix(batch.count)
            let joined = Array(last.joined(separator: [UInt8(ascii: "\n")])) + (last.isEmpty ? [] : [UInt8(ascii: "\n")])
            if joined != written.bytes[0..<written.bytes.count] { lines.append(Array("the batch's lines differ from its records'".utf8)) }
        }
        undecodable += batch.undecodable
        controlMessages += batch.controlMessages
    }

    /// The lines as the reference writes them, which has no ids of its own making where the source gives none: 32 hexadecimal digits.
    func comparable(with reference: [[UInt8]]) -> [[UInt8]] {
        guard lines.count == reference.count else { return lines }
        return zip(lines, reference).map { line, expected in
            let start = Array(#"{"kind":"change","id":""#.utf8)
            guard line.starts(with: start), !expected.starts(with: start) else { return line }
            let id = line[start.count...].prefix { $0 != UInt8(ascii: "\"") }
            guard id.count == 32, id.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return line }
            return Array(#"{"kind":"change""#.utf8) + line[(start.count + id.count + 1)...]
        }
    }
}

/// Gives bytes in pieces of random sizes, as a pipe does.
struct ChoppySource: ByteSource {
    private let bytes: [UInt8]
    private var offset = 0
    private var random: SeededRandom
    private let largest: Int
    private let pauses: Int

    /// - Parameter pauses: how many times in a hundred it is found to have paused.
    init(_ bytes: [UInt8], largest: Int, pauses: Int = 0, _ random: SeededRandom) {
        self.bytes = bytes
        self.largest = largest
        self.pauses = pauses
        self.random = random
    }

    mutating func hasPaused() -> Bool { offset < bytes.count && random.chance(pauses) }

    mutating func read(into buffer: inout JSONBuffer, upTo maximum: Int) throws(ReadError) -> Int {
        let count = min(maximum, bytes.count - offset, Int.random(in: 1...largest, using: &random))
        buffer.append(bytes[offset..<offset + count])
        offset += count
        return count
    }
}

extension [[UInt8]] {
    /// Where these lines first differ from others, shown from a little before; nil where they are the same.
    func difference(from expected: [[UInt8]]) -> String? {
        for (index, line) in enumerated() {
            guard index < expected.count else { return "line \(index) is one too many: \(String(decoding: line.prefix(200), as: UTF8.self))" }
            if line != expected[index] {
                let same = Swift.max(0, zip(line, expected[index]).prefix { $0 == $1 }.count - 60)
                let cut = { (text: [UInt8]) in String(decoding: text.dropFirst(same).prefix(200), as: UTF8.self) }
                return "line \(index): …\(cut(line))\nexpected: …\(cut(expected[index]))"
            }
        }
        return count < expected.count ? "line \(count) is missing: \(String(decoding: expected[count].prefix(200), as: UTF8.self))" : nil
    }
}
