// SPDX-License-Identifier: Apache-2.0

#if AWS
public import AWSClient
public import Sluice

extension SinkRegistry {
    /// Registers the sinks that deliver into AWS's services.
    ///
    /// - Parameter services: shared by all of them. It starts nothing before a sink calls a service.
    public mutating func registerAWSSinks(_ services: AWSServices) {
        registerSQS(services)
        registerEventBridge(services)
        registerLambda(services)
        registerS3JSON(services)
        registerDynamoDBEventTable(services)
    }
}
#endif
