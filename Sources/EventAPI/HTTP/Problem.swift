// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Why a request is not answered with what it asked for, in the form of RFC 9457.
///
/// <https://www.rfc-editor.org/rfc/rfc9457>
struct Problem: Error, Sendable {
    let status: Int
    /// What was wrong and what to do, for people.
    let detail: String
    var headers: [(name: String, value: String)] = []
    /// Further members.
    var members: [JSONMember] = []

    init(_ status: Int, _ detail: String, headers: [(name: String, value: String)] = [], members: [JSONMember] = []) {
        self.status = status
        self.detail = detail
        self.headers = headers
        self.members = members
    }

    /// `type` is left out, which means `about:blank`: the status says what sort of problem it is.
    var response: APIResponse {
        let text = JSONValue.object(
            [
                JSONMember(name: "title", value: .string(Self.title(status))), JSONMember(name: "status", value: .number(String(status))),
                JSONMember(name: "detail", value: .string(detail)),
            ] + members
        ).text
        return APIResponse(status: status, headers: [("content-type", "application/problem+json")] + headers, body: Array(text.utf8))
    }

    private static func title(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        default: "Internal Server Error"
        }
    }
}

extension APIResponse {
    /// Why there is no other answer, for whoever brings requests and has to say so.
    public static func problem(_ status: Int, _ detail: String, headers: [(name: String, value: String)] = []) -> APIResponse {
        Problem(status, detail, headers: headers).response
    }
}
