// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import EventTable
import FoundationEssentials
import JSONTape
import Sluice

/// Why a command that reads the event table ends without having done what it was asked for.
struct CommandFailure: Error {
    /// The exit statuses of the command.
    enum Status: Int32 {
        /// Nothing was found.
        case nothing = 1
        /// The command line or the configuration is wrong.
        case usage = 2
        /// What is to be read cannot be opened or read.
        case unreadable = 3
    }

    let status: Status
    let message: String

    init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
    }

    init(_ error: EventStoreError) {
        switch error.code {
        case .badName: self.init(.usage, error.message)
        case .notAvailable: self.init(.usage, error.message)
        case .missing: self.init(.usage, error.message + "; name one with --table, or make one: sluice process … --to sqlite:PATH, sluice table create NAME")
        default: self.init(.unreadable, error.message)
        }
    }
}

/// Opens a table, lets a command read it, and closes it.
func reading(_ options: EventTableOptions, _ body: (any EventStore) async throws -> Void) async throws {
    try await using(options, for: .reading) { store, _ in try await body(store) }
}

/// Opens a table, lets a command use it, and closes it.
func using(
    _ options: EventTableOptions, for access: EventStores.Access, _ body: (any EventStore, Connections) async throws -> Void
) async throws {
    // Where the command line names the table, nothing that is wrong with a configuration matters.
    try await using(
        options, for: access, configured: { options.table == nil ? try EventTableOptions.configuration(nil, $0) : nil }
    ) { store, connections, _ in
        try await body(store, connections)
    }
}

/// The same for a command that has to do with the configuration as well.
/// - Parameter configured: reads it, once: it may come from a pipe.
func using(
    _ options: EventTableOptions, for access: EventStores.Access, configured: (Connections) throws -> Configuration?,
    _ body: (any EventStore, Connections, Configuration?) async throws -> Void
) async throws {
    try await reporting {
        try await Connections.with(ProcessInfo.processInfo.environment) { connections in
            let configuration = try configured(connections)
            let store = try await options.open(connections, for: access, configuration)
            do {
                try await body(store, connections, configuration)
            } catch {
                try? await store.close()
                throw error
            }
            try await store.close()
        }
    }
}

/// Does something, and turns what went wrong into a message and an exit status.
func reporting(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error as DescriptorError where error.isBrokenPipe {
        // Whoever reads has seen enough.
        return
    } catch {
        let failure =
            switch error {
            case let error as CommandFailure: error
            case let error as EventStoreError: CommandFailure(error)
            default: CommandFailure(.unreadable, "\(error)")
            }
        var message = JSONWriter()
        message.write(raw: "sluice: \(failure.message)\n")
        try? message.write(to: 2)
        throw ExitCode(failure.status.rawValue)
    }
}
