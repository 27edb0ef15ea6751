// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import EventTable
import FoundationEssentials
import Sluice
import StreamRecords

/// Which event table a command reads.
struct EventTableOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "The event table (default: the configuration's, else \(EventTableName.standard)).", valueName: "sqlite:PATH|dynamodb:NAME"))
    var table: String?

    /// Opens the table.
    /// - Parameter configuration: what names it where the command line does not.
    /// - Throws: ``CommandFailure`` with what is wrong: the name (status 2), the place (2), or what is there (3).
    func open(
        _ connections: Connections, for access: EventStores.Access, _ configuration: Configuration?
    ) async throws(CommandFailure) -> any EventStore {
        do throws(EventStoreError) {
            return try await connections.stores.open(try name(in: configuration), for: access)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// What the command line names, else the table of the configuration's first event table sink, else the usual one.
    func name(in configuration: Configuration?) throws(EventStoreError) -> EventTableName {
        if let table { return try EventTableName(table) }
        let sink = configuration?.sinks.first { $0.type == "event-table" }
        guard let text = sink?.settings["table"]?.string else { return .standard }
        return try EventTableName(text)
    }

    /// The configuration of `--config`, else the one that `sluice process` would take here.
    static func configuration(_ path: String?, _ connections: Connections) throws(CommandFailure) -> Configuration? {
        let environment = ProcessInfo.processInfo.environment
        do {
            guard let source = try ConfigurationLoading.find(path, environment: environment) else { return nil }
            return try Configuration(
                reading: ConfigurationLoading.parse(source), registry: connections.sinks(), environment: environment)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }
}

/// Which time a command looks at.
struct TimeRangeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Leave out what happened before.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("Leave out what happened then and later. Times are UTC: 2026-11-20, 2026-11-20T15:00:00Z.", valueName: "time"))
    var until: String?

    func range() throws(CommandFailure) -> TimeRange {
        TimeRange(from: try Self.time(from, "--from"), until: try Self.time(until, "--until"))
    }

    private static func time(_ text: String?, _ option: String) throws(CommandFailure) -> Timestamp? {
        guard let text else { return nil }
        guard let time = Timestamp(iso8601: text) ?? Timestamp(iso8601: text + "T00:00:00Z") else {
            throw CommandFailure(.usage, "\(option) “\(text)” is no time: 2026-11-20 or 2026-11-20T15:00:00Z is expected")
        }
        return time
    }
}
