// SPDX-License-Identifier: Apache-2.0

#if Server
import Foundation
import JSONTape
import NIOCore
import NIOPosix
import NIOSSL

/// A connection to a server as a client has it that sends exactly these bytes, and sees what comes back.
final class Connection {
    /// An answer.
    struct Reply: Sendable {
        var status: Int
        /// Names in small letters.
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    }

    /// What came is no answer.
    struct Garbage: Error, CustomStringConvertible {
        let description: String
    }

    private let channel: any Channel
    private var parts: AsyncThrowingStream<[UInt8], any Error>.Iterator
    private var buffer: [UInt8] = []
    private var hasEnded = false

    /// - Parameter certificate: the only one that is trusted, in PEM; absent: no TLS.
    init(port: Int, trusting certificate: String? = nil) async throws {
        let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        var context: NIOSSLContext?
        if let certificate {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(certificate)
            context = try NIOSSLContext(configuration: configuration)
        }
        let tls = context
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost")) }
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        parts = stream.makeAsyncIterator()
    }

    deinit { channel.close(promise: nil) }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// Sends a byte at a time until it is cancelled.
    func dripping() -> Task<Void, Never> {
        Task { [channel] in
            while !Task.isCancelled {
                try? await channel.writeAndFlush(ByteBuffer(string: "x"))
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Says that nothing more comes, and goes on listening.
    func finishSending() async throws { try await channel.close(mode: .output) }

    /// The next answer; absent where the connection has ended instead.
    /// - Parameter isHead: it answers a HEAD request, so it has no body whatever it says.
    func reply(isHead: Bool = false) async throws -> Reply? {
        var end = Self.end(of: buffer)
        while end == nil {
            guard try await more() else { return nil }
            end = Self.end(of: buffer)
        }
        guard let end else { return nil }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: true)
        guard let status = lines.first.flatMap({ Int($0.split(separator: " ").dropFirst().first ?? "") }) else {
            throw Garbage(description: String(decoding: buffer.prefix(200), as: UTF8.self))
        }
        let headers = lines.dropFirst().map { line in
            let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: sides[0].lowercased(), value: sides.count < 2 ? "" : sides[1].trimmingCharacters(in: .whitespaces))
        }
        buffer.removeFirst(end)
        if status == 100 { return Reply(status: status, headers: headers, body: []) }
        let length = isHead || status == 204 ? 0 : Int(headers.first { $0.name == "content-length" }?.value ?? "") ?? 0
        while buffer.count < length {
            guard try await more() else { throw Garbage(description: "the answer ends after \(buffer.count) of \(length) bytes") }
        }
        let body = Array(buffer.prefix(length))
        buffer.removeFirst(length)
        return Reply(status: status, headers: headers, body: body)
    }

    /// Whether the server ends the connection, and sends nothing before.
    func ends() async throws -> Bool { try await !more() && buffer.isEmpty }

    private func more() async throws -> Bool {
        if hasEnded { return false }
        do {
            if let part = try await parts.next(isolation: #isolation) {
                buffer += part
                return true
            }
        } catch is IOError {
            // A connection that is reset is over too.
        }
        hasEnded = true
        return false
    }

    private static func end(of bytes: [UInt8]) -> Int? {
        bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
    }
}

/// Hands on what comes.
private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation

    init(_ continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation) { self.continuation = continuation }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { continuation.yield(Array(unwrapInboundIn(data).readableBytesView)) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { continuation.finish() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        continuation.finish(throwing: error)
        context.close(promise: nil)
    }
}
#endif
