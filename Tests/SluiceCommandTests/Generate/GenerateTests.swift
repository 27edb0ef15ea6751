// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import Testing
import TestSupport

@Suite("sluice generate")
struct GenerateTests {
    private let folder: TemporaryFolder
    private var sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION", "STAGE", "ORDERS_QUEUE_URL"] { sluice.environment.updateValue(nil, forKey: name) }
    }

    /// Every kind of sink and source, with and without variables.
    private static let everything = """
        sinks:
          archive: { type: s3-json, bucket: my-bucket, prefix: "a/${STAGE:-dev}/" }
          lines: { type: s3-json, bucket: my-lines, batch: true }
          orders: { type: sqs, queue: "${ORDERS_QUEUE_URL}" }
          notes: { type: sqs, queue: notes.fifo, verify: false }
          far: { type: sqs, queue: "https://sqs.eu-west-1.amazonaws.com/123456789012/far" }
          bus: { type: eventbridge, bus: "records-${STAGE:-dev}" }
          fn: { type: lambda, function: "arn:aws:lambda:eu-west-1:123456789012:function:f:live" }
          history: { type: event-table, table: "dynamodb:eventtable" }
          console: { type: log }
          parked: { type: s3-json, bucket: my-parked }
        redact_key: "${REDACTION_KEY}"
        api: { numbers: string }
        rerun: { allow: ["orders-${STAGE:-dev}", "mails-*", "stock:live"] }
        routes:
          - { name: p, table: [Products], op: [INSERT, MOD*], redact: { hashed: new.x }, to: [archive, bus, fn, history, lines] }
          - { name: q, queue: [stock-updates, "other-*"], to: [orders, notes] }
          - { name: g, group: [/aws/lambda/shop, "/ecs/${STAGE:-dev}"], to: [console, far] }
          - { name: b, bus: [default], to: [console] }
          - { name: t, table: ["Todo*"], to: [console] }
        rejected: { to: [parked] }
        """

    private func lint(_ template: String) async throws -> Command.Result {
        var sluice = sluice
        sluice.environment["AWS_DEFAULT_REGION"] = "eu-central-1"
        let file = try folder.write("template.yaml", template)
        return try await sluice.program(
            Python.path(), [Python.tool("cfn-lint"), "--non-zero-exit-code", "informational", "--regions", "us-east-1", "eu-central-1", "--", file])
    }

    // MARK: Filters

    @Test func filtersKeepWhatTheRoutesTake() async throws {
        try folder.write("sluice.yaml", Self.everything)
        let result = try await sluice("generate", "filters")
        #expect(result.status == 0 && result.errors.split(separator: "\n").count == 1 && result.errors.contains("Kinesis"), "\(result.errors)")
        #expect(result.lines == [
            #"{"table":"Products","FilterCriteria":{"Filters":[{"Pattern":"{\"eventName\":[\"INSERT\",{\"prefix\":\"MOD\"}]}"}]}}"#,
            #"{"queue":"stock-updates","reason":"the route “q” takes all of its messages"}"#,
            #"{"queue":"other-*","reason":"the route “q” takes all of its messages"}"#,
            #"{"table":"Todo*","reason":"the route “t” takes every change"}"#,
        ])
    }

    @Test(arguments: [
        ("- { table: [T], op: [INSERT], to: a }\n  - { table: [T], op: [REMOVE], to: a }", #"{\"eventName\":[\"INSERT\",\"REMOVE\"]}"#),
        ("- { table: [T], op: [INSERT], to: a }\n  - { table: [\"*\"], op: [REMOVE], to: a }", #"{\"eventName\":[\"INSERT\",\"REMOVE\"]}"#),
        ("- { table: [T], op: [INSERT], to: a }\n  - { table: [U], to: a }", #"{\"eventName\":[\"INSERT\"]}"#),
        ("- { table: [T], op: [INSERT], to: a }\n  - { kind: log, to: a }", #"{\"eventName\":[\"INSERT\"]}"#),
        ("- { table: [T], op: [INSERT], to: a }\n  - { to: a }", "every change"),
        ("- { table: [T], op: [\"*T\"], to: a }", "for which a filter has no words"),
        ("- { table: [T], op: [INSERT, MODIFY, REMOVE], to: a }", "INSERT, MODIFY and REMOVE"),
        (
            "- { table: [T], op: [MODIFY], when: { dynamodb: { NewImage: { status: { S: [paid, { prefix: x }] }, a: { S: [{ wildcard: \"a*\" }] } } } }, to: a }",
            #"{\"eventName\":[\"MODIFY\"],\"dynamodb\":{\"NewImage\":{\"status\":{\"S\":[\"paid\",{\"prefix\":\"x\"}]}}}}"#
        ),
        (
            "- { table: [T], op: [INSERT], to: a }\n  - { table: [T], op: [REMOVE], to: a }\n  - { table: [T], when: { userIdentity: { type: [Service] } }, to: a }",
            #"{"Pattern":"{\"eventName\":[\"INSERT\",\"REMOVE\"]}"},{"Pattern":"{\"userIdentity\":{\"type\":[\"Service\"]}}"}"#
        ),
        ("- { table: [T], when: { eventName: [{ anything-but: [MODIFY] }] }, op: [REMOVE], to: a }", #""Pattern":"{\"eventName\":[{\"anything-but\":[\"MODIFY\"]}]}""#),
        (
            "- { table: [T], when: { $or: [{ eventName: [INSERT] }, { dynamodb: { SizeBytes: [{ numeric: [\">\", 9] }] } }] }, to: a }",
            #"{\"$or\":[{\"eventName\":[\"INSERT\"]},{\"dynamodb\":{\"SizeBytes\":[{\"numeric\":[\">\",9]}]}}]}"#
        ),
        ("- { table: [T], when: { $or: [{ eventName: [INSERT] }, { awsRegion: [{ cidr: 10.0.0.0/8 }] }] }, to: a }", "has conditions for which a filter has no words"),
        ("- { table: [T], when: { eventID: [\"::1\"], dynamodb: { SizeBytes: [7] }, a.b: [c] }, to: a }", "has conditions for which a filter has no words"),
        ("- { table: [T], becomes: { status: [paid] }, to: a }", "has conditions for which a filter has no words"),
        (
            (1...6).map { "- { table: [T], op: [INSERT], when: { eventID: [\"\($0)\"] }, to: a }" }.joined(separator: "\n  "),
            #"{"Filters":[{"Pattern":"{\"eventName\":[\"INSERT\"]}"}]}"#
        ),
        ((1...6).map { "- { table: [T], when: { eventID: [\"\($0)\"] }, to: a }" }.joined(separator: "\n  "), "the routes need 6 patterns, and a mapping has 5"),
        (
            "- { table: [T], op: [INSERT], when: { eventID: [\"\(String(repeating: "x", count: 4070))\"] }, to: a }",
            #"{"Filters":[{"Pattern":"{\"eventName\":[\"INSERT\"]}"}]}"#
        ),
    ])
    func filtersNeverKeepLess(_ routes: String, _ expected: String) async throws {
        try folder.write("sluice.yaml", "sinks: { a: { type: log } }\nroutes:\n  \(routes)\n")
        let result = try await sluice("generate", "filters")
        #expect(result.status == 0)
        #expect(try #require(result.lines.first).contains(expected), "\(result.lines)")
    }

    /// What a filter would let go, no route takes: `sluice match` tells what a filter keeps.
    @Test func filtersAgreeWithTheRoutes() async throws {
        var random = SeededRandom(announcing: "filtersAgreeWithTheRoutes")
        let seed = random.seed
        let operations = ["INSERT", "MODIFY", "REMOVE", "I*", "*", "*E"]
        let tests = [
            #"dynamodb: { Keys: { Id: { N: ["1", "3"] } } }"#, #"dynamodb: { Keys: { Id: { N: [{ prefix: "2" }, { wildcard: "*" }] } } }"#,
            #"dynamodb: { Keys: { Id: { N: [{ anything-but: ["1", "2"] }] } } }"#, #"dynamodb: { NewImage: { name: { S: [{ exists: true }] } } }"#,
            #"dynamodb: { OldImage: { Id: { N: [{ exists: false }] } } }"#, #"dynamodb: { SequenceNumber: [{ prefix: "4000000000001" }], SizeBytes: [99] }"#,
            #"$or: [{ dynamodb: { Keys: { Id: { N: ["1"] } } } }, { eventName: [{ equals-ignore-case: remove }] }]"#,
        ]
        var filtered = 0
        for _ in 0..<12 {
            let routes = (0..<Int.random(in: 1...3, using: &random)).map { number in
                let some = operations.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random)).map { "\"\($0)\"" }
                var conditions = [Bool.random(using: &random) ? "table: [Things]" : "table: [Others]"]
                if Bool.random(using: &random) { conditions.append("op: [\(some.joined(separator: ","))]") }
                if Bool.random(using: &random) { conditions.append("when: { \(tests.randomElement(using: &random) ?? "") }") }
                return "{ name: r\(number), \(conditions.joined(separator: ", ")), to: a }"
            }
            let configuration = "sinks: { a: { type: log } }\nroutes: [\(routes.joined(separator: ", "))]\n"
            try folder.write("sluice.yaml", configuration)
            let records = ["INSERT", "MODIFY", "REMOVE"].enumerated().flatMap { number, operation in
                [number, number + 3].map { Recordings.change($0).replacingOccurrences(of: "\"INSERT\"", with: "\"\(operation)\"") }
            }
            try folder.write("in.json", records.joined(separator: "\n"))
            guard let line = try await sluice("generate", "filters").lines.first(where: { $0.contains("\"Things\"") }) else { continue }
            guard case .array(let patterns)? = try JSONValue(parsing: line)["FilterCriteria"]?["Filters"] else { continue }
            filtered += 1
            var kept: Set<String> = []
            for pattern in patterns { kept.formUnion(try await sluice("match", pattern["Pattern"]?.stringValue ?? "", "in.json").lines.compactMap(Self.id)) }
            let taken = Set(try await sluice("process", "in.json").lines.compactMap(Self.id))
            #expect(taken.isSubset(of: kept), "\(configuration)\n\(line) (seed \(seed))")
        }
        #expect(filtered > 0, "seed \(seed)")
    }

    /// Of a record, or of its plain line.
    private static func id(_ line: String) -> String? {
        let value = try? JSONValue(parsing: line)
        return (value?["eventID"] ?? value?["id"])?.stringValue
    }

    // MARK: Policies

    private func statements(_ result: Command.Result) throws -> [String: (actions: [String], resources: [String])] {
        guard case .array(let list)? = try JSONValue(parsing: result.output)["Statement"] else { return [:] }
        func texts(_ value: JSONValue?) -> [String] {
            if case .array(let values)? = value { values.compactMap(\.stringValue) } else { [value?.stringValue].compactMap { $0 } }
        }
        return Dictionary(uniqueKeysWithValues: list.map { ($0["Sid"]?.stringValue ?? "", (texts($0["Action"]), texts($0["Resource"]))) })
    }

    @Test func aPolicyNamesWhatIsNeededAndNoMore() async throws {
        try folder.write("sluice.yaml", Self.everything)
        var sluice = sluice
        sluice.environment["ORDERS_QUEUE_URL"] = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"
        sluice.environment["STAGE"] = "prod"
        let result = try await sluice("generate", "iam", "--region", "eu-west-1", "--account", "123456789012", "--function", "consumer")
        // Whether there are streams of Kinesis and a key of the customer's own, no configuration tells.
        #expect(result.status == 0 && result.errors.split(separator: "\n").count == 2 && result.errors.contains("AWSLambdaKinesisExecutionRole") && result.errors.contains("kms:Decrypt"), "\(result.errors)")
        let found = try statements(result)
        #expect(found["OwnLog"]?.resources == ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/consumer:*"])
        #expect(found["SinkArchive"]?.actions == ["s3:PutObject"])
        #expect(found["SinkArchive"]?.resources == ["arn:aws:s3:::my-bucket/a/prod/*", "arn:aws:s3:::my-lines/*", "arn:aws:s3:::my-parked/*"])
        #expect(found["SinkOrders"]?.resources == ["arn:aws:sqs:eu-west-1:123456789012:orders", "arn:aws:sqs:eu-west-1:123456789012:far"])
        #expect(found["SinkNotes"]?.actions == ["sqs:SendMessage", "sqs:GetQueueUrl"])
        #expect(found["SinkBus"]?.resources == ["arn:aws:events:eu-west-1:123456789012:event-bus/records-prod"])
        #expect(found["SinkFn"]?.resources == ["f:live", "consumer", "orders-prod", "mails-*", "stock:live"].map { "arn:aws:lambda:eu-west-1:123456789012:function:\($0)" })
        #expect(found["SinkHistory"]?.actions == ["dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:UpdateItem"])
        #expect(found["ReadProducts"]?.resources.first == "arn:aws:dynamodb:eu-west-1:123456789012:table/Products/stream/*")
        #expect(found["ReadStockUpdates"]?.actions.contains("sqs:DeleteMessage") == true)
        #expect(found["AnswerRequests"]?.actions.contains("dynamodb:ConditionCheckItem") == true)
        #expect(found["AnswerRequests"]?.resources == ["arn:aws:dynamodb:eu-west-1:123456789012:table/eventtable"])
        #expect(found["AnswerRequestsByIndex"]?.resources == ["arn:aws:dynamodb:eu-west-1:123456789012:table/eventtable/index/*"])
        #expect(found.count == 11 && !result.text.contains("\"*\""))
    }

    /// ARNs begin with the partition that the region is in; a queue's URL tells its own.
    @Test(arguments: [
        ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-iso-east-1", "aws-iso"), ("us-isob-east-1", "aws-iso-b"), ("us-isof-south-1", "aws-iso-f"),
        ("eu-isoe-west-1", "aws-iso-e"), ("eusc-de-east-1", "aws-eusc"), ("eu-central-1", "aws"), ("us-east-1", "aws"),
    ])
    func arnsNameTheRegionsPartition(_ region: String, _ partition: String) async throws {
        try folder.write("sluice.yaml", Self.everything)
        var sluice = sluice
        sluice.environment["ORDERS_QUEUE_URL"] = "https://sqs.cn-northwest-1.amazonaws.com.cn/123456789012/orders"
        let found = try statements(try await sluice("generate", "iam", "--region", region, "--account", "123456789012"))
        #expect(found["OwnLog"]?.resources == ["arn:\(partition):logs:\(region):123456789012:log-group:/aws/lambda/sluice:*"])
        #expect(found["SinkArchive"]?.resources.first == "arn:\(partition):s3:::my-bucket/a/dev/*")
        #expect(found["SinkOrders"]?.resources == ["arn:aws-cn:sqs:cn-northwest-1:123456789012:orders", "arn:aws:sqs:eu-west-1:123456789012:far"])
        #expect(found["ReadProducts"]?.resources.first == "arn:\(partition):dynamodb:\(region):123456789012:table/Products/stream/*")
        // The other way to tell the region.
        sluice.environment["AWS_REGION"] = region
        let own = try statements(try await sluice("generate", "iam"))["OwnLog"]?.resources
        #expect(own == ["arn:\(partition):logs:\(region):*:log-group:/aws/lambda/sluice:*"])
    }

    @Test func withoutTheAPINothingIsReadOrRunAgain() async throws {
        let api = "api: { numbers: string }\n"
        try #require(Self.everything.contains(api))
        try folder.write("sluice.yaml", Self.everything.replacingOccurrences(of: api, with: ""))
        var sluice = sluice
        sluice.environment["ORDERS_QUEUE_URL"] = "orders"
        let found = try statements(try await sluice("generate", "iam", "--account", "123456789012"))
        #expect(found["AnswerRequests"] == nil && found["SinkFn"]?.resources.count == 1)
        #expect(try await !sluice("generate", "sam").text.contains("ApiGateway"))
    }

    @Test func aPolicyNeedsItsNames() async throws {
        try folder.write("sluice.yaml", Self.everything)
        let result = try await sluice("generate", "iam")
        #expect(result.status == 2 && result.text.isEmpty && result.errors.contains("ORDERS_QUEUE_URL: not set"), "\(result.errors)")
        try folder.write("sluice.yaml", "sinks: { f: { type: file, path: x }, t: { type: event-table, table: \"dynamodb:t\" } }\nroutes: [{ to: [f, t] }]\n")
        let narrow = try await sluice("generate", "iam")
        #expect(narrow.status == 0 && narrow.errors.contains("--account make it narrower") && narrow.errors.contains("the sink f (file)"))
    }

    @Test func tablesAndFunctionsMayBeNamedByTheirARNs() async throws {
        let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/x"
        try folder.write("sluice.yaml", """
            sinks:
              history: { type: event-table, table: "dynamodb:\(table)" }
              other: { type: lambda, function: "123456789012:function:f:live" }
              near: { type: lambda, function: g }
            api: { numbers: string }
            routes: [{ to: [history, other, near] }]
            """)
        let found = try statements(try await sluice("generate", "iam", "--region", "eu-central-1", "--account", "999999999999"))
        #expect(found["SinkHistory"]?.resources == [table] && found["AnswerRequests"]?.resources == [table])
        #expect(found["AnswerRequestsByIndex"]?.resources == ["\(table)/index/*"])
        #expect(found["SinkOther"]?.resources == ["arn:aws:lambda:eu-central-1:123456789012:function:f:live", "arn:aws:lambda:eu-central-1:999999999999:function:g"])
    }

    @Test(arguments: [
        ("key: \"{date}/{id}.json\"", true), ("key: \"{source}/{id}.json\"", false), ("key: \"{table}/{id}.json\"", false), ("key: \"{group}/{id}.json\"", true),
        ("key: \"{date}/{id}.json.gz\", batch: true", false), ("batch: false", false), ("key: \"${LAYOUT}\"", false),
    ])
    func objectsThatAreThereAreReadWhereTheNameDoesNotTellTheSource(_ settings: String, _ reads: Bool) async throws {
        try folder.write("sluice.yaml", """
            sinks: { a: { type: s3-json, bucket: my-bucket, \(settings) }, b: { type: log } }
            routes: [{ table: [T], to: a }, { group: [g], to: b }]
            """)
        var sluice = sluice
        sluice.environment["LAYOUT"] = "{kind}/{table}/{id}"
        let found = try statements(try await sluice("generate", "iam"))
        #expect(found["SinkA"]?.actions == (reads ? ["s3:GetObject", "s3:PutObject"] : ["s3:PutObject"]))
    }

    /// Any record may be rejected.
    @Test func parkedObjectsAreReadToo() async throws {
        try folder.write("sluice.yaml", """
            sinks: { a: { type: s3-json, bucket: my-bucket, key: "{table}/{id}.json" }, b: { type: log } }
            routes: [{ table: [T], to: b }, { group: [g], to: b }]
            rejected: { to: [a] }
            """)
        #expect(try statements(try await sluice("generate", "iam"))["SinkA"]?.actions == ["s3:GetObject", "s3:PutObject"])
        #expect(try await sluice("generate", "sam").text.contains("Action: [s3:GetObject, s3:PutObject]"))
    }

    // MARK: Templates

    @Test func theTemplateOfEverythingIsSound() async throws {
        try folder.write("sluice.yaml", Self.everything)
        let result = try await sluice("generate", "sam")
        #expect(result.status == 0)
        for part in [
            "#       5.00  sink archive: S3, one object a record", "#       1.00  sink console: CloudWatch Logs, whole records", "sink history: DynamoDB",
            "  OrdersQueueUrl:\n    Type: String\n    Description: \"ORDERS_QUEUE_URL: the queue's URL\"", "  Stage:\n    Type: String\n    Description: \"STAGE\"\n    Default: \"dev\"",
            "  RedactionKey:\n    Type: String\n    Description: \"REDACTION_KEY\"\n    NoEcho: true", "          STAGE: !Ref Stage",
            #"- !Sub "arn:${AWS::Partition}:s3:::my-bucket/a/${Stage}/*""#, #"{ Name: !Select [4, !Split ["/", !Ref OrdersQueueUrl]] }]"#,
            #"          - Pattern: '{"eventName":["INSERT",{"prefix":"MOD"}]}'"#, "      # No filter: the route “t” takes every change.",
            "    DependsOn: [ApiMethod, ApiPreflight, ApiRefusals, ApiThrottled, ApiQuotaExceeded, ApiFailures]",
            "    Type: AWS::ApiGateway::UsagePlan", "  ApiUrl:", #"- !Sub "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:orders-${Stage}""#,
            #"- !Sub "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-consumer""#,
        ] { #expect(result.text.contains(part), "\(part)") }
        #expect(!result.text.contains("sink parked: S3, one object a record"))
        let verdict = try await lint(result.text)
        #expect(verdict.status == 0, "\(verdict.text) \(verdict.errors)")
        // The template itself keeps what `check` asks for.
        let check = try await sluice("check", "--config", try folder.write("plain.yaml", "sinks: { a: { type: log } }\nroutes: [{ to: a }]\n"), "--template", folder.path("template.yaml"), "--strict")
        #expect(check.status == 0, "\(check.errors)")
    }

    @Test(arguments: ["- { to: a }", "- { kind: log, group: [\"/ecs/*\"], to: a }", "- { queue: [q.fifo], to: a }", "- { bus: [default, \"1\"], to: a }", "- { table: [Failures, Consumer, consumer], to: a }"])
    func templatesOfSingleSourcesAreSound(_ route: String) async throws {
        try folder.write("sluice.yaml", "sinks: { a: { type: log } }\nroutes:\n  \(route)\n")
        let result = try await sluice("generate", "sam")
        let verdict = try await lint(result.text)
        #expect(result.status == 0 && verdict.status == 0, "\(verdict.text) \(verdict.errors)\n\(result.text)")
    }

    /// The linter would see it if something were wrong.
    @Test func theLinterSeesMistakes() async throws {
        try folder.write("sluice.yaml", "sinks: { a: { type: log } }\nroutes: [{ table: [T], to: a }]\n")
        let text = try await sluice("generate", "sam").text
        #expect(try await lint(text.replacingOccurrences(of: "!Ref TTableStreamArn", with: "!Ref Nothing")).status != 0)
        #expect(try await lint(text.replacingOccurrences(of: "BatchSize: 100", with: "BatchSize: many")).status != 0)
    }

    @Test func whatIsWrongIsTold() async throws {
        for verb in ["filters", "iam", "sam"] {
            #expect(try await sluice("generate", verb).errors.contains("there is no configuration"))
        }
        try folder.write("sluice.yaml", "sinks: { a: { type: lgo } }\nroutes: [{ to: a }]\n")
        let result = try await sluice("generate", "sam")
        #expect(result.status == 2 && result.text.isEmpty && result.errors.contains("did you mean log?"))
    }
}
