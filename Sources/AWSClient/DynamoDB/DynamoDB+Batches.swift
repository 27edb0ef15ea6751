// SPDX-License-Identifier: Apache-2.0

#if AWS

extension DynamoDB {
    /// Puts and deletes up to 25 items, and sends again what DynamoDB had no room for, after pauses that grow by chance.
    ///
    /// It ends when nothing is left, when it has sent `rounds` times, and where the next pause would end behind the deadline. An error ends it too, whichever
    /// call it is of: what was written by then stays written, and the whole batch may be sent again, since its writes have no conditions.
    ///
    /// - Returns: what is left all the same.
    public func batchWriteItem(
        repeating request: BatchWriteItemRequest, rounds: Int = 8, deadline: ContinuousClock.Instant? = nil
    ) async throws(AWSError) -> BatchWriteItemResult {
        var request = request
        var round = 1
        while true {
            let result = try await batchWriteItem(request, deadline: deadline)
            if result.unprocessed.isEmpty || round >= rounds { return result }
            guard try await pause(after: round, before: deadline) else { return result }
            request.writes = result.unprocessed
            round += 1
        }
    }

    /// - Returns: false where the deadline comes before the pause's end; then there is none.
    private func pause(after round: Int, before deadline: ContinuousClock.Instant?) async throws(AWSError) -> Bool {
        let configuration = caller.core.configuration
        let wait = CallProgress.wait(after: round, asked: nil, jitter: configuration.jitter())
        if let deadline, wait >= ContinuousClock.now.duration(to: deadline) { return false }
        do {
            try await configuration.clock.sleep(wait)
        } catch {
            throw caller.named(AWSError(.cancelled, "the task was cancelled", underlying: error), "BatchWriteItem")
        }
        return true
    }
}

#endif
