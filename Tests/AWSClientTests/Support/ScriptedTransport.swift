// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSSigner
import Logging
import Synchronization

/// A transport without a network: answers in a row, the last one again and again.
final class ScriptedTransport: HTTPTransport {
    typealias Answer = Result<HTTPResponse, HTTPTransportError>

    private let state: Mutex<(answers: [Answer], requests: [HTTPRequest])>

    init(_ answers: [Answer]) { state = Mutex((answers, [])) }

    convenience init(_ answers: HTTPResponse...) { self.init(answers.map { .success($0) }) }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }

    func send(_ request: HTTPRequest, timeout: Duration, maximumAnswer maximum: Int) async throws(HTTPTransportError) -> HTTPResponse {
        let answer: Answer = state.withLock {
            $0.requests.append(request)
            if $0.answers.count > 1 { return $0.answers.removeFirst() }
            return $0.answers.first ?? .failure(HTTPTransportError(.connection, "nobody answers"))
        }
        return try answer.get()
    }

    func shutdown() async {}
}

extension HTTPResponse {
    init(_ status: Int = 200, _ headers: [String: String] = [:], _ body: String = "{}") {
        self.init(status: status, headers: headers.map { HTTPHeader($0.key, $0.value) }, body: Array(body.utf8))
    }
}

extension HTTPRequest {
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension AWSServices {
    /// With keys and a region, without a network, and without waiting.
    init(
        _ transport: any HTTPTransport, clock: TestClock = TestClock(), environment: [String: String] = [:], attempts: Int? = nil, jitter: Double = 1
    ) {
        var configuration = AWSConfiguration(region: "eu-central-1", environment: environment, logger: .silent)
        configuration.credentials = StaticCredentials(SigningCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret"))
        configuration.transport = transport
        configuration.clock = clock.clock
        configuration.maximumAttempts = attempts
        configuration.jitter = { jitter }
        self.init(configuration)
    }
}

extension Logger {
    static var silent: Logger {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return logger
    }
}

/// What a call failed with.
func failure(_ body: () async throws -> some Any) async -> AWSError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? AWSError
    }
}

#endif
