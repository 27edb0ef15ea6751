// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import Logging

/// The four calls of the [Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), version 2018-06-01.
struct RuntimeClient: Sendable {
    /// Why the function cannot go on: the process has to end.
    struct Failure: Error, Sendable, CustomStringConvertible {
        let description: String
    }

    private static let base = "/2018-06-01/runtime"

    private let connection: HTTPConnection
    private let logger: Logger

    init(_ endpoint: Endpoint, logger: Logger) {
        connection = HTTPConnection(endpoint)
        self.logger = logger
    }

    /// Waits for the next event, as long as it takes: Lambda may freeze the process meanwhile.
    ///
    /// - Returns: nil after ``stop()``.
    func next() async throws(Failure) -> Invocation? {
        let request = HTTPRequest(method: "GET", path: "\(Self.base)/invocation/next")
        guard let response = try await send(request, untilStopped: true) else { return nil }
        guard response.status == 200 else {
            throw Failure(description: "the Runtime API gave no event but the status \(response.status): \(response.bodyText)")
        }
        guard let invocation = Invocation(response) else {
            throw Failure(description: "the Runtime API gave an event without a Lambda-Runtime-Aws-Request-Id")
        }
        return invocation
    }

    /// Ends the waiting for the next event.
    func stop() { connection.stop() }

    /// Answers an event.
    func respond(to id: String, _ body: [UInt8]) async throws(Failure) {
        try await post("\(Self.base)/invocation/\(id)/response", body, error: nil)
    }

    /// Says that the invocation failed.
    func fail(_ id: String, _ error: FunctionError) async throws(Failure) {
        try await post("\(Self.base)/invocation/\(id)/error", error.json, error: error)
    }

    /// Says that the function cannot start.
    func failStart(_ error: FunctionError) async throws(Failure) {
        try await post("\(Self.base)/init/error", error.json, error: error)
    }

    private func post(_ path: String, _ body: [UInt8], error: FunctionError?) async throws(Failure) {
        var request = HTTPRequest(method: "POST", path: path, body: body)
        request.fields.append(("Content-Type", "application/json"))
        if let error { request.fields.append(("Lambda-Runtime-Function-Error-Type", error.kind.rawValue)) }
        guard let response = try await send(request, untilStopped: false) else { return }
        switch response.status {
        case 200..<300: break
        // The invocation is over for Lambda, and whoever waits for it has been told: there is nobody left to tell, and the next event is waiting.
        case 413:
            logger.error("Lambda refuses the answer, which is too large", metadata: ["bytes": "\(body.count)", "status": "413"])
        default:
            logger.error(
                "Lambda does not accept the answer", metadata: ["status": "\(response.status)", "answer": "\(response.bodyText)"])
        }
    }

    /// Sends a request; over a new connection where the old one was lost.
    ///
    /// - Returns: nil where waiting was stopped, or the answer to a repeated request says nothing new.
    private func send(_ request: HTTPRequest, untilStopped: Bool) async throws(Failure) -> HTTPResponse? {
        // A lost connection is nothing unusual after a long sleep; a server that cannot be reached again and again is gone.
        let delays: [Duration] = [.zero, .milliseconds(20), .milliseconds(100), .milliseconds(500)]
        var losses = 0
        while true {
            let result: Result<HTTPResponse?, HTTPError>
            do throws(HTTPError) {
                result = .success(try await connection.exchange(request, untilStopped: untilStopped))
            } catch {
                result = .failure(error)
            }
            switch result {
            case .success(let response?):
                // The page of the API: a container error is not to be recovered from, and the runtime should exit promptly.
                if response.status == 500 {
                    throw Failure(description: "the Runtime API reports a container error (500): \(response.bodyText)")
                }
                if losses > 0, request.body != nil, response.status == 400 || response.status == 403 {
                    logger.warning("an answer went out twice, since the connection was lost; the first one counts")
                    return nil
                }
                return response
            case .success(nil):
                return nil
            case .failure(let error):
                guard error.code == .connectionLost || error.code == .unreachable, losses < delays.count else {
                    throw Failure(description: "the Runtime API cannot be used: \(error)")
                }
                logger.debug("lost the connection to the Runtime API", metadata: ["reason": "\(error)"])
                if delays[losses] > .zero { try? await Task.sleep(for: delays[losses]) }
                losses += 1
            }
        }
    }
}
