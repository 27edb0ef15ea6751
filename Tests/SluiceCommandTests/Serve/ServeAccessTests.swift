// SPDX-License-Identifier: Apache-2.0

#if Server && SQLite
import EventAPI
import Foundation
import Testing

/// Who is let in, over a socket.
@Suite("Who may ask sluice serve") struct ServeAccessTests {
    private static let configuration = """
        api:
          cors: { origins: ["https://shop.example"] }
          keys:
            - { name: all, sha256: "\(APIKey.sha256(of: Server.key))", scopes: [read, judge, execute, ingest] }
            - { name: reader, sha256: "\(APIKey.sha256(of: "reader-key"))", scopes: [read] }
            - { name: hasty, sha256: "\(APIKey.sha256(of: "hasty-key"))", scopes: [read], rate: 0.001, burst: 3 }
            - { name: poor, sha256: "\(APIKey.sha256(of: "poor-key"))", scopes: [read], quota: 2 }
        """
    private static let origin = ["origin": "https://shop.example"]

    @Test("A key that is wrong, missing, cut short or of another scope is refused, with what a browser needs to read that") func keys() async throws {
        let server = try await Server(configuration: Self.configuration)
        let key = Server.key
        let cases: [(String, String, [String: String], Int)] = [
            ("GET", "/executions/x", [:], 401), ("GET", "/executions/x", ["x-api-key": ""], 401), ("GET", "/executions/x", ["x-api-key": "wrong"], 401),
            ("GET", "/executions/x", ["x-api-key": String(key.dropLast())], 401), ("GET", "/executions/x", ["x-api-key": key + "x"], 401),
            ("GET", "/executions/x", ["authorization": "Bearer \(key)"], 401), ("GET", "/executions/x", ["x-api-key": key], 404),
            ("POST", "/events", ["x-api-key": "reader-key"], 403), ("POST", "/events", ["authorization": "Bearer \(key)"], 200),
            ("POST", "/events", ["token": key], 200), ("POST", "/events", ["token": String(key.dropLast())], 401), ("GET", "/openapi.json", [:], 200),
            ("POST", "/executions/x/verdicts", ["x-api-key": "reader-key"], 403), ("POST", "/executions/x/reruns", ["x-api-key": "reader-key"], 403),
        ]
        for (method, target, headers, status) in cases {
            let reply = try await server.request(
                method, target, method == "POST" ? "{}" : nil, headers: headers.merging(Self.origin) { one, _ in one })
            #expect(reply.status == status, "\(method) \(target) \(headers): \(reply)")
            #expect(reply.header("access-control-allow-origin") == "https://shop.example", "\(method) \(target) \(headers): \(reply.headers)")
            #expect((reply.header("www-authenticate") != nil) == (status == 401))
        }
        let stranger = try await server.get("/executions/x", headers: ["origin": "https://other.example"])
        #expect(stranger.status == 401 && stranger.header("access-control-allow-origin") == nil)
        let preflight = try await server.request(
            "OPTIONS", "/executions", headers: Self.origin.merging(["access-control-request-method": "POST"]) { one, _ in one })
        #expect(preflight.status == 204 && preflight.header("access-control-allow-headers")?.contains("x-api-key") == true)
        let said = try server.running.errorsSoFar()
        #expect(!said.contains(key) && !said.contains("reader-key"), "\(said)")
    }

    @Test("Who asks too often or too much is told when to come again") func plans() async throws {
        let server = try await Server(configuration: Self.configuration)
        for (key, allowed, least) in [("hasty-key", 3, 900), ("poor-key", 2, 1)] {
            for number in 0..<allowed + 2 {
                let reply = try await server.get("/executions/x", headers: Self.origin.merging(["x-api-key": key]) { one, _ in one })
                #expect(reply.status == (number < allowed ? 404 : 429), "\(key) \(number): \(reply)")
                guard number >= allowed else { continue }
                let seconds = reply.header("retry-after").flatMap { Int($0) } ?? 0
                #expect(seconds >= least && seconds <= 86_400, "\(seconds)")
                #expect(reply.header("access-control-allow-origin") == "https://shop.example")
            }
        }
    }

    @Test("Nobody sends much who will not be let in") func refusedByItsHead() async throws {
        let server = try await Server(configuration: Self.configuration)
        for (headers, status) in [("", 401), ("token: wrong\r\n", 401), ("x-api-key: reader-key\r\n", 403)] {
            let connection = try await Connection(port: server.port)
            try await connection.send("POST /events HTTP/1.1\r\nhost: a\r\n\(headers)content-length: 5000000\r\n\r\n")
            #expect(try await connection.reply()?.status == status)
            #expect(try await connection.ends())
        }
    }

    @Test("A thousand clients at once are answered, each by its own right") func thousand() async throws {
        let server = try await Server(configuration: Self.configuration)
        let saved = try await server.post("/executions", #"{"aws_request_id":"r","FunctionName":"f","event":1}"#, headers: ["x-api-key": Server.key])
        #expect(saved.status == 201)
        // All are connected before the first one asks.
        let clients = min(1000, max(100, Int(sysconf(Int32(_SC_OPEN_MAX))) - 200))
        let keys: [(key: String, status: Int)] = [(Server.key, 200), ("wrong", 401), ("reader-key", 200), ("poor-key", 0)]
        let gate = Gate(clients)
        let counts = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for number in 0..<clients {
                let port = server.port
                group.addTask {
                    let connection = try await Connection(port: port)
                    await gate.pass()
                    try await connection.send(Server.text("GET", "/executions/r", headers: ["x-api-key": keys[number % 4].key]))
                    return (number % 4, try await connection.reply()?.status ?? 0)
                }
            }
            var counts: [[Int: Int]] = Array(repeating: [:], count: 4)
            for try await (sort, status) in group { counts[sort][status, default: 0] += 1 }
            return counts
        }
        for sort in 0..<3 { #expect(counts[sort] == [keys[sort].status: (clients - sort + 3) / 4], "\(keys[sort].key): \(counts[sort])") }
        #expect(counts[3] == [200: 2, 429: clients / 4 - 2], "two a day, whoever comes first: \(counts[3])")
    }
}

/// Lets all through when the last one has come.
private actor Gate {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { missing = count }

    func pass() async {
        missing -= 1
        if missing == 0 {
            waiting.forEach { $0.resume() }
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }
}
#endif
