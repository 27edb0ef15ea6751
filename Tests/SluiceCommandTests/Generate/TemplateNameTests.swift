// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import TestSupport

/// What `sluice generate sam` calls things, and what it does with variables that are Lambda's own.
@Suite struct TemplateNameTests {
    private let folder: TemporaryFolder
    private var sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
        sluice.environment.updateValue(nil, forKey: "AWS_REGION")
        sluice.environment["AWS_DEFAULT_REGION"] = "eu-central-1"
    }

    private func template(_ configuration: String) async throws -> Command.Result {
        try folder.write("sluice.yaml", configuration)
        let result = try await sluice("generate", "sam")
        #expect(result.status == 0, "\(result.errors)")
        return result
    }

    private func expectSound(_ template: String) async throws {
        let file = try folder.write("template.yaml", template)
        let verdict = try await sluice.program(
            Python.path(), [Python.tool("cfn-lint"), "--non-zero-exit-code", "informational", "--regions", "us-east-1", "eu-central-1", "--", file])
        #expect(verdict.status == 0, "\(verdict.text) \(verdict.errors)\n\(template)")
    }

    /// The logical ids of parameters and resources, and the names of statements, each of which may be there once.
    private func expectNoneTwice(_ template: String, _ comment: String = "") {
        let lines = template.split(separator: "\n").map(String.init)
        let ids = lines.prefix { $0 != "Outputs:" }.filter { line in
            line.hasPrefix("  ") && line.hasSuffix(":") && line.dropFirst(2).dropLast().allSatisfy { $0.isLetter || $0.isNumber }
        }
        #expect(!ids.isEmpty && Set(ids).count == ids.count, "\(ids.sorted()) \(comment)")
        let sids = lines.filter { $0.contains("- Sid: ") }
        #expect(!sids.isEmpty && Set(sids).count == sids.count, "\(sids.sorted()) \(comment)")
    }

    @Test func whatLambdaSetsIsNoParameter() async throws {
        let result = try await template("""
            sinks:
              orders: { type: sqs, queue: "https://sqs.${AWS_REGION}.amazonaws.com/${AWS_ACCOUNT_ID}/orders" }
              near: { type: sqs, queue: "${NEAR:-near-orders}" }
              lines: { type: s3-json, bucket: "lines-${AWS_DEFAULT_REGION}", prefix: "${AWS_LAMBDA_FUNCTION_NAME}/${AWS_LAMBDA_LOG_STREAM_NAME}" }
            routes: [{ table: [T], to: [orders, near, lines] }]
            """)
        for part in [
            #"- !Sub "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:orders""#, #"- !Sub "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Near}""#,
            #"- !Sub "arn:${AWS::Partition}:s3:::lines-${AWS::Region}/${AWS::StackName}-consumer/*/*""#, #"          AWS_ACCOUNT_ID: !Sub "${AWS::AccountId}""#,
            "  Near:\n    Type: String\n    Description: \"NEAR\"\n    Default: \"near-orders\"\n",
        ] { #expect(result.text.contains(part), "\(part)\n\(result.text)") }
        for name in ["AWS_REGION:", "AWS_DEFAULT_REGION:", "AWS_LAMBDA", "AwsRegion", "AwsAccountId"] { #expect(!result.text.contains("  " + name), "\(name)") }
        #expect(result.errors.contains("Lambda itself sets AWS_LAMBDA_LOG_STREAM_NAME: the role has * in its place."), "\(result.errors)")
        try await expectSound(result.text)
    }

    @Test func aVariableThatLambdaTakesNotIsTold() async throws {
        let result = try await template("""
            sinks: { a: { type: s3-json, bucket: "b-${_X:-y}" } }
            routes: [{ table: [T], to: a }]
            """)
        #expect(result.errors.contains("Lambda takes no variable called _X"), "\(result.errors)")
        #expect(result.text.contains("s3:::b-y/*") && !result.text.contains("_X: !"))
        try await expectSound(result.text)
    }

    @Test func namesThatAreTakenAreNotGivenAgain() async throws {
        let variables = [
            "API_KEY", "API", "API_URL", "FOO_BAR", "foo_bar", "FOO__BAR", "T_TABLE_STREAM_ARN", "TTABLE_MAPPING", "CONSUMER", "ASYNCHRONOUS_INVOCATIONS", "FUNCTION_NAME", "YES", "NO",
            "VARIABLE_API_KEY",
        ]
        let routes = variables.map { "{ kind: change, table: [T], envelope: { fields: { x: id } }, name: \"${\($0)}\", to: a }" }
        let result = try await template("""
            sinks: { a: { type: s3-json, bucket: my-bucket, prefix: "\(variables.map { "${\($0)}" }.joined(separator: "/"))" }, t: { type: event-table, table: "dynamodb:t" } }
            api: { numbers: string }
            routes: [\(routes.joined(separator: ", ")), { table: ["t-", "T"], to: t }, { queue: [TTable], to: t }, { group: [g], to: t }]
            """)
        expectNoneTwice(result.text)
        #expect(result.text.contains("  VariableApiKey:\n") && result.text.contains("          API_KEY: !Ref VariableApiKey\n"))
        #expect(result.text.contains("          FOO_BAR: !Ref FooBar\n") && result.text.contains("          foo_bar: !Ref VariableFooBar\n"))
        #expect(result.text.contains("          \"NO\": !Ref VariableNo\n"))
        try await expectSound(result.text)
    }

    @Test func noNameIsEverThereTwice() async throws {
        var random = SeededRandom(announcing: "noNameIsEverThereTwice")
        let seed = random.seed
        for _ in 0..<4 {
            var variables: Set<String> = []
            for _ in 0..<40 {
                let tail = (0..<Int.random(in: 1...5, using: &random)).map { _ in String("Aa_1bT".randomElement(using: &random) ?? "A") }.joined()
                variables.insert("A" + tail)
            }
            let names = (0..<12).map { _ in String((0..<3).map { _ in "aA-1".randomElement(using: &random) ?? "a" }) }
            let kinds = ["table", "queue", "group", "bus"]
            let routes = Set(names).sorted().map { "{ \(kinds.randomElement(using: &random) ?? "table"): [\"x\($0)\"], to: a }" }
            let result = try await template("""
                sinks: { a: { type: s3-json, bucket: my-bucket, prefix: "\(variables.sorted().map { "${\($0)}" }.joined(separator: "/"))" } }
                routes: [\(routes.joined(separator: ", "))]
                """)
            expectNoneTwice(result.text, "(seed \(seed))")
        }
    }
}
