// SPDX-License-Identifier: Apache-2.0

#if Server

internal import EventAPI
internal import Logging
internal import NIOCore
internal import NIOExtras
internal import NIOHTTP1

/// What a connection is doing, and since when. It belongs to the connection's event loop.
final class ConnectionClock {
    /// Bytes of a head have come, and not its end.
    private(set) var headSince: NIODeadline?
    /// A body is being read.
    var bodySince: NIODeadline?
    /// Nothing is being read or answered.
    var idleSince: NIODeadline?
    /// The client has stopped taking what was written.
    var stalledSince: NIODeadline?
    /// Requests that were read, at least in part, and not answered to their end.
    var unanswered = 0

    /// A new connection is given no longer than a head.
    init(now: NIODeadline) { headSince = now }

    func bytesCame() {
        guard headSince == nil, bodySince == nil, unanswered == 0 else { return }
        headSince = .now()
        idleSince = nil
    }

    func headCame() {
        headSince = nil
        idleSince = nil
        bodySince = .now()
        unanswered += 1
    }

    func answered() {
        // What is no request is answered too.
        unanswered = max(0, unanswered - 1)
        if unanswered == 0, bodySince == nil { idleSince = .now() }
    }

    /// When patience ends; absent while it is the server's turn.
    func deadline(_ times: ConnectionTimes) -> NIODeadline? {
        if let stalledSince { return stalledSince + times.body }
        // A body behind a request that is not answered yet is not being taken.
        if let bodySince { return unanswered <= 1 ? bodySince + times.body : nil }
        if unanswered > 0 { return nil }
        if let headSince { return headSince + times.header }
        return idleSince.map { $0 + times.idle }
    }
}

/// How patient a server is.
struct ConnectionTimes: Sendable {
    let header: TimeAmount
    let body: TimeAmount
    let idle: TimeAmount

    /// How often a connection is looked at: one that is too slow is cut off at most this much late.
    var pause: TimeAmount { .nanoseconds(max(min(header, body, idle).nanoseconds / 8, 10_000_000)) }
}

/// Sees bytes before they are parts of a request, so that a head that comes drop by drop is noticed.
final class ByteWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let clock: ConnectionClock

    init(_ clock: ConnectionClock) { self.clock = clock }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        clock.bytesCame()
        context.fireChannelRead(data)
    }
}

/// Cuts off clients that are too slow, and ends the connection when the server is to stop, after what is in flight.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let clock: ConnectionClock
    private let times: ConnectionTimes
    private let answering: Answering
    private var nextLook: Scheduled<Void>?
    /// The answer to the last request has begun.
    private var isAnswering = false
    /// It is the last answer, as its header `connection` says: what still comes will not be answered.
    private var isLast = false
    private var isStopping = false
    /// Answers that are written, and not yet with the system.
    private var unsent = 0

    init(_ clock: ConnectionClock, _ times: ConnectionTimes, _ answering: Answering) {
        self.clock = clock
        self.times = times
        self.answering = answering
    }

    func handlerAdded(context: ChannelHandlerContext) { scheduleLook(context) }

    func handlerRemoved(context: ChannelHandlerContext) { nextLook?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        nextLook?.cancel()
        context.fireChannelInactive()
    }

    // MARK: What comes and goes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isLast { return }
        switch unwrapInboundIn(data) {
        case .head: clock.headCame()
        case .body: break
        case .end: clock.bodySince = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            isAnswering = true
            if isStopping, clock.unanswered == 1 { head.headers.replaceOrAdd(name: "connection", value: "close") }
            isLast = head.headers.contains(name: "connection")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            isAnswering = false
            clock.answered()
            unsent += 1
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenComplete { [self] _ in
                unsent -= 1
                closeIfStopping(context)
            }
            context.write(data, promise: written)
        default:
            context.write(data, promise: promise)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        clock.stalledSince = context.channel.isWritable ? nil : .now()
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isStopping = true
        closeIfStopping(context)
    }

    /// Closed only when all is sent: what still waits to be would be lost.
    private func closeIfStopping(_ context: ChannelHandlerContext) {
        if isStopping, clock.unanswered == 0, unsent == 0 { context.close(promise: nil) }
    }

    // MARK: Patience

    private func scheduleLook(_ context: ChannelHandlerContext) {
        nextLook = context.eventLoop.assumeIsolated().scheduleTask(in: times.pause) { [self] in look(context) }
    }

    private func look(_ context: ChannelHandlerContext) {
        guard let deadline = clock.deadline(times), NIODeadline.now() >= deadline else { return scheduleLook(context) }
        answering.logger.debug("a client was too slow and is cut off")
        if clock.bodySince != nil, clock.unanswered > 0, !isAnswering, clock.stalledSince == nil {
            let response = answering.tooSlow()
            context.write(wrapOutboundOut(.head(answering.head(of: response, closing: true))), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: response.body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        context.close(promise: nil)
    }
}

#endif
