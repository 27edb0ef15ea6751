// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Puts an answer together as it comes, and refuses one that is too large or not whole.
final class AnswerCollector: HTTPClientResponseDelegate {
    typealias Response = HTTPResponse

    private let method: HTTPMethod
    private let maximum: Int
    private let answer = Mutex(HTTPResponse(status: 0))

    /// - Parameters:
    ///   - method: the request's; an answer to `HEAD` tells the length of a body that it does not have.
    ///   - maximum: the most bytes a body may have.
    init(of method: HTTPMethod, maximum: Int) {
        self.method = method
        self.maximum = maximum
    }

    func didReceiveHead(task: HTTPClient.Task<HTTPResponse>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        let headers = head.headers.map { HTTPHeader($0.name, $0.value) }
        let length = answer.withLock { answer in
            answer = HTTPResponse(status: Int(head.status.code), headers: headers)
            return bodyLength(of: answer) ?? 0
        }
        return length > maximum ? task.eventLoop.makeFailedFuture(tooLarge) : task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<HTTPResponse>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        let isTooLarge = answer.withLock { answer in
            if answer.body.count + part.readableBytes > maximum { return true }
            answer.body += part.readableBytesView
            return false
        }
        return isTooLarge ? task.eventLoop.makeFailedFuture(tooLarge) : task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<HTTPResponse>) throws -> HTTPResponse {
        let answer = answer.withLock { $0 }
        if let length = bodyLength(of: answer), length != answer.body.count {
            throw HTTPTransportError(.connection, "the answer has \(answer.body.count) of \(length) bytes")
        }
        return answer
    }

    /// What the head tells, where there is to be a body.
    private func bodyLength(of answer: HTTPResponse) -> Int? {
        if method == .HEAD || answer.status == 304 || answer.status == 204 { return nil }
        return answer.header("content-length").flatMap { Int($0) }
    }

    private var tooLarge: HTTPTransportError { HTTPTransportError(.tooLarge, "the answer has more than \(maximum) bytes") }
}

#endif
