// SPDX-License-Identifier: Apache-2.0

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    /// The moments that ISO 8601 can write with four digits for the year.
    static let writable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// `2026-11-20T15:00:00.000Z`.
    public var description: String { String(decoding: utf8, as: UTF8.self) }

    /// The date in UTC: `2026-11-20`.
    public var date: String { String(decoding: utf8.prefix(10), as: UTF8.self) }

    /// The hour in UTC: `15`.
    public var hour: String { String(decoding: utf8[11..<13], as: UTF8.self) }

    private var utf8: [UInt8] {
        let bytes = iso8601
        return (0..<24).map { bytes[$0] }
    }

    /// The 24 bytes of `2026-11-20T15:00:00.000Z` in the first lanes, without an allocation. Moments outside the four-digit years show the nearest
    /// one inside.
    var iso8601: SIMD32<UInt8> {
        let clamped = min(max(milliseconds, Timestamp.writable.lowerBound), Timestamp.writable.upperBound)
        let days = (clamped >= 0 ? clamped : clamped - 86_399_999) / 86_400_000
        let (year, month, day) = Timestamp.civil(fromDays: days)
        let ofDay = UInt32(truncatingIfNeeded: clamped - days * 86_400_000)
        let seconds = ofDay / 1000
        let milliseconds = ofDay % 1000
        let minutes = seconds / 60
        // 0000-00-00T00:00:00.000Z, to which the digits are added.
        var bytes = SIMD32<UInt8>(
            0x30, 0x30, 0x30, 0x30, 0x2D, 0x30, 0x30, 0x2D, 0x30, 0x30, 0x54, 0x30, 0x30, 0x3A, 0x30, 0x30, 0x3A, 0x30, 0x30, 0x2E, 0x30, 0x30,
            0x30, 0x5A, 0, 0, 0, 0, 0, 0, 0, 0)
        func put(_ value: UInt32, at place: Int) {
            bytes[place] &+= UInt8(truncatingIfNeeded: value / 10)
            bytes[place + 1] &+= UInt8(truncatingIfNeeded: value % 10)
        }
        let years = UInt32(truncatingIfNeeded: year)
        put(years / 100, at: 0)
        put(years % 100, at: 2)
        put(UInt32(truncatingIfNeeded: month), at: 5)
        put(UInt32(truncatingIfNeeded: day), at: 8)
        put(minutes / 60, at: 11)
        put(minutes % 60, at: 14)
        put(seconds % 60, at: 17)
        bytes[20] &+= UInt8(truncatingIfNeeded: milliseconds / 100)
        put(milliseconds % 100, at: 21)
        return bytes
    }

    /// The Gregorian date of a day counted from 1970-01-01; eras of 400 years make the arithmetic exact.
    static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The day of a Gregorian date, counted from 1970-01-01.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let fromMarch = month > 2 ? year : year - 1
        let era = (fromMarch >= 0 ? fromMarch : fromMarch - 399) / 400
        let yearOfEra = fromMarch - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func length(ofMonth month: Int64, in year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Reads a date and time as AWS writes them: `2026-11-20T15:00:00Z`, with a fraction of any length (cut to milliseconds), with `+01:00`, `+0100`
    /// or without a zone (taken as UTC), with a space for the T. Nil for all else, and for days that the month does not have.
    public init?(iso8601 text: String) { self.init(iso8601: text, anyDay: false) }

    /// - Parameter anyDay: a day that the month does not have is one of the next month, 30 February the first or second of March. For what others
    ///   have written, of which nothing is lost for such a day.
    init?(iso8601 text: String, anyDay: Bool) {
        var rest = Array(text.utf8)[...]
        func digits(_ count: Int) -> Int64? {
            guard rest.count >= count else { return nil }
            var value: Int64 = 0
            for _ in 0..<count {
                let digit = rest.removeFirst() &- 0x30
                guard digit < 10 else { return nil }
                value = value * 10 + Int64(digit)
            }
            return value
        }
        func skip(_ bytes: UInt8...) -> Bool {
            guard let next = rest.first, bytes.contains(next) else { return false }
            rest.removeFirst()
            return true
        }
        guard let year = digits(4), skip(0x2D), let month = digits(2), skip(0x2D), let day = digits(2), skip(0x54, 0x74, 0x20),
            let hour = digits(2), skip(0x3A), let minute = digits(2),
            (1...12).contains(month), (1...31).contains(day), anyDay || day <= Timestamp.length(ofMonth: month, in: year), hour < 24, minute < 60
        else { return nil }
        var seconds: Int64 = 0
        if skip(0x3A) {
            guard let read = digits(2), read <= 60 else { return nil }
            seconds = read
        }
        var fraction: Int64 = 0
        if skip(0x2E, 0x2C) {
            var scale: Int64 = 100
            var any = false
            while let digit = rest.first.map({ $0 &- 0x30 }), digit < 10 {
                fraction += Int64(digit) * scale
                scale /= 10
                any = true
                rest.removeFirst()
            }
            guard any else { return nil }
        }
        var offset: Int64 = 0
        if !skip(0x5A, 0x7A), let sign = rest.first {
            guard sign == 0x2B || sign == 0x2D else { return nil }
            rest.removeFirst()
            guard let hours = digits(2) else { return nil }
            _ = skip(0x3A)
            let minutes = rest.isEmpty ? 0 : digits(2)
            guard let minutes else { return nil }
            offset = (hours * 60 + minutes) * (sign == 0x2B ? 1 : -1)
        }
        guard rest.isEmpty else { return nil }
        let clock = (hour * 60 + minute - offset) * 60 + seconds
        milliseconds = (Timestamp.days(year: year, month: month, day: day) * 86_400 + clock) * 1000 + fraction
    }

    /// Reads a number of seconds, milliseconds, microseconds or nanoseconds since 1970, whichever its size says: DynamoDB Streams give seconds, with
    /// or without a fraction, DynamoDB's Kinesis records milliseconds or microseconds. Nil for what is no number or lies outside the years 0 to 9999.
    package init?(epoch text: String) {
        guard let value = Double(text), value.isFinite, abs(value) < 1e19 else { return nil }
        let size = abs(value)
        let scale: Double = size < 1e11 ? 1000 : size < 1e14 ? 1 : size < 1e17 ? 1e-3 : 1e-6
        // Whole numbers of up to 15 digits are exact in a Double; the product is rounded so that 1.001 s is 1001 ms.
        let product = scale < 1 ? (value / (1 / scale)).rounded(.down) : (value * scale).rounded()
        guard let milliseconds = Int64(exactly: product), Timestamp.writable.contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }
}
