// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import JSONTape
import Foundation
import Sluice
import StreamRecords
import Synchronization
import Testing

@testable import EventAPI

struct IngestTests {
    @Test(
        "Any JSON is taken, gets an id, and is the answer",
        arguments: [
            (#"{"total": 5}"#, #"{"id":"*","total":5}"#), (#"{"id":"mine","a":1}"#, #"{"id":"mine","a":1}"#),
            (#"{"a":1,"id":17}"#, #"{"a":1,"id":17}"#), (#"{"a":1,"id":null}"#, #"{"id":"*","a":1}"#),
            (#"{"id":{"a":1}}"#, #"{"id":"*","data":{"id":{"a":1}}}"#), (#"{"id":""}"#, #"{"id":"*","data":{"id":""}}"#),
            ("[1,2]", #"{"id":"*","data":[1,2]}"#), ("\"text\"", #"{"id":"*","data":"text"}"#), ("17", #"{"id":"*","data":17}"#),
            ("null", #"{"id":"*","data":null}"#), (" 1e400 ", #"{"id":"*","data":1e400}"#),
        ])
    func anyJSON(body: String, expected: String) async throws {
        let fixture = try await Fixture()
        let answer = await fixture.post("/events?source=shop&type=order%20placed", body)
        #expect(answer.status == 200)
        #expect(answer.flaws == [])
        let id = answer.json["id"]?.stringValue ?? answer.json["id"]?.text ?? ""
        #expect(answer.text == expected.replacingOccurrences(of: "\"*\"", with: "\"\(id)\""))
        let row = await fixture.get("/executions/\(id)").items.first
        #expect(row?["kind"] == "event")
        #expect(row?["source"] == "shop")
        #expect(row?["type"] == "order placed")
        #expect(row?["detail"]?.text == answer.text)
        #expect(row?["time"] == .string(fixture.clock.now.description))
    }

    @Test("An id of its own makes an event one, however often it comes")
    func twice() async throws {
        let fixture = try await Fixture()
        for _ in 0..<3 { #expect(await fixture.post("/events", #"{"id":"e","a":1}"#).status == 200) }
        #expect(try await fixture.store.rows(id: "e").count == 1)
        let ids = await [fixture.post("/events", "{}"), fixture.post("/events", "{}")].map { $0.json["id"] }
        #expect(ids[0] != ids[1])
    }

    @Test("Events come line by line, and so are answered")
    func lines() async throws {
        let fixture = try await Fixture()
        let type = [(name: "content-type", value: "application/x-ndjson; charset=utf-8")]
        let answer = await fixture.post("/events", "{\"id\":\"a\"}\r\n\n5\n{\"id\":\"b\"}", type)
        #expect(answer.status == 200)
        #expect(answer.flaws == [])
        let lines = answer.text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.first == #"{"id":"a"}"#)
        #expect(lines.last == #"{"id":"b"}"#)
        #expect(try await fixture.store.rows(id: "b").count == 1)
        let broken = await fixture.post("/events", "{\"id\":\"c\"}\n{", type)
        #expect(broken.status == 400)
        #expect(broken.json["detail"]?.stringValue?.contains("line 2") == true)
        #expect(try await fixture.store.rows(id: "c") == [])
        #expect(await fixture.post("/events", "", type).status == 200)
        #expect(await fixture.post("/events", "").status == 400)
    }

    @Test("What is not taken is told: 503 where it may be later, 422 where it never will")
    func refused() async throws {
        let ingest = EventIngest { events in
            events.map { event in
                switch event.id {
                case "busy": .retry("the queue is full", after: .seconds(7))
                case "bad": .rejected("it is too large")
                default: .accepted
                }
            }
        }
        let fixture = try await Fixture(ingest: ingest)
        let busy = await fixture.post("/events", #"{"id":"busy"}"#)
        #expect(busy.status == 503)
        #expect(busy.flaws == [])
        #expect(busy.header("retry-after") == "7")
        let bad = await fixture.post("/events", "{\"id\":\"fine\"}\n{\"id\":\"bad\"}\n{\"id\":\"busy\"}", [("content-type", "application/x-ndjson")])
        #expect(bad.status == 422)
        #expect(bad.json["failed"]?.text.contains(#"{"event":2,"id":"bad","detail":"it is too large"}"#) == true)
        #expect(bad.json["failed"]?.text.contains("fine") == false)
        let nowhere = EventAPI(APISettings(), store: fixture.store)
        #expect(await nowhere.respond(to: APIRequest("POST", "/events", body: Array("1".utf8))).status == 501)
        #expect(await fixture.post("/events?source=\(String(repeating: "s", count: 257))", "1").status == 400)
        #expect(await fixture.post("/events?sauce=s", "1").status == 400)
    }

    @Test("Events go down the configured routes, and what a sink says of them is the answer")
    func routes() async throws {
        let taken = TakingSink()
        let pipeline = try Pipeline(
            sinks: [("taken", taken)], routes: [Route(name: "all", to: ["taken"])])
        let fixture = try await Fixture(ingest: EventIngest(through: pipeline))
        #expect(await fixture.post("/events?source=shop", #"{"id":"a","n":1}"#).status == 200)
        let answer = await fixture.post(
            "/events", "{\"id\":\"b\"}\n{\"id\":\"later\"}\n{\"id\":\"c\"}\n{\"id\":\"c\"}", [("content-type", "application/x-ndjson")])
        #expect(answer.status == 503)
        #expect(answer.json["failed"]?.text.contains("later") == true)
        #expect(Set(taken.ids) == ["a", "b", "c"])
        try await pipeline.shutdown()
    }
}

/// Takes what comes, but for one.
private final class TakingSink: Sink {
    private let taken = Mutex<[String]>([])

    init() {}
    init(_ settings: NoSettings, _ context: SinkContext) async throws {}

    var ids: [String] { taken.withLock { $0 } }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        var outcomes = Outcomes(for: batch)
        for (index, delivery) in batch.enumerated() {
            let id = delivery.record.idText
            if id == "later" {
                outcomes[index] = .retry("not now")
            } else {
                taken.withLock { $0.append(id) }
                outcomes[index] = .delivered
            }
        }
        return outcomes
    }

    func shutdown() async throws {}
}

#endif
