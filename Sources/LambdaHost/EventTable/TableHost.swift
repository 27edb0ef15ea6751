// SPDX-License-Identifier: Apache-2.0

internal import EventAPI
internal import EventTable
internal import JSONTape
internal import Logging
internal import Sluice
internal import StreamRecords
internal import Synchronization

/// Answers for the event table: requests, executions to be saved, and reruns. The table is opened when the first of them comes, so that a
/// function that only delivers records is no slower for it.
///
/// The table is that of the configuration's first sink of the type `event-table`. Requests are answered where the configuration has `api`,
/// which may be empty.
final class TableHost: Sendable {
    /// What is there once somebody has asked.
    private struct Parts: Sendable {
        let store: any EventStore
        let api: EventAPI
    }

    private let services: TableServices?
    private let table: String?
    private let hasAPI: Bool
    private let settings: APISettings
    private let permission: RerunPermission
    private let pipeline: Pipeline
    private let ownName: FunctionName
    private let logger: Logger
    /// The one opening that all wait for who ask while it is under way, and that is kept once it has succeeded.
    private let opening = Mutex<Opening?>(nil)
    private typealias Opening = Task<Result<Parts, FunctionError>, Never>

    /// How long an answer is waited for where Lambda tells no deadline; API Gateway waits 29 seconds.
    private static let patience = Duration.seconds(25)

    /// - Throws: every mistake in the setting `api`.
    init(
        _ configuration: Configuration, services: TableServices?, pipeline: Pipeline, ownName: FunctionName, logger: Logger
    ) throws(ConfigurationErrors) {
        self.services = services
        self.pipeline = pipeline
        self.ownName = ownName
        self.logger = logger
        table = configuration.sinks.first { $0.type == "event-table" }?.settings["table"]?.string
        hasAPI = configuration.api != nil
        settings = try APISettings(configuration.api)
        permission = RerunPermission(configuration.rerun.allow)
    }

    // MARK: Requests

    /// Answers a request, whatever happens.
    func answer(_ gateway: GatewayRequest, before deadline: ContinuousClock.Instant?) async -> [UInt8] {
        GatewayAnswer.body(await answer(gateway.request, before: deadline), for: gateway.payload)
    }

    private func answer(_ request: APIRequest, before deadline: ContinuousClock.Instant?) async -> APIResponse {
        guard hasAPI else { return .problem(501, "this function answers no requests: its configuration has no “api”") }
        let deadline = deadline ?? .now + Self.patience
        // What is brought in ends a little sooner than the waiting for it: so the answer tells which events were taken, and the next invocation finds
        // nothing of it under way.
        let bounded = {
            var request = request
            request.deadline = deadline - min(.milliseconds(500), max(.zero, (deadline - .now) / 4))
            return request
        }()
        let answer = await race(until: deadline) { [self] in try await opened().api.respond(to: bounded) } late: { _ in }
        switch answer {
        case .success(let response)?: return response
        case .failure(let error)?:
            logger.error("\(error)")
            return .problem(503, "the event table cannot be opened", headers: [("retry-after", "5")])
        case nil:
            return .problem(503, "there was no answer in time; what was asked for may have happened all the same", headers: [("retry-after", "5")])
        }
    }

    // MARK: Direct invocations

    /// Saves an execution.
    /// - Returns: what the API answers to the same over HTTP.
    /// - Throws: where nothing was saved, with the reason.
    func save(_ event: JSONBytes, before deadline: ContinuousClock.Instant?) async throws(FunctionError) -> [UInt8] {
        let body = Array(event[0..<event.count])
        let response = try await inTime(deadline ?? .now + Self.patience, "the execution may be saved or not, and can be saved again") { [self] in
            try await opened().api.save(directly: body)
        }
        guard (200..<300).contains(response.status) else {
            let detail = (try? JSONValue(parsing: response.body))?["detail"]?.stringValue
            throw FunctionError(kind: response.status >= 500 ? .notSaved : .refused, message: detail ?? "the execution was not saved (\(response.status))")
        }
        return response.body
    }

    /// Makes a rerun that was accepted. It waits for the function's answer as long as this invocation may take, and writes down that nobody knows
    /// how it ended where none came by then.
    /// - Throws: where the table cannot be read or written, so that Lambda tries again: what has begun is not made twice.
    func rerun(_ job: RerunJob, before deadline: ContinuousClock.Instant?) async throws(FunctionError) -> [UInt8] {
        guard let services else { throw Self.missing }
        let end = deadline ?? .now + .seconds(900)
        let name = "the rerun \(job.key) of \(job.id)"
        return try await inTime(end, "nobody knows how \(name) ended") { [self] in
            let store = try await opened().store
            // Some seconds are for what is to be written afterwards.
            let left = end - .now
            let rerunner = rerunner(store, services.invoker(max(left - min(.seconds(5), left / 4), .milliseconds(1))))
            do {
                return Self.answer(try await rerunner.execute(key: job.key, id: job.id).state.rawValue)
            } catch let error as RerunError {
                logger.warning("\(error.message)")
                return Self.answer(Rerun.State.refused.rawValue)
            } catch {
                throw FunctionError(kind: .notSaved, message: "\(name): \(error)")
            }
        }
    }

    /// Waits for the event table no longer than the invocation may take, whether it opens late or answers late.
    /// - Parameter unknown: what nobody knows then.
    private func inTime<Value: Sendable>(
        _ deadline: ContinuousClock.Instant, _ unknown: String, _ work: @escaping @Sendable () async throws -> Value
    ) async throws(FunctionError) -> Value {
        switch await race(until: deadline, work, late: { _ in }) {
        case .success(let value)?: return value
        case .failure(let error as FunctionError)?: throw error
        case .failure(let error)?: throw FunctionError(kind: .notSaved, message: "\(error)")
        case nil: throw FunctionError(kind: .notSaved, message: "the event table did not answer in time: \(unknown)")
        }
    }

    private static func answer(_ state: String) -> [UInt8] {
        Array(JSONValue.object([JSONMember(name: "state", value: .string(state))]).text.utf8)
    }

    // MARK: Parts

    private static let missing = FunctionError(kind: .refused, message: "this function has no event table, so nothing was saved")

    /// It is no child of the request that comes first: another one may wait for it when that one's time is up.
    private func opened() async throws(FunctionError) -> Parts {
        guard let services, let table else { throw Self.missing }
        let task = opening.withLock { opening in
            if let opening { return opening }
            let task = Opening { await self.open(table, services) }
            opening = task
            return task
        }
        let result = await task.value
        // Whoever asks next tries again.
        if case .failure = result { opening.withLock { if $0 == task { $0 = nil } } }
        return try result.get()
    }

    private func open(_ table: String, _ services: TableServices) async -> Result<Parts, FunctionError> {
        let store: any EventStore
        do throws(EventStoreError) {
            store = try await services.stores.open(EventTableName(table), for: .changing)
        } catch {
            return .failure(FunctionError(kind: .notSaved, message: error.message))
        }
        let ownName = ownName
        let api = EventAPI(
            settings, store: store, rerunner: rerunner(store, services.invoker(Self.patience)),
            ingest: EventIngest(through: pipeline, within: .seconds(20)), opensWithoutKeys: false,
            background: { job in try await services.send(ownName, FunctionEvent.payload(job)) })
        return .success(Parts(store: store, api: api))
    }

    private func rerunner(_ store: any EventStore, _ invoker: any FunctionInvoker) -> Rerunner {
        Rerunner(store: store, invoker: invoker, permission: permission, retention: settings.retention?.components.seconds)
    }

    /// Gives back what was opened. An opening that is under way is broken off; one that does not heed that is not waited for long.
    func close() async throws {
        let task = opening.withLock { opening in
            defer { opening = nil }
            return opening
        }
        guard let task else { return }
        task.cancel()
        let result = await race(until: .now + .seconds(1)) { await task.value } late: { result in
            if case .success(.success(let parts)) = result { Task { try? await parts.store.close() } }
        }
        if case .success(.success(let parts))? = result { try await parts.store.close() }
    }
}
