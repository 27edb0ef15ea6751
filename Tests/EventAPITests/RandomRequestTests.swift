// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import EventTableTestSupport
import StreamRecords
import Testing
import TestSupport

@testable import EventAPI

/// Requests of all sorts, most of them wrong in some way: each is answered as the description says, and none is the API's own fault.
struct RandomRequestTests {
    private static let words = [
        "r", "r0", "nobody", "orders", "mails", "valid", "invalid", "ok", "error", "", "5", "-1", "1001", "99999999999999999999", "k", "%00", "%C3%A7", "%2F",
        "a%20b", "%", "%zz", "%FF", "..", "ç", "2026-11-20T15:00:00Z", "2026-11-20", "9999-99-99", "null", "true", "Products%20Id=5", "Products%23%7B%22Id%22%3A5%7D",
        "Products%23%7B", "WyJhIiwiYiIsImMiXQ", "arn:aws:lambda:eu-west-1:123456789012:function:orders:live", "asc", "desc", "rerun%23k", "r%23verdict",
    ]

    private static let names = [
        "function", "status", "validity", "from", "until", "order", "limit", "cursor", "lines", "source", "type", "aws_request_id", "FunctionName", "more", "",
    ]

    private static let values = [
        "1", "-0.0", "1e400", "null", "true", "\"\"", "\"r\"", "\"r0\"", "\"orders\"", "\"valid\"", "\"invalid\"", "\"perhaps\"", "\"2026-11-20T15:00:00Z\"", "[]", "{}",
        "{\"id\":5}", "\"\\u0000\"", "\"ç\\ud83d\\ude00\"", "\"\\ud800\"", "\"#\"", "[[[[1]]]]",
    ]

    private static let members = [
        "aws_request_id", "FunctionName", "event", "params", "response", "source", "function_error", "time", "validity", "note", "by", "idempotency_key", "dry_run",
        "wait", "id", "more",
    ]

    private static func body(using random: inout SeededRandom) -> String {
        switch Int.random(in: 0...9, using: &random) {
        case 0: return ""
        case 1: return random.pick(values)
        case 2: return random.pick(["{", "[1,", "nul", "\u{FEFF}{}", "{}{}", "{\"a\":1,}", "\u{0}"])
        default:
            let count = Int.random(in: 0...5, using: &random)
            let parts = (0..<count).map { _ in "\"\(random.pick(members))\":\(random.pick(values))" }
            return "{" + parts.joined(separator: ",") + "}"
        }
    }

    private static func target(using random: inout SeededRandom) -> String {
        var target: String
        if Int.random(in: 0...9, using: &random) == 0 {
            target = (0..<Int.random(in: 0...5, using: &random)).map { _ in "/" + random.pick(words) }.joined()
        } else {
            target = random.pick(APIRoute.all).path.map { "/" + ($0.hasPrefix("{") ? random.pick(words) : $0) }.joined()
        }
        let count = Int.random(in: 0...3, using: &random)
        for number in 0..<count {
            target += (number == 0 ? "?" : "&") + random.pick(names) + random.pick(["=", "=", "=", ""]) + random.pick(words)
        }
        return target
    }

    @Test("Each is answered as the description says", arguments: 0..<20)
    func requests(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let fixture = try await Fixture()
        for number in 0..<3 { try await fixture.save("r\(number)", response: "1", function: number == 1 ? "mails" : "orders") }
        try await fixture.save("r")
        _ = try await fixture.store.write([.put(change("c", sequence: 1))])
        for number in 0..<150 {
            fixture.function.willAnswer("n\(number)", "1")
            let method = random.pick(["GET", "GET", "POST", "POST", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "get", ""])
            let target = Self.target(using: &random)
            let body = Self.body(using: &random)
            let type = random.pick(["application/json", "application/x-ndjson", "text/plain", "", "application/json;charset=utf-8"])
            let answer = await fixture.ask(method, target, [("content-type", type), ("idempotency-key", random.pick(["k", "", "\"q\""]))], body)
            #expect(answer.flaws == [], "seed \(seed): \(method) \(target) \(type) \(body)")
            #expect(answer.status < 500, "seed \(seed): \(method) \(target) \(body): \(answer.text)")
        }
    }
}

#endif
