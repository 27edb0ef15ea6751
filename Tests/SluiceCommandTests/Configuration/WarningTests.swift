// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What `sluice check` warns about.
@Suite struct WarningTests {
    private let folder: TemporaryFolder
    private let sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
    }

    private func warnings(_ routes: String, top: String = "", _ arguments: String...) async throws -> [String] {
        try folder.write("sluice.yaml", "sinks: { a: { type: log }, b: { type: log } }\n\(top)\nroutes:\n\(routes)\n")
        let result = try await sluice.run(["check"] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        let warnings = result.errors.split(separator: "\n").filter { $0.contains("warning: ") }.map(String.init)
        // With --strict they are mistakes.
        #expect(try await sluice.run(["check", "--strict"] + arguments).status == (warnings.isEmpty ? 0 : 2))
        return warnings
    }

    @Test func severalRoutesToOneSink() async throws {
        let found = try await warnings("  - { name: one, to: [a, b] }\n  - { name: two, op: INSERT, to: a }")
        #expect(found == [
            #"sluice.yaml:5:34: warning: routes[1].to: the route "one" leads to "a" too: a record that takes both goes there once, as that route says"#
        ])
        for routes in [
            "  - { kind: log, to: [a, b] }\n  - { kind: change, to: a }", "  - { table: T, to: [a, b] }\n  - { table: U, to: a }",
            "  - { table: T, op: INSERT, to: [a, b] }\n  - { table: \"*\", op: REMOVE, to: a }", "  - { queue: q, to: [a, b] }\n  - { group: g, to: a }",
        ] { #expect(try await warnings(routes).isEmpty, "\(routes)") }
        #expect(try await warnings("  - { table: T, to: [a, b] }\n  - { table: \"*\", to: a }").count == 1)
    }

    @Test func oneOfTwoRoutesHides() async throws {
        let found = try await warnings("  - { name: one, to: [a, b] }\n  - { name: two, redact: [new.x], to: a }")
        #expect(found.count == 1 && found[0].contains("do not redact the same"), "\(found)")
    }

    @Test func whatIsNotUsed() async throws {
        let found = try await warnings("  - { to: a }")
        #expect(found == ["sluice.yaml:1:28: warning: sinks.b: nothing goes to this sink; it is started all the same"])
        #expect(try await warnings("  - { to: a }", top: "rejected: { to: b }").isEmpty)
    }

    @Test func envelopesForChanges() async throws {
        #expect(try await warnings("  - { envelope: debezium, to: [a, b] }").first?.contains("a form for changes only") == true)
        #expect(try await warnings("  - { envelope: debezium, kind: change, to: [a, b] }").isEmpty)
    }

    @Test func digestsThatCanBeGuessed() async throws {
        #expect(try await warnings("  - { redact: [keys.email], to: [a, b] }").first?.contains("redact_key") == true)
        #expect(try await warnings("  - { redact: [keys.email], to: [a, b] }", top: "redact_key: 0123456789abcdef").isEmpty)
        #expect(try await warnings("  - { redact: [new.email], to: [a, b] }").isEmpty)
    }

    @Test func endlessRetries() async throws {
        let routes = "  - { to: a }"
        #expect(try await warnings(routes, top: "rejected: { to: b }", "--lambda").first?.contains("\"park_after\"") == true)
        #expect(try await warnings(routes, top: "rejected: { to: b, park_after: 15m }", "--lambda").isEmpty)
        #expect(try await warnings("  - { to: [a, b] }", top: "rejected: { block: true }", "--lambda").first?.contains("MaximumRetryAttempts") == true)
        #expect(try await warnings("  - { to: [a, b] }", top: "rejected: { block: true }").isEmpty)
        // Variables that are not set yet are nothing to be warned about, nor do they hide it.
        let unset = try await warnings("  - { table: \"${SURELY_NOT_SET}\", to: [a, b] }", top: "rejected: { block: true }", "--lambda")
        #expect(unset.count == 1)
    }

    // MARK: Templates

    private static let function = """
          F:
            Type: AWS::Serverless::Function
            Properties:
              Environment: { Variables: { SLUICE_PARTIAL_RESPONSES: "1" } }
        """

    private func templateWarnings(_ resources: String, park: String = "") async throws -> [String] {
        try folder.write("template.yaml", "Resources:\n\(resources)\n")
        return try await warnings("  - { to: [a, b] }", top: park, "--template", "template.yaml")
    }

    @Test func partialAnswersNeedTheMappingsSetting() async throws {
        let mapping = "\n  M:\n    Type: AWS::Lambda::EventSourceMapping\n    Properties: { EventSourceArn: !GetAtt Q.Arn"
        let found = try await templateWarnings(Self.function + mapping + " }")
        #expect(found.count == 1 && found[0].hasPrefix("template.yaml:7:5: warning: Resources.M: SLUICE_PARTIAL_RESPONSES is set"), "\(found)")
        #expect(try await templateWarnings(Self.function + mapping + ", FunctionResponseTypes: [ReportBatchItemFailures] }").isEmpty)
        #expect(try await templateWarnings(Self.function.replacingOccurrences(of: "\"1\"", with: "\"0\"") + mapping + " }").isEmpty)
        let event = "\n      Events: { E: { Type: SQS, Properties: { Queue: q } } }"
        #expect(try await templateWarnings(Self.function + event).first?.contains("Resources.F.Properties.Events.E") == true)
    }

    @Test func streamsNeedALimitAndAPlaceForWhatReachesIt() async throws {
        func mapping(_ more: String) -> String {
            "  M:\n    Type: AWS::Lambda::EventSourceMapping\n    Properties: { StartingPosition: LATEST, FunctionResponseTypes: [ReportBatchItemFailures]\(more) }"
        }
        #expect(try await templateWarnings(mapping("")).first?.contains("no limit to attempts or age") == true)
        #expect(try await templateWarnings(mapping(", MaximumRetryAttempts: -1")).first?.contains("no limit") == true)
        #expect(try await templateWarnings(mapping(""), park: "rejected: { to: b, park_after: 15m }").isEmpty)
        #expect(try await templateWarnings(mapping(", MaximumRetryAttempts: 5")).first?.contains("is lost") == true)
        #expect(try await templateWarnings(mapping(", MaximumRecordAgeInSeconds: !Ref Age, DestinationConfig: { OnFailure: { Destination: x } }")).isEmpty)
    }

    @Test func theSamplesTemplateIsSound() async throws {
        try folder.write("sluice.yaml", "sinks: { a: { type: log } }\nroutes: [{ to: a }]\n")
        let result = try await sluice("check", "--template", Repository.path("samples/deploy/template.yaml"), "--strict")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try await sluice("check", "--template", "none.yaml").status == 2)
        try folder.write("list.yaml", "- a\n")
        #expect(try await sluice("check", "--template", "list.yaml").status == 2)
    }
}
