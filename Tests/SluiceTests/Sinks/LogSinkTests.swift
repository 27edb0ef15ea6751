// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Logging
@testable import Sluice
import StreamRecords
import Synchronization
import Testing
import TestSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct LogSinkTests {
    func settings(_ json: String = "{}") throws -> LogSink.Settings {
        try ConfigurationNode(json: json, file: "f").decode(LogSink.Settings.self)
    }

    /// What the sink writes into a file for these records.
    func output(_ json: String, _ records: RecordBatch) async throws -> String {
        let folder = try TemporaryFolder()
        let file = try OpenFile(folder.path("out"), .create)
        let sink = LogSink(
            try settings(json), SinkContext(name: "log", logger: Logger(label: "test")),
            descriptor: file.descriptor) {}
        let pipeline = try Pipeline(sinks: [("log", sink)], routes: [Route(name: "all", to: ["log"])])
        let report = try await pipeline.deliver(pipeline.prepare(records))
        #expect(report.counts.delivered == records.count)
        return try folder.text("out")
    }

    @Test func intoAFileItWritesJSONLines() async throws {
        let text = try await output("{}", batch((0..<3).map { Change(number: $0, key: 1) }))
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3)
        for line in lines { #expect(try JSONValue(parsing: String(line))["table"] == .string("Products")) }
    }

    @Test func asTextItShowsWhatChanged() async throws {
        var insert = Change(number: 2, key: 5, operation: "INSERT").json
        insert.replace(#""OldImage":{"Id":{"N":"5"},"n":{"N":"1"},"status":{"S":"open"}},"#, with: "")
        var remove = Change(number: 3, key: 5, operation: "REMOVE").json
        remove.replace(#""NewImage":{"Id":{"N":"5"},"n":{"N":"3"},"status":{"S":"paid"}},"#, with: "")
        var renamed = Change(number: 4, key: 5).json
        renamed.replace(#""status":{"S":"open"}"#, with: #""state":{"S":"\u001b[31mred"}"#)
        var nested = Change(number: 5, key: 5).json
        nested.replace(#""status":{"S":"open"}"#, with: #""stock":{"M":{"porto":{"N":"0"},"berlin":{"N":"14"},"oslo":{"NULL":true}}}"#)
        nested.replace(#""status":{"S":"paid"}"#, with: #""stock":{"M":{"porto":{"N":"6"},"berlin":{"N":"14.0"},"bonn":{"L":[]}}}"#)
        let text = try await output(
            #"{"format":"text"}"#, batch([Change(number: 1, key: 5)], extra: [insert, remove, renamed, nested]))
        #expect(text == """
            14:13:20.000 MODIFY Products#{"Id":5}  n: 0 → 1, status: "open" → "paid"
            14:13:20.000 INSERT Products#{"Id":5}  n: 2, status: "paid"
            14:13:20.000 REMOVE Products#{"Id":5}  n: 2, status: "open"
            14:13:20.000 MODIFY Products#{"Id":5}  n: 3 → 4, +status: "paid", -state: "\\u{1b}[31mred"
            14:13:20.000 MODIFY Products#{"Id":5}  n: 4 → 5, stock.porto: 0 → 6, +stock.bonn: [], -stock.oslo: null

            """)
    }

    @Test func colourIsAskedForOrLeftOut() async throws {
        let records = try batch([Change(number: 1, key: 5)])
        #expect(try await output(#"{"format":"text","color":"always"}"#, records).contains("\u{1B}[33mMODIFY\u{1B}[0m"))
        #expect(try await !output(#"{"format":"text"}"#, records).contains("\u{1B}"))
    }

    @Test func whoeverReadsMayGo() async throws {
        var ends: [Int32] = [0, 0]
        let made = unsafe pipe(&ends)
        try #require(made == 0)
        close(ends[0])
        // As the command does at its start.
        _ = signal(SIGPIPE, SIG_IGN)
        let isClosed = Mutex(false)
        let sink = LogSink(
            try settings(), SinkContext(name: "log", logger: Logger(label: "test")), descriptor: ends[1]
        ) { isClosed.withLock { $0 = true } }
        let pipeline = try Pipeline(sinks: [("log", sink)], routes: [Route(name: "all", to: ["log"])])
        let report = try await pipeline.deliver(pipeline.prepare(batch([Change(number: 1, key: 5)])))
        #expect(report.counts.retry == 1)
        #expect(isClosed.withLock { $0 })
        close(ends[1])
    }
}
