// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import EventTable
import EventTableTestSupport
import JSONTape
import StreamRecords
import Testing
import TestSupport

@testable import AWSSinks

@Suite("Log lines in the event table in DynamoDB") struct LogLineTests {
    private static let r = "8f507cfc-0000-4697-b07a-ac58fc914c0a"
    private static let q = "8f507cfc-0000-4697-b07a-ac58fc914c0b"

    /// The lines' writes, each with what it tells of its execution.
    private static func writes(_ lines: [LogLine]) -> [EventWrite] {
        lines.flatMap { line -> [EventWrite] in
            guard let id = line.requestID else { return [.line(line)] }
            var facts = Invocation(key: EventKey(id: id, name: "f"), seen: line.time)
            facts.logMinutes = [LogMinute(stream: line.stream, at: line.time)]
            return [.line(line), .note(facts)]
        }
    }

    @Test("An execution's lines are gathered from all its streams and chunks, each once", arguments: [1, 2, 3, 12])
    func gathered(batch: Int) async throws {
        try await EventTableFixture.with { fixture in
            let first = LogLine.Stream(account: "1", group: "/aws/lambda/f", name: "a")
            let second = LogLine.Stream(account: "1", group: "/aws/lambda/f", name: "b#1")
            var number = 0
            func line(_ stream: LogLine.Stream, _ time: Int64, _ requestID: String?, _ message: String) -> LogLine {
                number += 1
                return LogLine(stream: stream, time: at(time), id: String(10_000 + number), requestID: requestID, message: message)
            }
            let lines = [
                line(first, 0, nil, "INIT_START"), line(first, 1, Self.r, "START RequestId: \(Self.r) Version: 1"), line(first, 1, nil, "one\u{0}\n☕"),
                line(first, 2, Self.r, "two"), line(first, 3, Self.r, "END RequestId: \(Self.r)"), line(first, 3, Self.r, "REPORT RequestId: \(Self.r)"),
                line(first, 4, Self.q, "START RequestId: \(Self.q) Version: 1"), line(first, 5, nil, "of q"),
                line(first, 6, Self.q, "END RequestId: \(Self.q)"), line(second, 60_000, Self.r, "START RequestId: \(Self.r) Version: 1"),
                line(second, 60_001, nil, "again"), line(second, 60_001 + Invocation.longest, nil, "far later"),
            ]
            // In order, in batches of one size, and then all of them again in another cut.
            var rest = lines[...]
            while !rest.isEmpty {
                _ = try await fixture.store.write(Self.writes(Array(rest.prefix(batch))))
                rest = rest.dropFirst(batch)
            }
            #expect(try await fixture.store.write(Self.writes(lines)).allSatisfy { $0 == .written || $0 == .alreadyThere })
            #expect(try await fixture.store.write(Self.writes(lines)).allSatisfy { $0 == .alreadyThere })
            let all = try await fixture.store.logLines(requestID: Self.r, limit: 100)
            #expect(all.isComplete)
            #expect(all.lines == Array(lines[1...5]) + Array(lines[9...10]))
            for limit in 0..<7 {
                let some = try await fixture.store.logLines(requestID: Self.r, limit: limit)
                #expect(some.lines == Array(all.lines.prefix(limit)))
                #expect(!some.isComplete)
            }
            #expect(try await fixture.store.logLines(requestID: "nobody", limit: 7) == LogLinePage(lines: [], isComplete: true))
        }
    }

    @Test("Many lines are cut into chunks that DynamoDB takes, and a line of any size is kept") func chunks() async throws {
        try await EventTableFixture.with { fixture in
            let stream = LogLine.Stream(account: "1", group: "/aws/lambda/f", name: "s")
            var random = SeededRandom(seed: 5)
            let lines = (0..<60).map { number in
                let count = number == 30 ? 1_000_000 : 20_000
                let text = String(decoding: (0..<count).map { _ in UInt8(0x21 + random.next() % 90) }, as: UTF8.self)
                return LogLine(
                    stream: stream, time: at(Int64(number)), id: String(100 + number), requestID: Self.r,
                    message: number == 0 ? "START RequestId: \(Self.r) Version: 1" : text)
            }
            #expect(try await fixture.store.write(Self.writes(lines)).allSatisfy { $0 == .written })
            let chunks = try await fixture.items().filter { $0["kind"] == "log" }
            #expect(chunks.count > 4)
            #expect(try await fixture.store.logLines(requestID: Self.r, limit: 100).lines == lines)
            #expect(try await fixture.store.write(Self.writes(lines)).allSatisfy { $0 == .alreadyThere })
        }
    }

    @Test("Lines whose parts are gone are missing, and the others are there") func missingParts() async throws {
        try await EventTableFixture.with { (fixture: EventTableFixture) async throws -> Void in
            let stream = LogLine.Stream(account: "1", group: "/aws/lambda/f", name: "s")
            let lines = [
                LogLine(stream: stream, time: at(0), id: "100", requestID: Self.r, message: "START RequestId: \(Self.r) Version: 1"),
                LogLine(stream: stream, time: at(1), id: "101", requestID: Self.r, message: LargeRowTests.noise(1_000_000, seed: 6)),
                LogLine(stream: stream, time: at(2), id: "102", requestID: Self.r, message: "END RequestId: \(Self.r)"),
            ]
            for line in lines { _ = try await fixture.store.write(Self.writes([line])) }
            #expect(try await fixture.store.logLines(requestID: Self.r, limit: 100).lines == lines)
            for part in try await fixture.items() where part["aws_request_id"]?.stringValue?.hasSuffix("#lines") == true { try await fixture.delete(part) }
            #expect(try await fixture.store.logLines(requestID: Self.r, limit: 100).lines == [lines[0], lines[2]])
        }
    }

    /// 600 minutes of one execution's: what a batch of many streams may tell.
    @Test("Any number of minutes goes in, some with each update", arguments: [true, false]) func minutes(isSave: Bool) async throws {
        let table = FakeTable()
        let transport = FaultTransport(table.answer)
        try await withServices(transport: transport) { services in
            let store = try DynamoDBEventStore(services, table: "events", pause: noPause)
            var facts = Invocation(key: EventKey(id: Self.r, name: "f"), seen: at(0))
            facts.params = "{}"
            facts.qualifier = "live"
            facts.report = .init(at: at(9), durationMS: 4.25, billedMS: 5, initMS: 1, memoryMB: 128, maxMemoryMB: 60, status: "timeout")
            facts.failure = .init(.timeout, at: at(9), errorType: "E", errorMessage: "m")
            facts.expiresAt = 9_999_999_999
            for number in 0..<600 {
                let stream = LogLine.Stream(account: "1", group: "/aws/lambda/f", name: "s\(number / 3)")
                facts.logMinutes.insert(LogMinute(stream: stream, at: at(Int64(number % 3) * 60_000)))
            }
            #expect(facts.logMinutes.count == 600)
            if isSave {
                #expect(try await store.save(facts) == .written)
                #expect(try await store.save(facts) == .alreadyThere)
            } else {
                #expect(try await store.write([.note(facts)]) == [.written])
                #expect(try await store.write([.note(facts)]) == [.alreadyThere])
            }
            #expect(try await store.rows(id: Self.r) == [.invocation(facts)])
        }
        let longest = transport.exchanges.compactMap { $0.request.json?["ConditionExpression"]?.stringValue?.utf8.count }.max() ?? 0
        #expect((1...4096).contains(longest))
    }

    @Test("Lines far apart are in chunks of their own, and streams with long names have a partition") func spans() throws {
        let stream = LogLine.Stream(account: "1", group: String(repeating: "g", count: 512), name: String(repeating: "☕", count: 512))
        let lines = [Int64.min, 0, 1, LogChunk.longestSpan + 1, .max].enumerated().map { place, time in
            (index: place, line: LogLine(stream: stream, time: Timestamp(milliseconds: time), id: "\(place)", message: ""))
        }
        let chunks = try LogChunk.chunks(of: lines.shuffled())
        #expect(chunks.map { $0.writes.sorted() } == [[0], [1, 2], [3], [4]])
        #expect(LogChunk.partition(stream).utf8.count <= 2048)
        #expect(LogChunk.partition(stream) != LogChunk.partition(.init(account: "1", group: stream.group, name: stream.name + "x")))
    }
}
#endif
