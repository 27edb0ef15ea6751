// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import Sluice
import StreamRecords
import Testing

@testable import EventAPI

/// Who may ask, and how much.
struct AccessTests {
    /// Every scope's key, and one with no plan for none of it.
    private static func settings() throws -> APISettings {
        APISettings(
            keys: try APIScope.allCases.map { scope in
                try #require(APIKey(name: scope.rawValue, sha256: APIKey.sha256(of: "key-\(scope.rawValue)"), scopes: [scope]))
            }, cors: .init(origins: ["https://example.org"]))
    }

    /// A request of each scope.
    private static let requests: [(scope: APIScope, method: String, target: String, body: String)] = [
        (.read, "GET", "/executions?function=orders", ""), (.read, "GET", "/executions/r", ""), (.read, "GET", "/executions/r/verdicts", ""),
        (.read, "GET", "/subjects/Products%20Id=5", ""), (.read, "GET", "/executions/r/reruns/k", ""), (.read, "GET", "/consulta_logs?aws_request_id=r", ""),
        (.read, "POST", "/consulta_logs", #"{"aws_request_id":"r"}"#), (.judge, "POST", "/executions/r/verdicts", #"{"validity":"valid"}"#),
        (.judge, "POST", "/reexecuta_função", #"{"aws_request_id":"r","validity":"valid"}"#), (.execute, "POST", "/executions/r/reruns", ""),
        (.execute, "POST", "/reexecuta_fun%C3%A7%C3%A3o", #"{"aws_request_id":"r"}"#),
        (.ingest, "POST", "/executions", #"{"aws_request_id":"s","FunctionName":"orders","event":1}"#), (.ingest, "POST", "/events", "1"),
    ]

    @Test("A key opens its scope and no other; none, a wrong, a truncated and an empty one open nothing")
    func scopes() async throws {
        let fixture = try await Fixture(try Self.settings())
        try await fixture.save("r")
        let origin = (name: "Origin", value: "https://example.org")
        for (scope, method, target, body) in Self.requests {
            for other in APIScope.allCases {
                let answer = await fixture.ask(method, target, [("X-Api-Key", "key-\(other.rawValue)"), origin], body)
                #expect(answer.flaws == [], "\(method) \(target)")
                #expect((answer.status == 403) == (other != scope), "\(method) \(target) with the key of \(other): \(answer.status)")
                #expect(answer.status != 401)
                #expect(answer.header("access-control-allow-origin") == "https://example.org")
            }
            let right = "key-\(scope.rawValue)"
            for wrong in [nil, "", String(right.dropLast()), right + "x", right.uppercased(), "nobody's"] {
                let answer = await fixture.ask(method, target, [origin] + (wrong.map { [("x-api-key", $0)] } ?? []), body)
                #expect(answer.status == 401, "\(method) \(target) with \(wrong ?? "no key")")
                #expect(answer.flaws == [])
                #expect(answer.header("www-authenticate") != nil)
                #expect(answer.header("access-control-allow-origin") == "https://example.org")
                #expect(!answer.text.contains("key-"))
            }
        }
    }

    @Test("A token opens what brings events in, and nothing else")
    func tokens() async throws {
        let fixture = try await Fixture(try Self.settings())
        for header in [("authorization", "Bearer key-ingest"), ("Authorization", "bearer  key-ingest"), ("token", "key-ingest")] {
            #expect(await fixture.post("/events", "1", [header]).status == 200)
            #expect(await fixture.post("/executions", #"{"aws_request_id":"s","FunctionName":"o","event":1}"#, [header]).status < 300)
        }
        #expect(await fixture.post("/events", "1", [("authorization", "Basic key-ingest")]).status == 401)
        #expect(await fixture.get("/executions/s", [("authorization", "Bearer key-read")]).status == 401)
        #expect(await fixture.get("/executions/s", [("token", "key-read")]).status == 401)
    }

    @Test("The document needs no key, and without keys nothing does")
    func open() async throws {
        let closed = try await Fixture(try Self.settings())
        #expect(!closed.api.isOpen)
        #expect(await closed.get("/openapi.json").status == 200)
        let open = try await Fixture()
        #expect(open.api.isOpen)
        #expect(await open.get("/executions?function=orders").status == 200)
    }

    // MARK: Plans

    private static func planned(_ plan: APIPlan) throws -> APISettings {
        let key = try #require(APIKey(name: "a", sha256: APIKey.sha256(of: "a"), scopes: [.read], plan: plan))
        let other = try #require(APIKey(name: "b", sha256: APIKey.sha256(of: "b"), scopes: [.read]))
        return APISettings(keys: [key, other], cors: .init(origins: ["*"]))
    }

    @Test("Over the rate it is 429, with the time to wait; other keys are not touched")
    func rate() async throws {
        let fixture = try await Fixture(try Self.planned(APIPlan(rate: 0.5, burst: 3)))
        func ask(_ key: String) async -> Answer { await fixture.get("/executions?function=f", [("x-api-key", key), ("origin", "https://x.org")]) }
        for _ in 0..<3 { #expect(await ask("a").status == 200) }
        let refused = await ask("a")
        #expect(refused.status == 429)
        #expect(refused.flaws == [])
        #expect(refused.header("retry-after") == "2")
        #expect(refused.header("access-control-allow-origin") == "*")
        #expect(await ask("b").status == 200)
        fixture.clock.move(1999)
        #expect(await ask("a").status == 429)
        fixture.clock.move(1)
        #expect(await ask("a").status == 200)
        #expect(await ask("a").status == 429)
        // A clock that is set back gives nothing, and takes nothing.
        fixture.clock.move(-60_000)
        #expect(await ask("a").status == 429)
    }

    @Test("Over the day's quota it is 429 until midnight UTC")
    func quota() async throws {
        let fixture = try await Fixture(try Self.planned(APIPlan(quota: 2)))
        func ask() async -> Answer { await fixture.get("/executions?function=f", [("x-api-key", "a")]) }
        #expect(await ask().status == 200)
        #expect(await ask().status == 200)
        let refused = await ask()
        #expect(refused.status == 429)
        // The clock stands at 15:00.
        #expect(refused.header("retry-after") == "32400")
        fixture.clock.move(9 * 3_600_000 - 1)
        #expect(await ask().header("retry-after") == "1")
        fixture.clock.move(1)
        #expect(await ask().status == 200)
    }

    @Test("Where somebody else counts, nothing is counted here")
    func uncounted() async throws {
        let fixture = try await Fixture(try Self.planned(APIPlan(rate: 1, burst: 1, quota: 0)), counts: false)
        for _ in 0..<5 { #expect(await fixture.get("/executions?function=f", [("x-api-key", "a")]).status == 200) }
    }

    @Test("Of a thousand clients at once as many get through as the plan says")
    func thousand() async throws {
        let fixture = try await Fixture(try Self.planned(APIPlan(rate: 1, burst: 250, quota: 200)))
        let statuses = await withTaskGroup(of: [Int].self) { group in
            for number in 0..<1000 {
                group.addTask {
                    let key = ["a", "b", "c", nil][number % 4]
                    return [number % 4, await fixture.get("/executions?function=f", key.map { [("x-api-key", $0)] } ?? []).status]
                }
            }
            return await group.reduce(into: [[Int]]()) { $0.append($1) }
        }
        func count(_ kind: Int, _ status: Int) -> Int { statuses.count { $0 == [kind, status] } }
        #expect(count(0, 200) == 200)
        #expect(count(0, 429) == 50)
        #expect(count(1, 200) == 250)
        #expect(count(2, 401) == 250)
        #expect(count(3, 401) == 250)
    }

    // MARK: Other origins

    @Test("A preflight needs no key; a page of another origin is told nothing")
    func preflight() async throws {
        let fixture = try await Fixture(try Self.settings())
        let ask = [(name: "Access-Control-Request-Method", value: "POST")]
        let allowed = await fixture.ask("OPTIONS", "/executions/r/verdicts", ask + [("Origin", "https://example.org")])
        #expect(allowed.status == 204)
        #expect(allowed.header("access-control-allow-origin") == "https://example.org")
        #expect(allowed.header("access-control-allow-headers")?.contains("x-api-key") == true)
        #expect(allowed.header("access-control-allow-methods")?.contains("POST") == true)
        let other = await fixture.ask("OPTIONS", "/executions/r/verdicts", ask + [("Origin", "https://example.com")])
        #expect(other.header("access-control-allow-origin") == nil)
        #expect(other.header("access-control-allow-methods") == nil)
        let plain = await fixture.ask("OPTIONS", "/executions")
        #expect(plain.status == 204)
        #expect(plain.header("allow") == "GET, POST, HEAD, OPTIONS")
        let without = try await Fixture()
        #expect(await without.get("/openapi.json", [("origin", "https://example.org")]).header("access-control-allow-origin") == nil)
    }
}

#endif
