// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import StreamRecords

extension Timestamp {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Reads a `Date` header: `Fri, 20 Nov 2026 15:00:00 GMT` (RFC 9110, section 5.6.7, the form that is sent today). Nil for all else.
    init?(httpDate text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT", parts[1].utf8.count == 2, parts[3].utf8.count == 4,
            parts[4].utf8.count == 8, let month = Timestamp.months.firstIndex(where: { $0 == parts[2] })
        else { return nil }
        self.init(iso8601: "\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z")
    }
}

#endif
