// SPDX-License-Identifier: Apache-2.0

#if Server

internal import Sluice
internal import StreamRecords
internal import Synchronization

/// The header `date`, made once a second: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>
final class HTTPDate: Sendable {
    private let last = Mutex<(second: Int64, text: String)>((.min, ""))

    var now: String {
        let second = WallClock.now.milliseconds / 1000
        return last.withLock { last in
            if last.second != second { last = (second, Self.text(second: second)) }
            return last.text
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    static func text(second: Int64) -> String {
        // `1994-11-06T08:49:37.000Z`
        let iso = Array(Timestamp(milliseconds: second * 1000).description.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: iso[range], as: UTF8.self) }
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = days[Int((second / 86_400) % 7)]
        let month = months[(Int(part(5..<7)) ?? 1) - 1]
        return "\(day), \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) GMT"
    }
}

#endif
