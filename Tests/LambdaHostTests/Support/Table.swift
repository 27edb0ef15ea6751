// SPDX-License-Identifier: Apache-2.0

import EventTable
import Foundation
import JSONTape
import Logging
import RuntimeServer
import Sluice
import SQLiteEventTable
import StreamRecords
import Synchronization
import TestSupport

@testable import LambdaHost

extension TableHost {
    /// One that has no table.
    static func none(_ pipeline: Pipeline) throws -> TableHost {
        try TableHost(
            Configuration(sinks: [], routes: []), services: nil, pipeline: pipeline, ownName: FunctionName("me"),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }
}

#if SQLite

/// A function with an event table (a SQLite file under the name of a table in DynamoDB), which invokes itself by the Runtime API of the test.
struct TableFunction {
    let server: RuntimeServer
    let ending: Task<Int32, Never>
    let store: any EventStore
    let invoker = TestInvoker()
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - settings: members of the configuration beside sinks and routes.
    ///   - loses: what the function sends to itself does not arrive.
    ///   - refuses: it cannot send anything to itself.
    ///   - sink: gets all records too.
    init(
        _ settings: String = #""api":{},"rerun":{"allow":["orders"]}"#, environment: [String: String] = [:], loses: Bool = false, refuses: Bool = false,
        beside sink: TestSink? = nil
    ) async throws {
        server = try RuntimeServer()
        folder = try TemporaryFolder()
        let path = folder.path("events.db")
        store = try await SQLiteEventStore(path: path)
        var stores = EventStores()
        stores.register("dynamodb", argument: "NAME") { _, _, _ throws(EventStoreError) in try await SQLiteEventStore(path: path, access: .existing) }
        let registry = {
            var registry = SinkRegistry()
            registry.registerEventTable(stores)
            if let sink { registry.register("beside", settings: NoSettings.self) { _, _ in sink } }
            return registry
        }()
        let server = server
        let invoker = invoker
        let services = TableServices(stores: stores, invoker: { invoker.waiting($0) }) { function, payload in
            if refuses { throw FunctionInvocationError(.refused, "too many requests") }
            invoker.note("\(function)")
            if !loses { server.send(TestInvocation("self-\(UUID().uuidString)", payload)) }
        }
        var variables = [
            "AWS_LAMBDA_RUNTIME_API": server.address, "SLUICE_METRICS_NAMESPACE": "off", "AWS_LAMBDA_LOG_LEVEL": "FATAL", "AWS_LAMBDA_FUNCTION_NAME": "me",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "SLUICE_CONFIG":
                #"{"sinks":{"history":{"type":"event-table","table":"dynamodb:events"}\#(sink == nil ? "" : #","beside":{"type":"beside"}"#)},"#
                + #""routes":[{"to":["history"\#(sink == nil ? "" : #","beside""#)]}],"rejected":{"block":true},\#(settings)}"#,
        ]
        variables.merge(environment) { $1 }
        let function = {
            var function = LambdaFunction(environment: variables) { _, _ in FunctionParts(sinks: registry, table: services) }
            // All tests share the process's environment.
            function.setVariable = { _, _ in }
            return function
        }()
        ending = Task { await function.run() }
    }

    func invoke(_ event: String, time: Duration? = .seconds(300)) async throws -> TestAnswer {
        try await server.invoke(TestInvocation("i-\(UUID().uuidString)", event, time: time))
    }

    /// A request by a REST API, as somebody with a key of its usage plan.
    func ask(_ method: String, _ path: String, _ body: String = "", key: String? = "k1", _ headers: String = "{}", time: Duration? = .seconds(300)) async throws -> (status: String, json: JSONValue, headers: JSONValue) {
        let event = JSONValue.object([
            JSONMember(name: "httpMethod", value: .string(method)), JSONMember(name: "path", value: .string(path)),
            JSONMember(name: "requestContext", value: .object([
                JSONMember(name: "path", value: .string("/prod" + path)),
                JSONMember(name: "identity", value: .object([JSONMember(name: "apiKeyId", value: key.map { .string($0) } ?? .null)])),
            ])),
            JSONMember(name: "multiValueHeaders", value: try JSONValue(parsing: headers)), JSONMember(name: "body", value: .string(body)),
        ])
        let answer = try JSONValue(parsing: try await invoke(event.text, time: time).body)
        let text = answer["body"]?.stringValue ?? ""
        return (answer["statusCode"]?.text ?? "", (try? JSONValue(parsing: text)) ?? .null, answer["multiValueHeaders"] ?? .null)
    }

    func end() async {
        server.stop()
        _ = await ending.value
        try? await store.close()
    }
}

/// A function that answers as the test says.
final class TestInvoker: FunctionInvoker {
    private struct State {
        var calls: [String] = []
        var handedTo: [String] = []
        var patience: [Duration] = []
        var answers: [Result<FunctionResult, FunctionInvocationError>] = []
    }

    private let state = Mutex(State())

    var calls: [String] { state.withLock { $0.calls } }
    /// What was to take a rerun up.
    var handedTo: [String] { state.withLock { $0.handedTo } }
    /// How long answers would have been waited for.
    var patience: [Duration] { state.withLock { $0.patience } }

    func note(_ function: String) { state.withLock { $0.handedTo.append(function) } }

    func waiting(_ time: Duration) -> TestInvoker {
        state.withLock { $0.patience.append(time) }
        return self
    }

    func willAnswer(_ id: String, _ response: String) {
        state.withLock { $0.answers.append(.success(FunctionResult(requestID: id, response: response))) }
    }

    func willThrow(_ error: FunctionInvocationError) { state.withLock { $0.answers.append(.failure(error)) } }

    func invoke(_ function: FunctionName, params: String) async throws(FunctionInvocationError) -> FunctionResult {
        let answer = state.withLock { state in
            state.calls.append("\(function) \(params)")
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        guard let answer else { throw FunctionInvocationError(.refused, "nobody said what to answer") }
        return try answer.get()
    }
}

#endif
