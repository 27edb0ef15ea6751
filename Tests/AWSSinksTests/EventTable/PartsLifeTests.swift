// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import EventTable
import EventTableTestSupport
import JSONTape
import StreamRecords
import Testing

@testable import AWSSinks

@Suite("How long the parts of large texts last in the event table in DynamoDB") struct PartsLifeTests {
    private static let day: Int64 = 86_400
    /// The beginning of a day that lies far ahead.
    private static let start: Int64 = 9_999_936_000

    /// When the items of an id go; absent for those that stay.
    private func expiries(of id: String, _ fixture: EventTableFixture) async throws -> [Int64?] {
        try await fixture.items(of: id).map { item in
            guard let text = item["expires_at"]?["n"]?.stringValue else { return nil }
            return Int64(text)
        }
    }

    private func expect(
        _ id: String, in fixture: EventTableFixture, goesAt expected: [Int64?], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await expiries(of: id, fixture)
        #expect(found == expected, sourceLocation: sourceLocation)
    }

    @Test("A record that comes again with another retention leaves its parts as long as its head", arguments: [
        (nil, 1000, nil), (Self.start, 1000, Self.start), (Self.start, Self.start, Self.start), (Self.start, Self.start + 1, Self.start + 1),
        (Self.start, nil, nil), (nil, nil, nil),
    ] as [(Int64?, Int64?, Int64?)])
    func entries(first: Int64?, again: Int64?, expected: Int64?) async throws {
        try await EventTableFixture.with { (fixture: EventTableFixture) async throws -> Void in
            var entry = change("big", sequence: 1)
            entry.payload = LargeRowTests.noise(20_000, seed: 1)
            entry.expiresAt = first
            #expect(try await fixture.store.write([.put(entry)]) == [.written])
            var other = entry
            other.expiresAt = again
            #expect(try await fixture.store.write([.put(other)]) == [.alreadyThere])
            try await expect("big#payload", in: fixture, goesAt: [expected])
            #expect(try await fixture.store.rows(id: "big") == [.entry(entry)])
        }
    }

    /// What tells of one execution: params and response that are saved with one retention, log lines with another.
    private static func sources(_ day: Int64, _ later: Int64, bytes: Int = 20_000) -> [(facts: Invocation, isSave: Bool)] {
        var params = Invocation(key: EventKey(id: "r", name: "orders"), seen: at(0))
        var response = params
        var lines = params
        params.params = LargeRowTests.noise(bytes, seed: 2)
        params.expiresAt = day
        response.response = LargeRowTests.noise(20_000, seed: 3)
        response.expiresAt = day + 1
        lines.logMinutes = [LogMinute(stream: .init(account: "1", group: "g", name: "s"), at: at(0))]
        lines.expiresAt = later
        return [(params, true), (response, true), (lines, false)]
    }

    /// 7 days for what is saved and 90 for log lines, as two settings may say, and the other way round.
    @Test("Parts of an execution last as long as its row, in whatever order it is told", arguments: [(7, 90), (90, 7)], [
        [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
    ])
    func executions(days: (saved: Int64, lines: Int64), order: [Int]) async throws {
        let saved = Self.start + days.saved * Self.day + 5
        let lines = Self.start + days.lines * Self.day + 9
        let sources = Self.sources(saved, lines)
        for savesAreNotes in [false, true] {
            try await EventTableFixture.with { (fixture: EventTableFixture) async throws -> Void in
                var expected = sources[0].facts
                for place in order {
                    let facts = sources[place].facts
                    if sources[place].isSave, !savesAreNotes {
                        #expect(try await fixture.store.save(facts) == .written)
                    } else {
                        #expect(try await fixture.store.write([.note(facts)]) == [.written])
                    }
                    expected.merge(facts)
                }
                let last = max(saved + 1, lines)
                try await expect("r", in: fixture, goesAt: [last])
                let end = Self.start + (max(days.saved, days.lines) + 1) * Self.day
                // The longer retention counts for parts that were there with the shorter one; those that had the longer one keep it.
                try await expect("r#params", in: fixture, goesAt: [end])
                try await expect("r#response", in: fixture, goesAt: [end])
                #expect(try await fixture.store.rows(id: "r") == [.invocation(expected)])
                for source in sources { #expect(try await fixture.store.write([.note(source.facts)]) == [.alreadyThere]) }
            }
        }
    }

    @Test("Lines of the same day do not write the parts again, and those of another day do once") func costs() async throws {
        let table = FakeTable()
        let transport = FaultTransport(table.answer)
        try await withServices(transport: transport) { services in
            let store = try DynamoDBEventStore(services, table: "events", pause: noPause)
            let sources = Self.sources(Self.start, Self.start, bytes: 600_000)
            #expect(try await store.save(sources[0].facts) == .written)
            var lines = sources[2].facts
            for second in 1...20 {
                lines.expiresAt = Self.start + Int64(second)
                #expect(try await store.write([.note(lines)]) == [.written])
            }
            #expect(table.writes(of: "r#params") == 2)
            // Two parts and a row; then for each line an update that fails, since the row tells its time already, and one without that.
            #expect(transport.exchanges.count == 43)
            for second in 1...20 {
                lines.expiresAt = Self.start + Self.day + Int64(second)
                #expect(try await store.write([.note(lines)]) == [.written])
            }
            #expect(table.writes(of: "r#params") == 4)
            #expect(transport.exchanges.count == 85)
        }
    }

    @Test("Parts without an end are given none") func forever() async throws {
        try await EventTableFixture.with { (fixture: EventTableFixture) async throws -> Void in
            var sources = Self.sources(Self.start, Self.start + 90 * Self.day)
            sources[0].facts.expiresAt = nil
            #expect(try await fixture.store.save(sources[0].facts) == .written)
            #expect(try await fixture.store.write([.note(sources[2].facts)]) == [.written])
            try await expect("r#params", in: fixture, goesAt: [nil])
            // An end that is told later does not bind those who told none.
            sources[0].facts.expiresAt = 1000
            #expect(try await fixture.store.save(sources[0].facts) == .alreadyThere)
            try await expect("r#params", in: fixture, goesAt: [nil])
        }
    }

    @Test("The end of a day is there for every time", arguments: [
        (0, 86_400), (86_399, 86_400), (86_400, 172_800), (-1, 86_400), (.max, .max), (.max - 86_400, .max - .max % 86_400),
    ] as [(Int64, Int64)])
    func ends(time: Int64, end: Int64) {
        #expect(PartsLife.end(of: time) == end)
        #expect(PartsLife.end(of: .min) < 0)
    }
}
#endif
