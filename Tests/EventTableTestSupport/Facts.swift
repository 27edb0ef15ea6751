// SPDX-License-Identifier: Apache-2.0

public import EventTable
public import StreamRecords

/// A moment of the samples' day.
public func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_795_186_800_000 + milliseconds) }

/// A change of an item of Products.
public func change(_ id: String, item: Int = 5, at time: Timestamp = at(0), sequence: Int, operation: String = "MODIFY") -> EventEntry {
    EventEntry(
        key: EventKey(id: id, name: "Products"), kind: .change,
        sort: SortKey.text(time: time, sequenceNumber: String(sequence), id: id), operation: operation,
        subject: "Products#{\"Id\":\(item)}", keys: "{\"Id\":\(item)}", changed: "[\"price\"]",
        payload: #"{"kind":"change","id":"\#(id)"}"#)
}
