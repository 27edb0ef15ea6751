// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// What stands in front of a function, on loopback: Lambda's call Invoke, and a REST API with a stage `prod` and one key.
///
/// Functions of other names answer as the test says. Each connection has a thread of its own, with plain blocking calls.
public final class FunctionFront: Sendable {
    /// What a function answers to a payload: the status of the call, whether the function failed, and the payload.
    public struct Answer: Sendable {
        public var status = 200
        public var error: String?
        public var payload: String

        public init(_ payload: String, status: Int = 200, error: String? = nil) {
            self.payload = payload
            self.status = status
            self.error = error
        }
    }

    public static let key = "a-key-of-the-usage-plan"

    private let listening: ListeningSocket
    private let server: RuntimeServer
    private let others: @Sendable (_ name: String, _ payload: String) -> Answer
    private let number = Atomic(0)

    /// - Parameters:
    ///   - server: hands events to the function called `sluice`.
    ///   - others: what functions of other names answer. It may take its time.
    public init(_ server: RuntimeServer, others: @escaping @Sendable (_ name: String, _ payload: String) -> Answer = { _, _ in Answer("null", status: 404) }) throws {
        listening = try ListeningSocket()
        self.server = server
        self.others = others
        DispatchQueue(label: "function-front").async { [weak self, listening] in
            while let connection = listening.accept() {
                guard let self else { return }
                DispatchQueue(label: "function-front.connection").async { self.serve(connection) }
            }
        }
    }

    /// Where both are: `http://127.0.0.1:…`.
    public var url: String { "http://127.0.0.1:\(port)" }
    public var port: Int { Int(listening.port) }

    public func stop() { listening.shut() }

    deinit { listening.shut() }

    private func serve(_ connection: ServerSocket) {
        var reader = RequestReader(connection)
        while let request = reader.next() {
            let parts = request.path.split(separator: "?", maxSplits: 1).first.map { $0.split(separator: "/").map(String.init) } ?? []
            let isOver = parts.first == "2015-03-31" ? !invoke(parts.count > 2 ? parts[2] : "", request, connection) : !ask(request, connection)
            if isOver { break }
        }
        connection.shut()
    }

    // MARK: Invoke

    /// <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
    private func invoke(_ name: String, _ request: RequestReader.Request, _ connection: ServerSocket) -> Bool {
        let id = nextID()
        let fields = [("x-amzn-RequestId", id), ("Content-Type", "application/json")]
        if request.fields["x-amz-invocation-type"] == "Event" {
            server.send(TestInvocation(id, request.body))
            return write(connection, 202, fields, [], .none)
        }
        if name == "sluice" {
            guard let answer = wait(TestInvocation(id, request.body)) else { return false }
            let error = answer.kind == .error ? [("X-Amz-Function-Error", "Unhandled")] : []
            return write(connection, 200, fields + error, Array(answer.body.utf8), .none)
        }
        let answer = others(name, request.text)
        return write(
            connection, answer.status, fields + (answer.error.map { [("X-Amz-Function-Error", $0)] } ?? []), Array(answer.payload.utf8), .none)
    }

    private func nextID() -> String { "00000000-0000-4000-8000-\(String(format: "%012d", number.add(1, ordering: .relaxed).newValue))" }

    private func wait(_ invocation: TestInvocation) -> TestAnswer? {
        let done = DispatchSemaphore(value: 0)
        let holder = Holder()
        Task { [server] in
            let answer = try? await server.invoke(invocation)
            holder.found.withLock { $0 = answer }
            done.signal()
        }
        done.wait()
        return holder.found.withLock { $0 }
    }

    private final class Holder: Sendable {
        let found = Mutex<TestAnswer?>(nil)
    }

    // MARK: Requests

    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
    private func ask(_ request: RequestReader.Request, _ connection: ServerSocket) -> Bool {
        let parts = request.path.split(separator: "?", maxSplits: 1).map(String.init)
        guard parts[0].hasPrefix("/prod/") else { return write(connection, 403, [], Array(#"{"message":"Forbidden"}"#.utf8), .none) }
        let hasKey = request.fields["x-api-key"] == Self.key
        guard hasKey || request.method == "OPTIONS" else { return write(connection, 403, [], Array(#"{"message":"Forbidden"}"#.utf8), .none) }
        let path = String(parts[0].dropFirst("/prod".utf8.count))
        var parameters: [String: [String]] = [:]
        for item in URLComponents(string: request.path)?.queryItems ?? [] { parameters[item.name, default: []].append(item.value ?? "") }
        let event: [String: Any] = [
            "resource": "/{proxy+}", "path": path, "httpMethod": request.method, "pathParameters": ["proxy": String(path.dropFirst())],
            "multiValueHeaders": request.fields.mapValues { [$0] }, "multiValueQueryStringParameters": parameters, "body": request.text, "isBase64Encoded": false,
            "requestContext": ["path": parts[0], "stage": "prod", "httpMethod": request.method, "identity": ["apiKeyId": hasKey ? "k1e2y3" : ""]],
        ]
        guard let data = try? JSONSerialization.data(withJSONObject: event), let answer = wait(TestInvocation(nextID(), [UInt8](data))), answer.kind == .response,
            let told = try? JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any], let status = told["statusCode"] as? Int
        else { return write(connection, 502, [], Array(#"{"message":"Internal server error"}"#.utf8), .none) }
        let fields = (told["multiValueHeaders"] as? [String: [String]] ?? [:]).flatMap { name, values in values.map { (name, $0) } }
        return write(connection, status, fields, Array((told["body"] as? String ?? "").utf8), .none)
    }
}
