// SPDX-License-Identifier: Apache-2.0

#if AWS
public import Logging

/// What the client is told in code. What is absent here is looked for in the environment, then in the shared files, where AWS's own tools look.
///
/// Settings: <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>
public struct AWSConfiguration: Sendable {
    /// `eu-central-1`. Else `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's `region`.
    public var region: String?
    /// The profile in the shared files. Else `AWS_PROFILE`, `default`. Named here, it comes before the environment's keys.
    public var profile: String?
    /// Where requests for all services go, in place of the region's endpoints. Else `AWS_ENDPOINT_URL` and what the profile says.
    public var endpointURL: String?
    /// Where requests for one service go. Else `AWS_ENDPOINT_URL_SQS` and its like.
    public var endpointURLs: [AWSService: String] = [:]
    /// Where credentials come from. Else they are looked for in environment, profile, container and machine, in this order.
    public var credentials: (any CredentialProvider)?
    /// How a bucket's name goes into an address.
    public var s3Addressing = S3Addressing.automatic
    /// How often a call is sent at most. Else `AWS_MAX_ATTEMPTS`, the profile's `max_attempts`, 3.
    public var maximumAttempts: Int?
    /// How long connections and attempts may take.
    public var timeouts = AWSTimeouts()
    /// The most bytes an answer may have; a larger one is an error.
    public var maximumAnswerBytes = 64 << 20
    /// How many requests to one host may be under way at once.
    public var maximumConnectionsPerHost = 50
    /// The environment's variables. Nothing is read from the process itself.
    public var environment: [String: String]
    /// Tells of retries, refreshed credentials and corrected clocks; never of contents and secrets.
    public var logger: Logger
    /// Sends requests. Absent: AsyncHTTPClient, started with the first request.
    public var transport: (any HTTPTransport)?
    /// By which requests are signed, credentials expire and tries are spaced.
    public var clock = AWSClock.system
    /// A number from 0 to 1 that waits are multiplied with.
    public var jitter: @Sendable () -> Double = { Double.random(in: 0...1) }

    /// - Parameters:
    ///   - region: absent: as environment and profile say.
    ///   - environment: the variables that count; give `ProcessInfo.processInfo.environment` for the process's own.
    public init(region: String? = nil, environment: [String: String], logger: Logger = Logger(label: "sluice.aws")) {
        self.region = region
        self.environment = environment
        self.logger = logger
    }
}

/// How long things may take.
public struct AWSTimeouts: Sendable, Hashable {
    /// Until a connection is there.
    public var connect: Duration
    /// One attempt: from the connection to the last byte of the answer.
    public var attempt: Duration

    /// - Parameters:
    ///   - connect: until a connection is there.
    ///   - attempt: for one attempt as a whole.
    public init(connect: Duration = .seconds(5), attempt: Duration = .seconds(30)) {
        self.connect = connect
        self.attempt = attempt
    }
}

/// How a bucket's name goes into an address.
///
/// Rules: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
public enum S3Addressing: String, Sendable, Hashable {
    /// In the host's name at AWS, but for names with a dot or capitals; in the path at an endpoint that somebody set and that is not AWS's own.
    case automatic = "auto"
    /// Always in the host's name.
    case virtualHost = "virtual"
    /// Always as the path's first part.
    case path
}

#endif
