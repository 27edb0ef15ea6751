// SPDX-License-Identifier: Apache-2.0

#if AWS

/// A moment as signatures write it, to the second.
public struct SigningTime: Sendable, Hashable {
    /// Since 1970-01-01T00:00:00Z.
    public var seconds: Int64

    /// - Parameter seconds: since 1970-01-01T00:00:00Z.
    public init(seconds: Int64) { self.seconds = seconds }

    /// `20260120T091500Z`. Moments outside the years 0 to 9999 show the nearest one inside.
    public var stamp: String {
        let clamped = min(max(seconds, -62_167_219_200), 253_402_300_799)
        let days = (clamped >= 0 ? clamped : clamped - 86_399) / 86_400
        let (year, month, day) = SigningTime.civil(days)
        let ofDay = clamped - days * 86_400
        var text: [UInt8] = []
        text.reserveCapacity(16)
        for (value, width) in [(year, 4), (month, 2), (day, 2)] { SigningTime.append(value, width, to: &text) }
        text.append(UInt8(ascii: "T"))
        for value in [ofDay / 3600, ofDay / 60 % 60, ofDay % 60] { SigningTime.append(value, 2, to: &text) }
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(_ value: Int64, _ width: Int, to text: inout [UInt8]) {
        var divisor: Int64 = width == 4 ? 1000 : 10
        while divisor > 0 {
            text.append(0x30 + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }

    /// The Gregorian date of a day counted from 1970-01-01; eras of 400 years make the arithmetic exact.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}

#endif
