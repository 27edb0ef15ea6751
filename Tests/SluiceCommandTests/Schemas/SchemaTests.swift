// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import TestSupport

/// The JSON Schemas in samples/schemas describe what the envelopes write, and nothing else.
@Suite struct SchemaTests {
    private let folder: TemporaryFolder
    private let sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
    }

    /// Holds lines against a schema.
    /// - Parameter refuse: none of them may be valid.
    private func validate(_ lines: String, _ schema: String, refuse: Bool = false) async throws -> Command.Result {
        let words = [Repository.path("Tests/Support/schemas/validate.py"), Repository.path("samples/schemas/\(schema).schema.json")]
        let arguments = words + (refuse ? ["--refuse"] : [])
        let input = try folder.write("lines.ndjson", lines)
        let line = ([try Python.path()] + arguments).map(\.quotedForShell).joined(separator: " ")
        return try await sluice.program("/bin/sh", ["-c", "\(line) < \(input.quotedForShell)"])
    }

    private static let envelopes = ["plain", "typed", "cloudevents", "debezium"]

    /// Everything recorded that there is.
    private static let inputs = ["samples/streams", "Tests/EventTableTests/Fixtures"].map(Repository.path)

    private func processed(_ arguments: [String]) async throws -> Command.Result {
        let result = try await sluice.run(["process"] + Self.inputs + arguments)
        try #require(result.lines.count > 50, "\(result.errors)")
        return result
    }

    @Test(arguments: envelopes) func whatIsWrittenIsValid(_ envelope: String) async throws {
        let result = try await processed(["--to", "log:", "--envelope", envelope])
        let verdict = try await validate(result.text, envelope)
        #expect(verdict.status == 0 && verdict.text == "\(result.lines.count) lines\n", "\(verdict.text) \(verdict.errors)")
        // Only changes have Debezium's form.
        #expect(envelope == "debezium" ? result.errors.contains(" filtered") && !result.errors.contains(" 0 filtered") : result.lines.count > 500)
    }

    @Test(arguments: envelopes, ["removed", "masked", "hashed"]) func whatIsRedactedIsValid(_ envelope: String, _ method: String) async throws {
        let paths = "[new.price, old.price, new.name, keys.Id, new.stock, message, fields, body, detail]"
        try folder.write("sluice.yaml", """
            sinks: { out: { type: log } }
            redact_key: 0123456789abcdef-0123456789abcdef
            envelope: \(envelope)
            routes: [{ redact: { \(method): \(envelope == "debezium" ? "[new.price, old.price, keys.Id]" : paths) }, to: out }]
            """)
        let result = try await processed(["--config", folder.path("sluice.yaml")])
        let verdict = try await validate(result.text, envelope)
        #expect(verdict.status == 0 && verdict.text == "\(result.lines.count) lines\n", "\(verdict.text) \(verdict.errors)")
    }

    @Test(arguments: envelopes) func numbersInQuotesAreValid(_ envelope: String) async throws {
        try folder.write("sluice.yaml", "sinks: { out: { type: log } }\nenvelope: \(envelope)\nnumbers: string\nroutes: [{ to: out }]\n")
        let result = try await processed(["--config", folder.path("sluice.yaml")])
        #expect(try await validate(result.text, envelope).status == 0)
    }

    @Test(arguments: envelopes) func whatIsWrongIsRefused(_ envelope: String) async throws {
        let wrong = try String(contentsOfFile: Repository.path("Tests/Support/schemas/wrong/\(envelope).ndjson"), encoding: .utf8)
        let count = wrong.split(separator: "\n").count
        let verdict = try await validate(wrong, envelope, refuse: true)
        #expect(count > 10 && verdict.status == 0 && verdict.text == "\(count) lines\n", "\(verdict.text) \(verdict.errors)")
        // And a check that finds nothing wrong would be told.
        #expect(try await validate(wrong, envelope).status == 1)
    }

    /// One envelope's lines are not another's.
    @Test(arguments: envelopes, envelopes) func envelopesAreToldApart(_ envelope: String, _ other: String) async throws {
        if envelope == other { return }
        let result = try await processed(["--to", "log:", "--envelope", envelope])
        let verdict = try await validate(result.text, other, refuse: true)
        #expect(verdict.status == 0, "\(verdict.text) \(verdict.errors)")
    }
}
