// SPDX-License-Identifier: Apache-2.0

import EventTable
import JSONTape
import StreamRecords

/// An execution as one JSON object. The names are those of the table's columns; what is not known is absent.
enum ExecutionJSON {
    static func line(_ invocation: Invocation, _ page: LogLinePage?, now: Timestamp) -> String {
        EventRowWriter(now: now).text(.invocation(invocation), lines: page)
    }
}

/// A number for JSON, whole ones without a point; JSON has no infinities.
func jsonNumber(_ value: Double) -> JSONValue {
    guard value.isFinite else { return .null }
    return .number(Int64(exactly: value).map(String.init) ?? "\(value)")
}
