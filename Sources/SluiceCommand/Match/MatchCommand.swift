// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import EventPatterns
import Foundation
import JSONTape
import Logging
import Sluice
import StreamRecords

/// `sluice match`: a grep for events.
struct MatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match",
        abstract: "Print the records of recorded streams that an EventBridge pattern matches.",
        discussion: """
            The pattern is its JSON text, or the name of a file that holds it. It sees each record as AWS sends it, so that the filter of an event \
            source mapping, or the pattern of a rule, can be tried on what was recorded:

              sluice match '{"eventName":["MODIFY"]}' samples/streams

            Paths are files, folders, or - for standard input, which is read where none is named. Records are printed as process prints them: readable \
            lines on a terminal, JSON lines elsewhere. Exit status: 0 some record matched, 1 none did or some could not be decoded, 2 the pattern \
            is wrong, 3 an input cannot be opened or read.
            """)

    @Argument(help: ArgumentHelp("The pattern, or a file with it.", valueName: "pattern"))
    var pattern: String

    @Argument(help: ArgumentHelp("Files, folders, or - for standard input.", valueName: "path"))
    var paths: [String] = []

    @Flag(name: [.short, .long], help: "Print how many records there are, and not the records.")
    var count = false

    @Flag(name: [.customShort("v"), .long], help: "Take the records that the pattern does not match.")
    var invert = false

    @Option(help: "How records are written: plain JSON, or typed, as AWS sent them; debezium takes changes only.")
    var envelope: EnvelopeName = .plain

    @Option(help: ArgumentHelp("How many cores to use.", valueName: "number"))
    var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        if jobs < 1 || jobs > 1024 { throw ValidationError("--jobs takes a number from 1 to 1024.") }
    }

    func run() async throws {
        let stop = StopSignal()
        let environment = ProcessInfo.processInfo.environment
        let compiled = try compile()
        let pipeline = try await start(compiled, stop, environment)
        let files = InputFiles(paths.isEmpty ? ["-"] : paths)
        for failure in files.failures { say("\(failure.path.harmless): \(failure.reason)") }
        let listening = stop.listen()
        defer { listening.forEach { $0.cancel() } }

        let run = RecordingRun(
            pipeline: pipeline, limits: RecordLimits(), jobs: jobs, stop: stop, counter: ByteCounter(), retries: RetryPolicy(attempts: 1))
        let result = await run.run(files.inputs, tally: RunTally(sinks: [Self.sink]))
        try? await pipeline.shutdown()
        let found = result.tally.counts.delivered
        if count { try Output.whole("\(found)\n") }
        if stop.reason == .outputClosed { return }
        let problems = result.tally.problems + result.failures.map { "\($0.path): \($0.reason)" } + [result.internalError].compactMap { $0 }
        for problem in problems { say(problem.harmless) }

        if let status = stop.reason?.status { throw status.code }
        if !files.failures.isEmpty || !result.failures.isEmpty { throw ExitStatus.input.code }
        let counts = result.tally.counts
        if found == 0 || counts.rejected + counts.retry > 0 || result.internalError != nil { throw ExitStatus.undelivered.code }
    }

    private static let sink = "output"

    private func compile() throws -> EventPattern {
        var name = "the pattern"
        var text = pattern
        if !text.drop(while: \.isWhitespace).hasPrefix("{"), let bytes = FileManager.default.contents(atPath: pattern) {
            name = pattern
            text = String(decoding: bytes, as: UTF8.self)
        }
        do throws(PatternError) {
            let compiled = try EventPattern(text)
            for warning in compiled.warnings { say("\(name): warning: \(warning)") }
            return compiled
        } catch {
            say("\(name): \(error)")
            throw ExitStatus.usage.code
        }
    }

    private func start(_ pattern: EventPattern, _ stop: StopSignal, _ environment: [String: String]) async throws -> Pipeline {
        var conditions: [RouteCondition] = [invert ? .eventOtherThan(pattern) : .event(pattern)]
        // Others have no such form.
        if envelope == .debezium { conditions.insert(.kind([.change]), at: 0) }
        let route = Route(name: Self.sink, conditions: conditions, envelope: envelope.envelope, to: [Self.sink])
        var logger = Logger(label: "sluice", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning
        let options = PipelineOptions(unparked: .list, logger: logger, environment: environment)
        let context = SinkContext(name: Self.sink, logger: logger, environment: environment)
        let sink: any Sink =
            count ? CountingSink() : LogSink(LogSink.Settings(), context, descriptor: 1) { stop.stop(.outputClosed) }
        return try Pipeline(sinks: [(Self.sink, sink)], routes: [route], options: options)
    }
}

/// Takes every record, and needs no lines.
private struct CountingSink: Sink {
    var traits: SinkTraits { SinkTraits(needsPayloads: false) }

    init() {}

    init(_ settings: NoSettings, _ context: SinkContext) async throws {}

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes { Outcomes(.delivered, for: batch) }
}
