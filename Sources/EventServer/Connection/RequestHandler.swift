// SPDX-License-Identifier: Apache-2.0

#if Server

internal import EventAPI
internal import NIOCore
internal import NIOHTTP1

/// Gathers each request of a connection, has it answered, and writes the answer: one after the other, in their order.
///
/// An answer is begun on the connection's own event loop. One that waits for nobody, as a look-up in SQLite does, is made there from end to end,
/// without a step from thread to thread; any other goes on wherever it is waited for, and comes back when it is there.
final class RequestHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// A head comes next.
        case idle
        /// A body comes, or its end.
        case reading
        /// The answer is being made. What comes meanwhile waits.
        case answering
        /// The last answer is written. What still comes is passed over: a connection that is closed over unread bytes takes the answer with it.
        case ended
    }

    /// Comes when the server will wait for answers no longer.
    struct OutOfTime: Sendable {}

    private let answering: Answering
    /// Is kept when the connection is closed and no answer is being made any more.
    var over: EventLoopPromise<Void>?
    private var state = State.idle
    private var question: APIRequest?
    private var body: [UInt8] = []
    /// Makes the answer.
    private var work: Task<Void, Never>?
    /// The client wants no other request answered on this connection.
    private var isLast = false
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var isProceeding = false
    private var isReadWanted = false
    private var hasInputEnded = false
    /// Answers that are written, and not yet with the system.
    private var unsent = 0
    private var isGone = false
    /// What came behind the request that is being answered, and is none.
    private var flaw: HTTPParserError?

    /// What is smaller is read before anybody asks who sends it, and answered on the event loop where it can be.
    private static let small = 16 << 10

    init(_ answering: Answering) { self.answering = answering }

    // MARK: What comes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        waiting.append(unwrapInboundIn(data))
        proceed(context)
    }

    /// Nothing is read while an answer is made: a client that sends many requests waits for its answers.
    func read(context: ChannelHandlerContext) {
        if state == .answering { isReadWanted = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            hasInputEnded = true
            proceed(context)
        case is OutOfTime:
            work?.cancel()
            context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isGone = true
        if state != .answering { over?.succeed() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        switch state {
        case .idle, .reading: refuse(error, context)
        case .answering: flaw = error
        case .ended: break
        }
    }

    private func proceed(_ context: ChannelHandlerContext) {
        // An answer may be there at once, and ask to proceed from within.
        guard !isProceeding else { return }
        isProceeding = true
        while state != .answering, let part = waiting.popFirst() { take(part, context) }
        isProceeding = false
        guard state != .answering else { return }
        if let flaw {
            self.flaw = nil
            refuse(flaw, context)
        }
        closeIfOver(context)
        if isReadWanted {
            isReadWanted = false
            context.read()
        }
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch (part, state) {
        case (.head(let head), .idle): begin(head, context)
        case (.body(let part), .reading):
            if body.count + part.readableBytes > answering.api.maximumBody {
                question?.isBodyTooLarge = true
                answer(context, isCut: true)
            } else {
                body.append(contentsOf: part.readableBytesView)
            }
        case (.end, .reading):
            question?.body = body
            answer(context, isCut: false)
        default: break
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var question = APIRequest(head.method.rawValue, Self.target(head.uri), headers: head.headers.map { ($0.name, $0.value) })
        let announced = head.headers.first(name: "content-length").map { Int($0) ?? .max }
        let isChunked = head.headers.contains(name: "transfer-encoding")
        isLast = !head.isKeepAlive
        state = .reading
        if announced ?? 0 > answering.api.maximumBody {
            question.isBodyTooLarge = true
            self.question = question
            return answer(context, isCut: true)
        }
        // Nobody sends much before it is known that it will be taken.
        if announced ?? 0 > Self.small || isChunked, let refusal = answering.refusal(of: question) {
            return write(refusal, context, isCut: true)
        }
        self.question = question
        if announced ?? 0 > 0 || isChunked {
            if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
            }
            body.reserveCapacity(min(announced ?? 0, answering.api.maximumBody))
        }
    }

    /// The path and query. A proxy may be asked with a whole address.
    private static func target(_ uri: String) -> String {
        guard !uri.hasPrefix("/"), let scheme = uri.firstRange(of: "://") else { return uri }
        return uri[scheme.upperBound...].firstIndex(of: "/").map { String(uri[$0...]) } ?? "/"
    }

    // MARK: What goes

    /// - Parameter isCut: there is more of the body than was read.
    private func answer(_ context: ChannelHandlerContext, isCut: Bool) {
        guard let question else { return }
        let isSmall = body.count <= Self.small
        self.question = nil
        body = []
        state = .answering
        let answering = answering
        let loop = context.eventLoop
        let place = NIOLoopBound((handler: self, context: context), eventLoop: loop)
        let work: @Sendable () async -> Void = {
            let response = await answering.answer(question)
            if loop.inEventLoop {
                place.value.handler.answered(response, place.value.context, isCut: isCut)
            } else {
                loop.execute { place.value.handler.answered(response, place.value.context, isCut: isCut) }
            }
        }
        // What takes longer to read than to hand over is not read on the event loop.
        if isSmall, #available(macOS 26, *) { self.work = Task.immediate { await work() } } else { self.work = Task { await work() } }
    }

    private func answered(_ response: APIResponse, _ context: ChannelHandlerContext, isCut: Bool) {
        if isGone {
            over?.succeed()
        } else {
            write(response, context, isCut: isCut)
            proceed(context)
        }
    }

    private func refuse(_ error: HTTPParserError, _ context: ChannelHandlerContext) {
        write(answering.refusal(of: error), context, isCut: true)
    }

    private func write(_ response: APIResponse, _ context: ChannelHandlerContext, isCut: Bool) {
        let isLast = isLast || isCut
        context.write(wrapOutboundOut(.head(answering.head(of: response, closing: isLast))), promise: nil)
        if !response.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: response.body)))), promise: nil)
        }
        if isLast { end() } else { state = .idle }
        unsent += 1
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] result in
            unsent -= 1
            switch result {
            case .failure: context.close(promise: nil)
            case .success:
                if isLast { context.close(mode: .output, promise: nil) }
                closeIfOver(context)
            }
        }
        context.write(wrapOutboundOut(.end(nil)), promise: written)
        // Sent when the event loop has looked at all connections on which something has come: the answers then leave one behind the other, and a
        // client with many connections, or a proxy, is woken for all of them at once.
        context.eventLoop.assumeIsolated().execute { context.flush() }
    }

    /// A client that sends nothing more, and has all its answers.
    private func closeIfOver(_ context: ChannelHandlerContext) {
        if hasInputEnded, unsent == 0, state != .answering { context.close(promise: nil) }
    }

    private func end() {
        state = .ended
        question = nil
        body = []
        waiting.removeAll()
        flaw = nil
    }
}

#endif
