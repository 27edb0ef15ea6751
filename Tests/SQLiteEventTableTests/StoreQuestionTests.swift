// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTableTestSupport
import SQLiteEventTable
import Testing
import TestSupport

/// What every store must do alike.
struct StoreQuestionTests {
    @Test("Every store does alike", arguments: StoreQuestion.all)
    func alike(question: StoreQuestion) async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        #expect(try await question.put(to: store) == [])
        try await store.close()
    }
}

#endif
