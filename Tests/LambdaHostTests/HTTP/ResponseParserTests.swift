// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Testing
import TestSupport

@testable import LambdaHost

/// What the parser makes of an answer, given to it in pieces.
private struct Parsed: Equatable {
    var status: Int
    var fields: [String]
    var body: [UInt8]
    var keepsAlive: Bool
    /// How many bytes were left over.
    var rest: Int
}

/// - Parameters:
///   - cuts: where a piece ends.
///   - closes: whether the connection ends behind the bytes.
private func parse(_ bytes: [UInt8], cuts: [Int] = [], closes: Bool = false, limits: HTTPLimits = HTTPLimits()) throws(HTTPError) -> Parsed? {
    var parser = HTTPResponseParser(limits: limits)
    var start = 0
    var rest = 0
    for end in cuts.filter({ $0 < bytes.count }) + [bytes.count] where end >= start {
        var piece = JSONBuffer()
        piece.append(bytes[start..<end])
        let taken = try parser.consume(piece)
        if taken < piece.count { rest = bytes.count - start - taken }
        start = end
        if rest > 0 { break }
    }
    if closes { try parser.end() }
    guard parser.isComplete else { return nil }
    let keeps = parser.head.keepsAlive && !parser.endsWithConnection
    let response = parser.finish()
    return Parsed(
        status: response.status, fields: response.head.fields.map { "\($0.name)=\($0.value)" },
        body: response.body[0..<response.body.count], keepsAlive: keeps, rest: rest)
}

private func parse(_ text: String, closes: Bool = false, limits: HTTPLimits = HTTPLimits()) throws(HTTPError) -> Parsed? {
    try parse(Array(text.utf8), closes: closes, limits: limits)
}

@Suite("HTTP answers")
struct ResponseParserTests {
    /// Answers that are right, each with what it says.
    private static let sound: [(text: String, status: Int, body: String, keepsAlive: Bool)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
        ("HTTP/1.1 202 Accepted\r\ncontent-length:\t 15 \t\r\n\r\n{\"status\":\"OK\"}", 202, "{\"status\":\"OK\"}", true),
        ("HTTP/1.1 200 \r\nCONTENT-LENGTH: 0\r\n\r\n", 200, "", true),
        ("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nab", 200, "ab", true),
        ("HTTP/1.1 200 OK\nContent-Length: 2\n\nab", 200, "ab", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab", 200, "ab", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: Keep-Alive, Close\r\n\r\nab", 200, "ab", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab", 200, "ab", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nab", 200, "ab", true),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", true),
        ("HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", 204, "", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n", 200, "abc0123456789", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0003 \r\nabc\r\n0\r\nTrailer: 1\r\nOther: 2\r\n\r\n", 200, "abc", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, "", true),
    ]

    @Test("sound answers are read, in whatever pieces they come")
    func soundAnswers() throws {
        for (text, status, body, keepsAlive) in Self.sound {
            let bytes = Array(text.utf8)
            let whole = try #require(try parse(bytes), "\(text)")
            #expect(whole.status == status && whole.body == Array(body.utf8) && whole.keepsAlive == keepsAlive && whole.rest == 0, "\(text)")
            // Every way to cut it in two, and byte by byte.
            for cut in 0...bytes.count { #expect(try parse(bytes, cuts: [cut]) == whole, "\(text) cut at \(cut)") }
            #expect(try parse(bytes, cuts: Array(0..<bytes.count)) == whole, "\(text)")
            // Cut short, it is never taken for whole.
            for end in 0..<bytes.count {
                #expect(try parse(Array(bytes[..<end])) == nil, "\(text) ending at \(end)")
                #expect(throws: HTTPError.self) { try parse(Array(bytes[..<end]), closes: true) }
            }
        }
    }

    @Test("header fields are found whatever their capitals; the first of a name counts")
    func fields() throws {
        var parser = HTTPResponseParser()
        var bytes = JSONBuffer()
        bytes.append("HTTP/1.1 200 OK\r\nLAMBDA-runtime-Aws-Request-ID:  a b \r\nlambda-runtime-aws-request-id: second\r\nEmpty:\r\nContent-Length: 0\r\n\r\n".utf8)
        _ = try parser.consume(bytes)
        let head = parser.finish().head
        #expect(head["lambda-runtime-aws-request-id"] == "a b")
        #expect(head["empty"] == "")
        #expect(head["absent"] == nil)
    }

    @Test("without a length the body goes to the connection's end")
    func untilClose() throws {
        let text = "HTTP/1.1 200 OK\r\n\r\nsome text"
        #expect(try parse(text) == nil)
        let parsed = try #require(try parse(text, closes: true))
        #expect(parsed.body == Array("some text".utf8) && !parsed.keepsAlive)
    }

    @Test("what comes behind an answer is left alone")
    func leftOver() throws {
        let parsed = try #require(try parse("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 500"))
        #expect(parsed.body == Array("ab".utf8) && parsed.rest == 12)
    }

    @Test("what is not HTTP/1.1 is refused", arguments: [
        "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "\r\n\r\n",
        "HTTP/1.1\r\n\r\n", "SSH-2.0-OpenSSH\r\n", "HTTP/1.x 200 OK\r\n\r\n", "HTTP/1.1 +20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\n: value\r\n\r\n", "HTTP/1.1 200 OK\r\nname : value\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\u{0}c\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ng\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
    ])
    func malformed(_ text: String) throws {
        let error = #expect(throws: HTTPError.self) { _ = try parse(text) }
        #expect(error?.code == .malformed && error?.message.contains("\n") == false)
    }

    @Test("limits hold at their edge")
    func limits() throws {
        let limits = HTTPLimits(head: 60, fields: 2, body: 8)
        func outcome(_ text: String) throws -> HTTPError.Code? {
            do { _ = try parse(text, closes: false, limits: limits) } catch { return (error as HTTPError).code }
            return nil
        }
        #expect(try outcome("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n12345678") == nil)
        #expect(try outcome("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n") == .tooLarge)
        #expect(try outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n4\r\nabcd\r\n0\r\n\r\n") == nil)
        #expect(try outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n5\r\n") == .tooLarge)
        #expect(try outcome("HTTP/1.1 200 OK\r\n\r\n123456789") == .tooLarge)
        #expect(try outcome("HTTP/1.1 200 OK\r\na: 1\r\nb: 2\r\n\r\n") == nil)
        #expect(try outcome("HTTP/1.1 200 OK\r\na: 1\r\nb: 2\r\nc: 3\r\n\r\n") == .tooLarge)
        // A header without an end is given up as soon as it is too long, and not gathered for ever.
        #expect(try outcome("HTTP/1.1 200 " + String(repeating: "x", count: 47)) == .tooLarge)
        #expect(try outcome("HTTP/1.1 200 " + String(repeating: "x", count: 46)) == nil)
    }

    @Test("random cuts never change an answer; random damage never does harm")
    func randomDamage() throws {
        var random = SeededRandom(announcing: "HTTP answers")
        let seed = random.seed
        for round in 0..<3000 {
            let (text, _, _, _) = Self.sound[Int.random(in: 0..<Self.sound.count, using: &random)]
            let bytes = Array(text.utf8)
            let whole = try parse(bytes)
            let cuts = (0..<Int.random(in: 0...6, using: &random)).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
            #expect(try parse(bytes, cuts: cuts) == whole, "seed \(seed), round \(round)")

            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: damaged[place] = UInt8.random(in: 0...255, using: &random)
                case 1: damaged.remove(at: place)
                default: damaged.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
                if damaged.isEmpty { break }
            }
            // Whole and in pieces it means the same, be that an answer or an error.
            let once = Result { try parse(damaged, closes: true) }
            let pieces = Result { try parse(damaged, cuts: cuts, closes: true) }
            switch (once, pieces) {
            case (.success(let a), .success(let b)): #expect(a == b, "seed \(seed), round \(round): \(shown(damaged))")
            case (.failure(let a as HTTPError), .failure(let b as HTTPError)):
                #expect(a.code == b.code, "seed \(seed), round \(round): \(shown(damaged))")
            default: Issue.record("seed \(seed), round \(round): \(shown(damaged)) is read in one way whole, in another in pieces")
            }
        }
    }

    @Test("addresses of the Runtime API", arguments: [
        ("127.0.0.1:9001", "127.0.0.1", 9001), ("localhost:80", "localhost", 80), ("[::1]:9001", "::1", 9001), ("sluice.local:65535", "sluice.local", 65535),
    ])
    func endpoints(_ text: String, _ host: String, _ port: Int) throws {
        let endpoint = try #require(Endpoint(text))
        #expect(endpoint.host == host && Int(endpoint.port) == port && endpoint.description == text)
    }

    @Test("what is no address", arguments: ["", "127.0.0.1", ":9001", "host:", "host:0", "host:65536", "host:80x", "::1:9001", "a b:80", "http://a:80", "a\r\nX: y:80"])
    func noEndpoints(_ text: String) { #expect(Endpoint(text) == nil) }
}
