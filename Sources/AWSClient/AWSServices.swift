// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Synchronization

/// The services of AWS that Sluice calls, as one account and region see them.
///
/// Making one costs nothing: settings are read, credentials looked for and connections made when the first call needs them. Calls may run at
/// the same time; they share connections and credentials.
///
///     let aws = AWSServices(AWSConfiguration(environment: environment))
///     try await aws.sqs.sendMessageBatch(request, deadline: deadline)
///     await aws.shutdown()
public struct AWSServices: Sendable {
    private let shared: SharedCore
    var core: ClientCore { shared.core }
    private var attempts: Int?
    private var attemptTimeout: Duration?

    /// - Parameter configuration: what is told in code; it is looked at with the first call.
    public init(_ configuration: AWSConfiguration) { shared = SharedCore(configuration) }

    /// The same client, with its connections and credentials, for who wants other attempts and time-outs: one sink of several.
    ///
    /// - Parameters:
    ///   - attempts: how often a call is sent at most; absent: as the client's settings say.
    ///   - attemptTimeout: for one attempt; absent: ``AWSTimeouts/attempt``.
    public func with(attempts: Int? = nil, attemptTimeout: Duration? = nil) -> AWSServices {
        var services = self
        services.attempts = attempts ?? self.attempts
        services.attemptTimeout = attemptTimeout ?? self.attemptTimeout
        return services
    }

    private func caller(_ service: AWSService) -> ServiceCaller {
        ServiceCaller(service: service, core: core, attempts: attempts, attemptTimeout: attemptTimeout)
    }

    /// Tables and their items.
    public var dynamoDB: DynamoDB { DynamoDB(caller: caller(.dynamoDB)) }
    /// Objects in buckets.
    public var s3: S3 { S3(caller: caller(.s3)) }
    /// Queues.
    public var sqs: SQS { SQS(caller: caller(.sqs)) }
    /// Buses and the events put on them.
    public var eventBridge: EventBridge { EventBridge(caller: caller(.eventBridge)) }
    /// Functions to invoke.
    public var lambda: Lambda { Lambda(caller: caller(.lambda)) }
    /// Temporary keys of roles.
    public var sts: STS { STS(caller: caller(.sts)) }

    /// The region that calls go to, from code, environment or profile.
    public var region: String {
        get async throws(AWSError) { try await core.settings().requiredRegion() }
    }

    /// Finds credentials if that has not been done: a start that cannot succeed fails here, before there is work.
    public func checkCredentials() async throws(AWSError) -> AWSCredentials { try await core.credentials.current() }

    /// Closes all connections. Calls that are under way fail; later ones do too.
    public func shutdown() async { await core.transport.shutdown() }
}

/// Makes the core when it is first used: a program that starts with a client and calls nothing yet starts faster so.
private final class SharedCore: Sendable {
    private let configuration: AWSConfiguration
    private let made = Mutex<ClientCore?>(nil)

    init(_ configuration: AWSConfiguration) { self.configuration = configuration }

    var core: ClientCore {
        made.withLock { made in
            if let made { return made }
            let core = ClientCore(configuration)
            made = core
            return core
        }
    }
}

#endif
