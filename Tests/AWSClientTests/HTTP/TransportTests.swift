// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import AWSSigner
import Synchronization
import Testing

@Suite("Sending over a socket") struct TransportTests {
    /// A transport that is shut down after the test.
    private func with<Result: Sendable>(_ body: (AsyncHTTPTransport) async throws -> Result) async throws -> Result {
        let transport = AsyncHTTPTransport(connectTimeout: .seconds(5), connectionsPerHost: 8)
        do {
            let result = try await body(transport)
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    private func request(_ server: LoopbackServer, _ method: String = "POST", path: String = "/", query: String = "", body: String = "") -> HTTPRequest {
        let endpoint = HTTPEndpoint(scheme: "http", host: "127.0.0.1", port: server.port)
        return HTTPRequest(
            method: method, endpoint: endpoint, path: path, query: query, headers: [HTTPHeader("host", endpoint.authority), HTTPHeader("x-test", "1")],
            body: Array(body.utf8))
    }

    private func kind(_ body: () async throws -> HTTPResponse) async -> HTTPTransportError.Kind? { await error(body)?.kind }

    private func error(_ body: () async throws -> HTTPResponse) async -> HTTPTransportError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? HTTPTransportError
        }
    }

    @Test("A request goes out and an answer comes back, on one connection") func aRequestGoesOutAndAn() async throws {
        try await LoopbackServer.with { .whole(status: 201, headers: [("x-a", "b"), ("X-A", "c")], body: "got \($0.text)") } _: { server async throws in
            try await with { transport async throws in
                for number in 0..<3 {
                    let response = try await transport.send(request(server, body: "\(number)"), timeout: .seconds(30), maximumAnswer: 100)
                    #expect(response.status == 201)
                    #expect(String(decoding: response.body, as: UTF8.self) == "got \(number)")
                    #expect(response.header("x-A") == "b")
                }
            }
            #expect(server.requests.map(\.connection) == [0, 0, 0])
            #expect(server.requests[0].header("host") == "127.0.0.1:\(server.port)")
            #expect(server.requests[0].header("content-length") == "1")
        }
    }

    /// Signatures cover the path as it is sent, so nobody may change it on the way.
    @Test("Paths and queries go out as they are", arguments: [
        "/a//b", "/a/../b", "/./a/.", "//", "/a%2Fb%20c%25%2B", "/%E2%98%95/~-._", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu%3A1%3Afunction%3Af/invocations", "/a/",
        "/%21%2A%27%28%29%3B%3A%40%26%3D%24%2C%3F%23%5B%5D",
    ])
    func pathsAndQueriesGoOutAs(_ path: String) async throws {
        try await LoopbackServer.with { _ in .whole(status: 200) } _: { server async throws in
            try await with { transport async throws in
                _ = try await transport.send(request(server, "GET", path: path, query: "a=%20%2F&b="), timeout: .seconds(30), maximumAnswer: 100)
            }
            #expect(server.requests.map(\.uri) == ["\(path)?a=%20%2F&b="])
        }
    }

    @Test("A header that cannot be sent is told by its name, and its value is kept secret", arguments: [
        ("x-token", "geheim\n"), ("x-token", "gehe\u{0}im"), ("x-token", "geheim\u{7F}"), ("x token", "geheim"), ("x:token", "geheim"),
    ])
    func aHeaderThatCannotBeSent(_ name: String, _ value: String) async throws {
        try await LoopbackServer.with { _ in .whole(status: 200) } _: { server async throws in
            try await with { transport async throws in
                var request = self.request(server)
                request.headers.append(HTTPHeader(name, value))
                let error = await error { try await transport.send(request, timeout: .seconds(30), maximumAnswer: 100) }
                #expect(error?.kind == .invalid)
                #expect(error?.message.contains("the header \(name.debugDescription)") == true)
                let shown = String(describing: error) + String(describing: error?.underlying)
                #expect(!shown.contains("gehe"))
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("HEAD has a length and no body, 204 has neither") func headHasALengthAndNo() async throws {
        try await LoopbackServer.with { $0.method == "HEAD" ? .whole(status: 200, body: "12345") : .raw("HTTP/1.1 204 No Content\r\n\r\n") } _: { server async throws in
            try await with { transport async throws in
                let head = try await transport.send(request(server, "HEAD"), timeout: .seconds(30), maximumAnswer: 3)
                #expect(head.header("content-length") == "5" && head.body.isEmpty)
                #expect(try await transport.send(request(server, "DELETE"), timeout: .seconds(30), maximumAnswer: 3).status == 204)
            }
        }
    }

    @Test("An answer that breaks off is no answer", arguments: [
        "", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", "no HTTP at all\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
    ])
    func anAnswerThatBreaksOffIs(_ bytes: String) async throws {
        try await LoopbackServer.with { _ in .raw(bytes) } _: { server async throws in
            try await with { transport async throws in
                #expect(await kind { try await transport.send(request(server), timeout: .seconds(30), maximumAnswer: 100) } == .connection)
            }
        }
    }

    @Test("An answer that does not come, or does not end, is a time-out") func anAnswerThatDoesNotCome() async throws {
        try await LoopbackServer.with { _ in .silence } _: { server async throws in
            try await with { transport async throws in
                #expect(await kind { try await transport.send(request(server), timeout: .milliseconds(50), maximumAnswer: 100) } == .timeout)
            }
        }
        // A head, and then nothing more.
        let (ends, end) = AsyncStream<Void>.makeStream()
        try await LoopbackServer.with { _ in .half("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", until: ends) } _: { server async throws in
            try await with { transport async throws in
                #expect(await kind { try await transport.send(request(server), timeout: .milliseconds(200), maximumAnswer: 100) } == .timeout)
                end.finish()
            }
        }
    }

    @Test("A body that comes behind its head is waited for, and given up with the task") func aBodyThatComesBehind() async throws {
        for isCancelled in [false, true] {
            let (arrivals, arrived) = AsyncStream<Void>.makeStream()
            let (ends, end) = AsyncStream<Void>.makeStream()
            try await LoopbackServer.with { _ in
                arrived.yield()
                return .half("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhalf", until: ends)
            } _: { server async throws in
                try await with { transport async throws in
                    let answer = Task { try await transport.send(request(server), timeout: .seconds(60), maximumAnswer: 100) }
                    for await _ in arrivals { break }
                    if isCancelled {
                        answer.cancel()
                        #expect(await kind { try await answer.value } == .cancelled)
                        end.finish()
                    } else {
                        end.finish()
                        #expect(try await String(decoding: answer.value.body, as: UTF8.self) == "half")
                    }
                }
            }
        }
    }

    @Test("An answer that is too large is an error, with a length told or not") func anAnswerThatIsTooLarge() async throws {
        try await LoopbackServer.with { request in
            request.method == "GET" ? .whole(status: 200, body: "12345") : .raw("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n12345")
        } _: { server async throws in
            try await with { transport async throws in
                for method in ["GET", "POST"] {
                    #expect(try await transport.send(request(server, method), timeout: .seconds(30), maximumAnswer: 5).body.count == 5)
                    #expect(await kind { try await transport.send(request(server, method), timeout: .seconds(30), maximumAnswer: 4) } == .tooLarge)
                }
            }
        }
    }

    @Test("Nobody there is a connection's error, and a redirect is only an answer") func nobodyThereIsAConnectionS() async throws {
        let port = try await LoopbackServer.with { _ in .silence } _: { $0.port }
        try await with { transport async throws in
            let gone = HTTPRequest(method: "GET", endpoint: HTTPEndpoint(scheme: "http", host: "127.0.0.1", port: port), path: "/")
            #expect(await kind { try await transport.send(gone, timeout: .seconds(30), maximumAnswer: 1) } == .connection)
        }
        try await LoopbackServer.with { _ in .whole(status: 307, headers: [("location", "http://127.0.0.1:1/")]) } _: { server async throws in
            try await with { transport async throws in
                #expect(try await transport.send(request(server), timeout: .seconds(30), maximumAnswer: 1).status == 307)
            }
        }
    }

    @Test("A cancelled task is told so") func aCancelledTaskIsToldSo() async throws {
        let (arrivals, arrived) = AsyncStream<Void>.makeStream()
        try await LoopbackServer.with { _ in
            arrived.yield()
            return .silence
        } _: { server async throws in
            try await with { transport async throws in
                let task = Task { await kind { try await transport.send(request(server), timeout: .seconds(60), maximumAnswer: 1) } }
                for await _ in arrivals { break }
                task.cancel()
                #expect(await task.value == .cancelled)
            }
        }
    }

    @Test("It is started by the first request, and closed for good") func itIsStartedByTheFirst() async throws {
        try await LoopbackServer.with { _ in .whole(status: 200) } _: { server async throws in
            let transport = AsyncHTTPTransport(connectTimeout: .seconds(5), connectionsPerHost: 1)
            #expect(!transport.isStarted)
            _ = try await transport.send(request(server), timeout: .seconds(30), maximumAnswer: 1)
            #expect(transport.isStarted)
            await transport.shutdown()
            #expect(!transport.isStarted)
            #expect(await kind { try await transport.send(request(server), timeout: .seconds(30), maximumAnswer: 1) } == .closed)
            await transport.shutdown()
        }
    }

    @Test("A client that was shut down says so, and one that was never used can be") func aClientThatWasShutDown() async throws {
        var configuration = AWSConfiguration(region: "r", environment: [:], logger: .silent)
        configuration.credentials = StaticCredentials(SigningCredentials(accessKeyID: "a", secretAccessKey: "b"))
        let aws = AWSServices(configuration)
        await aws.shutdown()
        #expect(await failure { try await aws.sqs.getQueueURL(name: "q") }?.code == .closed)
    }

    @Test("A call over a socket is tried again after a broken answer") func aCallOverASocketIs() async throws {
        let count = Mutex(0)
        try await LoopbackServer.with { _ in
            let number = count.withLock {
                $0 += 1
                return $0
            }
            return number < 3 ? .raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{") : .whole(status: 200, body: #"{"QueueUrl":"http://q"}"#)
        } _: { server async throws in
            var configuration = AWSConfiguration(region: "r", environment: ["AWS_ENDPOINT_URL": server.url], logger: .silent)
            configuration.credentials = StaticCredentials(SigningCredentials(accessKeyID: "a", secretAccessKey: "b"))
            configuration.clock = TestClock().clock
            let aws = AWSServices(configuration)
            #expect(try await aws.sqs.getQueueURL(name: "q") == "http://q")
            await aws.shutdown()
            #expect(server.requests.count == 3)
        }
    }
}

#endif
