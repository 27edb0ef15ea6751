// SPDX-License-Identifier: Apache-2.0

/// Points in time as the envelopes write them: `2026-11-20T15:00:00.000Z`.
enum Time {
    /// `tree` is a number, or a string that holds one, of seconds, milliseconds or microseconds, as its size tells; or a date in ISO 8601.
    static func text(_ tree: Tree) throws(WrongShape) -> String {
        let bytes: [UInt8]
        switch tree.content {
        case .number(let digits): bytes = digits
        case .string(let text): bytes = Tree.unescape(text)
        default: throw WrongShape("no time")
        }
        if let decimal = DecimalText(bytes) {
            return text(milliseconds: try milliseconds(decimal))
        }
        guard let milliseconds = milliseconds(iso8601: String(decoding: bytes, as: UTF8.self)) else { throw WrongShape("no time") }
        return text(milliseconds: milliseconds)
    }

    private static func milliseconds(_ decimal: DecimalText) throws(WrongShape) -> Int {
        let whole = decimal.digits.count + decimal.exponent
        // Seconds have up to 11 digits before the point, milliseconds up to 14, microseconds up to 17.
        let powerOfTen = whole <= 11 ? 3 : whole <= 14 ? 0 : -3
        let shift = decimal.exponent + powerOfTen
        let digits = shift >= 0 ? decimal.digits + String(repeating: "0", count: min(shift, 30)) : String(decimal.digits.dropLast(-shift))
        guard !decimal.isNegative, let magnitude = digits.isEmpty ? 0 : Int(digits) else { throw WrongShape("no time") }
        return magnitude
    }

    /// `2026-11-20T15:00:00Z`, with a fraction or an offset such as `+01:00` if there is one.
    private static func milliseconds(iso8601 text: String) -> Int? {
        var characters = Array(text)
        guard characters.count >= 20, characters[10] == "T" || characters[10] == " " else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            range.upperBound <= characters.count ? Int(String(characters[range])) : nil
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        var milliseconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000
        characters.removeFirst(19)
        if characters.first == "." {
            let fraction = characters.dropFirst().prefix { $0.isNumber }
            characters.removeFirst(fraction.count + 1)
            milliseconds += Int(String((fraction + ["0", "0", "0"]).prefix(3))) ?? 0
        }
        if characters == ["Z"] {
            return milliseconds
        }
        guard characters.count == 6, let hours = number(1..<3), let minutes = number(4..<6) else { return nil }
        let offset = (hours * 60 + minutes) * 60_000
        return characters[0] == "+" ? milliseconds - offset : milliseconds + offset
    }

    /// Days since 1970-01-01, counted year by year and month by month.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        var days = day - 1
        for earlier in 1970..<max(year, 1970) {
            days += isLeap(earlier) ? 366 : 365
        }
        for earlier in 1..<max(month, 1) {
            days += length(ofMonth: earlier, in: year)
        }
        return days
    }

    static func text(milliseconds: Int) -> String {
        var days = milliseconds / 86_400_000
        let rest = milliseconds % 86_400_000
        var year = 1970
        while days >= (isLeap(year) ? 366 : 365) {
            days -= isLeap(year) ? 366 : 365
            year += 1
        }
        var month = 1
        while days >= length(ofMonth: month, in: year) {
            days -= length(ofMonth: month, in: year)
            month += 1
        }
        func pad(_ number: Int, _ width: Int) -> String {
            String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
        }
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(days + 1, 2))T\(pad(rest / 3_600_000, 2)):\(pad(rest / 60_000 % 60, 2))"
            + ":\(pad(rest / 1000 % 60, 2)).\(pad(rest % 1000, 3))Z"
    }

    private static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][(month - 1) % 12]
    }
}
