// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Runs work that blocks, such as writing files, one piece after another and off the cooperative pool, whose few
/// threads everything else shares.
public final class BlockingQueue: Sendable {
    private let queue: DispatchQueue

    /// - Parameter label: what a debugger shows.
    public init(_ label: String) { queue = DispatchQueue(label: label) }

    /// Runs the work after all that was given before it.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}
