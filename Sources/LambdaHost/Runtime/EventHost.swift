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
    private let jsonLimits: JSONLimits
    private let settings: HostSettings
    private let logger: Logger
    private let metrics: EmbeddedMetrics?
    /// When the function last failed over a loop.
    private let lastLoop = Mutex<ContinuousClock.Instant?>(nil)

    init(pipeline: Pipeline, limits: RecordLimits, loops: LoopGuard, settings: HostSettings, logger: Logger) {
        self.pipeline = pipeline
        self.settings = settings
        self.logger = logger
        jsonLimits = limits.json
        delivery = EventDelivery(pipeline: pipeline, limits: limits, loops: loops)
        metrics = settings.metricsNamespace.map { EmbeddedMetrics(namespace: $0, functionName: settings.functionName) }
    }

    /// - Returns: the answer's body, or what Lambda is told that went wrong.
    func handle(_ invocation: Invocation) async -> Result<[UInt8], FunctionError> {
        let deadline = invocation.end(margin: settings.deadlineMargin)
        do throws(FunctionError) {
            let shape = try EventShape(invocation.event, limits: jsonLimits)
            let tally = try await delivery.deliver(invocation.event, shape, before: deadline)
            tell(tally, shape, invocation)
            return .success(
                try Answer.body(for: shape, tally, partial: settings.partialResponses, event: invocation.event, limits: jsonLimits))
        } catch {
            if error.kind == .loop, !mayFailOverLoop() {
                logger.error("\(error.message)")
                return .success(Array("null".utf8))
            }
            logger.error("\(error.message)", metadata: ["errorType": "\(error.kind.rawValue)"])
            return .failure(error)
        }
    }

    /// A failed invocation is tried twice more, and each try writes log lines of its own, which are sent to the function again: failing each time
    /// would make three of one. So the loop fails once a minute, for alarms to see, and is refused without a failure in between.
    private func mayFailOverLoop() -> Bool {
        lastLoop.withLock { last in
            let now = ContinuousClock.now
            if let before = last, now - before < .seconds(60) { return false }
            last = now
            return true
        }
    }

    // MARK: What is told

    private func tell(_ tally: EventTally, _ shape: EventShape, _ invocation: Invocation) {
        if let metrics, tally.counts.received > 0 {
            var lines = JSONWriter(capacity: 1024)
            metrics.lines(tally, shape, requestID: invocation.requestID, now: WallClock.now, into: &lines)
            // The metrics of an event are not worth its failure.
            do throws(DescriptorError) {
                try lines.write(to: 1)
            } catch {
                logger.warning("metrics cannot be written: \(error)")
            }
        }
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
