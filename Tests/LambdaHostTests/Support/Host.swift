// SPDX-License-Identifier: Apache-2.0

import RuntimeServer
import Sluice

@testable import LambdaHost

/// A function that runs inside the test, with sinks of the test's own, against a Runtime API on loopback.
struct Host {
    let server: RuntimeServer
    let ending: Task<Int32, Never>

    /// - Parameters:
    ///   - sinks: by their names; each is a type of its own name as well.
    ///   - routes: JSON; everything to all sinks where absent.
    ///   - setVariable: takes what is set in the process's environment, which all tests share.
    init(
        _ sinks: KeyValuePairs<String, TestSink>, routes: String? = nil, rejected: String = #"{"block":true}"#,
        environment: [String: String] = [:], setVariable: @escaping @Sendable (String, String?) -> Void = { _, _ in }
    ) throws {
        server = try RuntimeServer()
        var registry = SinkRegistry()
        for (name, sink) in sinks { registry.register(name, settings: NoSettings.self) { _, _ in sink } }
        let names = sinks.map(\.key)
        let declared = names.map { #""\#($0)":{"type":"\#($0)"}"# }.joined(separator: ",")
        let everything = #"[{"to":[\#(names.map { "\"\($0)\"" }.joined(separator: ","))]}]"#
        var variables = [
            "AWS_LAMBDA_RUNTIME_API": server.address, "SLUICE_METRICS_NAMESPACE": "off", "AWS_LAMBDA_LOG_LEVEL": "FATAL",
            "SLUICE_CONFIG": #"{"sinks":{\#(declared)},"routes":\#(routes ?? everything),"rejected":\#(rejected)}"#,
        ]
        variables.merge(environment) { $1 }
        let function = {
            var function = LambdaFunction(sinks: registry, environment: variables)
            function.setVariable = setVariable
            return function
        }()
        ending = Task { await function.run() }
    }

    /// Sends an event and waits for the answer.
    func invoke(_ id: String, _ event: String, time: Duration? = .seconds(300)) async throws -> TestAnswer {
        try await server.invoke(TestInvocation(id, event, time: time))
    }

    /// Closes the server, which a function cannot outlive, and waits for its end.
    @discardableResult
    func end() async -> Int32 {
        server.stop()
        return await ending.value
    }
}

/// The answer that reports these as failed.
func failures(_ identifiers: String...) -> String {
    #"{"batchItemFailures":[\#(identifiers.map { #"{"itemIdentifier":"\#($0)"}"# }.joined(separator: ","))]}"#
}
