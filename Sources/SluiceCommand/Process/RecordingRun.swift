// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Sluice
import StreamRecords
import Synchronization

/// Takes inputs, one after another and in their order, through a pipeline.
///
/// `jobs` tasks take pieces of whole documents from it, one at a time, and decode, route and render them; what they made is delivered in the order of the
/// input. What is in flight is bounded, and so is memory.
struct RecordingRun: Sendable {
    let pipeline: Pipeline
    let limits: RecordLimits
    let jobs: Int
    let stop: StopSignal
    let counter: ByteCounter
    let retries: RetryPolicy
    private let memory = JSONMemory()

    init(pipeline: Pipeline, limits: RecordLimits, jobs: Int, stop: StopSignal, counter: ByteCounter, retries: RetryPolicy) {
        self.pipeline = pipeline
        self.limits = limits
        self.jobs = jobs
        self.stop = stop
        self.counter = counter
        self.retries = retries
    }

    /// What a run ended with.
    struct Result: Sendable {
        var tally: RunTally
        /// Inputs that could not be opened or read to their end, with the reason.
        var failures: [(path: String, reason: String)] = []
        /// Sluice lost count: an error of its own.
        var internalError: String?
        /// How many bytes of text were decoded.
        var bytes: Int64 = 0
    }

    /// A chunk whose first batch is decoded, routed and rendered.
    private struct Work: Sendable {
        var input: String
        var chunk: RecordChunk
        var first: (batch: RecordBatch, prepared: PreparedBox)?
    }

    /// What the tasks hand over, in order.
    private enum Item: Sendable {
        case work(Work)
        case failure(OpenInput.Failure)
    }

    /// `Prepared` can be delivered once and so cannot be copied; a task's result can.
    private final class PreparedBox: Sendable {
        private let content: Mutex<Prepared?>

        init(_ prepared: consuming Prepared) { content = Mutex(prepared) }

        func take() -> Prepared? {
            content.withLock { $0.take() }
        }
    }

    func run(_ inputs: [Input], tally: RunTally) async -> Result {
        // With a single sink nothing else is there to be done while it works.
        if pipeline.sinkCount == 1 { return await BlockingQueue.inline { await runAll(inputs, tally: tally) } }
        return await runAll(inputs, tally: tally)
    }

    private func runAll(_ inputs: [Input], tally: RunTally) async -> Result {
        var result = Result(tally: tally)
        if jobs == 1 {
            await runAlone(inputs, &result)
        } else {
            await runTogether(inputs, &result)
        }
        return result
    }

    private func open(_ input: Input) throws(OpenInput.Failure) -> OpenInput {
        try OpenInput(
            input, limits: limits, memory: memory, rendering: pipeline.rendering, outlining: pipeline.outlining, stop: stop, counter: counter)
    }

    /// Everything on one thread.
    private func runAlone(_ inputs: [Input], _ result: inout Result) async {
        for input in inputs where stop.reason == nil && result.internalError == nil {
            do throws(OpenInput.Failure) {
                var open = try open(input)
                while result.internalError == nil, let chunk = try open.next() {
                    await deliver(prepare(chunk, of: input), &result)
                }
            } catch {
                result.failures.append((error.path, error.reason))
            }
        }
    }

    /// Reading and decoding by several tasks, and delivering by the one whose turn it is.
    private func runTogether(_ inputs: [Input], _ result: inout Result) async {
        let shared = SharedInputs(inputs, stop: stop) { input throws(OpenInput.Failure) in try open(input) }
        let turns = Turns<Item, Result>(room: jobs, result) { item, result in
            switch item {
            case .failure(let failure):
                result.failures.append((failure.path, failure.reason))
            case .work(let work):
                // After an order to stop, what is in flight is delivered: it was read, and the sinks are there.
                if result.internalError == nil && stop.reason != .outputClosed { await deliver(work, &result) }
                if result.internalError != nil { stop.stop(.failed) }
            }
        }
        await withTaskGroup { group in
            for _ in 1...jobs {
                group.addTask {
                    while let (number, found) = await shared.next() {
                        let item: Item = switch found {
                        case .failure(let failure): .failure(failure)
                        case .piece(let chunk, let input): .work(prepare(chunk, of: input))
                        }
                        await turns.add(item, number: number)
                    }
                }
            }
        }
        if let ended = await turns.finish() { result = ended }
    }

    // MARK: Decoding and delivering

    private func prepare(_ chunk: RecordChunk, of input: Input) -> Work {
        var chunk = chunk
        let batch = chunk.nextBatch()
        let first = batch.map { ($0, PreparedBox(pipeline.prepare($0))) }
        return Work(input: input.name, chunk: chunk, first: first)
    }

    private func deliver(_ work: Work, _ result: inout Result) async {
        result.bytes += Int64(work.chunk.byteCount)
        guard let (batch, box) = work.first, let prepared = box.take() else { return }
        await deliver(batch, prepared, of: work.input, &result)
        // Payloads that hold much come in several batches, made one by one so that memory stays bounded.
        var chunk = work.chunk
        while result.internalError == nil, let batch = chunk.nextBatch() {
            await deliver(batch, pipeline.prepare(batch), of: work.input, &result)
        }
    }

    /// Delivers a batch, and what must be retried again and again within the policy.
    private func deliver(_ batch: RecordBatch, _ prepared: consuming Prepared, of input: String, _ result: inout Result) async {
        var next: Prepared? = consume prepared
        var attempt = 1
        while let prepared = next.take() {
            do throws(ConservationError) {
                let report = try await pipeline.deliver(prepared)
                if report.counts.retry > 0, stop.reason == nil, let delay = retries.delay(after: attempt, asked: report.retryAfter) {
                    await pause(delay)
                    attempt += 1
                    next = pipeline.prepare(batch)
                } else {
                    result.tally.add(report, input: input)
                }
            } catch {
                result.internalError = error.description
            }
        }
    }

    /// Waits, but not on when the run is to stop.
    private func pause(_ delay: Duration) async {
        let end = ContinuousClock.now + delay
        while stop.reason == nil, ContinuousClock.now < end {
            try? await Task.sleep(for: min(.milliseconds(100), end - .now))
        }
    }
}
