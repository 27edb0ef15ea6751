// SPDX-License-Identifier: Apache-2.0

public import Sluice
public import StreamRecords

/// Runs recorded executions again: the same params, against the function that is there now.
public struct Rerunner: Sendable {
    private let store: any EventStore
    private let recorder: InvocationRecorder
    private let permission: RerunPermission
    private let retention: Int64?
    private let now: @Sendable () -> Timestamp

    /// - Parameter retention: how long what is written is kept, in seconds; absent: for ever.
    public init(
        store: any EventStore, invoker: any FunctionInvoker, permission: RerunPermission, retention: Int64? = nil,
        now: @escaping @Sendable () -> Timestamp = { WallClock.now }
    ) {
        self.store = store
        self.permission = permission
        self.retention = retention
        self.now = now
        recorder = InvocationRecorder(store: store, invoker: invoker, retention: retention, now: now)
    }

    /// What would be run: nothing is written or invoked.
    /// - Parameter function: which function's execution, where the id occurs in several.
    /// - Throws: ``RerunError``, or what the store throws.
    public func plan(id: String, function: FunctionName? = nil) async throws -> RerunPlan {
        let original = try await execution(id: id, function: function)
        guard let params = original.params else {
            throw RerunError(.noParams, "the input of \(original.key.id) was not recorded, so it cannot be run again")
        }
        guard let target = permission.target(of: original.key.name) else {
            throw RerunError(
                .notAllowed, "\(original.key.name) may not be run again: the setting rerun.allow does not name it")
        }
        return RerunPlan(original: original, params: params, function: target)
    }

    /// Begins under an idempotency key: from now on the same key begins nothing else.
    /// - Parameter state: `started` by whoever runs it at once, `accepted` where somebody else is to take it up with ``execute(key:id:)``.
    public func begin(_ plan: RerunPlan, key: String, as state: Rerun.State = .started) async throws -> RerunStart {
        if let flaw = Rerun.flaw(inKey: key) { throw RerunError(.badKey, flaw) }
        let time = now()
        let rerun = Rerun(
            key: key, original: plan.original.key, function: plan.function, state: state, startedAt: time,
            expiresAt: retention.map { time.milliseconds / 1000 + $0 })
        let answer = try await store.begin(rerun)
        if case .alreadyThere(let there) = answer, there.original != rerun.original {
            throw RerunError(.badKey, "the idempotency key was used for \(there.original.name), another function's execution of the same id")
        }
        return answer
    }

    /// Runs again and waits for the end. A key that was used before runs nothing, and tells what became of it.
    public func run(_ plan: RerunPlan, key: String) async throws -> RerunReport {
        switch try await begin(plan, key: key) {
        case .alreadyThere(let there): return try await report(there, isRepeated: true)
        case .begun:
            guard let rerun = try await store.rerun(key: key, of: plan.original.key.id) else {
                throw RerunError(.notFound, "the rerun \(key) of \(plan.original.key.id) was just begun, and is gone")
            }
            return try await invoke(plan, rerun)
        }
    }

    /// Takes up what was accepted, once, however often it is asked: only who finds it accepted runs it.
    public func execute(key: String, id: String) async throws -> RerunReport {
        guard let accepted = try await store.rerun(key: key, of: id) else {
            throw RerunError(.notFound, "there is no rerun \(key) of \(id)")
        }
        var rerun = accepted
        if accepted.state == .accepted, accepted.state(at: now()) != .accepted {
            // Its end is told as unknown by now, and somebody may have run it under another key.
            try await withdraw(key: key, id: id, reason: "it was taken up too late")
        }
        rerun.state = .started
        rerun.startedAt = now()
        guard accepted.state(at: now()) == .accepted, try await store.advance(rerun, from: .accepted) else {
            if let now = try await report(key: key, id: id) { return now }
            return try await report(accepted, isRepeated: true)
        }
        let plan: RerunPlan
        do {
            plan = try await self.plan(id: id, function: FunctionName(accepted.original.name))
        } catch let error as RerunError {
            rerun.state = .refused
            rerun.note = error.message
            rerun.endedAt = now()
            _ = try await store.advance(rerun, from: .started)
            throw error
        }
        return try await invoke(plan, rerun)
    }

    /// Gives back what was accepted and nobody has begun: it will not run, and the same key may be used again.
    public func withdraw(key: String, id: String, reason: String) async throws {
        guard var rerun = try await store.rerun(key: key, of: id), rerun.state == .accepted else { return }
        rerun.state = .refused
        rerun.note = reason
        rerun.endedAt = now()
        _ = try await store.advance(rerun, from: .accepted)
    }

    /// What became of a rerun; absent where there is none.
    public func report(key: String, id: String) async throws -> RerunReport? {
        guard let rerun = try await store.rerun(key: key, of: id) else { return nil }
        return try await report(rerun, isRepeated: true)
    }

    // MARK: Parts

    private func invoke(_ plan: RerunPlan, _ started: Rerun) async throws -> RerunReport {
        var rerun = started
        do throws(RecordingError) {
            let recorded = try await recorder.invoke(plan.function, params: plan.params, source: plan.original.key.id)
            switch recorded.outcome {
            case .succeeded, .failed:
                rerun.state = .done
                rerun.newID = recorded.invocation.key.id
            case .refused(let reason):
                rerun.state = .refused
                rerun.newID = recorded.invocation.key.id
                rerun.note = reason
            case .unknown(let reason):
                rerun.state = .unknown
                rerun.newID = recorded.invocation.key.id
                rerun.note = reason
            }
        } catch {
            rerun.state = .unknown
            rerun.note = error.message
        }
        rerun.endedAt = now()
        // Where this does not get through, what is there stays `started`, and reads as unknown in time.
        _ = try await store.advance(rerun, from: .started)
        return try await report(rerun, isRepeated: false)
    }

    private func report(_ rerun: Rerun, isRepeated: Bool) async throws -> RerunReport {
        var report = RerunReport(rerun: rerun, state: rerun.state(at: now()), isRepeated: isRepeated)
        guard let newID = rerun.newID else { return report }
        report.result = try await row(id: newID, name: rerun.original.name)
        guard rerun.state == .done, let result = report.result,
            let original = try await row(id: rerun.original.id, name: rerun.original.name)
        else { return report }
        // Without a recorded response there is nothing to compare with.
        if original.response != nil || original.functionError != nil {
            report.differences = JSONDifference.differences(original.response, result.response)
            if original.functionError != result.functionError {
                report.differences?.insert(
                    JSONDifference(path: "function_error", old: original.functionError, new: result.functionError), at: 0)
            }
        }
        return report
    }

    private func row(id: String, name: String) async throws -> Invocation? {
        for case .invocation(let invocation) in try await store.rows(id: id) where invocation.key.name == name { return invocation }
        return nil
    }

    private func execution(id: String, function: FunctionName?) async throws -> Invocation {
        let rows = try await store.rows(id: id)
        do throws(ExecutionError) {
            return try ExecutionError.choose(rows, id: id, function: function)
        } catch {
            throw RerunError(error.code == .ambiguous ? .ambiguous : .notFound, error.message)
        }
    }
}

/// What would be run.
public struct RerunPlan: Sendable, Hashable {
    public let original: Invocation
    /// The recorded input.
    public let params: String
    /// What is invoked.
    public let function: FunctionName
}

/// What became of a rerun.
public struct RerunReport: Sendable, Hashable {
    public var rerun: Rerun
    /// As it is to be read now.
    public var state: Rerun.State
    /// It was there before this request: nothing was run.
    public var isRepeated: Bool
    /// The new execution's row.
    public var result: Invocation?
    /// Where the new response differs from the old; empty where it does not, absent where that cannot be told.
    public var differences: [JSONDifference]?

    init(rerun: Rerun, state: Rerun.State, isRepeated: Bool) {
        self.rerun = rerun
        self.state = state
        self.isRepeated = isRepeated
    }
}

/// Why something is not run again.
public struct RerunError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of reason it is. More may come with later versions.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// There is no such execution, or no such rerun.
        public static let notFound = Code(rawValue: "notFound")
        /// Several functions have an execution with this id.
        public static let ambiguous = Code(rawValue: "ambiguous")
        /// The input was not recorded.
        public static let noParams = Code(rawValue: "noParams")
        /// The setting `rerun.allow` does not name the function.
        public static let notAllowed = Code(rawValue: "notAllowed")
        /// The idempotency key cannot be used.
        public static let badKey = Code(rawValue: "badKey")
    }

    public let code: Code
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
