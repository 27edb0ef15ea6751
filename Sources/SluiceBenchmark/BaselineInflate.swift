// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import ReferenceDecoder

/// The bound that zlib sets for log subscriptions: nobody who uses it can be done before its inflate is.
struct BaselineInflate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline-inflate",
        abstract: "Base64 and zlib's inflate of log subscriptions, and nothing else; tells the seconds of each.")

    @Argument(help: "Lambda events of log subscriptions, one a line.")
    var file: String

    func run() throws {
        var lines = try LineReader(path: file)
        var result = InflateResult()
        var compressed: [UInt8] = []
        // One buffer for all documents, as large as the largest: inflate is measured, not the allocator.
        var document: [UInt8] = []
        while let line = try lines.next() {
            let started = clock()
            guard let start = line.firstRange(of: Self.opening)?.upperBound,
                let end = line[start...].firstIndex(of: UInt8(ascii: "\""))
            else {
                throw ValidationError("a line of \(file) is no log subscription")
            }
            Self.decode(base64: line[start..<end], into: &compressed)
            let decoded = clock()
            result.bytes += try Zlib.decompress(compressed, into: &document)
            result.base64Seconds += Double(decoded - started) / Self.ticks
            result.inflateSeconds += Double(clock() - decoded) / Self.ticks
            result.documents += 1
        }
        try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(result))
    }

    /// The C library's clock counts processor time, so that other work on the machine does not raise the bound.
    private static let ticks = Double(CLOCKS_PER_SEC)

    private static let opening = Array(#""data":""#.utf8)

    /// The generator's base64 is sound: this decodes it and does not check it.
    private static func decode(base64 text: ArraySlice<UInt8>, into output: inout [UInt8]) {
        output.removeAll(keepingCapacity: true)
        var group: UInt32 = 0
        var digits = 0
        let table = values
        for character in text {
            let value = table[Int(character)]
            if value > 63 {
                break
            }
            group = group << 6 | UInt32(value)
            digits += 1
            if digits == 4 {
                output.append(UInt8(truncatingIfNeeded: group >> 16))
                output.append(UInt8(truncatingIfNeeded: group >> 8))
                output.append(UInt8(truncatingIfNeeded: group))
                digits = 0
            }
        }
        if digits == 3 {
            output.append(UInt8(truncatingIfNeeded: group >> 10))
            output.append(UInt8(truncatingIfNeeded: group >> 2))
        } else if digits == 2 {
            output.append(UInt8(truncatingIfNeeded: group >> 4))
        }
    }

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()
}

/// What `baseline-inflate` prints, as one JSON object.
struct InflateResult: Codable {
    var documents = 0
    /// Bytes of JSON that came out.
    var bytes = 0
    /// Seconds of processor time.
    var base64Seconds = 0.0
    var inflateSeconds = 0.0
}
