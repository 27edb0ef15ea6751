// SPDX-License-Identifier: Apache-2.0

#if AWS
import EventTableTestSupport
import Testing

@testable import AWSSinks

@Suite("What every store must do alike, of the event table in DynamoDB, against moto") struct StoreQuestionTests {
    @Test("Every store does alike", arguments: StoreQuestion.all) func alike(question: StoreQuestion) async throws {
        try await EventTableFixture.with { (fixture: EventTableFixture) async throws -> Void in
            #expect(try await question.put(to: fixture.store) == [])
        }
    }
}
#endif
