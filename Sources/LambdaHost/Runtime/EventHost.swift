// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import Logging
internal import Sluice
internal import StreamRecords
internal import Synchronization

/// Does one invocation's work: from the event's bytes to the answer's.
final class EventHost: Sendable {
    let pipeline: Pipeline
    private let delivery: EventDelivery
    private let table: TableHost
    private let settings: HostSettings
    private let logger: Logger
    private let metrics: EmbeddedMetrics?
    private let output = BlockingQueue("sluice.metrics")
    /// When the function last failed over a loop.
    private let lastLoop = Mutex<ContinuousClock.Instant?>(nil)

    init(pipeline: Pipeline, table: TableHost, limits: RecordLimits, loops: LoopGuard, settings: HostSettings, logger: Logger) {
        self.pipeline = pipeline
        self.table = table
        self.settings = settings
        self.logger = logger
        delivery = EventDelivery(pipeline: pipeline, limits: limits, loops: loops)
        metrics = settings.metricsNamespace.map { EmbeddedMetrics(namespace: $0, functionName: settings.functionName) }
    }

    /// Ends the work of all that was started.
    func shutdown() async throws {
        try await pipeline.shutdown()
        try await table.close()
    }

    /// What came of an invocation.
    struct Handled: Sendable {
        /// The answer's body, or what Lambda is told that went wrong.
        var answer: Result<[UInt8], FunctionError>
        /// Lines for ``write(metrics:)``.
        var metrics: JSONBytes?
    }

    func handle(_ invocation: Invocation) async -> Handled {
        var metrics: JSONBytes?
        let answer = await handle(invocation, &metrics)
        return Handled(answer: answer, metrics: metrics)
    }

    /// Writes what ``handle(_:)`` measured. Whoever reads standard output may be slow, so this comes behind the answer; Lambda does not freeze the
    /// process before it asks for the next event.
    func write(metrics: JSONBytes?) async {
        guard let metrics else { return }
        do {
            try await output.run { try metrics.span.write(to: 1) }
        } catch {
            logger.warning("metrics cannot be written: \(error)")
        }
    }

    private func handle(_ invocation: Invocation, _ metrics: inout JSONBytes?) async -> Result<[UInt8], FunctionError> {
        let deadline = invocation.end(margin: settings.deadlineMargin)
        var source: EventShape.Source?
        do throws(FunctionError) {
            let shape: EventShape
            switch try FunctionEvent(invocation.event) {
            case .records(let records): shape = records
            case .request(let request): return .success(await table.answer(request, before: deadline))
            case .save: return .success(try await table.save(invocation.event, before: deadline))
            case .rerun(let job): return .success(try await table.rerun(job, before: deadline))
            }
            source = shape.source
            let home = AccountAndRegion(arn: invocation.functionARN)
            let tally = try await delivery.deliver(invocation.event, shape, home: home, before: deadline)
            metrics = lines(tally, shape, invocation)
            tell(tally)
            return .success(try Answer.body(for: shape, tally, partial: settings.partialResponses, event: invocation.event))
        } catch {
            if error.kind == .loop, source == .logs, !mayFailOverLoop() {
                logger.error("\(error.message)")
                return .success(Array("null".utf8))
            }
            logger.error("\(error.message)", metadata: ["errorType": "\(error.kind.rawValue)"])
            return .failure(error)
        }
    }

    /// A failed invocation by a log subscription is tried twice more, and each try writes log lines of its own, which are sent to the function again:
    /// failing each time would make three of one. So the loop fails once a minute, for alarms to see, and is refused without a failure in between:
    /// what is not delivered then are the function's own lines, which are in their log group all the same.
    private func mayFailOverLoop() -> Bool {
        lastLoop.withLock { last in
            let now = ContinuousClock.now
            if let before = last, now - before < .seconds(60) { return false }
            last = now
            return true
        }
    }

    // MARK: What is told

    private func lines(_ tally: EventTally, _ shape: EventShape, _ invocation: Invocation) -> JSONBytes? {
        guard let metrics, tally.counts.received > 0 else { return nil }
        var lines = JSONWriter(capacity: 1024)
        metrics.lines(tally, shape, requestID: invocation.requestID, now: WallClock.now, into: &lines)
        return lines.finish()
    }

    private func tell(_ tally: EventTally) {
        let counts = tally.counts
        for (reason, count) in tally.rejections {
            logger.warning("records were rejected", metadata: ["count": "\(count)", "reason": "\(reason)"])
        }
        if tally.mustRetry {
            for (reason, count) in tally.retryReasons {
                logger.warning("records must come again", metadata: ["count": "\(count)", "reason": "\(reason)"])
            }
        }
        logger.debug(
            "event done",
            metadata: [
                "received": "\(counts.received)", "delivered": "\(counts.delivered)", "filtered": "\(counts.filtered)",
                "rejected": "\(counts.parked + counts.rejected)", "retried": "\(counts.retry)", "control": "\(tally.controlMessages)",
            ])
    }
}
