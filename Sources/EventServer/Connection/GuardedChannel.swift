// SPDX-License-Identifier: Apache-2.0

#if Server

internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// A connection that speaks HTTP/1.1, with our own patience.
struct GuardedChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        /// When the connection is closed and all its answers have been made.
        let over: EventLoopFuture<Void>
    }

    let times: ConnectionTimes
    let answering: Answering

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let clock = ConnectionClock(now: .now())
            var limits = NIOHTTPDecoderLimitConfiguration()
            // An address may hold two texts of the greatest length, each of their bytes as three.
            limits.maxHeaderFieldSize = 32 << 10
            limits.maxHeaderListSize = 64 << 10
            limits.maxHeaderFieldCount = 100
            try pipeline.addHandler(ByteWatch(clock))
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: true,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
            try pipeline.addHandler(ConnectionGuard(clock, times, answering))
            let handler = RequestHandler(answering)
            try pipeline.addHandler(handler)
            let over = channel.eventLoop.makePromise(of: Void.self)
            handler.over = over
            return Value(channel: channel, over: over.futureResult)
        }
    }

    /// The connection's handlers do the work; the server waits until it is over.
    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            try? await value.over.get()
        } onCancel: {
            value.channel.pipeline.fireUserInboundEventTriggered(RequestHandler.OutOfTime())
        }
    }
}

#endif
