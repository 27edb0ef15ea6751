// SPDX-License-Identifier: Apache-2.0

import ReferenceDecoder
import StreamRecords
import Testing
import TestSupport

/// What stands behind a member, its checksum and its length, is held against what came out of it.
@Suite("Gzip members and their ends") struct GzipTests {
    private func expand(_ packed: [UInt8]) throws(Gzip.Failure) -> [UInt8] { try Gzip.decompress(packed, limit: 1 << 20) }

    @Test("Content of every length, in one member and in two") func lengths() throws {
        var random = SeededRandom(announcing: #function)
        for length in Array(0...200) + [255, 256, 4095, 65_535, 65_536, 300_000] {
            let content = (0..<length).map { _ in UInt8.random(in: 0x20...0x2F, using: &random) }
            let packed = try Zlib.gzip(content)
            #expect(try expand(packed) == content, "\(length) bytes")
            #expect(try expand(packed + packed) == content + content, "twice \(length) bytes")
        }
    }

    @Test("An end that does not fit its member, first or second", arguments: [
        (8, "incorrect data check"), (5, "incorrect data check"), (4, "incorrect length check"), (1, "incorrect length check"),
    ])
    func ends(fromEnd: Int, reason: String) throws {
        for length in [0, 10, 64, 100, 5000] {
            let whole = try Zlib.gzip([UInt8](repeating: 0x61, count: length))
            var damaged = whole
            damaged[damaged.count - fromEnd] ^= 0x40
            for packed in [damaged, whole + damaged, damaged + whole] {
                #expect { try expand(packed) } throws: { "\($0)".contains(reason) }
            }
        }
    }

    @Test("A member that is cut off in its end") func truncated() throws {
        let packed = try Zlib.gzip(Array("every byte of the end is needed".utf8))
        for cut in 1...8 {
            #expect { try expand(Array(packed.dropLast(cut))) } throws: { "\($0)".contains("ends too early") }
        }
    }

    /// Beyond eight megabytes it is measured before it is kept.
    @Test("What is large comes out whole up to the limit, and not beyond", arguments: [(1, 9 << 20), (3, 4 << 20), (5, 2 << 20)])
    func large(members: Int, length: Int) throws {
        var random = SeededRandom(announcing: #function)
        // Runs and noise, so that the compressed side ends in every way.
        var content: [UInt8] = []
        content.reserveCapacity(length)
        while content.count < length {
            content += [UInt8](repeating: random.next(), count: Int.random(in: 1...100_000, using: &random))
            content += (0..<100).map { _ in random.next() }
        }
        let packed = Array(repeatElement(try Zlib.gzip(content), count: members).joined())
        let whole = Array(repeatElement(content, count: members).joined())
        #expect(try Gzip.decompress(packed, limit: whole.count) == whole)
        #expect { try Gzip.decompress(packed, limit: whole.count - 1) } throws: { "\($0)" == "more than \(whole.count - 1) bytes after decompression" }
        #expect { try Gzip.decompress(Array(packed.dropLast(9)), limit: 1 << 30) } throws: { "\($0)".contains("ends too early") }
        #expect { try Gzip.decompress(packed + [1], limit: 1 << 30) } throws: { "\($0)".contains("not gzip") }
    }
}
