// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import Foundation
import JSONTape
import Testing

@testable import EventAPI

/// What older clients ask.
struct LegacyTests {
    @Test("An execution is looked up by parameters and by a body, whatever else is sent")
    func query() async throws {
        let fixture = try await Fixture()
        try await fixture.save("r", function: "orders")
        try await fixture.save("r", function: "mails")
        let all = await fixture.get("/consulta_logs?aws_request_id=r&limit=5")
        #expect(all.status == 200)
        #expect(all.flaws == [])
        #expect(all.items.map { $0["FunctionName"]?.stringValue } == ["mails", "orders"])
        #expect(all.items.first?["aws_request_id"] == "r")
        #expect(all.items.first?["params"]?.text == #"{"id":5}"#)
        let one = await fixture.post("/consulta_logs", #"{"aws_request_id":"r","FunctionName":"orders","page":1}"#, [("content-type", "text/plain")])
        #expect(one.status == 200)
        #expect(one.items.map { $0["FunctionName"]?.stringValue } == ["orders"])
        #expect(await fixture.get("/consulta_logs?aws_request_id=s").status == 404)
        #expect(await fixture.get("/consulta_logs").status == 400)
        #expect(await fixture.post("/consulta_logs", "{}").status == 400)
        #expect(await fixture.post("/consulta_logs", "r").status == 400)
    }

    /// `/reexecuta_função` in every way that it may arrive.
    static let spellings: [APIRequest] = {
        let composed = "/reexecuta_função".precomposedStringWithCanonicalMapping
        let decomposed = composed.decomposedStringWithCanonicalMapping
        var requests: [APIRequest] = []
        for path in [composed, decomposed, "/reexecuta_funcao"] {
            let encoded = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
            requests += [
                APIRequest("POST", path), APIRequest("POST", encoded), APIRequest("POST", encoded.replacingOccurrences(of: "%C3", with: "%c3")),
                APIRequest("POST", path + "/"), APIRequest("POST", decodedPath: path),
            ]
        }
        return requests
    }()

    @Test("The path is understood however it is spelt and encoded", arguments: 0..<15)
    func spelling(number: Int) async throws {
        let fixture = try await Fixture()
        try await fixture.save("r")
        var request = Self.spellings[number]
        request.body = Array(#"{"aws_request_id":"r","FunctionName":"orders"}"#.utf8)
        let answer = Answer(await fixture.api.respond(to: request), to: request)
        #expect(answer.status == 202, "\(request.path)")
        #expect(answer.flaws == [])
        #expect(fixture.jobs.all.count == 1)
    }

    @Test(
        "With validity it marks, and runs nothing",
        arguments: [(#""valid""#, "valid"), (#""INVALID""#, "invalid"), ("true", "valid"), ("false", "invalid")])
    func marking(told: String, validity: String) async throws {
        let fixture = try await Fixture()
        try await fixture.save("r")
        let answer = await fixture.post(
            "/reexecuta_função", #"{"aws_request_id":"r","FunctionName":"orders","validity":\#(told),"note":"n","user":"u"}"#)
        #expect(answer.status == 201)
        #expect(answer.flaws == [])
        #expect(await fixture.get("/executions/r").items.first?["validity"]?.stringValue == validity)
        #expect(fixture.jobs.all == [])
        #expect(fixture.function.calls == [])
        #expect(await fixture.post("/reexecuta_função", #"{"aws_request_id":"nobody","validity":\#(told)}"#).status == 404)
    }

    @Test("A verdict of another form is refused, and runs nothing", arguments: ["\"perhaps\"", "null", "1", "{}"])
    func wrong(told: String) async throws {
        let fixture = try await Fixture()
        try await fixture.save("r")
        let answer = await fixture.post("/reexecuta_função", #"{"aws_request_id":"r","validity":\#(told)}"#)
        #expect(answer.status == 400)
        #expect(answer.flaws == [])
        #expect(fixture.jobs.all == [])
    }
}

#endif
