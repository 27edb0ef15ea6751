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

@Suite("What is large in the event table in DynamoDB") struct LargeRowTests {
    /// A JSON text of about so many bytes that cannot be compressed much.
    static func noise(_ bytes: Int, seed: UInt64) -> String {
        var random = SeededRandom(seed: seed)
        let digits = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/".utf8)
        return #"{"noise":""# + String(decoding: (0..<max(0, bytes - 12)).map { _ in digits[Int(random.next() % 64)] }, as: UTF8.self) + #""}"#
    }

    @Test("Payloads of any size come back, with their parts beside the head", arguments: [
        (4096, 0), (4097, 0), (5_000, 0), (6_000, 1), (380 << 10, 1), (900_000, 2), (3_000_000, 6),
    ])
    func payloads(bytes: Int, parts: Int) async throws {
        try await EventTableFixture.with { fixture in
            var entry = change("big", sequence: 1)
            entry.payload = Self.noise(bytes, seed: 1)
            entry.expiresAt = 9_999_999_999
            #expect(entry.payload.utf8.count == bytes)
            #expect(try await fixture.store.write([.put(entry)]) == [.written])
            #expect(try await fixture.store.write([.put(entry)]) == [.alreadyThere])
            #expect(try await fixture.store.rows(id: "big") == [.entry(entry)])
            #expect(try await fixture.store.page(EventQuery(.subject(try #require(entry.subject)))).rows == [.entry(entry)])
            let found = try await fixture.items(of: "big#payload")
            #expect(try await fixture.names(of: "big#payload").count == parts)
            #expect(found.allSatisfy { $0["expires_at"] == ["n": "9999999999"] })
            let head = try #require(try await fixture.items(of: "big").first)
            #expect((head["payload_parts"] != nil) == (parts > 0))
            #expect((head["payload"] != nil) == (parts == 0))
        }
    }

    @Test("Params and response of megabytes are kept beside the execution, as they were told first") func params() async throws {
        try await EventTableFixture.with { (fixture: EventTableFixture) async throws -> Void in
            var facts = Invocation(key: EventKey(id: "r", name: "orders"), seen: at(0))
            facts.params = Self.noise(1_000_000, seed: 2)
            facts.response = Self.noise(20_000, seed: 3)
            #expect(try await fixture.store.write([.note(facts)]) == [.written])
            #expect(try await fixture.store.write([.note(facts)]) == [.alreadyThere])
            var other = facts
            other.params = "{}"
            #expect(try await fixture.store.write([.note(other)]) == [.alreadyThere])
            #expect(try await fixture.store.rows(id: "r") == [.invocation(facts)])
        }
    }

    @Test("A text whose parts are not all there is absent, and neither the rest of its row nor its page") func missingParts() async throws {
        try await EventTableFixture.with { (fixture: EventTableFixture) async throws -> Void in
            var entry = change("big", sequence: 1)
            entry.payload = Self.noise(900_000, seed: 4)
            let other = change("small", sequence: 2)
            _ = try await fixture.store.write([.put(entry), .put(other)])
            try await fixture.delete(try #require(try await fixture.items(of: "big#payload").first))
            entry.payload = #"{"kind":"change","id":"big"}"#
            #expect(try await fixture.store.rows(id: "big") == [.entry(entry)])
            let subject = try #require(entry.subject)
            #expect(try await fixture.store.page(EventQuery(.subject(subject))).rows == [.entry(entry), .entry(other)])

            var facts = Invocation(key: EventKey(id: "r", name: "orders"), seen: at(0))
            facts.params = Self.noise(20_000, seed: 5)
            facts.response = "null"
            #expect(try await fixture.store.save(facts) == .written)
            try await fixture.delete(try #require(try await fixture.items(of: "r#params").first))
            var without = facts
            without.params = nil
            #expect(try await fixture.store.rows(id: "r") == [.invocation(without)])
            #expect(try await fixture.store.page(EventQuery(.function(FunctionName("orders")))).rows == [.invocation(without)])
            // Told once more, it is whole again.
            #expect(try await fixture.store.save(facts) == .alreadyThere)
            #expect(try await fixture.store.rows(id: "r") == [.invocation(facts)])
        }
    }

    @Test("Keys at DynamoDB's limits are written, and one past them rejected with a reason") func keys() async throws {
        try await EventTableFixture.with { fixture in
            func entry(id: Int, name: Int) -> EventEntry {
                let id = String(repeating: "i", count: id)
                return EventEntry(
                    key: EventKey(id: id, name: String(repeating: "n", count: name)), kind: .message, sort: SortKey.text(time: at(0), id: id), payload: "{}")
            }
            #expect(try await fixture.store.write([.put(entry(id: 2000, name: 1024))]) == [.written])
            for (id, name) in [(2001, 1), (1, 1025), (0, 1), (1, 0)] {
                let answers = try await fixture.store.write([.put(entry(id: id, name: name)), .put(change("after-\(id)-\(name)", sequence: 1))])
                guard case .rejected(let reason) = answers[0] else {
                    Issue.record("\(answers[0])")
                    continue
                }
                #expect(!reason.isEmpty)
                #expect(answers[1] == .written)
            }
            var facts = Invocation(key: EventKey(id: String(repeating: "i", count: 2001), name: "f"), seen: at(0))
            facts.qualifier = "1"
            guard case .rejected = try await fixture.store.write([.note(facts)])[0] else {
                Issue.record("not rejected")
                return
            }
        }
    }

    @Test("Subjects above 1 KB have a hash in the index, and are found by their own text", arguments: [1000, 1024, 1025, 3000])
    func subjects(bytes: Int) async throws {
        try await EventTableFixture.with { fixture in
            var entry = change("c", sequence: 1)
            let keys = #"{"Id":""# + String(repeating: "k", count: bytes - 18) + #""}"#
            entry.keys = keys
            entry.subject = "Products#" + keys
            #expect(entry.subject?.utf8.count == bytes)
            #expect(try await fixture.store.write([.put(entry)]) == [.written])
            #expect(try await fixture.store.page(EventQuery(.subject("Products#" + keys))).rows == [.entry(entry)])
            let subject = try await fixture.items(of: "c").first?["subject"]?.stringValue
            #expect(subject?.hasPrefix("Products#sha256:") == (bytes > 1024))
        }
    }

    @Test("An error's text is cut in the row") func errorMessages() async throws {
        try await EventTableFixture.with { fixture in
            var facts = Invocation(key: EventKey(id: "r", name: "f"), seen: at(0))
            facts.failure = .init(.error, at: at(1), errorType: "E", errorMessage: String(repeating: "ü", count: 300_000))
            #expect(try await fixture.store.write([.note(facts)]) == [.written])
            #expect(try await fixture.store.write([.note(facts)]) == [.alreadyThere])
            guard case .invocation(let row)? = try await fixture.store.rows(id: "r").first else {
                Issue.record("no row")
                return
            }
            #expect(row.failure?.errorMessage == String(repeating: "ü", count: 2048))
        }
    }
}
#endif
