// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AsyncHTTPClient
internal import NIOCore
internal import Synchronization

/// The reading of an answer's body, up to a deadline.
///
/// Most bodies are short and come with the head. Reading begins at once, on the caller's thread, and where everything is there it ends at once as well: a
/// timer, and tasks that race with it, are made only for a body that has to be waited for.
struct BodyRead: Sendable {
    private let task: Task<ByteBuffer, any Error>
    private let isOver: Flag

    init(_ body: HTTPClientResponse.Body, upTo maximum: Int) {
        let isOver = Flag()
        if #available(macOS 26, *) {
            task = Task.immediate { try await BodyRead.read(body, maximum, isOver) }
        } else {
            task = Task { try await BodyRead.read(body, maximum, isOver) }
        }
        self.isOver = isOver
    }

    private static func read(_ body: HTTPClientResponse.Body, _ maximum: Int, _ isOver: Flag) async throws -> ByteBuffer {
        defer { isOver.raise() }
        return try await body.collect(upTo: maximum)
    }

    /// The whole body.
    ///
    /// - Throws: ``HTTPTransportError`` of the kind `timeout` where the deadline comes first; what reading throws, as when the caller is cancelled. The
    ///   body is not read on then.
    func value(before deadline: ContinuousClock.Instant) async throws -> ByteBuffer {
        if isOver.isRaised { return try await task.value }
        return try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask { [task] in
                try await withTaskCancellationHandler { try await task.value } onCancel: { task.cancel() }
            }
            group.addTask {
                try await Task.sleep(until: deadline, clock: .continuous)
                return nil
            }
            defer { group.cancelAll() }
            guard let body = try await group.next() ?? nil else { throw HTTPTransportError(.timeout, "the answer was not whole in time") }
            return body
        }
    }

    /// Is raised once, by one thread, and seen by another.
    private final class Flag: Sendable {
        private let value = Atomic(false)

        var isRaised: Bool { value.load(ordering: .acquiring) }

        func raise() { value.store(true, ordering: .releasing) }
    }
}

#endif
