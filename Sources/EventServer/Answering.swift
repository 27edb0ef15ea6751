// SPDX-License-Identifier: Apache-2.0

#if Server

internal import EventAPI
internal import Logging
internal import NIOHTTP1

/// Takes requests to the API, counts and logs the answers, and gives them the form in which they go over a connection.
struct Answering: Sendable {
    let api: EventAPI
    let metrics: ServerMetrics?
    let logger: Logger
    private let date = HTTPDate()

    init(_ api: EventAPI, metrics: ServerMetrics?, logger: Logger) {
        self.api = api
        self.metrics = metrics
        self.logger = logger
    }

    func answer(_ question: APIRequest) async -> APIResponse {
        let start = ContinuousClock.now
        let response = await api.respond(to: question)
        note(response, question.method, ContinuousClock.now - start)
        return response
    }

    /// Why a request is not read to its end; absent where it is.
    func refusal(of question: APIRequest) -> APIResponse? {
        guard let response = api.refusal(of: question) else { return nil }
        note(response, question.method, .zero)
        return response
    }

    /// What is answered to that which is no HTTP.
    func refusal(of error: HTTPParserError) -> APIResponse {
        let response: APIResponse =
            switch error {
            case .headerOverflow: .problem(431, "the head is too large: at most 64 KiB in 100 fields, of 32 KiB each, are taken")
            default: .problem(400, "this is no request of HTTP/1.1: \(error.debugDescription)")
            }
        note(response, nil, .zero)
        return response
    }

    /// What is answered to a client that does not send its body.
    func tooSlow() -> APIResponse {
        let response = APIResponse.problem(408, "the body did not come in time")
        note(response, nil, .zero)
        return response
    }

    private func note(_ response: APIResponse, _ method: String?, _ time: Duration) {
        metrics?.note(response, time)
        logger.debug(
            "answered",
            metadata: ["method": "\(method ?? "none")", "status": "\(response.status)", "bytes": "\(response.body.count)", "time": "\(time)"])
    }

    /// - Parameter closing: nothing else is answered on the connection.
    func head(of response: APIResponse, closing: Bool) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        headers.reserveCapacity(response.headers.count + 3)
        var hasLength = response.status == 204
        for (name, value) in response.headers {
            headers.add(name: name, value: value)
            if name == "content-length" { hasLength = true }
        }
        if !hasLength { headers.add(name: "content-length", value: String(response.body.count)) }
        headers.add(name: "date", value: date.now)
        if closing { headers.add(name: "connection", value: "close") }
        return HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
    }
}

#endif
