// SPDX-License-Identifier: Apache-2.0

/// What a host tells its sinks of the run's end.
public struct RunEnd: Sendable {
    /// The run goes on until somebody stops it, and what was delivered does not come a second time: what a sink would put in place at the end, it has
    /// to put there at once.
    public var isOpen = false

    /// Whether the run is to end: what is in flight is finished, and nothing is begun that may take long.
    public var isNear: @Sendable () -> Bool = { false }

    public init() {}
}
