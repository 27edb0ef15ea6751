// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import StreamRecords

extension Invocation {
    /// An execution's item, without the texts that may stand elsewhere.
    init(_ item: AttributeMap, _ key: EventKey) {
        self.init(key: key, sort: item[TableLayout.sort]?.stringValue ?? SortKey.text(time: nil, id: key.id))
        func double(_ name: String) -> Double? { item[name]?.numberValue.map { Double(nearestTo: $0) } }
        qualifier = item["qualifier"]?.stringValue
        expiresAt = item[TableLayout.expiry]?.intValue.map(Int64.init)
        logMinutes = Set((item["log_minutes"]?.stringSetValue ?? []).compactMap { LogMinute(text: $0) })
        if let at = item["report_at"]?.stringValue.flatMap({ Timestamp(iso8601: $0) }) {
            report = Report(
                at: at, durationMS: double("duration_ms"), billedMS: double("billed_ms"), initMS: double("init_ms"),
                memoryMB: item["memory_mb"]?.intValue, maxMemoryMB: item["max_memory_mb"]?.intValue, status: item["report_status"]?.stringValue)
        }
        if let problem = item["problem"]?.stringValue.flatMap({ Problem(rawValue: TableLayout.unsharded($0)) }),
            let at = item["problem_at"]?.stringValue.flatMap({ Timestamp(iso8601: $0) })
        {
            failure = Failure(problem, at: at, errorType: item["error_type"]?.stringValue, errorMessage: item["error_message"]?.stringValue)
        }
        if let validity = item["validity"]?.stringValue {
            verdict = Verdict(
                validity: validity, by: item["validity_by"]?.stringValue, at: item["validity_at"]?.stringValue,
                note: item["validity_note"]?.stringValue)
        }
    }
}

#endif
