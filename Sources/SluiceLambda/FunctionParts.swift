// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSSinks
import EventTable
#endif
import LambdaHost
import Logging
import Sluice

extension FunctionParts {
    /// What the function has. Sinks that write files are not among it: on Lambda files vanish with the process.
    static func ofFunction(_ environment: [String: String], _ logger: Logger) -> FunctionParts {
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
        let table = TableServices(
            stores: stores, invoker: { LambdaInvoker(services, timeout: $0) },
            send: { function, payload in
                let request = Lambda.InvokeRequest(function: function.name, qualifier: function.qualifier, payload: payload, type: .event)
                _ = try await services.lambda.invoke(request, deadline: .now + .seconds(10))
            })
        return FunctionParts(sinks: registry, table: table) { await services.shutdown() }
        #else
        return FunctionParts(sinks: registry)
        #endif
    }
}
