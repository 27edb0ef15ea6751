// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
public import Logging
public import Sluice
internal import StreamRecords

/// Sluice as a Lambda function with a custom runtime: takes events from the
/// [Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html) and their records through the configured routes, until Lambda ends it.
///
/// ```swift
/// var sinks = SinkRegistry()
/// sinks.register("log", LogSink.self)
/// exit(await LambdaFunction(sinks: sinks).run())
/// ```
///
/// What the environment says, beside the variables that Lambda sets:
/// - `SLUICE_CONFIG`: the configuration's path, or its text; else `sluice.json` beside the executable.
/// - `SLUICE_PARTIAL_RESPONSES=1`: the event source mapping has ReportBatchItemFailures.
/// - `SLUICE_DEADLINE_MARGIN` (`500ms`): how long before Lambda's deadline the work stops.
/// - `SLUICE_METRICS_NAMESPACE` (`Sluice`): the metrics' namespace, or `off`.
public struct LambdaFunction: Sendable {
    private let parts: @Sendable (_ environment: [String: String], _ logger: Logger) -> FunctionParts
    private let environment: [String: String]
    private let context = LogContext()
    /// Sets a variable of the process's environment, or takes it away.
    var setVariable: @Sendable (_ name: String, _ value: String?) -> Void = { ProcessState.set($0, $1) }

    /// - Parameters:
    ///   - sinks: the types of sinks that a configuration can name.
    ///   - environment: the variables; those of the process where absent.
    public init(sinks: SinkRegistry, environment: [String: String]? = nil) {
        self.init(environment: environment) { _, _ in FunctionParts(sinks: sinks) }
    }

    /// - Parameters:
    ///   - environment: the variables; those of the process where absent.
    ///   - parts: makes the types of sinks that a configuration can name, and what the event table is asked with: where they share a client, it
    ///     takes its settings and tells its log here.
    public init(
        environment: [String: String]? = nil, parts: @escaping @Sendable (_ environment: [String: String], _ logger: Logger) -> FunctionParts
    ) {
        self.parts = parts
        self.environment = environment ?? ProcessState.environment
    }

    /// Takes events until the process is asked to end.
    ///
    /// - Returns: the exit status: 0 when it was asked to end, 1 when it could not start or go on, which Lambda has been told.
    public func run() async -> Int32 {
        ProcessState.ignoreClosedPipes()
        var mistakes: [String] = []
        let log = LogSettings(
            format: environment["AWS_LAMBDA_LOG_FORMAT"], level: environment["AWS_LAMBDA_LOG_LEVEL"], mistakes: &mistakes)
        let context = context
        let logger = Logger(label: "sluice") { label in LambdaLogHandler(label: label, settings: log, context: context) }
        guard let address = environment["AWS_LAMBDA_RUNTIME_API"], let endpoint = Endpoint(address) else {
            logger.critical(
                "AWS_LAMBDA_RUNTIME_API does not name a host and a port: this program is started by AWS Lambda. On your own machine, sluice process does the same work")
            return 1
        }
        let client = RuntimeClient(endpoint, logger: logger)
        do {
            let parts = parts(environment, logger)
            let host = try await start(parts, logger)
            let status = await serve(host, client, logger)
            await parts.shutdown()
            return status
        } catch {
            logger.critical("\(error.message)")
            do {
                try await client.failStart(error)
            } catch {
                logger.critical("\(error)")
            }
            return 1
        }
    }

    /// Reads settings and configuration, and starts the sinks.
    private func start(_ parts: FunctionParts, _ logger: Logger) async throws(FunctionError) -> EventHost {
        let settings = try HostSettings(environment)
        let sinks = parts.sinks
        let configuration = try LambdaConfiguration.load(
            environment, taskRoot: settings.taskRoot, sinks: sinks, ownLogGroup: settings.ownLogGroup)
        let pipeline: Pipeline
        do throws(ConfigurationErrors) {
            pipeline = try await Pipeline(
                configuration, sinks: sinks, options: PipelineOptions(unparked: .retry, logger: logger, environment: environment, logsOutcomes: false))
        } catch {
            throw FunctionError(
                kind: .configuration, message: "a sink does not start: \(error)", trace: error.mistakes.map(\.description))
        }
        let table: TableHost
        do throws(ConfigurationErrors) {
            table = try TableHost(configuration, services: parts.table, pipeline: pipeline, ownName: settings.ownName, logger: logger)
        } catch {
            throw FunctionError(kind: .configuration, message: "the configuration is wrong: \(error)", trace: error.mistakes.map(\.description))
        }
        return EventHost(
            pipeline: pipeline, table: table, limits: configuration.limits.recordLimits,
            loops: LoopGuard(configuration, logGroup: settings.ownLogGroup), settings: settings, logger: logger)
    }

    /// One event after the other.
    private func serve(_ host: EventHost, _ client: RuntimeClient, _ logger: Logger) async -> Int32 {
        let termination = Termination { client.stop() }
        defer { termination.cancel() }
        var status: Int32 = 0
        do {
            while let invocation = try await client.next() {
                context.set(requestID: invocation.requestID, traceID: invocation.traceID)
                // Where the SDKs of AWS look for it.
                setVariable("_X_AMZN_TRACE_ID", invocation.traceID)
                let handled = await host.handle(invocation)
                switch handled.answer {
                case .success(let body): try await client.respond(to: invocation.requestID, body)
                case .failure(let error): try await client.fail(invocation.requestID, error)
                }
                await host.write(metrics: handled.metrics)
                context.set(requestID: nil, traceID: nil)
            }
            logger.debug("asked to end")
        } catch {
            logger.critical("\(error)")
            status = 1
        }
        do {
            try await host.shutdown()
        } catch {
            logger.error("\(error)")
            status = 1
        }
        return status
    }
}
