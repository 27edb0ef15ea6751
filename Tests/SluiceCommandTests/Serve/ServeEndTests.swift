// SPDX-License-Identifier: Apache-2.0

#if Server && SQLite
import Foundation
import JSONTape
import Synchronization
import Testing
import TestSupport

/// How it ends.
@Suite("The end of sluice serve") struct ServeEndTests {
    @Test("SIGINT and SIGTERM end it with 0", arguments: [SIGINT, SIGTERM]) func signals(_ number: Int32) async throws {
        let server = try await Server()
        #expect(try await server.get("/executions/none").status == 404)
        let idle = try await Connection(port: server.port)
        server.running.signal(number)
        #expect(try await idle.ends())
        let result = try await server.running.end(within: .seconds(60))
        #expect(result.status == 0 && result.output.isEmpty, "\(result.errors)")
        let rest = server.folder.exists("events.db-wal") ? try server.folder.bytes("events.db-wal").count : 0
        #expect(rest == 0, "what was written is in the file")
    }

    @Test("What is in flight is answered, and nothing new is taken") func inFlight() async throws {
        let server = try await Server()
        let connection = try await Connection(port: server.port)
        let body = #"{"aws_request_id":"late","FunctionName":"f","event":1}"#
        let request = Server.text("POST", "/executions", body, headers: ["expect": "100-continue"])
        try await connection.send(String(request.dropLast(5)))
        // The request has been begun when it is told to go on.
        #expect(try await connection.reply()?.status == 100)
        server.running.signal(SIGTERM)
        while (try? await Connection(port: server.port)) != nil { try await Task.sleep(for: .milliseconds(5)) }
        try await connection.send(String(request.suffix(5)))
        let reply = try await connection.reply()
        #expect(reply?.status == 201 && reply?.header("connection") == "close", "\(String(describing: reply))")
        #expect(try await connection.ends())
        #expect(try await server.running.end(within: .seconds(60)).status == 0)
        let shown = try await Command(folder: server.folder.path)("show", "late", "--table", "sqlite:events.db")
        #expect(shown.status == 0, "\(shown.errors)")
    }

    @Test("Whatever was answered with success before SIGTERM came is in the table", arguments: [SIGTERM, SIGKILL]) func load(_ number: Int32) async throws {
        let server = try await Server()
        let answered = Answered()
        let enough = 600
        let port = server.port
        await withTaskGroup(of: Void.self) { group in
            for client in 0..<32 {
                group.addTask {
                    guard let connection = try? await Connection(port: port) else { return }
                    for count in 0... {
                        let id = "c\(client)-\(count)"
                        let request = client % 2 == 0
                            ? Server.text("POST", "/executions", #"{"aws_request_id":"\#(id)","FunctionName":"f","event":\#(count)}"#)
                            : Server.text("POST", "/events", #"{"id":"\#(id)"}"#)
                        do {
                            try await connection.send(request)
                            guard let reply = try await connection.reply() else { return }
                            #expect([200, 201].contains(reply.status), "\(reply)")
                            if answered.add(id) == enough { server.running.signal(number) }
                        } catch {
                            return
                        }
                    }
                }
            }
        }
        let end = try await server.running.end(within: .seconds(60))
        #expect(end.status == (number == SIGTERM ? 0 : 128 + SIGKILL), "\(end.errors)")
        let ids = answered.ids
        #expect(ids.count >= enough)
        let again = try await Server(in: server.folder)
        let connection = try await Connection(port: again.port)
        for id in ids {
            try await connection.send(Server.text("GET", "/executions/\(id)"))
            let reply = try await connection.reply()
            #expect(reply?.status == 200, "\(id) was answered with success and is not there")
        }
        print("\(ids.count) requests were answered before the end")
    }
}

/// What was answered with success.
private final class Answered: Sendable {
    private let content = Mutex<[String]>([])

    var ids: [String] { content.withLock { $0 } }

    /// - Returns: how many there are now.
    func add(_ id: String) -> Int {
        content.withLock { content in
            content.append(id)
            return content.count
        }
    }
}
#endif
