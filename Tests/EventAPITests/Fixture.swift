// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventAPI
import EventTable
import Foundation
public import JSONTape
import Sluice
import SQLiteEventTable
import StreamRecords
import Synchronization
import TestSupport

/// The API over a SQLite file of its own, with a clock and a function of its own.
struct Fixture: Sendable {
    let folder: TemporaryFolder
    let store: any EventStore
    let clock = Clock()
    let function = StandInFunction()
    let jobs = Jobs()
    let api: EventAPI

    init(_ settings: APISettings = APISettings(), allow: [String] = ["orders"], counts: Bool = true, ingest: EventIngest? = nil) async throws {
        folder = try TemporaryFolder()
        store = try await SQLiteEventStore(path: folder.path("e.db"))
        let clock = clock
        let jobs = jobs
        let rerunner = Rerunner(store: store, invoker: function, permission: RerunPermission(allow), now: { clock.now })
        api = EventAPI(
            settings, store: store, rerunner: rerunner, ingest: ingest ?? EventIngest(into: store), counts: counts,
            background: { jobs.add($0) }, now: { clock.now })
        self.rerunner = rerunner
    }

    let rerunner: Rerunner

    @discardableResult
    func get(_ target: String, _ headers: [(name: String, value: String)] = []) async -> Answer {
        await ask("GET", target, headers)
    }

    @discardableResult
    func post(_ target: String, _ body: String, _ headers: [(name: String, value: String)] = []) async -> Answer {
        await ask("POST", target, headers, body)
    }

    /// Asks, and holds the answer against the API's own description.
    func ask(_ method: String, _ target: String, _ headers: [(name: String, value: String)] = [], _ body: String = "") async -> Answer {
        let request = APIRequest(method, target, headers: headers, body: Array(body.utf8))
        return Answer(await api.respond(to: request), to: request)
    }

    /// Saves an execution of `orders`.
    func save(_ id: String, params: String = #"{"id":5}"#, response: String? = nil, function: String = "orders") async throws {
        let invocation = try Invocation(
            requestID: id, function: FunctionName(function), at: clock.now, params: params, response: response)
        _ = try await store.save(invocation)
    }
}

/// An answer, with its body read.
struct Answer: Sendable {
    let status: Int
    let response: APIResponse
    let text: String
    /// Null where there is no JSON.
    let json: JSONValue
    /// How the answer is not what the API's description says; empty where it is.
    let flaws: [String]

    init(_ response: APIResponse, to request: APIRequest) {
        status = response.status
        self.response = response
        text = String(decoding: response.body, as: UTF8.self)
        json = (try? JSONValue(parsing: response.body)) ?? .null
        flaws = Description.flaws(in: response, json, to: request)
    }

    func header(_ name: String) -> String? { response.header(name) }

    /// The rows of a page.
    var items: [JSONValue] { if case .array(let items)? = json["items"] { items } else { [] } }
}

extension JSONValue: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = .string(text) }
}

/// A clock that stands until somebody moves it.
final class Clock: Sendable {
    private let time = Mutex(Timestamp(milliseconds: 1_795_186_800_000))

    var now: Timestamp { time.withLock { $0 } }

    func move(_ milliseconds: Int64) { time.withLock { $0 = Timestamp(milliseconds: $0.milliseconds + milliseconds) } }
}

/// A function that answers as the test says, and counts.
final class StandInFunction: FunctionInvoker {
    private struct State {
        var calls: [(function: FunctionName, params: String)] = []
        var answers: [Result<FunctionResult, FunctionInvocationError>] = []
    }

    private let state = Mutex(State())

    var calls: [String] { state.withLock { $0.calls.map { "\($0.function) \($0.params)" } } }

    func willAnswer(_ id: String, _ response: String, error: String? = nil) {
        state.withLock { $0.answers.append(.success(FunctionResult(requestID: id, response: response, functionError: error))) }
    }

    func willThrow(_ error: FunctionInvocationError) { state.withLock { $0.answers.append(.failure(error)) } }

    func invoke(_ function: FunctionName, params: String) async throws(FunctionInvocationError) -> FunctionResult {
        let answer = state.withLock { state in
            state.calls.append((function, params))
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        guard let answer else { throw FunctionInvocationError(.refused, "nobody said what to answer") }
        return try answer.get()
    }
}

/// What was accepted and is to be run.
final class Jobs: Sendable {
    private let jobs = Mutex<[RerunJob]>([])

    func add(_ job: RerunJob) { jobs.withLock { $0.append(job) } }

    var all: [RerunJob] { jobs.withLock { $0 } }
}

#endif
