// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import JSONTape
import Logging
import Sluice
import StreamRecords

/// `sluice process`: recorded streams through the routes.
struct ProcessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "process",
        abstract: "Decode recorded streams and send their records to the sinks.",
        discussion: """
            A path is a file, a folder (read in the order of names) or - for standard input. Files hold what AWS writes: Lambda \
            events, get-records output, exports, log subscriptions; one document or many, gzip'd or not. What it is, sluice sees by itself.

            Where records go is told by --to, else by a configuration: --config, SLUICE_CONFIG, or sluice.yaml here or beside \
            the command. With none of them they go to standard output. The summary goes to standard error.

            Sinks: log: (standard output), file:PATH (JSON lines), dir:PATH (a file for each record), sqlite:PATH and \
            dynamodb:NAME (an event table, for history, show and stats), s3://BUCKET/PREFIX (an object for each record).
            """)

    @Argument(help: ArgumentHelp("Files, folders, or - for standard input.", valueName: "path"))
    var paths: [String]

    @Option(name: .customLong("to"), help: ArgumentHelp("Where every record goes: log:, file:PATH, dir:PATH or sqlite:PATH. Can be given several times.", valueName: "sink"))
    var sinks: [String] = []

    @Option(help: ArgumentHelp("The configuration's file, YAML or JSON.", valueName: "file"))
    var config: String?

    @Option(help: "How records are written with --to: plain JSON, or typed, as AWS sent them.")
    var envelope: EnvelopeName?

    @Option(help: ArgumentHelp("How many cores to use.", valueName: "number"))
    var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

    @Flag(help: "Deliver nothing; tell what would be delivered.")
    var dryRun = false

    func validate() throws {
        if paths.isEmpty { throw ValidationError("Name at least one file or folder, or - for standard input.") }
        if jobs < 1 || jobs > 1024 { throw ValidationError("--jobs takes a number from 1 to 1024.") }
        if !sinks.isEmpty && config != nil { throw ValidationError("--to and --config both say where records go: give one of them.") }
        if envelope != nil && sinks.isEmpty && config != nil {
            throw ValidationError("--envelope goes with --to; in a configuration each route names its envelope.")
        }
    }

    func run() async throws {
        let stop = StopSignal()
        let environment = ProcessInfo.processInfo.environment
        try await Connections.with(environment) { connections in
            try await run(stop, environment, connections.sinks { stop.stop(.outputClosed) })
        }
    }

    private func run(_ stop: StopSignal, _ environment: [String: String], _ registry: SinkRegistry) async throws {
        let configuration: Configuration
        let pipeline: Pipeline
        do {
            configuration = try readConfiguration(registry, environment)
            pipeline = try await start(configuration, registry, environment, stop)
        } catch {
            say("\(error)")
            throw ExitStatus.usage.code
        }

        let files = InputFiles(paths)
        for failure in files.failures { say("\(failure.path.harmless): \(failure.reason)") }
        let listening = stop.listen()
        defer { listening.forEach { $0.cancel() } }
        let counter = ByteCounter()
        let sizes = files.inputs.map(\.size)
        let progress = ProgressBar(counter: counter, total: sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) })
        // Records that appear on the same terminal tell how far the work is, and would be torn by a bar.
        let showsRecords = isatty(1) == 1 && !dryRun && configuration.sinks.contains { $0.type == "log" }
        let drawing = isatty(2) == 1 && !showsRecords ? Task { await progress.run() } : nil

        let start = ContinuousClock.now
        let run = RecordingRun(
            pipeline: pipeline, limits: configuration.limits.recordLimits, jobs: jobs, stop: stop, counter: counter,
            retries: RetryPolicy(attempts: 5, base: .milliseconds(200), cap: .seconds(5)))
        let tally = RunTally(sinks: configuration.sinks.map(\.name), parking: configuration.rejected.to)
        let result = await run.run(files.inputs, tally: tally)
        var endingFailed = false
        do {
            // A run that was interrupted has delivered what it says. One that nobody reads any more says nothing, and one that has lost count cannot be
            // believed: there a file that was whole stays as it is.
            if stop.reason == .outputClosed || result.internalError != nil { try await pipeline.abandon() } else { try await pipeline.shutdown() }
        } catch {
            endingFailed = true
            say("\(error)")
        }
        drawing?.cancel()
        await drawing?.value
        if stop.reason == .outputClosed { return }
        say(Summary(
            result: result, inputs: files.inputs.count, passedOver: files.passedOver, duration: .now - start, isDryRun: dryRun
        ).text)

        if let status = stop.reason?.status { throw status.code }
        if !files.failures.isEmpty || !result.failures.isEmpty { throw ExitStatus.input.code }
        let counts = result.tally.counts
        if endingFailed || result.internalError != nil || counts.parked + counts.rejected + counts.retry > 0 { throw ExitStatus.undelivered.code }
    }

    private func readConfiguration(_ registry: SinkRegistry, _ environment: [String: String]) throws -> Configuration {
        if sinks.isEmpty, let source = try ConfigurationLoading.find(config, environment: environment) {
            guard envelope == nil else {
                throw ConfigurationLoading.Failure(
                    description: "--envelope goes with --to; in \(source.name) each route names its envelope")
            }
            return try Configuration(reading: ConfigurationLoading.parse(source), registry: registry, environment: environment)
        }
        return try Configuration(
            sendingEverythingTo: sinks.isEmpty ? ["log:"] : sinks, envelope: envelope?.envelope ?? .plain, registry: registry)
    }

    private func start(
        _ configuration: Configuration, _ registry: SinkRegistry, _ environment: [String: String], _ stop: StopSignal
    ) async throws -> Pipeline {
        var logger = Logger(label: "sluice", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning
        var options = PipelineOptions(unparked: .list, logger: logger, environment: environment, logsOutcomes: false)
        options.end.isNear = { stop.reason != nil }
        if dryRun {
            return try Pipeline(
                sinks: configuration.sinks.map { ($0.name, DryRunSink()) }, routes: configuration.routes,
                rejected: configuration.rejected, options: options)
        }
        return try await Pipeline(configuration, sinks: registry, options: options)
    }
}

/// The names of the envelopes on the command line.
enum EnvelopeName: String, ExpressibleByArgument, CaseIterable {
    case plain, typed, cloudevents, debezium

    var envelope: Envelope {
        switch self {
        case .plain: .plain
        case .typed: .typed
        case .cloudevents: .cloudEvents
        case .debezium: .debezium
        }
    }
}
