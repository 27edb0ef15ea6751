// SPDX-License-Identifier: Apache-2.0

import Dispatch
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
import JSONTape
import Logging
import Synchronization

/// One run of a program: its pipes, and what was said over them.
///
/// Two queues do what blocks: one waits for what the program writes and for its end, the other writes. What they find out meets in the state.
final class ExecChild: Sendable {
    private struct State {
        var exchange = ExecExchange()
        /// Why nothing more is expected of it.
        var failure: String?
        /// How the process ended; it is reaped.
        var end: ChildProcess.End?
        var isInputClosed = false
        /// The last line of its standard error: often why it ended.
        var lastWords = ""
        /// Nothing more will be heard of it.
        var isOver = false
        var waiting: [Signal] = []
    }

    private let process: ChildProcess
    private let logger: Logger
    private let state = Mutex(State())
    private let writing = DispatchQueue(label: "sluice.exec.write")
    private let timing = DispatchQueue(label: "sluice.exec.time")

    /// How long the rest of its output is waited for once it has ended, and its end once its output is closed.
    private static let afterglow = Duration.seconds(1)
    /// How long after a SIGKILL the system may take.
    private static let killingTime = Duration.seconds(5)
    /// How often, in milliseconds, its end is looked for; and once its output is closed or it was killed.
    private static let looks: (seldom: Int32, often: Int32) = (200, 5)

    /// Starts the program, and greets it.
    init(_ command: ExecCommand, environment: [String: String]?, sink: String, logger: Logger) throws(ChildProcessError) {
        process = try ChildProcess(command, environment: environment)
        self.logger = logger
        DispatchQueue(label: "sluice.exec.watch").async { [self] in watch() }
        send(ExecProtocol.hello(sink: sink))
    }

    /// Why nothing more comes from it, in words; absent while it runs.
    var failure: String? {
        state.withLock { state in
            if let failure = state.failure { return failure }
            guard state.isOver else { return nil }
            let said = state.end == .exited(0) || state.lastWords.isEmpty ? "" : "; it said: \(state.lastWords)"
            return "it \(state.end ?? .unknown)\(said)"
        }
    }

    var isOver: Bool { state.withLock { $0.isOver } }
    var maximumRecords: Int? { state.withLock { $0.exchange.maximumRecords } }

    // MARK: Waiting

    /// What a wait ended with.
    enum Wait { case met, over, timeUp, cancelled }

    /// Waits until the condition is met or the program's run is over, and not beyond the deadline.
    private func wait(until deadline: ContinuousClock.Instant?, for condition: (borrowing State) -> Bool) async -> Wait {
        while true {
            let signal = Signal()
            let met: Wait? = state.withLock { state in
                if condition(state) { return .met }
                if state.isOver { return .over }
                state.waiting.append(signal)
                return nil
            }
            if let met { return met }
            switch await signal.wait(until: deadline) {
            case .fired: continue
            case .timeUp: return .timeUp
            case .cancelled: return .cancelled
            }
        }
    }

    private func proceed(_ state: inout State) {
        for signal in state.waiting { signal.fire() }
        state.waiting = []
    }

    // MARK: What a sink asks for

    /// Waits for the greeting.
    func greet(within time: Duration) async -> Wait {
        await wait(until: .now + time) { $0.exchange.isGreeted }
    }

    /// What became of a batch.
    struct Answer {
        /// What was said of each record; nil where nothing was.
        var outcomes: [Outcome?]
        var wait: Wait
    }

    /// Hands over a batch and waits for the answer to it.
    ///
    /// A batch that was given up before is waited for first: there is one under way at a time.
    ///
    /// - Parameters:
    ///   - timeout: how long the program may take; then it is ended.
    ///   - deadline: how long is waited here; afterwards it may go on.
    func deliver(_ deliveries: [Delivery], timeout: Duration, deadline: ContinuousClock.Instant?) async -> Answer {
        let before = await wait(until: deadline) { !$0.exchange.isUnderWay }
        guard before == .met else { return Answer(outcomes: deliveries.map { _ in nil }, wait: before) }
        let begun = state.withLock { $0.exchange.begin(count: deliveries.count) }
        send(ExecProtocol.batch(deliveries, number: begun.number, first: begun.first, timeout: timeout))
        let watch = Task { [self] in
            try await Task.sleep(for: timeout)
            let isLate = state.withLock { !$0.exchange.isThrough(begun.number) }
            if isLate { fail("it did not answer within \(timeout)") }
        }
        let wait = await wait(until: deadline) { $0.exchange.isThrough(begun.number) }
        if wait == .met || wait == .over { watch.cancel() }
        let outcomes = state.withLock { $0.exchange.outcomes(of: begun.number) }
        return Answer(outcomes: outcomes, wait: wait)
    }

    /// Tells the program that nothing more comes, and waits for its end; after that time it is asked to end by SIGTERM, and
    /// in the end it is killed.
    ///
    /// - Parameter says: whether it is told in words too: it may then put in place what counts only as a whole.
    /// - Returns: how it ended; absent where that is not known.
    func finish(saying says: Bool, within time: Duration) async -> ChildProcess.End? {
        if says { send(ExecProtocol.end()) }
        closeInput()
        // The work is the program's, so a cancelled task does not break it off.
        await Task { [self] in
            for signal in [nil, SIGTERM] as [Int32?] {
                if let signal {
                    logger.warning("the program did not end within \(time) of its input's end; it gets the signal \(signal)")
                    signalGroup(signal)
                }
                if await wait(until: .now + (signal == nil ? time : min(time, .seconds(2))), for: { $0.isOver }) != .timeUp { return }
            }
            logger.error("the program did not end; it is killed")
            fail("it did not end when it was told to")
            _ = await wait(until: .now + .seconds(10)) { $0.isOver }
        }.value
        return state.withLock { $0.end }
    }

    /// Ends the program at once: what it says is not to be believed, or it says nothing.
    func fail(_ reason: String) {
        let isNew = state.withLock { state in
            if state.failure != nil || state.isOver { return false }
            state.failure = reason
            return true
        }
        guard isNew else { return }
        signalGroup(SIGKILL)
    }

    // MARK: The process

    private func signalGroup(_ signal: Int32) {
        // While the state is locked nobody reaps it, so that the number is still the group's.
        state.withLock { state in if state.end == nil { process.signalGroup(signal) } }
    }

    /// Reads what it writes, and notices its end. The queue's only work.
    private func watch() {
        var output = LineReader(longest: ExecProtocol.longestLine)
        var errors = LineReader(longest: 8192, isCutting: true)
        var (isOutputOpen, areErrorsOpen) = (true, true)
        var (closed, killed, ended): (ContinuousClock.Instant?, ContinuousClock.Instant?, ContinuousClock.Instant?)
        func isOver(_ moment: ContinuousClock.Instant?, _ time: Duration) -> Bool { moment.map { .now - $0 > time } ?? false }
        while true {
            let isNear = closed != nil || killed != nil || ended != nil
            let ready = ChildProcess.waitForOutput(
                (isOutputOpen ? process.output : nil, areErrorsOpen ? process.errors : nil), milliseconds: isNear ? Self.looks.often : Self.looks.seldom)
            if ready.0 {
                isOutputOpen = takeOutput(output.read(from: process.output))
                if !isOutputOpen { closed = .now }
            }
            if ready.1 { areErrorsOpen = takeErrors(errors.read(from: process.errors)) }
            if killed == nil, state.withLock({ $0.failure != nil }) { killed = .now }
            if ended == nil, !(ready.0 || ready.1) || isNear, noticeEnd() { ended = .now }
            if ended != nil, !isOutputOpen && !areErrorsOpen || isOver(ended, Self.afterglow) { break }
            if isOver(killed, Self.killingTime) { break }
            // On its way out it may take as long as it was given; otherwise it could answer nothing any more.
            if ended == nil, isOver(closed, Self.afterglow), state.withLock({ !$0.isInputClosed }) { fail("it closed its standard output") }
        }
        _ = (close(process.output), close(process.errors))
        over()
    }

    /// - Returns: whether it has ended; then it is reaped.
    private func noticeEnd() -> Bool {
        state.withLock { state in
            guard process.hasEnded else { return false }
            // What it started and left behind would go on without anybody who looks after it.
            process.signalGroup(SIGKILL)
            state.end = process.reap()
            return true
        }
    }

    private func over() {
        state.withLock { state in
            state.isOver = true
            proceed(&state)
        }
        closeInput()
    }

    // MARK: Writing

    private func send(_ bytes: JSONBytes) {
        writing.async { [self] in
            if state.withLock({ $0.isInputClosed || $0.failure != nil || $0.isOver }) { return }
            do throws(DescriptorError) {
                try writeWithoutSignal(bytes, to: process.input)
            } catch {
                // A program that has ended is told by its end, which says more.
                timing.asyncAfter(deadline: .now() + .milliseconds(200)) { [self] in
                    if !isOver { fail("it reads no more: \(error)") }
                }
            }
        }
    }

    private func closeInput() {
        writing.async { [self] in
            let isFirst = state.withLock { state in
                defer { state.isInputClosed = true }
                return !state.isInputClosed
            }
            if isFirst { _ = close(process.input) }
        }
    }

    // MARK: Reading

    /// - Returns: whether there may be more.
    private func takeOutput(_ reading: LineReader.Reading) -> Bool {
        for line in reading.lines { take(line) }
        if reading.isTooLong { fail("it wrote a line of more than \(ExecProtocol.longestLine) bytes") }
        return !reading.isAtEnd
    }

    private func takeErrors(_ reading: LineReader.Reading) -> Bool {
        for line in reading.lines {
            let text = printable(line[...])
            if text.allSatisfy(\.isWhitespace) { continue }
            logger.warning("\(text)", metadata: ["stream": "stderr"])
            state.withLock { $0.lastWords = String(text.prefix(200)) }
        }
        return !reading.isAtEnd
    }

    private func take(_ line: [UInt8]) {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return }
        let message: ExecMessage
        do throws(ExecMessage.Mistake) {
            message = try ExecMessage(line)
        } catch {
            let shown = printable(line.prefix(120))
            return fail("a line of its standard output \(error.text): \(shown.quotedForMessage)")
        }
        let consequence = state.withLock { state in
            if state.failure != nil { return ExecExchange.Consequence.nothing }
            let consequence = state.exchange.take(message)
            if consequence == .proceed { proceed(&state) }
            return consequence
        }
        switch consequence {
        case .nothing, .proceed: break
        case .log(let level, let text): logger.log(level: level, "\(printable(Array(text.utf8)[...]))")
        case .broken(let text): fail(text)
        }
    }
}

/// Text that cannot steer a terminal.
private func printable(_ bytes: ArraySlice<UInt8>) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
        let isSteering = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
        scalars.append(isSteering ? " " : scalar)
    }
    return String(scalars)
}
