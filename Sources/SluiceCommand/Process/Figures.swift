// SPDX-License-Identifier: Apache-2.0

/// Figures as people read them.
enum Figures {
    /// `1,234,567`.
    static func count(_ number: Int) -> String {
        var text = String(number.magnitude)
        var place = text.count - 3
        while place > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return number < 0 ? "-\(text)" : text
    }

    /// `1 record`, `2 records`.
    static func records(_ number: Int) -> String { number == 1 ? "1 record" : "\(count(number)) records" }

    /// A number with one decimal.
    static func tenths(_ number: Double) -> String {
        guard number.isFinite, number.magnitude < 1e15 else { return "?" }
        let tenths = Int((number * 10).rounded())
        return "\(count(tenths / 10)).\(abs(tenths % 10))"
    }

    /// Seconds: `0.004 s`, `12.3 s`.
    static func seconds(_ duration: Duration) -> String {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        if seconds >= 1 { return "\(tenths(seconds)) s" }
        let milliseconds = Int((seconds * 1000).rounded())
        let digits = String(milliseconds)
        return "0.\(String(repeating: "0", count: max(0, 3 - digits.count)))\(digits) s"
    }

    /// Megabytes, which are 1,000,000 bytes.
    static func megabytes(_ bytes: Double) -> String { tenths(bytes / 1e6) }
}
