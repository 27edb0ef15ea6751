// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import EventTableTestSupport
import Foundation
import GRDB
import StreamRecords
import Testing
import TestSupport

@testable import SQLiteEventTable

struct StoreTests {
    @Test("A write is answered: written, or already there")
    func answers() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        let first = EventWrite.put(change("c1", sequence: 1))
        let second = EventWrite.put(change("c2", sequence: 2))
        #expect(try await store.write([]) == [])
        #expect(try await store.write([first]) == [.written])
        #expect(try await store.write([first, second, second]) == [.alreadyThere, .written, .alreadyThere])
        var facts = Invocation(key: EventKey(id: "r", name: "f"), seen: at(5))
        #expect(try await store.write([.note(facts)]) == [.written])
        #expect(try await store.write([.note(facts)]) == [.alreadyThere])
        facts.report = .init(at: at(9), durationMS: 4)
        #expect(try await store.write([.note(facts)]) == [.written])
        facts.failure = .init(.error, at: at(8))
        #expect(try await store.write([.note(facts), .note(facts)]) == [.written, .written])
        #expect(try await store.write([.note(facts), .note(facts)]) == [.alreadyThere, .alreadyThere])
    }

    @Test("What was put first stays")
    func putIfAbsent() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        let first = change("c1", sequence: 1)
        var other = first
        other.payload = "{}"
        #expect(try await store.write([.put(first)]) == [.written])
        #expect(try await store.write([.put(other)]) == [.alreadyThere])
        #expect(try await store.rows(id: "c1") == [.entry(first)])
    }

    @Test("A file outlives its store, and is durable against the death of a process")
    func reopen() async throws {
        let folder = try TemporaryFolder()
        let entry = change("c1", sequence: 1)
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        _ = try await store.write([.put(entry)])
        let settings = try await store.pool.writeWithoutTransaction { db in
            (try String.fetchOne(db, sql: "PRAGMA journal_mode"), try Int.fetchOne(db, sql: "PRAGMA synchronous"))
        }
        #expect(settings.0 == "wal")
        #expect(settings.1 == 1)
        // What is in the file system now is what a killed process leaves.
        try FileManager.default.copyItem(atPath: folder.path("e.db"), toPath: folder.path("killed.db"))
        try FileManager.default.copyItem(atPath: folder.path("e.db-wal"), toPath: folder.path("killed.db-wal"))
        try await store.close()
        for name in ["e.db", "killed.db"] {
            let reader = try await SQLiteEventStore(path: folder.path(name), access: .readOnly)
            #expect(try await reader.rows(id: "c1") == [.entry(entry)])
            try await reader.close()
        }
        let again = try await SQLiteEventStore(path: folder.path("killed.db"))
        #expect(try await again.write([.put(entry)]) == [.alreadyThere])
        try await again.close()
    }

    @Test("A missing file is missing for a reader; a writer makes it, and folders on the way")
    func missing() async throws {
        let folder = try TemporaryFolder()
        await #expect { _ = try await SQLiteEventStore(path: folder.path("e.db"), access: .readOnly) } throws: {
            ($0 as? EventStoreError)?.code == .missing
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("e.db")))
        let deep = folder.path("made/on the way/e.db")
        try await SQLiteEventStore(path: deep).close()
        #expect(FileManager.default.fileExists(atPath: deep))
        await #expect { _ = try await SQLiteEventStore(path: "\(deep)/below a file/e.db") } throws: {
            ($0 as? EventStoreError)?.code == .cannotOpen
        }
    }

    @Test("A file that is something else is left alone", arguments: [SQLiteEventStore.Access.readOnly, .readWrite])
    func foreign(access: SQLiteEventStore.Access) async throws {
        let folder = try TemporaryFolder()
        let text = Data(String(repeating: "not a database\n", count: 100).utf8)
        try folder.write("text.db", Array(text))
        let other = try DatabaseQueue(path: folder.path("other.db"))
        try await other.write { try $0.execute(sql: "CREATE TABLE contacts (name TEXT)") }
        try other.close()
        for name in ["text.db", "other.db"] {
            await #expect { _ = try await SQLiteEventStore(path: folder.path(name), access: access) } throws: {
                ($0 as? EventStoreError)?.code == .notAnEventTable
            }
        }
        #expect(try folder.bytes("text.db") == Array(text))
        let after = try DatabaseQueue(path: folder.path("other.db"))
        #expect(try await after.read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema") } == ["contacts"])
    }

    @Test("A folder is said to be one", arguments: [SQLiteEventStore.Access.readOnly, .existing, .readWrite])
    func folder(access: SQLiteEventStore.Access) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("f"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "f")
        for name in ["f", "f/", "link"] {
            await #expect { _ = try await SQLiteEventStore(path: folder.path(name), access: access) } throws: {
                guard let error = $0 as? EventStoreError else { return false }
                return error.code == .notAnEventTable && error.message.hasSuffix("it is a folder")
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("f")).isEmpty)
    }

    @Test("A file of a newer version is refused")
    func tooNew() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        try await store.pool.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        try await store.close()
        await #expect { _ = try await SQLiteEventStore(path: folder.path("e.db")) } throws: {
            ($0 as? EventStoreError)?.code == .tooNew
        }
    }

    @Test("Several writers open a new file at once, and none loses a write")
    func concurrentWriters() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("e.db")
        let written = try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    let store = try await SQLiteEventStore(path: path)
                    var written = 0
                    for batch in 0..<10 {
                        // Every writer writes what all others write, in an order of its own.
                        var random = SeededRandom(seed: UInt64(writer * 100 + batch))
                        let writes = (0..<50).map { EventWrite.put(change("c\(batch)-\($0)", sequence: $0)) }.shuffled(using: &random)
                        written += try await store.write(writes).count { $0 == .written }
                    }
                    try await store.close()
                    return written
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(written == 500)
    }

    @Test("A failed batch leaves nothing behind")
    func allOrNothing() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        try await store.pool.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.aws_request_id = 'bad'
                    BEGIN SELECT RAISE(ABORT, 'refused'); END
                    """)
        }
        await #expect { _ = try await store.write([.put(change("good", sequence: 1)), .put(change("bad", sequence: 2))]) } throws: {
            ($0 as? EventStoreError)?.code == .failed
        }
        #expect(try await store.rows(id: "good") == [])
        #expect(try await store.write([.put(change("good", sequence: 1))]) == [.written])
    }

    @Test("Text with NUL and text of megabytes come back as they were")
    func anyText() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        let stream = LogLine.Stream(account: "1", group: "g", name: "s")
        let message = "a\u{0}b" + String(repeating: "ü", count: 3_000_000)
        let line = LogLine(stream: stream, time: at(0), id: "1", requestID: "r", message: message)
        var entry = change("c", sequence: 1)
        entry.payload = "{\"x\":\"" + String(repeating: "y", count: 2_000_000) + "\"}"
        #expect(try await store.write([.line(line), .put(entry)]) == [.written, .written])
        #expect(try await store.logLines(requestID: "r", limit: 10).lines == [line])
        #expect(try await store.rows(id: "c") == [.entry(entry)])
    }
}

#endif
