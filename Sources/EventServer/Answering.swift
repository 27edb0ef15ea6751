// SPDX-License-Identifier: Apache-2.0

#if Server

internal import EventAPI
internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Takes a request from its connection to the API, and the answer back.
struct Answering: Sendable {
    let api: EventAPI
    let logger: Logger
    let date = HTTPDate()

    /// What is smaller is read before anybody asks who sends it.
    private static let small = 16 << 10

    @concurrent func answer(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        let start = ContinuousClock.now
        var question = APIRequest(
            request.method.rawValue, Self.target(request.head), headers: request.headers.map { ($0.name.canonicalName, $0.value) })
        let announced = request.headers[.contentLength].map { Int($0) ?? .max }
        var refusal: APIResponse?
        if announced ?? 0 > api.maximumBody {
            question.isBodyTooLarge = true
        } else if announced ?? 0 > Self.small || request.headers[.transferEncoding] != nil {
            // Nobody sends much before it is known that it will be taken.
            refusal = api.refusal(of: question)
        }
        if refusal == nil, !question.isBodyTooLarge, announced ?? 0 > 0 || request.headers[.transferEncoding] != nil {
            if request.headers[.expect]?.lowercased() == "100-continue" {
                try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            }
            if let body = try await Self.body(of: request, announced: announced, most: api.maximumBody) {
                question.body = body
            } else {
                question.isBodyTooLarge = true
            }
        }
        let response: APIResponse
        if let refusal { response = refusal } else { response = await api.respond(to: question) }
        let isCut = refusal != nil || question.isBodyTooLarge
        try await writer.write(response: head(of: response, closing: isCut), body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
        logger.debug(
            "answered",
            metadata: [
                "method": "\(request.method.rawValue)", "status": "\(response.status)", "bytes": "\(response.body.count)",
                "time": "\(ContinuousClock.now - start)",
            ])
        // The rest of the body is not waited for. What it has sent already is read for a while, since a connection that is closed over unread
        // bytes takes the answer with it.
        if isCut { try await channel.close(mode: .output) }
    }

    /// The whole body; absent where it is larger than it may be.
    private static func body(of request: Request, announced: Int?, most: Int) async throws -> [UInt8]? {
        var body: [UInt8] = []
        body.reserveCapacity(min(announced ?? 0, most))
        for try await part in request.body {
            guard body.count + part.readableBytes <= most else { return nil }
            body.append(contentsOf: part.readableBytesView)
        }
        return body
    }

    /// The path and query. A proxy may be asked with a whole address.
    private static func target(_ head: HTTPRequest) -> String {
        let path = head.path ?? "/"
        guard !path.hasPrefix("/"), let scheme = path.firstRange(of: "://") else { return path }
        return path[scheme.upperBound...].firstIndex(of: "/").map { String(path[$0...]) } ?? "/"
    }

    private func head(of response: APIResponse, closing: Bool) -> HTTPResponse {
        var fields = HTTPFields()
        fields.reserveCapacity(response.headers.count + 3)
        for (name, value) in response.headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields.append(HTTPField(name: name, value: value))
        }
        if fields[.contentLength] == nil, response.status != 204 { fields[.contentLength] = String(response.body.count) }
        fields[.date] = date.now
        if closing { fields[.connection] = "close" }
        return HTTPResponse(status: HTTPResponse.Status(code: response.status), headerFields: fields)
    }
}

#endif
