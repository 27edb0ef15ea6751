// SPDX-License-Identifier: Apache-2.0

/// A number of bytes as a configuration writes it: `64 MiB`, `256KB`, `1000`.
public struct ByteCount: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    public var bytes: Int

    public init(_ bytes: Int) { self.bytes = bytes }

    /// Reads a whole number with an optional unit: B, KB, MB, GB (powers of 1000), KiB, MiB, GiB (of 1024).
    /// Absent where the text is something else or does not fit.
    public init?(text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits) else { return nil }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        let factor: Int? = switch unit {
        case "", "B": 1
        case "KB", "kB": 1000
        case "MB": 1_000_000
        case "GB": 1_000_000_000
        case "KiB": 1 << 10
        case "MiB": 1 << 20
        case "GiB": 1 << 30
        default: nil
        }
        guard let factor else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        bytes = product
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let parsed = ByteCount(text: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a size: \(text)"))
        }
        self = parsed
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public static func < (a: ByteCount, b: ByteCount) -> Bool { a.bytes < b.bytes }

    /// In the largest unit that leaves a whole number: `64 MiB`.
    public var description: String {
        for (unit, name) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
        where bytes >= unit && bytes.isMultiple(of: unit) {
            return "\(bytes / unit) \(name)"
        }
        return "\(bytes) B"
    }

    static let expected = "a size such as 64 MiB, 256 KB or 1000"
}

extension Duration {
    /// Reads `15m`, `1h30m`, `500ms`, `2d`: whole numbers, each with its unit (d, h, m, s, ms), largest first.
    /// Absent where the text is something else or does not fit.
    public init?(configuration text: String) {
        var milliseconds: Int64 = 0
        var rest = text.utf8[...]
        var largest = Int64.max
        if rest.isEmpty { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            guard let count = Int64(String(Substring(digits))) else { return nil }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
            rest = rest.dropFirst(letters.count)
            let factor: Int64? = switch String(Substring(letters)) {
            case "ms": 1
            case "s": 1000
            case "m": 60_000
            case "h": 3_600_000
            case "d": 86_400_000
            default: nil
            }
            guard let factor, factor < largest else { return nil }
            largest = factor
            let (product, tooBig) = count.multipliedReportingOverflow(by: factor)
            let (sum, tooMuch) = milliseconds.addingReportingOverflow(product)
            if tooBig || tooMuch { return nil }
            milliseconds = sum
        }
        self = .milliseconds(milliseconds)
    }

    static let expectedInConfiguration = "a duration such as 15m, 1h30m or 500ms"
}
