// SPDX-License-Identifier: Apache-2.0

#if Server && SQLite
import Foundation
import JSONTape
import Testing

/// How connections are treated: kept, cut off, and answered when what comes is no request.
@Suite("Connections of sluice serve") struct ServeConnectionTests {
    @Test("A connection is kept, takes requests that come together, and HEAD and OPTIONS") func kept() async throws {
        let server = try await Server()
        let connection = try await Connection(port: server.port)
        for number in 0..<3 {
            try await connection.send(Server.text("POST", "/executions", #"{"aws_request_id":"r\#(number)","FunctionName":"f","event":1}"#))
            #expect(try await connection.reply()?.status == 201)
        }
        try await connection.send(Server.text("GET", "/executions/r0") + Server.text("GET", "/executions/r1") + Server.text("GET", "/executions/none"))
        #expect(try await connection.reply()?.text.contains(#""id":"r0""#) == true)
        #expect(try await connection.reply()?.text.contains(#""id":"r1""#) == true)
        #expect(try await connection.reply()?.status == 404)
        try await connection.send(Server.text("HEAD", "/executions/r2") + Server.text("OPTIONS", "/executions/r2"))
        let head = try await connection.reply(isHead: true)
        #expect(head?.status == 200 && Int(head?.header("content-length") ?? "") ?? 0 > 20, "\(String(describing: head))")
        let options = try await connection.reply()
        #expect(options?.status == 204 && options?.header("allow") == "GET, HEAD, OPTIONS", "\(String(describing: options))")
        try await connection.send(Server.text("DELETE", "/executions/r2"))
        let refused = try await connection.reply()
        #expect(refused?.status == 405 && refused?.header("allow") == "GET, HEAD, OPTIONS")
        try await connection.send(Server.text("GET", "/openapi.json", headers: ["connection": "close"]))
        #expect(try await connection.reply()?.json["openapi"]?.stringValue == "3.1.0")
        #expect(try await connection.ends())
    }

    @Test("A client of HTTP/1.0 is answered, and its connection ended") func older() async throws {
        let server = try await Server()
        let connection = try await Connection(port: server.port)
        try await connection.send("GET /executions/none HTTP/1.0\r\n\r\n")
        #expect(try await connection.reply()?.status == 404)
        #expect(try await connection.ends())
    }

    @Test(
        "What is no HTTP is answered 400, and the connection ended",
        arguments: [
            "HELLO\r\n\r\n", "GET / HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n", "GET /a b c HTTP/1.1\r\n\r\n",
            "POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
            "POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n", "\u{0}\u{1}\u{2}\u{3}\r\n\r\n",
            "POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: a\r\nlong: \(String(repeating: "x", count: 40_000))\r\n\r\n",
        ])
    func malformed(_ text: String) async throws {
        let server = try await Server()
        let connection = try await Connection(port: server.port)
        try await connection.send(text)
        let reply = try await connection.reply()
        #expect(reply == nil || [400, 431].contains(reply?.status ?? 0), "\(String(describing: reply))")
        #expect(try await connection.ends())
        // It goes on serving others.
        #expect(try await server.get("/openapi.json").status == 200)
    }

    @Test("A body that is too large is refused before it is there, announced or not", arguments: [true, false])
    func large(isAnnounced: Bool) async throws {
        let server = try await Server(configuration: "api: { max_body: 1 MiB }")
        let connection = try await Connection(port: server.port)
        let framing = isAnnounced ? "content-length: 100000000000" : "transfer-encoding: chunked"
        try await connection.send("POST /events HTTP/1.1\r\nhost: a\r\n\(framing)\r\n\r\n")
        if !isAnnounced {
            let part = "10000\r\n" + String(repeating: "1", count: 0x10000) + "\r\n"
            for _ in 0..<17 { try await connection.send(part) }
        }
        let reply = try await connection.reply()
        #expect(reply?.status == 413 && reply?.header("content-type") == "application/problem+json", "\(String(describing: reply))")
        #expect(reply?.header("connection") == "close")
        #expect(try await connection.ends())
        let whole = "\"" + String(repeating: "x", count: (1 << 20) - 2) + "\""
        #expect(try await server.post("/events", whole).status == 200, "a body of just the size is taken")
        #expect(try await server.post("/events", whole + " ").status == 413)
    }

    @Test("A client that waits to be told to go on is told so, or refused") func expecting() async throws {
        let server = try await Server(configuration: "api: { max_body: 1 MiB }")
        let connection = try await Connection(port: server.port)
        try await connection.send("POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n")
        #expect(try await connection.reply()?.status == 100)
        try await connection.send("{}")
        #expect(try await connection.reply()?.status == 200)
        try await connection.send("POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 2000000\r\nexpect: 100-continue\r\n\r\n")
        #expect(try await connection.reply()?.status == 413)
    }

    @Test(
        "A client that is too slow is cut off, others are served",
        arguments: [
            ("", false), ("GET /openapi.json HT", false), ("GET /openapi.json HTTP/1.1\r\nhost: a\r\n", true),
            ("POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n{", false),
            ("POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n{", true),
        ])
    func slow(_ beginning: String, drips: Bool) async throws {
        let server = try await Server(
            configuration: "api: { server: { header_timeout: 2s, body_timeout: 3s, idle_timeout: 4s } }")
        let connection = try await Connection(port: server.port)
        try await connection.send(beginning)
        // Bytes that come one by one do not help.
        let dripping = drips ? connection.dripping() : nil
        let reply = try await connection.reply()
        #expect(reply == nil || reply?.status == 408, "\(String(describing: reply))")
        #expect(try await connection.ends())
        dripping?.cancel()
        #expect(try await server.getInTime("/executions/none").status == 404)
        #expect(try await server.getInTime("/executions?function=orders").text == #"{"items":[]}"#, "nothing came of it")
    }

    @Test("A connection without a request is ended after a while") func idle() async throws {
        let server = try await Server(configuration: "api: { server: { idle_timeout: 3s } }")
        let connection = try await Connection(port: server.port)
        try await connection.send(Server.text("GET", "/executions/none"))
        #expect(try await connection.reply()?.status == 404)
        #expect(try await connection.ends())
    }

    @Test("A body that breaks off comes to nothing") func broken() async throws {
        let server = try await Server()
        for framing in ["content-length: 100", "transfer-encoding: chunked"] {
            let connection = try await Connection(port: server.port)
            let body = framing.hasPrefix("c") ? "{\"id\":\"half\"}\n" : "e\r\n{\"id\":\"half\"}\n\r\n"
            try await connection.send("POST /events HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-ndjson\r\n\(framing)\r\n\r\n\(body)")
            try await connection.finishSending()
            let reply = try await connection.reply()
            #expect(reply == nil || reply?.status == 400, "\(String(describing: reply))")
        }
        #expect(try await server.get("/executions/half").status == 404)
    }
}
#endif
