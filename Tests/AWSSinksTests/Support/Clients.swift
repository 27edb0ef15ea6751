// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSSigner
import AWSTestSupport
import Logging
@testable import Sluice
import StreamRecords
import Synchronization
import Testing

/// New keys each time it is asked, as an expiring role gives them.
final class RotatingCredentials: CredentialProvider {
    private let count = Mutex(0)

    func credentials() async throws(AWSError) -> AWSCredentials? {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let keys = SigningCredentials(
            accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", sessionToken: "token-\(number)")
        return AWSCredentials(keys, source: "test")
    }
}

/// Runs `body` with a client whose calls go to that address, and whose pauses take no time.
func withServices<Result>(
    url: String = "http://127.0.0.1", transport: FaultTransport? = nil, attempts: Int = 3, attemptTimeout: Duration = .seconds(30),
    _ body: (AWSServices) async throws -> Result
) async throws -> Result {
    var configuration = AWSConfiguration(region: "eu-central-1", environment: ["AWS_ENDPOINT_URL": url], logger: .silent)
    configuration.transport = transport
    configuration.credentials = RotatingCredentials()
    configuration.maximumAttempts = attempts
    configuration.timeouts.attempt = attemptTimeout
    configuration.clock = AWSClock(now: AWSClock.system.now, sleep: { _ in try Task.checkCancellation() })
    let services = AWSServices(configuration)
    do {
        let result = try await body(services)
        await services.shutdown()
        return result
    } catch {
        await services.shutdown()
        throw error
    }
}

/// No pause at all.
let noPause: @Sendable (Duration) async -> Void = { _ in }

extension SinkContext {
    static let test = SinkContext(name: "sink", logger: .silent)
}

extension Logger {
    /// Tells nothing.
    static var silent: Logger {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return logger
    }
}

/// Settings from JSON, as a configuration gives them.
func settings<Settings: Decodable>(_ type: Settings.Type, _ json: String) throws -> Settings {
    try ConfigurationNode(json: json, file: "settings.json").decode(type)
}

extension Pipeline {
    /// One that sends everything to one sink.
    static func into(
        _ sink: any Sink, envelope: Envelope = .plain, unparked: PipelineOptions.Unparked = .list
    ) throws -> Pipeline {
        try Pipeline(
            sinks: [("sink", sink)], routes: [Route(name: "all", envelope: envelope, to: ["sink"])],
            options: PipelineOptions(unparked: unparked, logger: .silent))
    }

    /// Delivers a batch and expects so many of its records to be called delivered.
    func expect(delivered: Int, of records: RecordBatch, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let report = try await deliver(records)
        #expect(report.counts.delivered == delivered, "\(report.fates.first { !$0.isDelivered }?.reason ?? "")", sourceLocation: sourceLocation)
    }

    func deliver(_ records: RecordBatch, before deadline: ContinuousClock.Instant? = nil) async throws -> BatchReport {
        try await deliver(prepare(records), before: deadline)
    }
}

extension BatchReport.Fate {
    var isDelivered: Bool { self == .delivered }
    var isRejected: Bool { if case .rejected = self { true } else { false } }
    var isRetry: Bool { if case .retry = self { true } else { false } }
    /// Why it was not delivered.
    var reason: String {
        switch self {
        case .filtered, .delivered: ""
        case .parked(let reason), .rejected(let reason), .retry(let reason): reason.description
        }
    }
}
#endif
