// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import EventTable
import StreamRecords
import Testing

@testable import SluiceCommand

struct EventTableViewTests {
    private static let plain = Paint(isOn: false)

    private static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_795_186_800_000 + milliseconds) }

    private static func change(_ operation: String?, _ payload: String) -> EventEntry {
        EventEntry(
            key: EventKey(id: "c", name: "Products"), kind: .change, sort: SortKey.text(time: at(0), id: "c"), operation: operation,
            payload: payload)
    }

    // MARK: Changes

    @Test("A change shows what differs, old → new")
    func modification() {
        let entry = Self.change(
            "MODIFY",
            #"{"old":{"Id":5,"price":1,"gone":true},"new":{"Id":5,"price":2.50,"a":"x"},"changed":["price","a","gone"]}"#)
        #expect(
            ChangeView(paint: Self.plain).lines(entry) == [
                "2026-11-20 15:00:00.000  MODIFY", "      price  1 → 2.50", #"    + a      "x""#, "    - gone   true",
            ])
    }

    @Test("Insertions and removals show the item, an expiry is told, and so is what the stream left out")
    func others() {
        let view = ChangeView(paint: Self.plain)
        #expect(view.lines(Self.change("INSERT", #"{"new":{"Id":5}}"#)) == ["2026-11-20 15:00:00.000  INSERT", "    + Id  5"])
        #expect(
            view.lines(Self.change("REMOVE", #"{"old":{"Id":5},"expired":true}"#))
                == ["2026-11-20 15:00:00.000  REMOVE  expired", "    - Id  5"])
        #expect(view.lines(Self.change("MODIFY", #"{"old":{"Id":5},"new":{"Id":5},"changed":[]}"#)).last == "      no attribute differs")
        #expect(view.lines(Self.change(nil, "{}")) == ["2026-11-20 15:00:00.000  CHANGE", "      the stream told the keys only"])
        #expect(view.lines(Self.change("MODIFY", "broken")).count == 2)
    }

    @Test("Nothing that was recorded can steer the terminal, and long values are cut")
    func harmless() {
        let long = String(repeating: "y", count: 500)
        let entry = Self.change("IN\u{1B}[2J", "{\"new\":{\"a\u{202E}b\":\"\\u001b[31m\u{9B}x\",\"long\":\"\(long)\"}}")
        let lines = ChangeView(paint: Self.plain).lines(entry)
        let steering = lines.joined().unicodeScalars.filter { [.control, .format].contains($0.properties.generalCategory) }
        #expect(steering.isEmpty)
        #expect(lines.contains { $0.hasSuffix("…") && $0.count < 130 })
    }

    @Test("Colours are there when they are on, and only then")
    func colours() {
        let entry = Self.change("MODIFY", #"{"old":{"p":1},"new":{"p":2},"changed":["p"]}"#)
        #expect(!ChangeView(paint: Self.plain).lines(entry).joined().contains("\u{1B}"))
        #expect(ChangeView(paint: Paint(isOn: true)).lines(entry).last == "      p  \u{1B}[31m1\u{1B}[0m → \u{1B}[32m2\u{1B}[0m")
    }

    // MARK: Executions

    private static var execution: (Invocation, LogLinePage) {
        var invocation = Invocation(key: EventKey(id: "r", name: "orders"), seen: at(0))
        invocation.qualifier = "7"
        invocation.report = .init(at: at(9), durationMS: 8.25, billedMS: 9, initMS: 100.5, memoryMB: 256, maxMemoryMB: 80)
        invocation.failure = .init(.error, at: at(5), errorType: "KeyError", errorMessage: "'price'")
        let stream = LogLine.Stream(account: "1", group: "/aws/lambda/orders", name: "s")
        let line = LogLine(stream: stream, time: at(5), id: "l", message: "[ERROR]\tKeyError\n  at line 1\u{1B}\n\n")
        return (invocation, LogLinePage(lines: [line], isComplete: false))
    }

    @Test("An execution shows its status, its figures, and its lines set in")
    func executionView() {
        let (invocation, page) = Self.execution
        #expect(
            ExecutionView(paint: Self.plain).lines(invocation, page, now: Self.at(10)) == [
                "orders  r  error", "    began       2026-11-20 15:00:00.000", "    version     7", "    duration    8.25 ms, billed 9 ms",
                "    cold start  100.5 ms", "    memory      80 MB of 256 MB", "    error       KeyError: 'price'", "",
                "15:00:00.005  [ERROR]  KeyError", "                at line 1 ", "… there are more lines; --lines shows more of them",
            ])
    }

    @Test("An execution as JSON leaves out what is not known")
    func executionJSON() {
        let (invocation, page) = Self.execution
        #expect(
            ExecutionJSON.line(invocation, page, now: Self.at(10)) == """
                {"kind":"invocation","id":"r","function":"orders","qualifier":"7","time":"2026-11-20T15:00:00.000Z","status":"error",\
                "report_at":"2026-11-20T15:00:00.009Z","duration_ms":8.25,"billed_ms":9,"init_ms":100.5,"memory_mb":256,\
                "max_memory_mb":80,"problem":"error","problem_at":"2026-11-20T15:00:00.005Z","error_type":"KeyError",\
                "error_message":"'price'","lines":[{"time":"2026-11-20T15:00:00.005Z","id":"l","group":"/aws/lambda/orders",\
                "stream":"s","message":"[ERROR]\\tKeyError\\n  at line 1\\u001b\\n\\n"}],"more_lines":true}
                """)
        let bare = Invocation(key: EventKey(id: "r", name: "f"), seen: Self.at(0))
        #expect(
            ExecutionJSON.line(bare, LogLinePage(lines: [], isComplete: true), now: Self.at(1))
                == #"{"kind":"invocation","id":"r","function":"f","time":"2026-11-20T15:00:00.000Z","status":"running","lines":[]}"#)
    }

    @Test("Figures have at most two digits behind the point", arguments: [
        (0, "0"), (1, "1"), (1.5, "1.5"), (1.005, "1"), (1.25, "1.25"), (1.056, "1.06"), (-2.5, "-2.5"), (3000, "3000"),
        (.infinity, "inf"),
    ] as [(Double, String)])
    func figures(value: Double, text: String) { #expect(readable(value) == text) }

    // MARK: Statistics

    private static let statistics = EventStatistics(
        functions: [
            FunctionStatistics(
                name: "orders", executions: 8, errors: 1, timeouts: 1, unfinished: 1, coldStarts: 2,
                duration: Quantiles(count: 7, p50: 1.5, p90: 20, p99: 3000, max: 3000), billedMS: 3100, memoryMB: 256, maxMemoryMB: 80,
                errorTypes: [NamedCount(name: "KeyError", count: 1), NamedCount(name: "timeout", count: 1)]),
            FunctionStatistics(
                name: "mails", executions: 1, errors: 0, timeouts: 0, unfinished: 1, coldStarts: 0, duration: nil, billedMS: 0,
                memoryMB: nil, maxMemoryMB: nil, errorTypes: []),
        ],
        tables: [
            TableStatistics(name: "Products", operations: [NamedCount(name: "INSERT", count: 3), NamedCount(name: "RENAME", count: 1)])
        ],
        queues: [NamedCount(name: "stock", count: 2)], buses: [])

    @Test("Statistics show as tables with bars; what did not occur has no table")
    func statisticsView() {
        #expect(
            StatisticsView(paint: Self.plain).lines(Self.statistics) == [
                "Executions",
                "  function  runs  errors  timeouts  unfinished  cold  p50 ms  p90 ms  p99 ms  max ms  memory MB",
                "  orders       8       1         1           1     2     1.5      20    3000    3000  80 of 256  ████████████████████",
                "  mails        1       0         0           1     0       -       -       -       -          -  ██▌",
                "",
                "Failures",
                "  orders: KeyError 1, timeout 1",
                "",
                "Changes",
                "  table     INSERT  MODIFY  REMOVE  RENAME  changes",
                "  Products       3       0       0       1        4  ████████████████████",
                "",
                "Messages",
                "  queue  count",
                "  stock      2  ████████████████████",
            ])
        #expect(StatisticsView(paint: Self.plain).lines(EventStatistics(functions: [], tables: [], queues: [], buses: [])).isEmpty)
    }

    @Test("Statistics as JSON lines")
    func statisticsJSON() {
        #expect(
            StatisticsJSON.lines(Self.statistics) == [
                """
                {"kind":"function","name":"orders","executions":8,"errors":1,"timeouts":1,"unfinished":1,"cold_starts":2,"p50_ms":1.5,\
                "p90_ms":20,"p99_ms":3000,"max_ms":3000,"billed_ms":3100,"memory_mb":256,"max_memory_mb":80,\
                "error_types":{"KeyError":1,"timeout":1}}
                """,
                #"{"kind":"function","name":"mails","executions":1,"errors":0,"timeouts":0,"unfinished":1,"cold_starts":0,"billed_ms":0}"#,
                #"{"kind":"table","name":"Products","changes":4,"operations":{"INSERT":3,"RENAME":1}}"#,
                #"{"kind":"queue","name":"stock","messages":2}"#,
            ])
    }

    // MARK: Failures

    @Test("What goes wrong has the exit status that the contract gives it", arguments: [
        (EventStoreError.Code.badName, 2), (.missing, 2), (.notAnEventTable, 3), (.cannotOpen, 3), (.tooNew, 3), (.busy, 3), (.failed, 3),
    ] as [(EventStoreError.Code, Int32)])
    func statuses(code: EventStoreError.Code, status: Int32) {
        #expect(CommandFailure(EventStoreError(code, "x")).status.rawValue == status)
    }

    @Test("Times of day and dates are taken; nonsense is not")
    func times() throws {
        var options = try TimeRangeOptions.parse(["--from", "2026-11-20", "--until", "2026-11-20T15:00:00Z"])
        #expect(try options.range() == TimeRange(from: Timestamp(milliseconds: 1_795_132_800_000), until: Self.at(0)))
        options = try TimeRangeOptions.parse(["--from", "yesterday"])
        #expect(throws: CommandFailure.self) { try options.range() }
    }
}
