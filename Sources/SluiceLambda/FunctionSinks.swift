// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSSinks
import EventTable
#endif
import Logging
import Sluice

extension SinkRegistry {
    /// The sinks that the function has. Those that write files are not among them: on Lambda files vanish with the process.
    static func function(_ environment: [String: String], _ logger: Logger) -> SinkRegistry {
        var registry = SinkRegistry()
        registry.register("log", LogSink.self, shorthands: [SinkShorthand("log"), SinkShorthand("stdout")])
        registry.registerExec()
        #if AWS
        // One client for all of them, which connects when the first one calls a service.
        let services = AWSServices(AWSConfiguration(environment: environment, logger: logger))
        registry.registerAWSSinks(services)
        var stores = EventStores()
        stores.registerDynamoDB(services)
        registry.registerEventTable(stores)
        #endif
        return registry
    }
}
