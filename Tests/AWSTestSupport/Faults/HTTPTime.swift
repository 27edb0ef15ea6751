// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import StreamRecords

/// A moment to the second, as `Date` headers and signatures write it.
struct HTTPTime {
    let seconds: Int64

    static func now(skew: Int) -> HTTPTime { HTTPTime(seconds: AWSClock.system.now().milliseconds / 1000 + Int64(skew)) }

    init(seconds: Int64) { self.seconds = seconds }

    /// Reads `20261120T150000Z`.
    init?(signing text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 16 else { return nil }
        func part(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
        let iso = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z"
        guard let time = Timestamp(iso8601: iso) else { return nil }
        seconds = time.milliseconds / 1000
    }

    /// `Fri, 20 Nov 2026 15:00:00 GMT`.
    var text: String {
        let iso = Array("\(Timestamp(milliseconds: seconds * 1000))".utf8)
        func part(_ range: Range<Int>) -> String { iso.count >= range.upperBound ? String(decoding: iso[range], as: UTF8.self) : "" }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        // The first of January 1970 was a Thursday.
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let day = Int(((seconds / 86_400) % 7 + 7) % 7)
        let month = (Int(part(5..<7)) ?? 1) - 1
        return "\(days[day]), \(part(8..<10)) \(months[min(max(month, 0), 11)]) \(part(0..<4)) \(part(11..<19)) GMT"
    }
}

#endif
