// SPDX-License-Identifier: Apache-2.0

public import EventTable
public import Sluice

/// What a function needs to answer for the event table itself: the kinds of stores, and a way to invoke functions. Nothing is connected before it
/// is used.
public struct TableServices: Sendable {
    let stores: EventStores
    let invoker: @Sendable (_ timeout: Duration) -> any FunctionInvoker
    let send: @Sendable (_ function: FunctionName, _ payload: [UInt8]) async throws -> Void

    /// - Parameters:
    ///   - invoker: makes one that waits so long for an answer.
    ///   - send: has a function invoked without waiting for its answer. It comes back once the invocation is sure to happen.
    public init(
        stores: EventStores, invoker: @escaping @Sendable (_ timeout: Duration) -> any FunctionInvoker,
        send: @escaping @Sendable (_ function: FunctionName, _ payload: [UInt8]) async throws -> Void
    ) {
        self.stores = stores
        self.invoker = invoker
        self.send = send
    }
}

/// What a program brings to the function.
public struct FunctionParts: Sendable {
    /// The types of sinks that a configuration can name.
    public var sinks: SinkRegistry
    /// Absent: executions are neither saved nor told of nor run again.
    public var table: TableServices?
    /// Gives back what sinks and table share, behind their own ends.
    public var shutdown: @Sendable () async -> Void

    public init(sinks: SinkRegistry, table: TableServices? = nil, shutdown: @escaping @Sendable () async -> Void = {}) {
        self.sinks = sinks
        self.table = table
        self.shutdown = shutdown
    }
}
