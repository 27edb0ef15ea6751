// SPDX-License-Identifier: Apache-2.0

#if Server && SQLite
import JSONTape
import Testing

/// What is refused before there is a request is a problem like any other.
@Suite("Problems of a connection") struct ServeProblemTests {
    private func expect(_ status: Int, _ title: String, _ reply: Connection.Reply?) {
        #expect(reply?.status == status && reply?.header("content-type") == "application/problem+json", "\(String(describing: reply))")
        #expect(reply?.header("connection") == "close")
        #expect(reply?.json["status"] == .number(String(status)) && reply?.json["title"]?.stringValue == title)
        #expect(reply?.json["detail"]?.stringValue?.isEmpty == false)
    }

    @Test(
        "What is no HTTP is told so",
        arguments: ["HELLO\r\n\r\n", "GET /a b c HTTP/1.1\r\n\r\n", "POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n"])
    func malformed(_ text: String) async throws {
        let server = try await Server()
        let connection = try await Connection(port: server.port)
        try await connection.send(text)
        expect(400, "Bad Request", try await connection.reply())
        #expect(try await connection.ends())
    }

    @Test("A head that is too large is told so", arguments: ["x: \(String(repeating: "x", count: 40_000))\r\n", String(repeating: "x: y\r\n", count: 200)])
    func large(_ fields: String) async throws {
        let server = try await Server()
        let connection = try await Connection(port: server.port)
        try await connection.send("GET /executions/a HTTP/1.1\r\nhost: a\r\n\(fields)\r\n")
        expect(431, "Request Header Fields Too Large", try await connection.reply())
        #expect(try await connection.ends())
    }

    @Test("A body that does not come is told so") func slow() async throws {
        let server = try await Server(configuration: "api: { server: { body_timeout: 300ms } }")
        let connection = try await Connection(port: server.port)
        try await connection.send("POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n{")
        expect(408, "Request Timeout", try await connection.reply())
        #expect(try await connection.ends())
    }

    @Test("What came before is answered first") func behind() async throws {
        let server = try await Server()
        let connection = try await Connection(port: server.port)
        try await connection.send(Server.text("POST", "/executions", #"{"aws_request_id":"a","FunctionName":"f","event":1}"#) + "HELLO\r\n\r\n")
        #expect(try await connection.reply()?.status == 201)
        expect(400, "Bad Request", try await connection.reply())
        #expect(try await connection.ends())
    }
}
#endif
