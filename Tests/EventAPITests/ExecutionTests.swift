// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import EventTableTestSupport
import JSONTape
import Sluice
import StreamRecords
import Testing

@testable import EventAPI

/// Looking up, listing and saving.
struct ExecutionTests {
    @Test("An execution comes with its figures and its lines")
    func lookUp() async throws {
        let fixture = try await Fixture()
        try await fixture.save("r/1 ü", params: #"{"big":12345678901234567890.123}"#, response: "null")
        let stream = LogLine.Stream(account: "1", group: "/aws/lambda/orders", name: "s")
        var facts = Invocation(key: EventKey(id: "r/1 ü", name: "orders"), seen: at(1))
        facts.report = .init(at: at(9), durationMS: 4.25, billedMS: 5, memoryMB: 128, maxMemoryMB: 60)
        _ = try await fixture.store.write([
            .note(facts), .line(LogLine(stream: stream, time: at(1), id: "l", requestID: "r/1 ü", message: "START RequestId: r/1 ü\n")),
        ])
        let answer = await fixture.get("/executions/r%2F1%20%C3%BC")
        #expect(answer.status == 200)
        #expect(answer.flaws == [])
        let row = try #require(answer.items.first)
        #expect(row["function"] == "orders")
        #expect(row["status"] == "ok")
        #expect(row["duration_ms"] == .number("4.25"))
        #expect(row["params"]?["big"] == .number("12345678901234567890.123"))
        #expect(row["response"] == .null)
        #expect(row["lines"] == .array([.object([
            JSONMember(name: "time", value: .string(at(1).description)), JSONMember(name: "id", value: "l"),
            JSONMember(name: "group", value: "/aws/lambda/orders"), JSONMember(name: "stream", value: "s"),
            JSONMember(name: "message", value: "START RequestId: r/1 ü\n"),
        ])]))
        #expect(await fixture.get("/executions/r%2F1%20%C3%BC?lines=0").items.first?["lines"] == nil)
        #expect(await fixture.get("/executions/r%2F1%20ü?function=arn:aws:lambda:eu-west-1:123456789012:function:orders:live").status == 200)
        #expect(await fixture.get("/executions/r%2F1%20%C3%BC?function=mails").status == 404)
        let head = await fixture.ask("HEAD", "/executions/r%2F1%20%C3%BC")
        #expect(head.status == 200)
        #expect(head.response.body.isEmpty)
    }

    @Test(
        "Numbers are exact, or doubles, or strings",
        arguments: [
            (EventRowWriter.Numbers.exact, #"{"a":12345678901234567890.10,"b":[1e400,5.0]}"#),
            (.double, #"{"a":1.2345678901234567e+19,"b":["1e400",5]}"#), (.string, #"{"a":"12345678901234567890.10","b":["1e400","5.0"]}"#),
        ])
    func numbers(form: EventRowWriter.Numbers, expected: String) async throws {
        let fixture = try await Fixture(APISettings(numbers: form))
        try await fixture.save("r", params: #"{"a":12345678901234567890.10,"b":[1e400,5.0]}"#)
        let answer = await fixture.get("/executions/r")
        #expect(answer.items.first?["params"]?.text == expected)
        var entry = change("c", sequence: 1)
        entry.payload = #"{"kind":"change","id":"c","new":{"price":12345678901234567890.10}}"#
        entry.causedBy = "r"
        _ = try await fixture.store.write([.put(entry)])
        let row = await fixture.get("/executions/c").items.first
        #expect(row?["caused_by"] == "r")
        let price: JSONValue =
            switch form {
            case .exact: .number("12345678901234567890.10")
            case .double: .number("1.2345678901234567e+19")
            case .string: .string("12345678901234567890.10")
            }
        #expect(row?["new"]?["price"] == price)
    }

    @Test("Pages follow each other by their word, in both orders")
    func pages() async throws {
        let fixture = try await Fixture()
        for number in 0..<7 {
            try await fixture.save("r\(number)")
            fixture.clock.move(1)
        }
        for (order, expected) in [("asc", (0..<7).map { "r\($0)" }), ("desc", (0..<7).reversed().map { "r\($0)" })] {
            var ids: [String] = []
            var target: String? = "/executions?function=orders&order=\(order)&limit=3"
            while let here = target {
                let answer = await fixture.get(here)
                #expect(answer.status == 200)
                #expect(answer.flaws == [])
                ids += answer.items.compactMap { $0["id"]?.stringValue }
                target = answer.json["next"]?.stringValue.map { "/executions?function=orders&order=\(order)&limit=3&cursor=\($0)" }
            }
            #expect(ids == expected)
        }
        let some = await fixture.get("/executions?function=orders&from=2026-11-20T15:00:00.002Z&until=2026-11-20T15:00:00.004Z&order=asc")
        #expect(some.items.compactMap { $0["id"]?.stringValue } == ["r2", "r3"])
    }

    @Test(
        "What is wrong in a listing is told",
        arguments: [
            "", "?status=ok", "?function=", "?status=fine&function=f", "?limit=0&function=f", "?limit=1001&function=f", "?limit=+5&function=f",
            "?from=yesterday&function=f", "?cursor=abc&function=f", "?functon=f", "?function=f&function=g", "?function=%zz", "?function=%ff", "?order=up&function=f",
        ])
    func wrong(query: String) async throws {
        let fixture = try await Fixture()
        let answer = await fixture.get("/executions\(query)")
        #expect(answer.status == 400)
        #expect(answer.flaws == [])
        #expect(answer.header("content-type") == "application/problem+json")
        #expect(answer.json["status"] == .number("400"))
    }

    @Test("The history of an item, whether its key is a number or a text")
    func history() async throws {
        let fixture = try await Fixture()
        _ = try await fixture.store.write((0..<3).map { .put(change("c\($0)", at: at(Int64($0)), sequence: $0 + 1)) })
        for subject in ["Products%23%7B%22Id%22%3A5%7D", "Products%20Id=5", "Products%20Id=5.0", "Products%23%7B%22Id%22:%205.0%7D"] {
            let answer = await fixture.get("/subjects/\(subject)")
            #expect(answer.status == 200)
            #expect(answer.flaws == [])
            #expect(answer.items.compactMap { $0["id"]?.stringValue } == ["c0", "c1", "c2"], "\(subject)")
        }
        #expect(await fixture.get("/subjects/Products%20Id=5?order=desc&limit=1").items.first?["id"] == "c2")
        #expect(await fixture.get("/subjects/Products%20Id=6").items == [])
        #expect(await fixture.get("/subjects/Products").status == 400)
    }

    // MARK: Saving

    @Test("An execution is saved in either form, once; another of the same is a conflict")
    func saving() async throws {
        let fixture = try await Fixture()
        let short = #"{"aws_request_id":"a b","FunctionName":"arn:aws:lambda:eu-west-1:123456789012:function:orders:7","event":{"id":5}}"#
        let first = await fixture.post("/executions", short)
        #expect(first.status == 201)
        #expect(first.flaws == [])
        #expect(first.header("location") == "/executions/a%20b")
        #expect(await fixture.post("/executions", short).status == 200)
        let long = #"{"aws_request_id":"a b","FunctionName":"orders","params":{"id": 5},"response":[1],"source":"s","time":"2026-11-20T14:00:00Z"}"#
        #expect(await fixture.post("/executions", long).status == 201)
        let row = await fixture.get("/executions/a%20b").items.first
        #expect(row?["qualifier"] == "7")
        #expect(row?["params"]?.text == #"{"id":5}"#)
        #expect(row?["response"]?.text == "[1]")
        #expect(row?["source"] == "s")
        #expect(row?["time"] == "2026-11-20T14:00:00.000Z")
        let other = await fixture.post("/executions", #"{"aws_request_id":"a b","FunctionName":"orders","event":{"id":6}}"#)
        #expect(other.status == 409)
        #expect(other.flaws == [])
        #expect(other.json["columns"]?.text == #"["params"]"#)
    }

    @Test(
        "What is no execution is refused and stored nowhere",
        arguments: [
            ("", 400), ("{", 400), ("[]", 400), ("{}", 400), (#"{"aws_request_id":"r","FunctionName":"f"}"#, 400),
            (#"{"aws_request_id":"","FunctionName":"f","event":1}"#, 400), (#"{"aws_request_id":5,"FunctionName":"f","event":1}"#, 400),
            (#"{"aws_request_id":"r","event":1}"#, 400), (#"{"aws_request_id":"r#params","FunctionName":"f","event":1}"#, 400), (#"{"aws_request_id":"r","FunctionName":"f","event":1,"params":1}"#, 400),
            (#"{"aws_request_id":"r","FunctionName":"f","event":1,"more":1}"#, 400), (#"{"aws_request_id":"r","FunctionName":"f","event":1,"time":"now"}"#, 400),
            (#"{"aws_request_id":"r","FunctionName":"f","event":1,"source":5}"#, 400), (#"{"aws_request_id":"r","aws_request_id":"r","FunctionName":"f","event":1}"#, 400),
        ])
    func refused(body: String, status: Int) async throws {
        let fixture = try await Fixture()
        let answer = await fixture.post("/executions", body)
        #expect(answer.status == status)
        #expect(answer.flaws == [])
        #expect(try await fixture.store.rows(id: "r") == [])
        let direct = await fixture.api.save(directly: Array(body.utf8))
        #expect(direct.status == status)
        #expect(try await fixture.store.rows(id: "r") == [])
    }

    @Test("A body that is too large, or no JSON by its own word, is refused")
    func bodies() async throws {
        let fixture = try await Fixture(APISettings(maximumBody: ByteCount(100)))
        let large = await fixture.post("/executions", #"{"aws_request_id":"r","FunctionName":"f","event":"\#(String(repeating: "x", count: 100))"}"#)
        #expect(large.status == 413)
        #expect(large.flaws == [])
        let small = #"{"aws_request_id":"r","FunctionName":"f","event":1}"#
        let text = await fixture.post("/executions", small, [("content-type", "text/plain")])
        #expect(text.status == 415)
        #expect(text.flaws == [])
        #expect(await fixture.post("/executions", small, [("content-type", "application/json; charset=utf-8")]).status == 201)
    }

    @Test("What is saved may be kept for a time only")
    func retention() async throws {
        let fixture = try await Fixture(APISettings(retention: .seconds(3600)))
        _ = await fixture.post("/executions", #"{"aws_request_id":"r","FunctionName":"f","event":1,"time":"2999-11-20T14:00:00Z"}"#)
        guard case .invocation(let row)? = try await fixture.store.rows(id: "r").first else {
            Issue.record("there is no row")
            return
        }
        #expect(row.expiresAt == (row.time?.milliseconds ?? 0) / 1000 + 3600)
    }

    @Test("Paths and methods that are not there")
    func nowhere() async throws {
        let fixture = try await Fixture()
        for target in ["/", "/execution", "/executions/r/more", "/executions//verdicts", "/executions/r/reruns/k/x"] {
            #expect(await fixture.get(target).status == 404, "\(target)")
        }
        let answer = await fixture.ask("DELETE", "/executions/r")
        #expect(answer.status == 405)
        #expect(answer.header("allow") == "GET, HEAD, OPTIONS")
        #expect(await fixture.get("/executions/r%2").status == 400)
    }
}

#endif
