// SPDX-License-Identifier: Apache-2.0

import Foundation
@testable import PostgresSink
import Synchronization
import Testing

/// A PostgreSQL server of the tests' own: in a temporary folder, on a free port of the loopback, as a user that is not root. It ends, and its
/// folder goes, when the process of the tests ends.
final class PostgresServer: Sendable {
    let port: Int
    private let folder: String
    private let programs: String
    /// What the server is started with, so that it is not root's.
    private let prefix: [String]
    private let process = Mutex<Process?>(nil)

    /// The one that most tests share.
    static let shared = Task { try await PostgresServer() }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    init() async throws {
        programs = try Self.findPrograms()
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-postgres-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        prefix = geteuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        if !prefix.isEmpty { try Self.run(["chown", "postgres:postgres", folder]) }
        port = try Self.freePort()
        try Self.run(
            prefix + ["\(programs)/initdb", "-D", "\(folder)/data", "-U", "sluice", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])
        try await start()
    }

    func url(_ database: String = "postgres") -> String { "postgresql://sluice@127.0.0.1:\(port)/\(database)" }

    private func start() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments =
            ["-c", Self.wrapper, "sh", folder] + prefix + [
                "\(programs)/postgres", "-D", "\(folder)/data", "-p", "\(port)", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                "-c", "fsync=off", "-c", "max_connections=50",
            ]
        process.standardInput = Pipe()
        try Self.starting.withLock { _ in try process.run() }
        self.process.withLock { $0 = process }
        try await awaitConnections()
    }

    /// Starts the server again whenever it was killed, unless it is to stay down. (The processes of one that was killed notice that by themselves,
    /// which takes them a moment; as long as they are there, another one does not start.) When the tests end, in whatever way, the input does;
    /// then the server is ended and all that it has left is removed.
    private static let wrapper = """
        folder=$1; shift
        (while [ -d "$folder" ] && { [ -e "$folder/down" ] || ! "$@"; }; do sleep 0.05; done) >>"$folder/log" 2>&1 &
        cat >/dev/null
        touch "$folder/down"
        server=$(head -n 1 "$folder/data/postmaster.pid" 2>/dev/null) && kill -INT "$server" 2>/dev/null
        while [ -n "$server" ] && kill -0 "$server" 2>/dev/null; do sleep 0.05; done
        rm -rf "$folder"
        """

    private static let starting = Mutex(())

    /// Kills the server as a crash would, and leaves it down.
    func kill() throws {
        try Data().write(to: URL(fileURLWithPath: folder + "/down"))
        let file = try String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
        guard let identifier = file.split(separator: "\n").first.flatMap({ pid_t($0) }) else { throw Failure(description: "no process in \(file)") }
        Foundation.kill(identifier, SIGKILL)
    }

    /// Lets it start again after ``kill()``, and comes back when it takes connections.
    func restart() async throws {
        try FileManager.default.removeItem(atPath: folder + "/down")
        try await awaitConnections()
    }

    private func awaitConnections() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            if (try? await query("SELECT 1")) == ["1"] { return }
            guard ContinuousClock.now < deadline else {
                throw Failure(description: "PostgreSQL did not start: \((try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "")")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Runs a statement over a connection of its own.
    @discardableResult
    func query(_ statement: String, database: String = "postgres") async throws -> [String] {
        let url = url(database)
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result {
                    let interruption = try Interruption()
                    return try Connection.open(url, interruption).run(statement, [], interruption)
                })
            }
        }
    }

    /// A new database, with a name of its own.
    func database() async throws -> String {
        let name = "test_\(UInt32.random(in: 0 ... .max))"
        try await query("CREATE DATABASE \(name)")
        return name
    }

    // MARK: Programs

    private static func findPrograms() throws -> String {
        var places: [String] = []
        for root in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
            places += names.sorted { $0.compare($1, options: .numeric) == .orderedDescending }.map { "\(root)/\($0)/bin" }
        }
        places += (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        guard let found = places.first(where: { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }) else {
            throw Failure(description: "there is no PostgreSQL server: scripts/setup --postgres installs one")
        }
        return found
    }

    private static func run(_ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        let errors = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        try starting.withLock { _ in try process.run() }
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus != 0 {
            throw Failure(description: "\(words.joined(separator: " ")): status \(process.terminationStatus): \(String(decoding: said, as: UTF8.self))")
        }
    }

    private static func freePort() throws -> Int {
        let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port: Int? = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard unsafe bind(socket, generic, length) == 0, unsafe getsockname(socket, generic, &length) == 0 else { return nil }
                return Int(UInt16(bigEndian: unsafe pointer.pointee.sin_port))
            }
        }
        guard let port else { throw Failure(description: "no free port") }
        return port
    }
}
