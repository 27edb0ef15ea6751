// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Runs work that blocks, such as writing files, one piece after another and off the cooperative pool, whose few
/// threads everything else shares.
public final class BlockingQueue: Sendable {
    private let queue: DispatchQueue

    /// Whether work runs on the thread that asks for it.
    @TaskLocal private static var isInline = false

    /// - Parameter label: what a debugger shows.
    public init(_ label: String) { queue = DispatchQueue(label: label) }

    /// Lets all queues run their work on the thread that asks for it, for as long as the body runs: for a program that has nothing else to do on the
    /// cooperative pool meanwhile. It saves two changes of thread, and mostly of core, for each piece of work.
    public static func inline<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        try await $isInline.withValue(true, operation: body)
    }

    /// Runs the work after all that was given before it.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        if Self.isInline { return try queue.sync(execute: work) }
        return try await viaQueue(work)
    }

    private func viaQueue<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}
