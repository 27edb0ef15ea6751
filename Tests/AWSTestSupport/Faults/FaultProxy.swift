// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// A proxy on loopback between a client of AWS's and a service, in which things go wrong as a schedule says.
///
///     try await FaultProxy.with(.service(queue.answer), .random(seed: 1, rate: 0.3)) { proxy in
///         … AWSConfiguration(region: "eu-central-1", environment: ["AWS_ENDPOINT_URL": proxy.url]) …
///     }
public final class FaultProxy: Sendable {
    /// A request, and what became of it.
    public struct Exchange: Sendable {
        public var request: ProxiedRequest
        public var fault: Fault
        /// What the service answered; absent where it did not see the request.
        public var answer: ProxiedAnswer?
    }

    private struct State {
        var exchanges: [Exchange] = []
        /// How far the service's clock is ahead.
        var skew = 0
    }

    private let upstream: Upstream
    private let schedule: FaultSchedule
    private let state = Mutex(State())
    private let channel = Mutex<(any Channel)?>(nil)

    /// Starts it on a free port.
    public init(upstream: Upstream, schedule: FaultSchedule) async throws {
        self.upstream = upstream
        self.schedule = schedule
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(ByteToMessageHandler(HTTPRequestDecoder()), RequestGatherer(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.channel.withLock { $0 = channel }
    }

    /// Runs a proxy while `body` runs.
    public static func with<Result>(
        _ upstream: Upstream, _ schedule: FaultSchedule = .none, _ body: (FaultProxy) async throws -> Result
    ) async throws -> Result {
        let proxy = try await FaultProxy(upstream: upstream, schedule: schedule)
        do {
            let result = try await body(proxy)
            try await proxy.shutdown()
            return result
        } catch {
            try? await proxy.shutdown()
            throw error
        }
    }

    /// What `AWS_ENDPOINT_URL` has to say.
    public var url: String { "http://127.0.0.1:\(port)" }
    public var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }

    /// All that has been so far, in the order in which the requests came in.
    public var exchanges: [Exchange] { state.withLock { $0.exchanges } }

    /// Takes no more connections. The last call.
    public func shutdown() async throws {
        let channel = channel.withLock { channel in
            defer { channel = nil }
            return channel
        }
        try await channel?.close()
    }

    // MARK: One exchange

    fileprivate func handle(_ request: ProxiedRequest, on channel: any Channel) async throws {
        let (fault, place) = state.withLock { state in
            let fault = schedule.next(request)
            if case .skewedClock(let seconds) = fault { state.skew = seconds }
            state.exchanges.append(Exchange(request: request, fault: fault))
            return (fault, state.exchanges.count - 1)
        }
        func refuse(_ status: Int, _ code: String) async throws { try await send(request.refusal(status, code), to: request, on: channel) }
        if let answer = request.refusal(byClock: state.withLock { $0.skew }) { return try await send(answer, to: request, on: channel) }
        func perform(isChanged: Bool = false, _ request: ProxiedRequest) async throws -> ProxiedAnswer {
            let answer = try await upstream.answer(request, isChanged: isChanged)
            state.withLock { $0.exchanges[place].answer = answer }
            return answer
        }
        switch fault {
        case .none, .skewedClock: try await send(try await perform(request), to: request, on: channel)
        case .error(let status, let code): try await refuse(status, code)
        case .errorAfterwards(let status, let code):
            _ = try await perform(request)
            try await refuse(status, code)
        case .resetBefore: try await reset(channel)
        case .resetAfter(let count):
            let bytes = try await bytes(of: perform(request), to: request)
            try await channel.writeAndFlush(ByteBuffer(bytes: bytes.prefix(min(count, bytes.count - 1))))
            try await reset(channel)
        case .halfBody:
            let answer = try await perform(request)
            let bytes = bytes(of: answer, to: request)
            try await channel.writeAndFlush(ByteBuffer(bytes: bytes.dropLast(max(1, (answer.body.count + 1) / 2))))
            try await channel.close()
        case .stall(let isDone): if isDone { _ = try await perform(request) }
        case .trickle:
            for byte in try await bytes(of: perform(request), to: request) { try await channel.writeAndFlush(ByteBuffer(bytes: [byte])) }
        case .slow(let delay):
            let answer = try await perform(request)
            try await Task.sleep(for: delay)
            try await send(answer, to: request, on: channel)
        case .garbage:
            let answer = try await perform(request)
            try await send(ProxiedAnswer(status: answer.status, body: Array("<html>not what was asked for".utf8)), to: request, on: channel)
        case .expiredCredentials: try await refuse(400, request.isForS3 ? "ExpiredToken" : "ExpiredTokenException")
        case .entries(let faults):
            if let refusal = try await upstream.refusal(of: request) { return try await send(refusal, to: request, on: channel) }
            let answer = try await EntryFaults(faults: faults).answer(request) { try await perform(isChanged: true, $0) }
            try await send(answer, to: request, on: channel)
        }
    }

    private func bytes(of answer: ProxiedAnswer, to request: ProxiedRequest) -> [UInt8] {
        let skew = state.withLock { $0.skew }
        var text = "HTTP/1.1 \(answer.status) Status\r\n"
        var length = answer.body.count
        for (name, value) in answer.headers {
            switch name.lowercased() {
            case "connection", "transfer-encoding", "date": continue
            // The answer to a HEAD tells a length and has no body.
            case "content-length": if request.method == "HEAD" { length = Int(value) ?? 0 }
            default: text += "\(name): \(value)\r\n"
            }
        }
        text += "date: \(HTTPTime.now(skew: skew).text)\r\n"
        if answer.status != 204 && answer.status != 304 { text += "content-length: \(length)\r\n" }
        return Array((text + "\r\n").utf8) + answer.body
    }

    private func send(_ answer: ProxiedAnswer, to request: ProxiedRequest, on channel: any Channel) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes(of: answer, to: request)))
    }

    /// Ends a connection so that the other side reads an error, not an end.
    private func reset(_ channel: any Channel) async throws {
        if let options = channel as? any SocketOptionProvider { try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get() }
        try await channel.close()
    }
}

/// Gathers a request and has it handled.
private final class RequestGatherer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let proxy: FaultProxy
    private var request: ProxiedRequest?

    init(_ proxy: FaultProxy) { self.proxy = proxy }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            request = ProxiedRequest(method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) })
        case .body(let bytes): request?.body += Array(bytes.readableBytesView)
        case .end:
            guard let whole = request else { return }
            request = nil
            let channel = context.channel
            let proxy = proxy
            Task {
                do {
                    try await proxy.handle(whole, on: channel)
                } catch {
                    channel.close(promise: nil)
                }
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

#endif
