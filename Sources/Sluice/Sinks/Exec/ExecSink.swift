// SPDX-License-Identifier: Apache-2.0

import Logging
import StreamRecords
import Synchronization

/// Hands records to a program in whatever language, as JSON lines over its standard input, and takes its word for what
/// became of each.
///
/// The program runs as long as the sink does. When it dies, hangs or does not keep to the protocol it is started again,
/// after a pause that grows from time to time, and is given once more what it has not answered for. Batches are sent one
/// at a time, so a slow program holds up its source and fills no memory.
public final class ExecSink: Sink {
    public struct Settings: Decodable, Sendable {
        /// The program and its arguments; no shell looks at them.
        public var command: ExecCommand
        /// Variables of the environment beside those that are there.
        public var env: [String: String]?
        /// How long the program may take to answer for a batch: 30 s unless told.
        public var timeout: Duration?
        /// How long it may take to greet: 10 s unless told.
        public var startTimeout: Duration?
        /// How long it may take to end when there is nothing more to come: 10 s unless told.
        public var stopTimeout: Duration?
        /// The most records in a batch: 500 unless told. The program may ask for fewer.
        public var maxRecords: Int?
        /// How often a record is handed over while the program dies of it or with it: 3 times unless told.
        public var attempts: Int?

        enum CodingKeys: String, CodingKey {
            case command, env, timeout
            case startTimeout = "start_timeout", stopTimeout = "stop_timeout", maxRecords = "max_records", attempts
        }

        public init(
            command: ExecCommand, env: [String: String]? = nil, timeout: Duration? = nil, startTimeout: Duration? = nil,
            stopTimeout: Duration? = nil, maxRecords: Int? = nil, attempts: Int? = nil
        ) {
            self.command = command
            self.env = env
            self.timeout = timeout
            self.startTimeout = startTimeout
            self.stopTimeout = stopTimeout
            self.maxRecords = maxRecords
            self.attempts = attempts
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            command = try container.decode(ExecCommand.self, forKey: .command)
            env = try container.decodeIfPresent([String: String].self, forKey: .env)
            timeout = try container.decodeIfPresent(SomeTime.self, forKey: .timeout)?.duration
            startTimeout = try container.decodeIfPresent(SomeTime.self, forKey: .startTimeout)?.duration
            // Who wants none of it may say so.
            stopTimeout = try container.decodeIfPresent(Duration.self, forKey: .stopTimeout)
            maxRecords = try container.decodeIfPresent(AtLeastOne.self, forKey: .maxRecords)?.number
            attempts = try container.decodeIfPresent(AtLeastOne.self, forKey: .attempts)?.number
        }
    }

    private struct State {
        var child: ExecChild?
        /// How often it failed without a batch that went well in between.
        var failures = 0
        /// Not started again before.
        var notBefore: ContinuousClock.Instant?
        var isDelivering = false
        var hasEnded = false
    }

    private let command: ExecCommand
    private let environment: [String: String]?
    private let name: String
    private let logger: Logger
    private let timeout: Duration
    private let startTimeout: Duration
    private let stopTimeout: Duration
    private let maxRecords: Int
    private let attempts: Int
    private let pauses: RetryPolicy
    private let runEnd: RunEnd
    private let state = Mutex(State())

    /// Starts the program.
    ///
    /// - Throws: ``ExecError`` where it cannot be started or does not greet as it should.
    public convenience init(_ settings: Settings, _ context: SinkContext) async throws {
        try await self.init(
            settings, context, pauses: RetryPolicy(attempts: .max, base: .milliseconds(250), cap: .seconds(30)))
    }

    init(_ settings: Settings, _ context: SinkContext, pauses: RetryPolicy) async throws {
        command = settings.command
        if settings.env == nil, context.environment.isEmpty {
            environment = nil
        } else {
            environment = context.environment.merging(settings.env ?? [:]) { $1 }
        }
        name = context.name
        logger = context.logger
        timeout = settings.timeout ?? .seconds(30)
        startTimeout = settings.startTimeout ?? .seconds(10)
        stopTimeout = settings.stopTimeout ?? .seconds(10)
        maxRecords = max(1, settings.maxRecords ?? 500)
        attempts = max(1, settings.attempts ?? 3)
        self.pauses = pauses
        runEnd = context.end
        let child = try await start(until: nil)
        state.withLock { $0.child = child }
    }

    // MARK: Delivering

    public func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        let mayBegin = try state.withLock { state in
            if state.hasEnded { throw SinkEnded() }
            defer { state.isDelivering = true }
            return !state.isDelivering
        }
        guard mayBegin else { return Outcomes(.retry("the program is still busy with an earlier batch"), for: batch) }
        defer { state.withLock { $0.isDelivering = false } }
        return await deliverParts(of: batch)
    }

    private func deliverParts(of batch: DeliveryBatch) async -> Outcomes {
        var outcomes = Outcomes(for: batch)
        var gate = KeyGate()
        var rest = Array(batch.indices)
        var tries = 0
        while !rest.isEmpty {
            if Task.isCancelled || batch.deadline.map({ $0 <= .now }) ?? false {
                return outcomes.setting(rest, .retry("the time was up before the program had answered"))
            }
            let child: ExecChild
            do throws(ExecError) {
                child = try await runningChild(until: batch.deadline)
            } catch {
                tries += 1
                if tries < attempts, error.mayPass { continue }
                return outcomes.setting(rest, .retry("\(error)", after: pause))
            }
            let part = nextPart(&rest, batch, gate, maximum: min(maxRecords, child.maximumRecords ?? .max), &outcomes)
            if part.isEmpty { continue }
            let answer = await child.deliver(part.map { batch[$0] }, timeout: timeout, deadline: batch.deadline)
            var open: [Int] = []
            for (index, outcome) in zip(part, answer.outcomes) {
                if let outcome {
                    outcomes[index] = outcome
                    gate.note(outcome, of: batch[index])
                } else {
                    open.append(index)
                }
            }
            switch answer.wait {
            case .met:
                tries = 0
                state.withLock { ($0.failures, $0.notBefore) = (0, nil) }
            case .over:
                let error = note(child)
                tries += 1
                // Whoever waits for the run's end does not wait for all of them.
                if tries < attempts, !runEnd.isNear() {
                    rest = open + rest
                } else {
                    return outcomes.setting(open + rest, .retry("\(error)", after: pause))
                }
            case .timeUp, .cancelled:
                return outcomes.setting(open + rest, .retry("the time was up before the program had answered"))
            }
        }
        return outcomes
    }

    /// Takes the next records out of the rest: as many as may go together. Those that wait for an earlier one are left out.
    private func nextPart(
        _ rest: inout [Int], _ batch: DeliveryBatch, _ gate: KeyGate, maximum: Int, _ outcomes: inout Outcomes
    ) -> [Int] {
        var part: [Int] = []
        var bytes = 0
        var taken = 0
        for index in rest {
            guard gate.isOpen(for: batch[index]) else {
                outcomes[index] = KeyGate.waiting
                taken += 1
                continue
            }
            let size = batch[index].payload.byteCount
            if part.count >= maximum || (!part.isEmpty && bytes + size > ExecProtocol.batchBytes) { break }
            part.append(index)
            bytes += size
            taken += 1
        }
        rest.removeFirst(taken)
        return part
    }

    // MARK: The program

    /// How long the program is not started again.
    private var pause: Duration? {
        state.withLock { state in state.notBefore.map { max(.zero, ContinuousClock.now.duration(to: $0)) } }
    }

    /// The program, started again where it has died.
    private func runningChild(until deadline: ContinuousClock.Instant?) async throws(ExecError) -> ExecChild {
        let (child, notBefore) = state.withLock { ($0.child, $0.notBefore) }
        if let child {
            if child.failure == nil { return child }
            if !child.isOver {
                // It was told to end, and must be gone before another one begins.
                _ = await child.finish(saying: false, within: .seconds(10))
            }
            throw note(child)
        }
        if let deadline, let notBefore, notBefore > .now, notBefore >= deadline {
            throw ExecError(.notRunning, command, "it failed before and is not started again yet")
        }
        try await pause(until: notBefore)
        if runEnd.isNear() { throw ExecError(.notRunning, command, "it failed before and is not started again, since the run ends") }
        do throws(ExecError) {
            let child = try await start(until: deadline)
            logger.notice("the program was started again")
            state.withLock { $0.child = child }
            return child
        } catch {
            noteFailure()
            throw error
        }
    }

    /// Waits, but not on when the run is to end.
    private func pause(until moment: ContinuousClock.Instant?) async throws(ExecError) {
        while let moment, moment > .now, !runEnd.isNear() {
            do {
                try await Task.sleep(until: min(moment, .now + .milliseconds(100)), clock: .continuous)
            } catch {
                throw ExecError(.notRunning, command, "the time was up before it was started again")
            }
        }
    }

    /// Notes that the program has died. The next one has to wait for some time.
    private func note(_ child: ExecChild) -> ExecError {
        let error = ExecError(.failed, command, child.failure ?? "it has ended")
        let isNew = state.withLock { state in
            guard state.child === child else { return false }
            state.child = nil
            return true
        }
        if isNew {
            logger.error("\(error)")
            noteFailure()
        }
        return error
    }

    private func noteFailure() {
        state.withLock { state in
            state.failures += 1
            state.notBefore = .now + (pauses.delay(after: state.failures) ?? .zero)
        }
    }

    private func start(until deadline: ContinuousClock.Instant?) async throws(ExecError) -> ExecChild {
        let child: ExecChild
        do throws(ChildProcessError) {
            child = try ExecChild(command, environment: environment, sink: name, logger: logger)
        } catch {
            throw ExecError(.cannotStart, command, "\(error)")
        }
        let time = deadline.map { min(startTimeout, max(.zero, ContinuousClock.now.duration(to: $0))) } ?? startTimeout
        switch await child.greet(within: time) {
        case .met: return child
        case .over: break
        case .timeUp: child.fail("it did not greet within \(time)")
        case .cancelled: child.fail("the time was up before it had greeted")
        }
        _ = await child.finish(saying: false, within: .seconds(10))
        throw ExecError(.cannotStart, command, child.failure ?? "it ended before it had greeted")
    }

    // MARK: The end

    /// Tells the program that nothing more comes, and waits for its end.
    ///
    /// - Throws: ``ExecError`` where it ends with another status than 0: what it was to finish may not be finished.
    public func shutdown() async throws { try await end(saying: true) }

    /// Closes the program's input without a word of an end.
    public func abandon() async throws { try await end(saying: false) }

    private func end(saying says: Bool) async throws {
        let child = state.withLock { state in
            defer { (state.child, state.hasEnded) = (nil, true) }
            return state.child
        }
        guard let child else { return }
        let hadFailed = child.failure
        let end = await child.finish(saying: says, within: stopTimeout)
        if !says || end == .exited(0) { return }
        throw ExecError(.failed, command, hadFailed ?? child.failure ?? "it has ended")
    }
}

extension Outcomes {
    /// The same with this outcome for some records.
    fileprivate func setting(_ places: [Int], _ outcome: Outcome) -> Outcomes {
        var outcomes = self
        for place in places { outcomes[place] = outcome }
        return outcomes
    }
}
