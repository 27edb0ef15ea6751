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
    /// - Throws: ``CommandFailure`` with what is wrong: the name (status 2), the place (2), or what is there (3).
    func open(_ connections: Connections, for access: EventStores.Access = .reading) async throws -> any EventStore {
        let name: EventTableName
        if let table {
            do throws(EventStoreError) { name = try EventTableName(table) } catch { throw CommandFailure(error) }
        } else {
            name = try Self.configured(connections) ?? .standard
        }
        do throws(EventStoreError) {
            return try await connections.stores.open(name, for: access)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The table of the first event table sink in the configuration that `sluice process` would take here.
    private static func configured(_ connections: Connections) throws(CommandFailure) -> EventTableName? {
        let environment = ProcessInfo.processInfo.environment
        do {
            guard let source = try ConfigurationLoading.find(nil, environment: environment) else { return nil }
            let configuration = try Configuration(
                reading: ConfigurationLoading.parse(source), registry: connections.sinks(), environment: environment)
            let sink = configuration.sinks.first { $0.type == "event-table" }
            return try sink?.settings["table"]?.string.map { text throws(EventStoreError) in try EventTableName(text) }
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
