// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import Testing
import TestSupport

/// Filters keep all that the routes take, whatever stands in them.
@Suite struct FilterTests {
    private let folder: TemporaryFolder
    private var sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
        for name in ["STATUS", "Q", "STAGE"] { sluice.environment.updateValue(nil, forKey: name) }
    }

    private func filters(_ routes: String) async throws -> [String] {
        try folder.write("sluice.yaml", "sinks: { a: { type: log } }\nroutes:\n  \(routes)\n")
        let result = try await sluice("generate", "filters")
        #expect(result.status == 0, "\(result.errors)")
        return result.lines
    }

    // MARK: Variables

    /// What a variable holds is known when the function runs.
    @Test(arguments: [
        (#"- { table: [T], op: [INSERT], when: { dynamodb: { NewImage: { status: { S: ["${STATUS}"] } } } }, to: a }"#, #""{\"eventName\":[\"INSERT\"]}""#),
        (
            #"- { table: [T], when: { eventID: [x], dynamodb: { Keys: { Id: { S: [a, { prefix: "${STATUS:-paid}" }] } } } }, to: a }"#,
            #""{\"eventID\":[\"x\"]}""#
        ),
        (#"- { table: [T], when: { eventID: [x], awsRegion: [{ cidr: "${STATUS}" }] }, to: a }"#, #""{\"eventID\":[\"x\"]}""#),
        (#"- { table: [T], when: { eventID: ["$${STATUS}"] }, to: a }"#, #""{\"eventID\":[\"${STATUS}\"]}""#),
        (#"- { table: [T], when: { eventID: [{ anything-but: ["${STATUS:-paid}"] }] }, to: a }"#, "the route “route 1” has conditions with variables"),
        (
            #"- { table: [T], when: { $or: [{ eventName: ["${STATUS:-INSERT}"] }, { awsRegion: [x] }] }, to: a }"#,
            "the route “route 1” has conditions with variables"
        ),
        (#"- { table: [T], op: ["${STATUS:-INSERT}"], to: a }"#, "the route “route 1” takes operations by a variable"),
        (#"- { table: [T], op: [REMOVE, "${STATUS}"], to: a }"#, "the route “route 1” takes operations by a variable"),
        (#"- { table: "${STATUS:-T}", op: [INSERT], to: a }"#, #"{"table":"${STATUS:-T}","FilterCriteria":{"Filters":[{"Pattern":"{\"eventName\":[\"INSERT\"]}"}]}}"#),
        ("- { table: [T], op: [INSERT], to: a }\n  - { table: [\"${STATUS:-U}\"], op: [REMOVE], to: a }", #""{\"eventName\":[\"INSERT\",\"REMOVE\"]}""#),
        ("- { table: [T], op: [INSERT], to: a }\n  - { kind: \"${STATUS:-log}\", to: a }", "the route “route 2” takes every change"),
        ("- { envelope: \"${STATUS:-debezium}\", to: a }", #"{"queue":"*","reason":"#),
        ("- { queue: \"${STATUS:-orders}\", to: a }", #"{"queue":"${STATUS:-orders}","reason":"#),
        (#"- { queue: q, when: { body: { type: ["${STATUS:-paid}"] } }, to: a }"#, "the route “route 1” has conditions with variables"),
        (#"- { queue: q, when: { body: { type: ["${STATUS:-paid}"], kind: [x] } }, to: a }"#, #""{\"body\":{\"kind\":[\"x\"]}}""#),
    ])
    func filtersAskForNoVariables(_ routes: String, _ expected: String) async throws {
        var sluice = sluice
        for value in [nil, "", "REMOVE"] as [String?] {
            sluice.environment.updateValue(value, forKey: "STATUS")
            try folder.write("sluice.yaml", "sinks: { a: { type: log } }\nroutes:\n  \(routes)\n")
            let result = try await sluice("generate", "filters")
            #expect(result.status == 0 && result.text.contains(expected), "STATUS=\(value ?? "nil"): \(result.text)\(result.errors)")
        }
    }

    @Test func sourcesWithVariablesAreParameters() async throws {
        try folder.write("sluice.yaml", """
            sinks: { a: { type: log } }
            routes: [{ queue: "${Q:-orders}", to: a }, { group: "/ecs/${STAGE:-dev}", to: a }, { bus: "bus-${STAGE:-dev}", to: a }]
            """)
        var sluice = sluice
        for value in [nil, "prod"] as [String?] {
            for name in ["Q", "STAGE"] { sluice.environment.updateValue(value, forKey: name) }
            let text = try await sluice("generate", "sam").text
            for part in [
                "  QQueueName:\n    Type: String\n", #"EventSourceArn: !Sub "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${QQueueName}""#,
                "LogGroupName: !Ref EcsSTAGEGroupName", "EventBusName: !Ref BusSTAGEBusName",
            ] { #expect(text.contains(part), "\(part)\n\(text)") }
        }
        sluice.environment["STAGE"] = "prod"
        sluice.environment["Q"] = "other"
        #expect(try await sluice("generate", "iam").text.contains("arn:aws:sqs:*:*:other"))
    }

    // MARK: Patterns of changes

    /// Where a path comes twice the last condition counts; and what is absent is looked for in elements that have the other fields.
    @Test(arguments: [
        #"$or: [{ eventName: [INSERT] }, { awsRegion: [nowhere] }], eventName: [{ wildcard: "MOD*" }]"#,
        #"eventName: [REMOVE], $or: [{ eventName: [{ wildcard: "MOD*" }] }, { awsRegion: [nowhere] }]"#,
        #"eventName: [REMOVE], $or: [{ eventName: [MODIFY], eventID: [{ exists: true }] }, { awsRegion: [nowhere] }]"#,
        #"dynamodb: { Keys: { Id: { N: ["0"] } } }, dynamodb.Keys.Id.N: ["4"]"#,
        #"dynamodb: { Keys.Id: { N: ["4"] } }, $or: [{ dynamodb: { Keys: { Id: { N: ["0"] } } } }, { dynamodb: { Keys: { Id: { N: [{ wildcard: "4" }] } } } }]"#,
        #"$or: [{ dynamodb: { Keys: { Id: { N: ["0"] } } }, dynamodb.Keys.Id.N: ["4"] }, { eventName: [REMOVE] }]"#,
        #"dynamodb: { NewImage: { lines: { L: { M: { a: { S: [{ wildcard: "4" }] }, b: { S: [{ exists: false }] } } } } } }"#,
        #"eventSource: ["aws:dynamodb"], dynamodb: { NewImage: { lines: { L: { M: { a: { S: ["4"] }, b: { S: [{ exists: false }] } } } } } }"#,
    ])
    func filtersKeepWhatPatternsMeanInTheEnd(_ when: String) async throws {
        let records = ["INSERT", "MODIFY", "REMOVE"].enumerated().flatMap { number, operation in
            [number, number + 3].map { id in
                Recordings.change(id).replacingOccurrences(of: "\"INSERT\"", with: "\"\(operation)\"").replacingOccurrences(
                    of: "\"tags\":", with: #""lines":{"L":[{"M":{"b":{"S":"x"}}},{"M":{"a":{"S":"\#(id)"}}}]},"tags":"#)
            }
        }
        try folder.write("in.json", records.joined(separator: "\n"))
        let line = try #require(try await filters("- { table: [Things], when: { \(when) }, to: a }").first)
        let taken = Set(try await sluice("process", "in.json").lines.compactMap(Self.id))
        #expect(!taken.isEmpty, "\(when)")
        guard let patterns = try Self.patterns(line) else { return }
        var kept: Set<String> = []
        for pattern in patterns { kept.formUnion(try await sluice("match", pattern, "in.json").lines.compactMap(Self.id)) }
        #expect(taken.isSubset(of: kept), "\(when)\n\(line)")
    }

    // MARK: Queues

    @Test(arguments: [
        ("- { queue: q, when: { body: { type: [paid] }, messageId: [x] }, to: a }", #"{"queue":"q","FilterCriteria":{"Filters":[{"Pattern":"{\"body\":{\"type\":[\"paid\"]}}"}]}}"#),
        ("- { queue: q, when: { body: { type: [paid], total: [{ numeric: [\">\", 5] }] } }, to: a }", #"[{"Pattern":"{\"body\":{\"type\":[\"paid\"]}}"}]"#),
        (
            "- { queue: q, when: { body: { type: [paid] } }, to: a }\n  - { kind: event, when: { source: [shop], detail: { n: [1] } }, to: a }",
            #"[{"Pattern":"{\"body\":{\"type\":[\"paid\"]}}"},{"Pattern":"{\"body\":{\"source\":[\"shop\"]}}"}]"#
        ),
        ("- { queue: q, when: { body: { x: [a] } }, to: a }\n  - { queue: p, to: a }", #"{"queue":"q","FilterCriteria":"#),
        ("- { queue: q, when: { body: { x: [a] } }, to: a }\n  - { changed: [x], to: a }", #"{"queue":"q","FilterCriteria":"#),
        ("- { queue: q, when: { body: { x: [a] } }, to: a }\n  - { queue: \"*\", to: a }", "the route “route 2” takes all of its messages"),
        ("- { queue: q, when: { body: { x: [a] } }, to: a }\n  - { bus: default, to: a }", "the route “route 2” takes events of buses, which a queue may carry"),
        (
            "- { queue: q, when: { body: { x: [a] } }, to: a }\n  - { kind: event, when: { detail: { n: [1] } }, to: a }",
            "which a queue may carry, and asks nothing of them for which a filter has words"
        ),
        ("- { queue: q, when: { body: [paid] }, to: a }", "asks nothing of a message's body for which a filter has words"),
        ("- { queue: q, when: { messageId: [paid] }, to: a }", "asks nothing of a message's body for which a filter has words"),
        ("- { queue: q, when: { $or: [{ body: { x: [a] } }, { messageId: [b] }] }, to: a }", "asks nothing of a message's body for which a filter has words"),
        ("- { queue: q, when: { body: { x: [{ exists: false }] } }, to: a }", "the route “route 1” takes messages whose bodies are not JSON"),
        ("- { queue: q, when: { body: { $or: [{ x: [a] }, { y: [{ exists: false }] }] } }, to: a }", "the route “route 1” takes messages whose bodies are not JSON"),
        ("- { queue: q, when: { body: { x: [\"\(String(repeating: "x", count: 4090))\"] } }, to: a }", "the route “route 1” needs a pattern of 4109 characters, and a filter has 4096"),
        ((1...6).map { "- { queue: q, when: { body: { x: [\"\($0)\"] } }, to: a }" }.joined(separator: "\n  "), "the routes need 6 patterns, and a mapping has 5"),
    ])
    func filtersOfQueuesAskForBodies(_ routes: String, _ expected: String) async throws {
        let lines = try await filters(routes)
        #expect(try #require(lines.first).contains(expected), "\(lines)")
        let template = try await sluice("generate", "sam").text
        #expect(template.contains(expected.contains("Pattern") || expected.contains("Criteria") ? "          - Pattern: '{\"body\":{" : "      # No filter: the route"), "\(template)")
    }

    /// Messages that a filter would let go are deleted, so no route may take one.
    @Test func filtersOfQueuesAgreeWithTheRoutes() async throws {
        var random = SeededRandom(announcing: "filtersOfQueuesAgreeWithTheRoutes")
        let seed = random.seed
        let messages = [
            #"body: { type: [paid, { prefix: ref }] }"#, #"body: { total: [{ numeric: [">", 5] }], type: [paid] }"#, #"body: { total: [7] }"#,
            #"body: { type: [{ exists: false }] }"#, #"body: { note: [{ exists: false }], type: [paid] }"#, #"body: { $or: [{ type: [paid] }, { note: [x] }] }"#,
            #"body: { $or: [{ type: [paid] }, { note: [{ exists: false }] }] }"#, #"body: { type: [{ anything-but: [paid] }] }"#,
            #"body: { lines: { a: [{ wildcard: "1" }], b: [{ exists: false }] } }"#, #"body: { lines: { a: ["1"], b: [{ exists: false }] } }"#,
            #"body: { Message: [{ prefix: "{" }] }"#, #"body: [plain]"#, #"body: { type: [paid] }, messageId: [m3]"#, #"body: { type: [refund] }, body.type: [paid]"#,
            #"$or: [{ body: { type: [paid] } }, { messageId: [m0] }]"#, #"body: { type: [refund] }, $or: [{ body: { type: [{ wildcard: "paid" }] } }, { messageId: [none] }]"#,
        ]
        let events = [
            #"kind: event, when: { detail: { type: [paid] } }"#, #"kind: event, when: { source: [shop], detail: { note: [{ exists: false }] } }"#, "kind: event",
            #"bus: ["*"], when: { detail: { n: [1] } }"#, #"kind: [message, event], when: { body: { type: [paid] } }"#, #"kind: [message, event], when: { $or: [{ source: [shop] }, { body: { note: [x] } }] }"#,
        ]
        let bodies = [
            "plain", "5", #""paid""#, "{}", #"{"type":"paid","total":7}"#, #"{"type":"refund","total":3,"note":"x"}"#, #"{"note":"y"}"#, #"[{"type":"paid"}]"#,
            #"{"lines":[{"b":"2"},{"a":"1"}]}"#, #"{"type":["x","paid"],"total":6000000000}"#,
            #"{"Type":"Notification","TopicArn":"arn:aws:sns:eu-west-1:123456789012:t","Message":"{\"type\":\"paid\"}","type":"paid"}"#,
            #"{"id":"m11","detail-type":"order","source":"shop","detail":{"type":"paid","n":1},"body":{"type":"paid"}}"#,
            #"{"id":"m12","detail-type":"order","source":"other","detail":{"type":"open","note":"x"}}"#,
        ]
        let records = bodies.enumerated().map { number, body in
            #"{"messageId":"m\#(number)","receiptHandle":"r","body":\#(JSONValue.string(body).text),"attributes":{"SentTimestamp":"1795000000000"},"#
                + #""eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:q","awsRegion":"eu-west-1"}"#
        }
        try folder.write("in.json", Recordings.event(records))
        // As Lambda sees them: a pattern for JSON holds bodies that are JSON, whatever they are to Sluice, and lets go the others.
        try folder.write("bodies.json", bodies.enumerated().filter { (try? JSONValue(parsing: $1)) != nil }.map { number, body in
            #"{"id":"m\#(number)","detail-type":"body","source":"queue","detail":\#(body)}"#
        }.joined(separator: "\n"))
        var filtered = 0
        for _ in 0..<24 {
            var routes = (0..<Int.random(in: 1...2, using: &random)).map { number in
                "- { queue: \(Int.random(in: 0..<4, using: &random) == 0 ? "\"*\"" : "q"), when: { \(messages.randomElement(using: &random) ?? "") }, to: a }"
            }
            if Bool.random(using: &random) { routes.append("- { \(events.randomElement(using: &random) ?? ""), to: a }") }
            let configuration = routes.joined(separator: "\n  ")
            let lines = try await filters(configuration)
            guard let line = lines.first(where: { $0.contains("\"q\"") || $0.contains("\"*\"") }), let patterns = try Self.patterns(line) else { continue }
            filtered += 1
            var kept: Set<String> = []
            for pattern in patterns {
                let body = try #require(try JSONValue(parsing: pattern)["body"])
                guard case .object = body else { throw Unexpected(pattern: pattern) }
                kept.formUnion(try await sluice("match", "{\"detail\":\(body.text)}", "bodies.json").lines.compactMap(Self.id))
            }
            let taken = Set(try await sluice("process", "in.json").lines.compactMap(Self.id))
            #expect(taken.isSubset(of: kept), "\(configuration)\n\(line)\n\(taken.subtracting(kept)) (seed \(seed))")
        }
        #expect(filtered > 0, "seed \(seed)")
    }

    private struct Unexpected: Error {
        var pattern: String
    }

    // MARK: Kinesis

    @Test(arguments: [("table: T", true), ("group: g", true), ("queue: q", false), ("kind: event", false)])
    func mappingsOfKinesisAreNotMade(_ route: String, _ isTold: Bool) async throws {
        try folder.write("sluice.yaml", "sinks: { a: { type: log } }\nroutes: [{ \(route), to: a }]\n")
        for verb in ["filters", "iam", "sam"] {
            let result = try await sluice("generate", verb)
            #expect(result.status == 0 && result.errors.contains("No mapping of its streams is made here") == isTold, "\(verb): \(result.errors)")
            if verb == "sam" { #expect(result.text.contains("compressed logs") == isTold) }
        }
    }

    // MARK: Parts

    /// The patterns of a line; nil where it has a reason instead.
    private static func patterns(_ line: String) throws -> [String]? {
        guard case .array(let filters)? = try JSONValue(parsing: line)["FilterCriteria"]?["Filters"] else { return nil }
        return filters.compactMap { $0["Pattern"]?.stringValue }
    }

    /// Of a record, or of its plain line.
    private static func id(_ line: String) -> String? {
        let value = try? JSONValue(parsing: line)
        return (value?["eventID"] ?? value?["id"])?.stringValue
    }
}
