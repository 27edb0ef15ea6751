// SPDX-License-Identifier: Apache-2.0

#if Server && SQLite
import EventAPI
#if AWS
import AWSSigner
import AWSTestSupport
#endif
import Foundation
import Testing
import TestSupport

/// schemathesis asks the running server what its OpenAPI document allows, and what it does not, and holds every answer against the document.
@Suite("The OpenAPI document and sluice serve", .serialized) struct ServeDescriptionTests {
    private static func configuration(_ table: String) -> String {
        """
        sinks: { history: { type: event-table, table: "\(table)" } }
        routes: [ { name: all, to: [history] } ]
        api:
          keys: [ { name: tester, sha256: "\(APIKey.sha256(of: Server.key))", scopes: [read, judge, execute, ingest] } ]
        """
    }

    private func examine(_ server: Server, examples: Int, _ others: [String] = []) async throws {
        var command = Command(folder: server.folder.path)
        command.patience = .seconds(600)
        // The same requests each time, since they go on for a minute; SLUICE_TEST_SEED asks for others.
        let seed = ProcessInfo.processInfo.environment["SLUICE_TEST_SEED"].flatMap { UInt32($0) } ?? 5
        let result = try await command.program(
            Python.tool("st"),
            [
                "--config-file", Repository.path("Tests/Support/schemathesis/schemathesis.toml"), "run",
                "http://127.0.0.1:\(server.port)/openapi.json", "--checks", "all", "--header", "x-api-key: \(Server.key)", "--seed", String(seed),
                "--max-examples", String(examples), "--max-time", "60", "--generation-database", "none", "--no-color",
                // Whether its generator finds it easy to make requests says nothing of the API.
                "--suppress-health-check", "all",
            ] + others)
        #expect(result.status == 0, "seed \(seed):\n\(result.text)\(result.errors)")
        let summary = result.lines.filter { $0.contains("generated") || $0.contains("Tested:") || $0.contains("Seed") }
        print("schemathesis: \(summary.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: ", "))")
        #expect(result.text.contains("Tested: 12"), "every operation was asked for:\n\(result.text)")
        // It is still there, and ends as it should.
        #expect(try await server.get("/openapi.json").status == 200)
        let end = try await server.stop()
        #expect(end.status == 0 && !end.errors.contains(Server.key), "\(end.errors)")
    }

    @Test("The document is true of a table in SQLite") func sqlite() async throws {
        let server = try await Server(configuration: Self.configuration("sqlite:events.db"))
        try await examine(server, examples: 25)
    }

    #if AWS
    @Test("The document is true of a table in DynamoDB") func dynamoDB() async throws {
        let table = MotoServer.name("api")
        let folder = try TemporaryFolder()
        var environment: [String: String?] = [:]
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("AWS_") { environment[name] = .some(nil) }
        environment["HOME"] = folder.path
        environment["AWS_EC2_METADATA_DISABLED"] = "true"
        environment["AWS_ENDPOINT_URL"] = try await MotoServer.shared.url()
        environment["AWS_REGION"] = "eu-central-1"
        environment["AWS_ACCESS_KEY_ID"] = MotoServer.keys.accessKeyID
        environment["AWS_SECRET_ACCESS_KEY"] = MotoServer.keys.secretAccessKey
        let created = try await Command(folder: folder.path, environment: environment)("table", "create", table)
        #expect(created.status == 0, "\(created.errors)")
        let server = try await Server(configuration: Self.configuration("dynamodb:\(table)"), in: folder, environment: environment)
        try await examine(server, examples: 8)
    }
    #endif
}
#endif
