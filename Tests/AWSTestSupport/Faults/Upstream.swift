// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// What is behind the proxy.
public enum Upstream: Sendable {
    /// A service in the test's own memory.
    case service(@Sendable (ProxiedRequest) async -> ProxiedAnswer)
    /// A server on loopback, by its port, which checks signatures. What a fault has changed, and its signature no longer covers, goes to `unchecked`, after
    /// the request as it came was checked.
    case server(port: Int, unchecked: Int)

    /// What the service says to a request that is not signed as it must be. Nothing is done.
    func refusal(of request: ProxiedRequest) async throws -> ProxiedAnswer? {
        guard case .server(let port, _) = self else { return nil }
        var question = request
        question.headers.append(("sluice-check", "only"))
        let answer = try await HTTPExchange.send(question, port: port)
        return answer.status < 300 ? nil : answer
    }

    func answer(_ request: ProxiedRequest, isChanged: Bool) async throws -> ProxiedAnswer {
        switch self {
        case .service(let service): await service(request)
        case .server(let port, let unchecked): try await HTTPExchange.send(request, port: isChanged ? unchecked : port)
        }
    }
}

/// One request to a server on loopback, and its answer, over a connection of its own.
public enum HTTPExchange {
    struct Broken: Error {}

    public static func send(_ request: ProxiedRequest, port: Int) async throws -> ProxiedAnswer {
        let group = MultiThreadedEventLoopGroup.singleton
        let loop = group.next()
        let promise = loop.makePromise(of: ProxiedAnswer.self)
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(AnswerGatherer(promise))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
        } catch {
            promise.fail(error)
            throw error
        }
        var head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.target)
        for (name, value) in request.headers where !["connection", "content-length", "transfer-encoding"].contains(name.lowercased()) {
            head.headers.add(name: name, value: value)
        }
        head.headers.add(name: "content-length", value: "\(request.body.count)")
        head.headers.add(name: "connection", value: "close")
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: request.body))), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        let answer = try await promise.futureResult.get()
        channel.close(promise: nil)
        return answer
    }
}

/// Gathers an answer.
private final class AnswerGatherer: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<ProxiedAnswer>
    private var answer = ProxiedAnswer()

    init(_ promise: EventLoopPromise<ProxiedAnswer>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            answer.status = Int(head.status.code)
            answer.headers = head.headers.map { ($0.name, $0.value) }
        case .body(let bytes): answer.body += Array(bytes.readableBytesView)
        case .end: promise.succeed(answer)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { promise.fail(HTTPExchange.Broken()) }
}

#endif
