// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport

@testable import AWSSinks

/// A client of moto's with a proxy between in which things go wrong. Each request that gets to moto is checked for its signature, so a schedule must leave
/// the clock right.
enum FaultedServices {
    static func with<Result>(_ schedule: FaultSchedule, _ body: (AWSServices, FaultProxy) async throws -> Result) async throws -> Result {
        let ports = try await MotoServer.shared.ports()
        return try await FaultProxy.with(.server(port: ports.checked, unchecked: ports.unchecked), schedule) { proxy in
            var configuration = AWSConfiguration(region: "eu-central-1", environment: ["AWS_ENDPOINT_URL": proxy.url], logger: .silent)
            configuration.credentials = StaticCredentials(MotoServer.keys)
            configuration.maximumAttempts = 2
            configuration.timeouts = AWSTimeouts(connect: .seconds(5), attempt: .seconds(4))
            configuration.jitter = { 0 }
            let services = AWSServices(configuration)
            do {
                let result = try await body(services, proxy)
                await services.shutdown()
                return result
            } catch {
                await services.shutdown()
                throw error
            }
        }
    }
}
#endif
