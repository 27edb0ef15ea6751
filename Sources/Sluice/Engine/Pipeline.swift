// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Logging
public import StreamRecords

/// Takes batches of records through the routes into the sinks, and says for every record what became of it.
///
/// A host calls ``prepare(_:)`` on as many threads as it likes, then ``deliver(_:before:)`` for one batch after
/// another in the order of the stream, and at the end ``shutdown()`` or ``abandon()``. The actor holds what was
/// delivered out of batches that will come again, and no more.
public actor Pipeline {
    nonisolated let table: RoutingTable
    nonisolated let runners: [SinkRunner]
    nonisolated let policy: RejectionPolicy
    /// For each sink whether any route to it redacts.
    private nonisolated let redactedSinks: [Bool]
    private nonisolated let logger: Logger?
    private var metrics: PipelineMetrics?
    private nonisolated let memory = JSONMemory()
    private var delivered: DeliveredMemory
    private nonisolated let rememberedDeliveries: Int
    private var isDelivering = false
    /// Who waits to be let in, in their order.
    private var waiting: [(number: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    private var waitingNumber = 0

    /// Starts the sinks of a configuration.
    ///
    /// - Throws: every sink that does not start, with the place of its declaration. Those that have started are
    ///   shut down again.
    public init(
        _ configuration: Configuration, sinks registry: SinkRegistry, options: PipelineOptions = PipelineOptions()
    ) async throws(ConfigurationErrors) {
        var started: [(name: String, sink: any Sink)] = []
        var mistakes: [ConfigurationMistake] = []
        for declaration in configuration.sinks {
            do {
                started.append((declaration.name, try await registry.start(declaration, options)))
            } catch let errors as ConfigurationErrors {
                mistakes += errors.mistakes
            } catch {
                let mark = declaration.settings.mark
                // A sink of the command line is called by the words that stand there, not by a path.
                mistakes.append(ConfigurationMistake(
                    .cannotStart, at: mark, path: mark.line == 0 ? "" : "sinks.\(declaration.name)",
                    found: "\(error)", expected: "a sink that starts"))
            }
        }
        guard mistakes.isEmpty else {
            for (_, sink) in started { try? await sink.abandon() }
            throw ConfigurationErrors(mistakes)
        }
        try self.init(
            sinks: started, routes: configuration.routes, rejected: configuration.rejected, options: options)
    }

    /// A pipeline into sinks that are there already.
    ///
    /// - Throws: where a route, or the place for rejected records, names a sink that is not among them.
    public init(
        sinks: [(name: String, sink: any Sink)], routes: [Route],
        rejected: Configuration.Rejected = Configuration.Rejected(), options: PipelineOptions = PipelineOptions()
    ) throws(ConfigurationErrors) {
        let names = sinks.map(\.name)
        let wanted = routes.flatMap { route in route.to.map { ("route \(route.name)", $0) } }
            + rejected.to.map { ("rejected", $0) }
        let mistakes = wanted.filter { !names.contains($0.1) }.map { place, name in
            ConfigurationMistake(
                .unknownName, at: nil, path: place, found: "the unknown sink \(name.quotedForMessage)",
                expected: oneOf(names), suggestion: nearestName(to: name, among: names))
        }
        guard mistakes.isEmpty else { throw ConfigurationErrors(mistakes) }
        let runners = sinks.map { SinkRunner(name: $0.name, sink: $0.sink) }
        self.runners = runners
        table = RoutingTable(routes, sinks: names)
        let parking = rejected.to.compactMap { name in runners.first { $0.name == name } }
        policy = RejectionPolicy(
            parking: parking, rejectionBlocks: rejected.block || (parking.isEmpty && options.unparked == .retry),
            parkAfter: rejected.parkAfter, withholdsUndecodable: routes.contains { $0.redaction != nil }, now: options.now)
        redactedSinks = names.map { name in routes.contains { $0.redaction != nil && $0.to.contains(name) } }
        logger = options.logsOutcomes ? options.logger : nil
        metrics = PipelineMetrics(options.metrics, sinks: names)
        rememberedDeliveries = options.rememberedDeliveries
        delivered = DeliveredMemory(capacity: options.rememberedDeliveries)
    }

    /// How many sinks there are, those for rejected records among them.
    public nonisolated var sinkCount: Int { runners.count }

    /// The envelope in which lines are wanted, where there is one: for ``StreamRecords/RecordReader``, which can make them while it decodes.
    public nonisolated var rendering: Envelope? {
        var wanted: [Envelope] = []
        for route in table.routes {
            if route.redaction != nil { continue }
            let isRendered = route.to.contains { name in runners.contains { $0.name == name && $0.traits.needsPayloads } }
            if isRendered && !wanted.contains(route.envelope) { wanted.append(route.envelope) }
        }
        return wanted.contains(.plain) ? .plain : wanted.first
    }

    /// The members of changes that routes look at, nil where they look at none: for ``StreamRecords/RecordReader``, which can note where they are
    /// while it decodes.
    public nonisolated var outlining: OutlineInterest? { table.outlining }

    /// Routes a batch's records and renders their lines: the work that needs a processor. It waits for nothing and may
    /// run on several threads at once.
    public nonisolated func prepare(_ records: RecordBatch) -> Prepared {
        Prepared(
            records, table: table, sinks: zip(runners, redactedSinks).map { ($0.name, $0.traits.needsPayloads, $1) },
            rejectionBlocks: policy.rejectionBlocks, memory: memory)
    }

    /// Delivers a batch and accounts for each of its records.
    ///
    /// - Parameter deadline: when the answer must be there; what isn't delivered by then is to be retried. Absent where
    ///   nobody waits.
    /// - Throws: where records are unaccounted for, which is an error in Sluice: the batch has to be retried.
    public func deliver(
        _ prepared: consuming Prepared, before deadline: ContinuousClock.Instant? = nil
    ) async throws(ConservationError) -> BatchReport {
        var none: EventMemory?
        return try await deliver(prepared, of: &none, before: deadline)
    }

    /// Delivers a batch that is one of several of an event, whose source sends the event again and not the batch.
    ///
    /// - Parameter event: made by ``eventMemory()`` and handed to ``end(_:comesAgain:)`` behind the last batch; absent where the batch is all of the
    ///   event.
    package func deliver(
        _ prepared: consuming Prepared, of event: inout EventMemory?, before deadline: ContinuousClock.Instant?
    ) async throws(ConservationError) -> BatchReport {
        let records = prepared.records
        var work = BatchWork(
            records: records, plans: prepared.plans, shares: prepared.shares, runners: runners, policy: policy, deadline: deadline)
        if await enter(before: deadline) {
            defer { leave() }
            for runner in runners {
                for id in runner.takeLateDeliveries() { delivered.remember(id) }
            }
            await work.run(known: delivered)
            if event == nil { work.update(&delivered) }
        } else {
            work.postpone(Self.notBegun)
        }
        if var noting = event.take() {
            work.note(in: &noting)
            event = noting
        }
        let report = try work.report()
        metrics?.note(report, records, now: policy.now)
        logger?.tell(report)
        return report
    }

    static let notBegun: Reason = "the deadline came before the batch could be begun: an earlier one was still on its way"

    /// For an event that comes in several batches.
    package nonisolated func eventMemory() -> EventMemory { EventMemory(capacity: rememberedDeliveries, sinks: runners.map(\.name)) }

    /// Ends an event that came in several batches.
    ///
    /// - Parameter comesAgain: its source sends it again, or a part of it; what went out then does so no second time.
    package func end(_ event: EventMemory, comesAgain: Bool) { event.update(&delivered, comesAgain: comesAgain) }

    /// Ends the run: every sink finishes what it has begun.
    ///
    /// - Throws: ``ShutdownError`` with what the sinks threw, after all of them were called.
    public func shutdown() async throws { try await end { try await $0.shutdown() } }

    /// Breaks the run off: sinks whose result counts only as a whole do not put it in place.
    public func abandon() async throws { try await end { try await $0.abandon() } }

    private func end(_ end: @Sendable (any Sink) async throws -> Void) async throws {
        _ = await enter(before: nil)
        defer { leave() }
        var failures: [(sink: String, description: String)] = []
        for runner in runners {
            do {
                if runner.isBusy { throw ShutdownError.Busy() }
                try await end(runner.sink)
            } catch {
                failures.append((runner.name, "\(error)"))
            }
        }
        if !failures.isEmpty { throw ShutdownError(failures: failures) }
    }

    /// An actor lets others in wherever it waits; batches must not overtake each other.
    ///
    /// - Returns: false where the deadline came first; then there is nothing to leave.
    private func enter(before deadline: ContinuousClock.Instant?) async -> Bool {
        guard isDelivering else {
            isDelivering = true
            return true
        }
        waitingNumber += 1
        let number = waitingNumber
        let timer = deadline.map { deadline in
            Task {
                try? await ContinuousClock().sleep(until: deadline)
                giveUp(number)
            }
        }
        defer { timer?.cancel() }
        return await withCheckedContinuation { waiting.append((number, $0)) }
    }

    private func giveUp(_ number: Int) {
        guard let place = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting.remove(at: place).continuation.resume(returning: false)
    }

    private func leave() {
        if waiting.isEmpty {
            isDelivering = false
        } else {
            waiting.removeFirst().continuation.resume(returning: true)
        }
    }
}

/// What sinks threw when they were shut down.
public struct ShutdownError: Error, Sendable, CustomStringConvertible {
    public var failures: [(sink: String, description: String)]

    public var description: String {
        failures.map { "\($0.sink): \($0.description)" }.joined(separator: "\n")
    }

    struct Busy: Error, CustomStringConvertible {
        var description: String { "the sink has not come back from its last batch" }
    }
}

extension SinkRegistry {
    func start(_ declaration: Configuration.SinkDeclaration, _ options: PipelineOptions) async throws -> any Sink {
        guard let entry = self[declaration.type] else {
            throw ConfigurationErrors([
                unknownType(
                    declaration.type, at: declaration.settings,
                    ConfigurationPath(description: "sinks.\(declaration.name)"))
            ])
        }
        var logger = options.logger
        logger[metadataKey: "sink"] = "\(declaration.name)"
        var context = SinkContext(
            name: declaration.name, logger: logger, environment: options.environment, clock: SinkClock(now: options.now))
        context.end = options.end
        return try await entry.make(declaration.settings, context)
    }
}
