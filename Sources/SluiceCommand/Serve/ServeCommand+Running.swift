// SPDX-License-Identifier: Apache-2.0

#if Server
import ArgumentParser
#if AWS
import AWSSinks
#endif
import EventAPI
import EventServer
import EventTable
import FoundationEssentials
import Logging
import Sluice

extension ServeCommand {
    func serve() async throws {
        let environment = ProcessInfo.processInfo.environment
        try await reporting {
            try await Connections.with(environment) { connections in
                let (configuration, settings) = try read(connections, environment)
                let address = try address(settings.server)
                let logger = try logger()
                let name = try table.name(in: configuration)
                let store = try await connections.stores.open(name, for: .writing)
                do {
                    let table = SharedTable(store, name: name)
                    let pipeline = try await pipeline(configuration, connections, table, environment, logger)
                    try await serve(settings, at: address, table, rerunner(configuration, settings, connections, table), pipeline, logger)
                } catch {
                    try? await store.close()
                    throw error
                }
                try await store.close()
            }
        }
    }

    private func serve(
        _ settings: APISettings, at address: ListenAddress, _ store: SharedTable, _ rerunner: Rerunner?, _ pipeline: Pipeline?, _ logger: Logger
    ) async throws {
        let ingest = pipeline.map { EventIngest(through: $0) } ?? EventIngest(into: store, retention: settings.retention?.components.seconds)
        let reruns = BackgroundTasks()
        let api = EventAPI(
            settings, store: store, rerunner: rerunner, ingest: ingest,
            background: { job in
                reruns.start {
                    do {
                        _ = try await rerunner?.execute(key: job.key, id: job.id)
                    } catch {
                        logger.error("a rerun was not made", metadata: ["key": "\(job.key)", "reason": "\(error)"])
                    }
                }
            })
        do throws(EventServerError) {
            try await EventServer(api, settings: settings.server, at: address, logger: logger).run { say("listening on \($0)") }
        } catch {
            try? await pipeline?.shutdown()
            throw CommandFailure([.open, .certificate].contains(error.code) ? .usage : .unreadable, error.message)
        }
        if await !reruns.finish(within: settings.server.shutdownTimeout) {
            logger.warning("reruns are still under way; what becomes of them will not be recorded")
        }
        try await pipeline?.shutdown()
    }

    // MARK: What is configured

    /// The configuration, absent where there is none, and its settings for the API, with what the command line says.
    private func read(
        _ connections: Connections, _ environment: [String: String]
    ) throws(CommandFailure) -> (Configuration?, APISettings) {
        do {
            let source = try ConfigurationLoading.find(config, environment: environment)
            let configuration = try source.map {
                try Configuration(reading: ConfigurationLoading.parse($0), registry: connections.sinks(), environment: environment)
            }
            var settings = try APISettings(configuration?.api)
            if let certificate { settings.server.certificate = certificate }
            if let key { settings.server.key = key }
            if wait { settings.waits = true }
            return (configuration, settings)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }

    private func address(_ settings: ServerSettings) throws(CommandFailure) -> ListenAddress {
        guard let text = listen ?? settings.listen else { return .usual }
        guard let address = ListenAddress(text) else {
            throw CommandFailure(.usage, "“\(text)” is no address to listen on: 127.0.0.1:8080, localhost:0 or [::1]:8080 is expected")
        }
        return address
    }

    private func logger() throws(CommandFailure) -> Logger {
        guard let level = Logger.Level(rawValue: log) else {
            throw CommandFailure(.usage, "--log “\(log)” is no level: one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")) is expected")
        }
        var logger = Logger(label: "sluice.serve", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = level
        return logger
    }

    // MARK: Its parts

    /// Where events go that are brought in; absent where nothing is configured, and they go into the table.
    private func pipeline(
        _ configuration: Configuration?, _ connections: Connections, _ table: SharedTable, _ environment: [String: String], _ logger: Logger
    ) async throws -> Pipeline? {
        guard let configuration, !configuration.routes.isEmpty else { return nil }
        var options = PipelineOptions(unparked: .list, logger: logger, environment: environment, logsOutcomes: false)
        // An event that was accepted is not sent again, whatever becomes of this process.
        options.end.isOpen = true
        do {
            return try await Pipeline(configuration, sinks: connections.sinks(sharing: table), options: options)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }

    private func rerunner(
        _ configuration: Configuration?, _ settings: APISettings, _ connections: Connections, _ store: any EventStore
    ) -> Rerunner? {
        #if AWS
        return Rerunner(
            store: store, invoker: LambdaInvoker(connections.services), permission: RerunPermission(configuration?.rerun.allow ?? []),
            retention: settings.retention?.components.seconds)
        #else
        return nil
        #endif
    }
}
#endif
