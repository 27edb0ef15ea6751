// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import Foundation
import SQLiteEventTable
import StreamRecords

/// A folder of its own, gone with the value that stands for it.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// A moment of the samples' day.
func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_795_186_800_000 + milliseconds) }

/// A change of an item of Products.
func change(_ id: String, item: Int = 5, at time: Timestamp = at(0), sequence: Int, operation: String = "MODIFY") -> EventEntry {
    EventEntry(
        key: EventKey(id: id, name: "Products"), kind: .change,
        sort: SortKey.text(time: time, sequenceNumber: String(sequence), id: id), operation: operation,
        subject: "Products#{\"Id\":\(item)}", keys: "{\"Id\":\(item)}", changed: "[\"price\"]",
        payload: #"{"kind":"change","id":"\#(id)"}"#)
}

#endif
