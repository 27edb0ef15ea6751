// SPDX-License-Identifier: Apache-2.0

#if AWS
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on loopback whose answers are the test's own, byte for byte: whole ones, halves, none.
final class LoopbackServer: Sendable {
    struct Request: Sendable {
        var method: String
        /// As it was sent.
        var uri: String
        var headers: [(name: String, value: String)]
        var body: [UInt8]
        /// Which connection it came on, counted from 0.
        var connection: Int

        func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    enum Answer: Sendable {
        case whole(status: Int, headers: [(String, String)] = [], body: String = "")
        /// These bytes, and then the end of the connection.
        case raw(String)
        /// These bytes, and then nothing until the stream ends.
        case half(String, until: AsyncStream<Void>)
        /// Nothing, until the client goes.
        case silence
    }

    let port: Int
    private let received = Mutex<[Request]>([])
    private let connections = Mutex(0)

    var requests: [Request] { received.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)" }

    private init(port: Int) { self.port = port }

    /// Runs a server while `body` runs.
    ///
    /// - Parameter answering: gives the answer to a request, which is in ``requests`` by then.
    static func with<Result>(
        answering: @escaping @Sendable (Request) async -> Answer, _ body: (LoopbackServer) async throws -> Result
    ) async throws -> Result {
        let place = Mutex<LoopbackServer?>(nil)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let server = place.withLock({ $0 }) else { return }
                    let number = server.connections.withLock { number in
                        defer { number += 1 }
                        return number
                    }
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(HTTPRequestDecoder()), AnsweringHandler(server, connection: number, answering))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = LoopbackServer(port: channel.localAddress?.port ?? 0)
        place.withLock { $0 = server }
        do {
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try await channel.close()
            throw error
        }
    }

    fileprivate func note(_ request: Request) { received.withLock { $0.append(request) } }
}

/// Gathers a request and writes the test's answer to it.
private final class AnsweringHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let server: LoopbackServer
    private let connection: Int
    private let answering: @Sendable (LoopbackServer.Request) async -> LoopbackServer.Answer
    private var request: LoopbackServer.Request?

    init(_ server: LoopbackServer, connection: Int, _ answering: @escaping @Sendable (LoopbackServer.Request) async -> LoopbackServer.Answer) {
        self.server = server
        self.connection = connection
        self.answering = answering
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            request = .init(
                method: head.method.rawValue, uri: head.uri, headers: head.headers.map { ($0.name, $0.value) }, body: [], connection: connection)
        case .body(let bytes): request?.body += Array(bytes.readableBytesView)
        case .end:
            guard let whole = request else { return }
            request = nil
            server.note(whole)
            let channel = context.channel
            let answering = answering
            Task { try? await AnsweringHandler.answer(whole, await answering(whole), on: channel) }
        }
    }

    private static func answer(_ request: LoopbackServer.Request, _ answer: LoopbackServer.Answer, on channel: any Channel) async throws {
        switch answer {
        case .whole(let status, let headers, let body):
            var text = "HTTP/1.1 \(status) Status\r\n"
            for (name, value) in headers { text += "\(name): \(value)\r\n" }
            text += "content-length: \(body.utf8.count)\r\n\r\n"
            try await channel.writeAndFlush(ByteBuffer(string: request.method == "HEAD" ? text : text + body))
        case .raw(let text):
            if !text.isEmpty { try await channel.writeAndFlush(ByteBuffer(string: text)) }
            try await channel.close()
        case .half(let text, let end):
            try await channel.writeAndFlush(ByteBuffer(string: text))
            for await _ in end {}
            try await channel.close()
        case .silence: break
        }
    }
}

#endif
