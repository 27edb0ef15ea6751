// SPDX-License-Identifier: Apache-2.0

#if Server
import Foundation
import Testing
import TestSupport

/// `sluice serve` on a free port, in a folder of its own. It ends with this object, if not before.
final class Server: Sendable {
    let folder: TemporaryFolder
    let port: Int
    let running: RunningCommand

    /// A key that opens everything, where `configuration` names it by its hash.
    static let key = "correct-horse-battery-staple"

    /// Starts one, and waits until it listens.
    /// - Parameter configuration: what sluice.yaml holds; absent: there is none.
    init(
        _ arguments: [String] = [], configuration: String? = nil, in given: TemporaryFolder? = nil, environment: [String: String?] = [:]
    ) async throws {
        folder = try given ?? TemporaryFolder()
        if let configuration { try folder.write("sluice.yaml", configuration) }
        let command = Command(folder: folder.path, environment: environment)
        running = try command.start(["serve", "--listen", "127.0.0.1:0"] + arguments)
        let deadline = ContinuousClock.now + .seconds(60)
        var said = ""
        while ContinuousClock.now < deadline {
            said = try running.errorsSoFar()
            if let line = said.split(separator: "\n").first(where: { $0.hasPrefix("listening on ") }), said.hasSuffix("\n"),
                let port = line.split(separator: ":").last.flatMap({ Int($0) })
            {
                self.port = port
                return
            }
            guard running.isRunning else { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        running.signal(SIGKILL)
        throw Command.Failure(description: "the server does not listen; it said: \(said)")
    }

    deinit { running.signal(SIGKILL) }

    /// Ends it as a service manager does.
    func stop() async throws -> Command.Result {
        running.signal(SIGTERM)
        return try await running.end(within: .seconds(60))
    }

    // MARK: Asking

    /// One request on a connection of its own.
    func request(
        _ method: String, _ target: String, _ body: String? = nil, headers: [String: String] = [:], trusting certificate: String? = nil
    ) async throws -> Connection.Reply {
        let connection = try await Connection(port: port, trusting: certificate)
        try await connection.send(Self.text(method, target, body, headers: headers))
        return try #require(try await connection.reply(isHead: method == "HEAD"))
    }

    func get(_ target: String, headers: [String: String] = [:]) async throws -> Connection.Reply { try await request("GET", target, headers: headers) }

    /// GET where the server's time-outs are so short that a busy machine may send too late: such a connection is ended, and another one tried.
    func getInTime(_ target: String) async throws -> Connection.Reply {
        for _ in 0..<200 {
            guard let connection = try? await Connection(port: port), (try? await connection.send(Self.text("GET", target))) != nil else { continue }
            if let reply = try await connection.reply(), reply.status != 408 { return reply }
        }
        throw Command.Failure(description: "none of 200 connections was answered")
    }

    func post(_ target: String, _ body: String, headers: [String: String] = [:]) async throws -> Connection.Reply {
        try await request("POST", target, body, headers: headers)
    }

    static func text(_ method: String, _ target: String, _ body: String? = nil, headers: [String: String] = [:]) -> String {
        var lines = ["\(method) \(target) HTTP/1.1", "host: localhost"]
        var headers = headers
        if let body {
            if headers["content-length"] == nil, headers["transfer-encoding"] == nil { headers["content-length"] = String(body.utf8.count) }
            if headers["content-type"] == nil { headers["content-type"] = "application/json" }
        }
        lines += headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }
}
#endif
