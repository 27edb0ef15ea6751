// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Logging
import Sluice
import StreamRecords
import Synchronization
import Testing

@testable import LambdaHost

/// Lines that were written.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: borrowing JSONWriter) { lines.withLock { $0.append(String(decoding: line.array, as: UTF8.self)) } }

    var all: [String] { lines.withLock { $0 } }
}

@Suite("Log lines")
struct LogLineTests {
    private func logger(_ format: LogSettings.Format, _ lines: Lines, level: Logger.Level = .info, context: LogContext = LogContext()) -> Logger {
        var settings = LogSettings()
        settings.format = format
        settings.level = level
        return Logger(label: "sluice.test") { label in
            LambdaLogHandler(label: label, settings: settings, context: context) { lines.add($0) }
        }
    }

    @Test("JSON lines hold level, message, request, trace and what else there is")
    func json() throws {
        let lines = Lines()
        let context = LogContext()
        var logger = logger(.json, lines, context: context)
        logger[metadataKey: "sink"] = "orders"
        context.set(requestID: "request-1", traceID: "Root=1-5759e988-bd862e3fe1be46a994272793")
        logger.warning("two\nlines \"quoted\" ☕", metadata: ["count": "3", "level": "mine", "list": ["a", "b"], "deep": ["x": ["y": "z"]], "number": .stringConvertible(7)])
        let line = try #require(lines.all.first)
        #expect(line.hasSuffix("}\n") && !line.dropLast().contains("\n"))
        let value = try JSONValue(parsing: line.utf8.dropLast())
        #expect(value["level"] == .string("WARN") && value["message"] == .string("two\nlines \"quoted\" ☕"))
        #expect(value["requestId"] == .string("request-1") && value["traceId"] == .string("Root=1-5759e988-bd862e3fe1be46a994272793"))
        #expect(value["sink"] == .string("orders") && value["count"] == .string("3") && value["logger"] == .string("sluice.test"))
        #expect(value["level_"] == .string("mine") && value["number"] == .string("7"))
        #expect(value["list"] == .array([.string("a"), .string("b")]))
        #expect(value["deep"]?["x"]?["y"] == .string("z"))
        #expect(Timestamp(iso8601: value["timestamp"]?.stringValue ?? "") != nil)

        context.set(requestID: nil, traceID: nil)
        logger.error("later")
        let later = try JSONValue(parsing: lines.all[1].utf8.dropLast())
        #expect(later["requestId"] == nil && later["traceId"] == nil && later["level"] == .string("ERROR"))
    }

    @Test("text lines are one line each")
    func text() {
        let lines = Lines()
        let context = LogContext()
        context.set(requestID: "request-1", traceID: "Root=1")
        logger(.text, lines, context: context).info("a\nb\u{1B}[31m", metadata: ["reason": "c\r\nd"])
        let line = lines.all.first ?? ""
        #expect(line.contains("Z INFO RequestId: request-1 TraceId: Root=1 a b [31m reason=c  d\n"), "\(line)")
        #expect(line.filter(\.isNewline).count == 1)
    }

    @Test("levels below the one asked for are left out", arguments: [
        ("TRACE", 6), ("DEBUG", 5), ("INFO", 4), ("WARN", 3), ("ERROR", 2), ("FATAL", 1), ("", 4),
    ])
    func levels(_ name: String, _ count: Int) {
        var mistakes: [String] = []
        let settings = LogSettings(format: "Text", level: name, mistakes: &mistakes)
        let lines = Lines()
        let logger = logger(.text, lines, level: settings.level)
        logger.trace("t")
        logger.debug("d")
        logger.info("i")
        logger.warning("w")
        logger.error("e")
        logger.critical("f")
        #expect(lines.all.count == count && mistakes.isEmpty)
    }
}

@Suite("Metrics")
struct MetricsTests {
    @Test("each line is a sound EMF object")
    func lines() throws {
        var counts = BatchReport.Counts()
        counts.received = 10
        counts.delivered = 4
        counts.filtered = 3
        counts.parked = 1
        counts.retry = 2
        var sink = BatchReport.SinkCounts(sink: "orders \"1\"")
        sink.delivered = 2
        sink.alreadyThere = 1
        sink.remembered = 1
        sink.rejected = 1
        sink.retry = 2
        sink.elapsed = .microseconds(12_345)
        var tally = EventTally()
        tally.counts = counts
        tally.sinks = [sink]
        var writer = JSONWriter()
        EmbeddedMetrics(namespace: "Shop", functionName: "me").lines(
            tally, try EventShape(Events.changes([1])), requestID: "r", now: Timestamp(milliseconds: 1_795_000_001_500), into: &writer)
        let lines = String(decoding: writer.array, as: UTF8.self).split(separator: "\n").map(String.init)
        try #require(lines.count == 2)
        let expected: [(String, [String: String], [String])] = [
            (lines[0], ["Received": "10", "Delivered": "4", "Filtered": "3", "Rejected": "1", "Retried": "2", "IteratorAge": "500"], ["FunctionName"]),
            (lines[1], ["Delivered": "4", "Rejected": "1", "Retried": "2", "SinkLatency": "12.345"], ["FunctionName", "Sink"]),
        ]
        for (line, values, dimensions) in expected {
            let value = try JSONValue(parsing: line)
            #expect(value["_aws"]?["Timestamp"] == .number("1795000001500"))
            guard case .array(let directives)? = value["_aws"]?["CloudWatchMetrics"], let directive = directives.first,
                case .array(let metrics)? = directive["Metrics"]
            else { Issue.record("no directive in \(line)"); continue }
            #expect(directive["Namespace"] == .string("Shop"))
            #expect(directive["Dimensions"] == .array([.array(dimensions.map { .string($0) })]))
            #expect(Set(metrics.compactMap { $0["Name"]?.stringValue }) == Set(values.keys))
            for (name, number) in values { #expect(value[name] == .number(number), "\(name) in \(line)") }
            // Every dimension is a string at the root, and every metric a number there.
            #expect(dimensions.allSatisfy { value[$0]?.stringValue != nil })
            #expect(value["requestId"] == .string("r"))
        }
        #expect(try JSONValue(parsing: lines[1])["Sink"] == .string("orders \"1\""))
    }

    private func text(_ tally: EventTally, _ event: String, now: Int64 = 1_795_000_003_000) throws -> String {
        var writer = JSONWriter()
        EmbeddedMetrics(namespace: "S", functionName: "f").lines(
            tally, try EventShape(event), requestID: "r", now: Timestamp(milliseconds: now), into: &writer)
        return String(decoding: writer.array, as: UTF8.self)
    }

    @Test("only streams have an iterator's age: that of the last record, counted from when the stream got it")
    func iteratorAge() throws {
        var tally = EventTally()
        tally.counts.received = 1
        tally.counts.delivered = 1
        #expect(try text(tally, Events.changes([2, 1])).contains(#""IteratorAge":2000,"#))
        #expect(try text(tally, Events.changes([1]), now: 1000).contains(#""IteratorAge":0,"#))
        #expect(try !text(tally, Events.records([Events.message("a")])).contains("IteratorAge"))
        #expect(try !text(tally, #"{"Records":[]}"#).contains("IteratorAge"))
        // Though it cannot be decoded.
        #expect(try text(tally, Events.records([Events.misshapen(1)])).contains(#""IteratorAge":2000,"#))
        // Kinesis tells when it got the record; what is in it may be older, and is all that is known where that is missing.
        tally.lastTime = Timestamp(milliseconds: 1_795_000_000_000)
        func kinesis(_ more: String) -> String { Events.records([#"{"kinesis":{"data":"e30="\#(more)},"eventSource":"aws:kinesis"}"#]) }
        #expect(try text(tally, kinesis(#","approximateArrivalTimestamp":1795000002.9"#)).contains(#""IteratorAge":100,"#))
        #expect(try text(tally, kinesis("")).contains(#""IteratorAge":3000,"#))
        #expect(try text(tally, kinesis(#","approximateArrivalTimestamp":null"#)).contains(#""IteratorAge":3000,"#))
    }

    @Test("a sink that was not called has no latency")
    func remembered() throws {
        var sink = BatchReport.SinkCounts(sink: "orders")
        sink.remembered = 3
        var tally = EventTally()
        tally.sinks = [sink]
        #expect(try !text(tally, Events.changes([1])).contains("SinkLatency"))
        tally.sinks[0].elapsed = .milliseconds(2)
        #expect(try text(tally, Events.changes([1])).contains(#""SinkLatency":2,"#))
    }

    @Test("a dimension's value is one that CloudWatch takes", arguments: [
        ("orders", "orders"), ("größe", "gr__e"), ("a\tb\u{7F}", "a_b_"), ("", "-"), ("  ", "-"), ("a b", "a b"), (":a:", "_a:"), ("☕️", "_"),
        (String(repeating: "ü", count: 2000), String(repeating: "_", count: 1024)),
    ])
    func dimensions(_ name: String, _ value: String) throws {
        #expect(EmbeddedMetrics.dimension(name) == value)
        var tally = EventTally()
        tally.sinks = [BatchReport.SinkCounts(sink: name)]
        let lines = try text(tally, Events.changes([1])).split(separator: "\n")
        #expect(try JSONValue(parsing: lines[1].utf8)["Sink"] == .string(value))
    }

    @Test("an event's deadline leaves time to answer, and to work")
    func deadlines() throws {
        func left(_ milliseconds: Int64?, margin: Duration) throws -> Duration? {
            var head = HTTPHead()
            head.add("lambda-runtime-aws-request-id", "r")
            if let milliseconds { head.add("lambda-runtime-deadline-ms", "\(1_795_000_000_000 + milliseconds)") }
            let invocation = try #require(Invocation(HTTPResponse(head: head, body: JSONBytes([]))))
            let start = ContinuousClock.now
            return invocation.end(margin: margin, now: Timestamp(milliseconds: 1_795_000_000_000)).map { $0 - start }
        }
        func isAbout(_ duration: Duration?, _ wanted: Duration) -> Bool { duration.map { $0 >= wanted && $0 < wanted + .seconds(60) } ?? false }
        #expect(try left(nil, margin: .seconds(1)) == nil)
        #expect(isAbout(try left(3_000_000, margin: .seconds(500)), .seconds(2500)))
        // A margin beyond half the time is cut to the half.
        #expect(isAbout(try left(2_000_000, margin: .seconds(1500)), .seconds(1000)))
        #expect(isAbout(try left(-5000, margin: .seconds(1)), .zero))
        #expect(isAbout(try left(.max - 1_795_000_000_000, margin: .zero), .seconds(86_400)))
    }
}
