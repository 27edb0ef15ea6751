// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import TestSupport

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

    /// A mapping's filter has them, and a route's pattern does not see them.
    @Test func fieldsOfWhatBringsARecord() async throws {
        let data = try await warnings("  - { when: { eventName: [INSERT], data: { level: [error] } }, to: [a, b] }")
        #expect(data.count == 1 && data[0].hasPrefix("sluice.yaml:4:36: warning: routes[0].when.data: no record has it: what a Kinesis stream carries"), "\(data)")
        let body = try await warnings("  - { kind: event, when: { body.detail: { x: [1] } }, to: [a, b] }")
        #expect(body.count == 1 && body[0].hasPrefix("sluice.yaml:4:28: warning: routes[0].when.body: no event has it: one that a queue carries"), "\(body)")
        #expect(try await warnings("  - { bus: \"*\", when: { $or: [{ body: [x] }, { data: [y] }] }, to: [a, b] }").count == 2)
        for when in ["body: { x: [1] }", "database: [x]", "detail: { data: [x], body: [y] }"] {
            #expect(try await warnings("  - { when: { \(when) }, to: [a, b] }").isEmpty, "\(when)")
        }
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

    @Test func theSettingMayStandInGlobals() async throws {
        let resources = """
              F:
                Type: AWS::Serverless::Function
                Properties:
                  Events: { E: { Type: SQS, Properties: { Queue: q } } }
            Globals: { Function: { Environment: { Variables: { SLUICE_PARTIAL_RESPONSES: "1" } } } }
            """
        #expect(try await templateWarnings(resources).first?.contains("Resources.F.Properties.Events.E: SLUICE_PARTIAL_RESPONSES is set") == true)
        // The function's own wins, and functions of plain CloudFormation have no Globals.
        let own = "Properties:\n      Environment: { Variables: { SLUICE_PARTIAL_RESPONSES: \"0\" } }"
        #expect(try await templateWarnings(resources.replacingOccurrences(of: "Properties:\n", with: own + "\n")).isEmpty)
        let mapping = "\n  M: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: !Ref G } }\n  G: { Type: AWS::Lambda::Function }\nGlobals:"
        #expect(try await templateWarnings(resources.replacingOccurrences(of: "\nGlobals:", with: mapping)).count == 1)
    }

    @Test(arguments: [
        "!Ref F", "!GetAtt F.Arn", "!GetAtt [F, Arn]", "{ Ref: F }", "{ \"Fn::GetAtt\": [F, Arn] }", "!Sub \"${F.Arn}:live\"", "!Sub [\"${X}\", { X: !Ref F }]",
        "!Join [\":\", [!GetAtt F.Arn, live]]", "!Ref FAliaslive", "!Ref A", "stream-consumer", "\"arn:aws:lambda:eu-west-1:123456789012:function:stream-consumer:live\"",
    ])
    func aMappingIsHeldAgainstItsOwnFunction(_ name: String) async throws {
        let resources = """
              G: { Type: AWS::Lambda::Function, Properties: { FunctionName: other, Environment: { Variables: { X: x } } } }
            \(Self.function)
                  FunctionName: stream-consumer
              A: { Type: AWS::Lambda::Alias, Properties: { FunctionName: !Ref F, Name: live } }
              M: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: \(name) } }
            """
        #expect(try await templateWarnings(resources).first?.contains("Resources.M: SLUICE_PARTIAL_RESPONSES is set") == true)
    }

    @Test(arguments: ["!Ref G", "!GetAtt G.Arn", "other", "!ImportValue consumer", "!Ref Parameter"])
    func aMappingOfAnotherFunctionIsNotWarnedOf(_ name: String) async throws {
        let resources = """
            \(Self.function)
              G: { Type: AWS::Lambda::Function, Properties: { FunctionName: other } }
              M: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: \(name) } }
            """
        #expect(try await templateWarnings(resources).isEmpty)
    }

    @Test func queuesNeedARedrivePolicy() async throws {
        func resources(_ queue: String, _ arn: String = "!GetAtt Q.Arn") -> String {
            """
              Q: { Type: AWS::SQS::Queue, Properties: { QueueName: q\(queue) } }
              F:
                Type: AWS::Serverless::Function
                Properties:
                  Events: { E: { Type: SQS, Properties: { Queue: \(arn), FunctionResponseTypes: [ReportBatchItemFailures] } } }
              M: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: !Ref F, EventSourceArn: \(arn) } }
            """
        }
        let found = try await templateWarnings(resources(""))
        #expect(found.count == 2 && found.allSatisfy { $0.contains("the queue Q has no RedrivePolicy") }, "\(found)")
        #expect(try await templateWarnings(resources(", RedrivePolicy: !Ref AWS::NoValue")).count == 2)
        #expect(try await templateWarnings(resources(", RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: x }")).isEmpty)
        #expect(try await templateWarnings(resources("", "!Ref QueueArn")).isEmpty)
        #expect(try await templateWarnings(resources(""), park: "rejected: { to: b, park_after: 15m }").isEmpty)
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
