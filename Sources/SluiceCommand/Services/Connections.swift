// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSSinks
#endif
import EventTable
import Logging
#if SQLite
import SQLiteEventTable
#endif
import Sluice

/// What the command reaches beyond its own process: the sinks and stores that it was built with, and the client for AWS that some of them share.
/// Nothing is started before it is used.
struct Connections: Sendable {
    /// The kinds of event tables.
    let stores: EventStores
    #if AWS
    let services: AWSServices
    #endif

    /// - Parameter region: where AWS is called; absent: where the environment and the shared files say.
    private init(_ environment: [String: String], region: String?) {
        var stores = EventStores()
        #if SQLite
        stores.registerSQLite()
        #endif
        #if AWS
        var logger = Logger(label: "sluice.aws", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning
        var configuration = AWSConfiguration(environment: environment, logger: logger)
        configuration.region = region
        services = AWSServices(configuration)
        stores.registerDynamoDB(services)
        #endif
        self.stores = stores
    }

    /// Runs `body` and closes what it has opened.
    static func with<Result>(
        _ environment: [String: String], region: String? = nil, _ body: (Connections) async throws -> Result
    ) async throws -> Result {
        let connections = Connections(environment, region: region)
        do {
            let result = try await body(connections)
            await connections.close()
            return result
        } catch {
            await connections.close()
            throw error
        }
    }

    private func close() async {
        #if AWS
        await services.shutdown()
        #endif
    }

    /// The sinks that the command has.
    /// - Parameter onClosedOutput: called when whoever reads standard output has gone.
    func sinks(onClosedOutput: @escaping @Sendable () -> Void = {}) -> SinkRegistry {
        var registry = SinkRegistry.standard(onClosedOutput: onClosedOutput)
        #if AWS
        registry.registerAWSSinks(services)
        #endif
        registry.registerEventTable(stores)
        return registry
    }
}
