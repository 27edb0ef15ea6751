// SPDX-License-Identifier: Apache-2.0

import StreamRecords
import Testing

@Suite struct TimestampTests {
    @Test func daysThatAreThere() {
        for year in [1600, 1900, 2000, 2023, 2024, 2100, 2400] {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            for (number, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                let month = "\(year)-\(number < 9 ? "0" : "")\(number + 1)"
                for day in 1...length {
                    let text = "\(month)-\(day < 10 ? "0" : "")\(day)T15:00:00.000Z"
                    #expect(Timestamp(iso8601: text)?.description == text)
                }
                for day in length + 1...32 { #expect(Timestamp(iso8601: "\(month)-\(day)T15:00:00Z") == nil) }
                #expect(Timestamp(iso8601: "\(month)-00T15:00:00Z") == nil)
            }
        }
    }

    @Test(arguments: [
        ("2026-11-20T15:00:00Z", "2026-11-20T15:00:00.000Z"), ("2026-11-20 15:00:00.1239+01:00", "2026-11-20T14:00:00.123Z"),
        ("2026-02-28T23:30:00-0100", "2026-03-01T00:30:00.000Z"), ("2026-12-31T23:59:60Z", "2027-01-01T00:00:00.000Z"),
    ])
    func formsOfAWS(_ text: String, _ expected: String) { #expect(Timestamp(iso8601: text)?.description == expected) }

    @Test(arguments: ["", "2026-11-20", "yesterday", "2026-13-01T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T15:00:00Zx"])
    func whatIsNone(_ text: String) { #expect(Timestamp(iso8601: text) == nil) }
}
