// SPDX-License-Identifier: Apache-2.0

#if AWS

/// The services of AWS that Sluice calls, as one account and region see them.
///
/// Making one costs nothing: settings are read, credentials looked for and connections made when the first call needs them. Calls may run at
/// the same time; they share connections and credentials.
///
///     let aws = AWSServices(AWSConfiguration(environment: environment))
///     try await aws.sqs.sendMessageBatch(request, deadline: deadline)
///     await aws.shutdown()
public struct AWSServices: Sendable {
    let core: ClientCore

    public init(_ configuration: AWSConfiguration) { core = ClientCore(configuration) }

    public var dynamoDB: DynamoDB { DynamoDB(caller: ServiceCaller(service: .dynamoDB, core: core)) }
    public var s3: S3 { S3(caller: ServiceCaller(service: .s3, core: core)) }
    public var sqs: SQS { SQS(caller: ServiceCaller(service: .sqs, core: core)) }
    public var eventBridge: EventBridge { EventBridge(caller: ServiceCaller(service: .eventBridge, core: core)) }
    public var lambda: Lambda { Lambda(caller: ServiceCaller(service: .lambda, core: core)) }
    public var sts: STS { STS(caller: ServiceCaller(service: .sts, core: core)) }

    /// The region that calls go to, from code, environment or profile.
    public var region: String {
        get async throws(AWSError) { try await core.settings().requiredRegion() }
    }

    /// Finds credentials if that has not been done: a start that cannot succeed fails here, before there is work.
    public func checkCredentials() async throws(AWSError) -> AWSCredentials { try await core.credentials.current() }

    /// Closes all connections. Calls that are under way fail; later ones do too.
    public func shutdown() async { await core.transport.shutdown() }
}

#endif
