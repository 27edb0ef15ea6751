// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
public import Sluice
public import StreamRecords

/// Invokes functions and keeps what went in and what came out in the event table.
///
///     let recorder = InvocationRecorder(store: store, invoker: invoker)
///     let recorded = try await recorder.invoke(FunctionName("orders"), params: #"{"id":5}"#)
///     print(recorded.invocation.response ?? "")
public struct InvocationRecorder: Sendable {
    private let store: any EventStore
    private let invoker: any FunctionInvoker
    /// How long rows are kept, in seconds.
    private let retention: Int64?
    private let now: @Sendable () -> Timestamp

    /// - Parameter retention: how long rows are kept, in seconds; absent: for ever.
    public init(
        store: any EventStore, invoker: any FunctionInvoker, retention: Int64? = nil,
        now: @escaping @Sendable () -> Timestamp = { WallClock.now }
    ) {
        self.store = store
        self.invoker = invoker
        self.retention = retention
        self.now = now
    }

    /// Invokes a function, waits for its answer and records both. A call that was refused, or whose end nobody knows, is recorded too: the
    /// first as an error, the second without a response, so that it reads as `unknown` once no execution could still be under way.
    /// - Parameters:
    ///   - params: JSON.
    ///   - source: the execution that causes this one.
    /// - Throws: ``RecordingError``: nothing was invoked (`badParams`), or the table could not be told what happened (`notRecorded`).
    public func invoke(_ function: FunctionName, params: String, source: String? = nil) async throws(RecordingError) -> RecordedInvocation {
        let began = now()
        // What is no JSON is refused before anything runs.
        let draft = try Invocation(requestID: "", function: function, at: began, params: params, source: source)
        let answer: Result<FunctionResult, FunctionInvocationError>
        do throws(FunctionInvocationError) {
            answer = .success(try await invoker.invoke(function, params: draft.params ?? "null"))
        } catch {
            answer = .failure(error)
        }
        switch answer {
        case .success(let result): return try await keep(try Self.answered(result, function, at: began, draft))
        case .failure(let error): return try await keep(try Self.unanswered(error, function, at: began, draft))
        }
    }

    private static func answered(
        _ result: FunctionResult, _ function: FunctionName, at time: Timestamp, _ draft: Invocation
    ) throws(RecordingError) -> RecordedInvocation {
        // Lambda answers JSON; a stand-in may not, and what it said is kept as a text.
        let text = result.response.isEmpty ? "null" : result.response
        let response = (try? Invocation.compact(text)) ?? JSONValue.string(text).text
        var invocation = try Invocation(
            requestID: result.requestID, function: function, at: time, params: draft.params, response: response, source: draft.source,
            functionError: result.functionError)
        invocation.qualifier = function.qualifier ?? result.version
        return RecordedInvocation(invocation, result.functionError == nil ? .succeeded : .failed)
    }

    private static func unanswered(
        _ error: FunctionInvocationError, _ function: FunctionName, at time: Timestamp, _ draft: Invocation
    ) throws(RecordingError) -> RecordedInvocation {
        let id = error.requestID ?? EventID.new(at: time)
        var invocation = try Invocation(requestID: id, function: function, at: time, params: draft.params, source: draft.source)
        guard error.code == .refused else { return RecordedInvocation(invocation, .unknown(error.message)) }
        invocation.functionError = "Refused"
        invocation.failure = Invocation.Failure(.error, at: time, errorType: error.type ?? "Refused", errorMessage: error.message)
        return RecordedInvocation(invocation, .refused(error.message))
    }

    /// A function has run, so the table is told by all means: a store that is busy is asked again.
    private func keep(_ recorded: RecordedInvocation) async throws(RecordingError) -> RecordedInvocation {
        var recorded = recorded
        if let retention { recorded.invocation.expiresAt = recorded.invocation.time.map { $0.milliseconds / 1000 + retention } }
        let policy = RetryPolicy(attempts: 4, base: .milliseconds(200), cap: .seconds(2))
        var attempt = 1
        while true {
            do {
                let answer = try await store.save(recorded.invocation)
                if case .conflict(let columns) = answer {
                    throw RecordingError(
                        .notRecorded, "the table tells other \(columns.joined(separator: ", ")) of \(recorded.invocation.key.id) already")
                }
                return recorded
            } catch let error as RecordingError {
                throw error
            } catch {
                let isBusy = (error as? EventStoreError).map { $0.code == .busy || $0.code == .failed } ?? false
                if isBusy, let delay = policy.delay(after: attempt), (try? await Task.sleep(for: delay)) != nil {
                    attempt += 1
                    continue
                }
                throw RecordingError(
                    .notRecorded,
                    "\(recorded.invocation.key.name) was invoked (\(recorded.invocation.key.id)), and the table could not be told: \(error)")
            }
        }
    }
}

/// An invocation that was made and is in the table.
public struct RecordedInvocation: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        case succeeded
        /// The function failed; its answer tells how.
        case failed
        /// The function was not run.
        case refused(String)
        /// Nobody can tell whether it ran.
        case unknown(String)
    }

    /// The row, as far as this invocation tells it.
    public var invocation: Invocation
    public var outcome: Outcome

    public init(_ invocation: Invocation, _ outcome: Outcome) {
        self.invocation = invocation
        self.outcome = outcome
    }
}
