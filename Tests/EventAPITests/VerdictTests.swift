// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import JSONTape
import Testing

@testable import EventAPI

struct VerdictTests {
    @Test("A verdict is kept with its author, and all of them are told")
    func verdicts() async throws {
        let key = try #require(APIKey(name: "Ana's desk", sha256: APIKey.sha256(of: "k"), scopes: [.judge, .read]))
        let fixture = try await Fixture(APISettings(keys: [key]))
        try await fixture.save("r")
        let header = [(name: "x-api-key", value: "k")]
        let first = await fixture.post("/executions/r/verdicts", #"{"validity":"invalid","note":"the sum is wrong"}"#, header)
        #expect(first.status == 201)
        #expect(first.flaws == [])
        #expect(first.json["by"] == "Ana's desk")
        fixture.clock.move(5)
        let second = await fixture.post("/executions/r/verdicts", #"{"validity":"valid","by":"Bo"}"#, header)
        #expect(second.status == 201)
        let row = await fixture.get("/executions/r", header).items.first
        #expect(row?["validity"] == "valid")
        #expect(row?["validity_by"] == "Bo")
        #expect(row?["validity_note"] == nil)
        let all = await fixture.get("/executions/r/verdicts", header)
        #expect(all.flaws == [])
        #expect(all.items.map { $0["validity"]?.stringValue } == ["invalid", "valid"])
        #expect(all.items.first?["note"] == "the sum is wrong")
        #expect(await fixture.get("/executions?validity=valid", header).items.count == 1)
        #expect(await fixture.get("/executions?validity=invalid", header).items.count == 0)
    }

    @Test("Nobody is judged who is not there, and of two one is named")
    func absent() async throws {
        let fixture = try await Fixture()
        let body = #"{"validity":"valid"}"#
        let answer = await fixture.post("/executions/nobody/verdicts", body)
        #expect(answer.status == 404)
        #expect(answer.flaws == [])
        #expect(try await fixture.store.rows(id: "nobody") == [])
        try await fixture.save("r", function: "orders")
        try await fixture.save("r", function: "mails")
        #expect(await fixture.post("/executions/r/verdicts", body).status == 409)
        #expect(await fixture.get("/executions/r/verdicts").status == 409)
        #expect(await fixture.post("/executions/r/verdicts?function=mails", body).status == 201)
        #expect(await fixture.get("/executions/r/verdicts?function=mails").items.count == 1)
        #expect(await fixture.get("/executions/r/verdicts?function=orders").items.count == 0)
    }

    @Test(
        "A verdict of another form is refused",
        arguments: [
            "", "{}", #"{"validity":"perhaps"}"#, #"{"validity":true}"#, #"{"validity":"valid","note":5}"#, #"{"validity":"valid","at":"now"}"#,
            #"{"validity":"valid","by":"\#(String(repeating: "x", count: 257))"}"#,
            #"{"validity":"valid","note":"\#(String(repeating: "x", count: 4097))"}"#,
        ])
    func refused(body: String) async throws {
        let fixture = try await Fixture()
        try await fixture.save("r")
        let answer = await fixture.post("/executions/r/verdicts", body)
        #expect(answer.status == 400)
        #expect(answer.flaws == [])
        #expect(await fixture.get("/executions/r/verdicts").items == [])
    }
}

#endif
