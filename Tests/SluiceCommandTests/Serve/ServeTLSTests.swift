// SPDX-License-Identifier: Apache-2.0

#if Server && SQLite
import EventAPI
import Foundation
import Testing
import TestSupport

/// With a certificate that openssl makes for the test.
@Suite("sluice serve over TLS") struct ServeTLSTests {
    private static func certificate(in folder: TemporaryFolder, _ name: String = "own") async throws {
        let made = try await Command(folder: folder.path).program(
            "/usr/bin/env",
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", "\(name)-key.pem", "-out", "\(name).pem",
            ])
        try #require(made.status == 0, "\(made.errors)")
    }

    @Test("Requests are answered over TLS, and only so") func answers() async throws {
        let folder = try TemporaryFolder()
        try await Self.certificate(in: folder)
        let server = try await Server(
            configuration: "api: { wait: true, server: { certificate: own.pem, key: own-key.pem, header_timeout: 8s } }", in: folder)
        #expect(try server.running.errorsSoFar().contains("listening on https://127.0.0.1:"))
        let saved = try await server.request(
            "POST", "/executions", #"{"aws_request_id":"r","FunctionName":"f","event":1}"#, trusting: folder.path("own.pem"))
        #expect(saved.status == 201)
        let connection = try await Connection(port: server.port, trusting: folder.path("own.pem"))
        for _ in 0..<3 {
            try await connection.send(Server.text("GET", "/executions/r"))
            #expect(try await connection.reply()?.status == 200)
        }
        let plain = try await Connection(port: server.port)
        try await plain.send(Server.text("GET", "/executions/r"))
        let reply = try? await plain.reply()
        #expect(reply == nil)
        try await Self.certificate(in: folder, "other")
        await #expect(throws: (any Error).self) {
            let wary = try await Connection(port: server.port, trusting: folder.path("other.pem"))
            try await wary.send(Server.text("GET", "/executions/r"))
            _ = try await wary.reply()
        }
        // Who begins a handshake and does not go on is cut off.
        let silent = try await Connection(port: server.port)
        try await silent.send([0x16, 0x03, 0x01])
        #expect(try await silent.reply() == nil)
        #expect(try await server.stop().status == 0)
    }

    @Test("A key of another certificate is told") func mismatch() async throws {
        let folder = try TemporaryFolder()
        try await Self.certificate(in: folder)
        try await Self.certificate(in: folder, "other")
        let result = try await Command(folder: folder.path)("serve", "--certificate", "own.pem", "--key", "other-key.pem")
        #expect(result.status == 2 && result.errors.contains("cannot be used together"), "\(result.errors)")
    }
}
#endif
