// SPDX-License-Identifier: Apache-2.0

#if AWS
import ArgumentParser
import Crypto
import Foundation
import JSONTape
import NIOCore
import NIOHTTP1
import NIOPosix

/// What SQS answers to a batch that it takes: the ids of the entries, and the MD5s of the bodies and attributes that it got.
enum QueueAnswer {
    static func body(to request: some Collection<UInt8>) -> [UInt8] {
        guard let call = try? JSONValue(parsing: Array(request)), case .array(let entries)? = call["Entries"] else { return Array("{}".utf8) }
        var text = #"{"Successful":["#
        for (place, entry) in entries.enumerated() {
            let digest = hexadecimal(Array((entry["MessageBody"]?.stringValue ?? "").utf8))
            text += place > 0 ? "," : ""
            text += #"{"Id":"\#(entry["Id"]?.stringValue ?? "")","MessageId":"00000000-0000-0000-0000-000000000000","MD5OfMessageBody":"\#(digest)""#
            if case .object(let attributes)? = entry["MessageAttributes"], !attributes.isEmpty {
                text += #","MD5OfMessageAttributes":"\#(hexadecimal(covered(attributes)))""#
            }
            text += "}"
        }
        return Array((text + "]}").utf8)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        Insecure.MD5.hash(data: bytes).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// What the MD5 of attributes covers: names, types and values, each behind its length, in the order of the names.
    ///
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html>
    private static func covered(_ attributes: [JSONMember]) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ part: [UInt8]) {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: part.count >> shift)) }
            bytes += part
        }
        for attribute in attributes.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            append(Array(attribute.name.utf8))
            append(Array((attribute.value["DataType"]?.stringValue ?? "").utf8))
            if let text = attribute.value["StringValue"]?.stringValue {
                bytes.append(1)
                append(Array(text.utf8))
            } else {
                bytes.append(2)
                append(Array(Data(base64Encoded: attribute.value["BinaryValue"]?.stringValue ?? "") ?? Data()))
            }
        }
        return bytes
    }
}

/// A queue on loopback that takes everything and keeps nothing. It tells its port on standard output and ends when standard input does.
struct QueueServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sqs-server", abstract: "Answers as SQS does, for the measurement sqs.", shouldDisplay: false)

    func run() async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(QueueHandler())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        // Not by print, whose buffer would keep it.
        try FileHandle.standardOutput.write(contentsOf: Data("\(channel.localAddress?.port ?? 0)\n".utf8))
        _ = try await NIOThreadPool.singleton.runIfActive { try FileHandle.standardInput.readToEnd() }
        try await channel.close()
    }
}

/// Answers each request when it is whole.
private final class QueueHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var body = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: body.clear()
        case .body(var bytes): body.writeBuffer(&bytes)
        case .end:
            let answer = QueueAnswer.body(to: body.readableBytesView)
            let headers: HTTPHeaders = ["content-type": "application/x-amz-json-1.0", "content-length": "\(answer.count)"]
            context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers))), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
#endif
