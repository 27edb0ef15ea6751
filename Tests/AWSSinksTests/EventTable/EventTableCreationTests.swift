// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import EventTable
import JSONTape
import Synchronization
import Testing

@testable import AWSSinks

@Suite("Making the event table in DynamoDB") struct EventTableCreationTests {
    /// Makes a table, and gives what it told.
    private func run(_ services: AWSServices, _ table: String) async throws -> [String] {
        let told = Mutex<[String]>([])
        try await EventTableCreation(services, table: table, report: { text in told.withLock { $0.append(text) } }, pause: { _ in await Task.yield() }).run()
        return told.withLock { $0 }
    }

    /// What boto3 tells of a table: its indexes by name, each with its keys and projection.
    private func indexes(_ table: String) async throws -> [String: String] {
        let description = try await MotoServer.boto("dynamodb", "describe_table", ["TableName": .string(table)])["Table"]
        guard case .array(let list)? = description?["GlobalSecondaryIndexes"] else { return [:] }
        return Dictionary(uniqueKeysWithValues: list.map { index in
            var keys: [String] = []
            if case .array(let schema)? = index["KeySchema"] { keys = schema.map { "\($0["KeyType"]?.stringValue ?? "") \($0["AttributeName"]?.stringValue ?? "")" } }
            return (index["IndexName"]?.stringValue ?? "", "\(keys.joined(separator: ", ")); \(index["Projection"]?["ProjectionType"]?.stringValue ?? "")")
        })
    }

    private static let allIndexes = [
        "by-subject": "HASH subject, RANGE sort; ALL", "by-function": "HASH fn_shard, RANGE sort; INCLUDE", "by-problem": "HASH problem, RANGE sort; KEYS_ONLY",
        "by-verdict": "HASH verdict_key, RANGE sort; KEYS_ONLY",
    ]

    @Test("A new table has its keys, indexes, expiry and recovery; a second time changes nothing") func new() async throws {
        try await MotoServer.with { services in
            let table = MotoServer.name("events")
            let first = try await run(services, table)
            #expect(first.contains { $0.contains("Made the table") })
            for _ in 0..<2 {
                #expect(try await indexes(table) == Self.allIndexes)
                let description = try await MotoServer.boto("dynamodb", "describe_table", ["TableName": .string(table)])["Table"]
                #expect(description?["BillingModeSummary"]?["BillingMode"] == "PAY_PER_REQUEST")
                let expiry = try await MotoServer.boto("dynamodb", "describe_time_to_live", ["TableName": .string(table)])
                #expect(expiry["TimeToLiveDescription"]?["AttributeName"] == "expires_at")
                let backups = try await MotoServer.boto("dynamodb", "describe_continuous_backups", ["TableName": .string(table)])
                #expect(
                    backups["ContinuousBackupsDescription"]?["PointInTimeRecoveryDescription"]?["PointInTimeRecoveryStatus"] == "ENABLED")
                let second = try await run(services, table)
                #expect(second.contains { $0.contains("is there, with the right keys") })
                #expect(!second.contains { $0.hasPrefix("Added") || $0.hasPrefix("Made") })
            }
        }
    }

    /// Makes a table while DynamoDB refuses so often to set its backups, and gives the pauses between the tries.
    private func run(refusals: Int) async throws -> [Duration] {
        let pauses = Mutex<[Duration]>([])
        let refusal = Fault.error(status: 400, code: "ContinuousBackupsUnavailableException")
        let schedule = FaultSchedule.list(Array(repeating: refusal, count: refusals), operation: "UpdateContinuousBackups")
        try await FaultedServices.with(schedule) { services, _ in
            let table = MotoServer.name("events")
            let creation = EventTableCreation(services, table: table, report: { _ in }, pause: { pause in pauses.withLock { $0.append(pause) } })
            try await creation.run()
            let backups = try await MotoServer.boto("dynamodb", "describe_continuous_backups", ["TableName": .string(table)])
            #expect(backups["ContinuousBackupsDescription"]?["PointInTimeRecoveryDescription"]?["PointInTimeRecoveryStatus"] == "ENABLED")
        }
        return pauses.withLock { $0 }
    }

    @Test("A new table's backups are waited for, but not without end") func backupsAreWaitedFor() async throws {
        let none = try await run(refusals: 0).count
        for refusals in [1, 20] { #expect(try await run(refusals: refusals).count == none + refusals) }
        let error = await #expect(throws: EventStoreError.self) { try await run(refusals: 1000) }
        #expect(error?.message.contains("make it once more later") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("ContinuousBackupsUnavailableException") == true)
    }

    @Test("A table that exists gets the indexes it lacks, whatever its capacity", arguments: ["PAY_PER_REQUEST", "PROVISIONED"])
    func existing(billing: String) async throws {
        try await MotoServer.with { services in
            let table = MotoServer.name("old")
            var arguments: [JSONMember] = [
                JSONMember(name: "TableName", value: .string(table)), JSONMember(name: "BillingMode", value: .string(billing)),
                JSONMember(name: "KeySchema", value: [
                    ["AttributeName": "aws_request_id", "KeyType": "HASH"], ["AttributeName": "FunctionName", "KeyType": "RANGE"],
                ]),
                JSONMember(name: "AttributeDefinitions", value: [
                    ["AttributeName": "aws_request_id", "AttributeType": "S"], ["AttributeName": "FunctionName", "AttributeType": "S"],
                    ["AttributeName": "problem", "AttributeType": "S"], ["AttributeName": "sort", "AttributeType": "S"],
                ]),
            ]
            var index: [JSONMember] = [
                JSONMember(name: "IndexName", value: "by-problem"), JSONMember(name: "Projection", value: ["ProjectionType": "KEYS_ONLY"]),
                JSONMember(name: "KeySchema", value: [["AttributeName": "problem", "KeyType": "HASH"], ["AttributeName": "sort", "KeyType": "RANGE"]]),
            ]
            if billing == "PROVISIONED" {
                let capacity: JSONValue = ["ReadCapacityUnits": .number("3"), "WriteCapacityUnits": .number("4")]
                arguments.append(JSONMember(name: "ProvisionedThroughput", value: capacity))
                index.append(JSONMember(name: "ProvisionedThroughput", value: capacity))
            }
            arguments.append(JSONMember(name: "GlobalSecondaryIndexes", value: .array([.object(index)])))
            _ = try await MotoServer.boto("dynamodb", "create_table", .object(arguments))
            let told = try await run(services, table)
            #expect(told.filter { $0.hasPrefix("Added the index") }.count == 3)
            #expect(told.contains("The index by-problem is there."))
            #expect(try await indexes(table) == Self.allIndexes)
        }
    }

    /// Makes a table of which DynamoDB tells these states one after another, the last of them again and again; absent: there is none. Gives what it told.
    private func run(states: [String?]) async throws -> [String] {
        let left = Mutex(states[...])
        let told = Mutex<[String]>([])
        let service: @Sendable (ProxiedRequest) -> ProxiedAnswer = { request in
            guard request.operation == "DescribeTable" || request.operation == "CreateTable" else {
                let isExpiry = request.operation == "DescribeTimeToLive"
                return ProxiedAnswer(isExpiry ? ["TimeToLiveDescription": ["TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"]] : .object([]))
            }
            let isCreation = request.operation == "CreateTable"
            let state: String? = isCreation ? "CREATING" : left.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? nil }
            guard let state else { return .error(400, "ResourceNotFoundException", "Requested resource not found") }
            let indexes = TableLayout.indexes.map { index -> JSONValue in
                [
                    "IndexName": .string(index.name), "IndexStatus": "ACTIVE", "Projection": ["ProjectionType": "ALL"],
                    "KeySchema": [
                        ["AttributeName": .string(index.key.partition), "KeyType": "HASH"], ["AttributeName": "sort", "KeyType": "RANGE"],
                    ],
                ]
            }
            let names = ["aws_request_id", "FunctionName", "sort"] + TableLayout.indexes.map(\.key.partition)
            let table: JSONValue = [
                "TableName": "events", "TableStatus": .string(state), "GlobalSecondaryIndexes": .array(indexes),
                "KeySchema": [["AttributeName": "aws_request_id", "KeyType": "HASH"], ["AttributeName": "FunctionName", "KeyType": "RANGE"]],
                "AttributeDefinitions": .array(names.map { ["AttributeName": .string($0), "AttributeType": "S"] }),
            ]
            return ProxiedAnswer([isCreation ? "TableDescription" : "Table": table])
        }
        try await withServices(transport: FaultTransport(service)) { services in
            let report: @Sendable (String) -> Void = { text in told.withLock { $0.append(text) } }
            try await EventTableCreation(services, table: "events", report: report, pause: { _ in await Task.yield() }).run()
        }
        return told.withLock { $0 }
    }

    @Test("A table that is being made, changed or not known yet is waited for", arguments: [
        ["CREATING", "CREATING", "ACTIVE"], ["UPDATING", "ACTIVE"], ["ACTIVE"], [nil, nil, nil, "CREATING", nil, "ACTIVE"],
    ])
    func waiting(states: [String?]) async throws {
        let told = try await run(states: states)
        #expect(told.last?.hasPrefix("Point-in-time recovery is on") == true)
    }

    @Test("A table that goes, has gone or cannot be used is told as such, and not waited for", arguments: [
        (["DELETING"], EventStoreError.Code.busy, "is being deleted: make it once more"), (["ACTIVE", "DELETING"], .busy, "is being deleted"),
        (["ACTIVE", nil], .failed, "is gone"), ([nil], .failed, "is gone"), (["INACCESSIBLE_ENCRYPTION_CREDENTIALS"], .cannotOpen, "INACCESSIBLE_ENCRYPTION_CREDENTIALS"),
        (["ARCHIVED"], .cannotOpen, "ARCHIVED"), ([nil, "ARCHIVING"], .cannotOpen, "ARCHIVING"),
    ] as [([String?], EventStoreError.Code, String)])
    func unusable(states: [String?], code: EventStoreError.Code, text: String) async throws {
        let error = await #expect(throws: EventStoreError.self) { try await run(states: states) }
        let message = error?.message ?? ""
        #expect(error?.code == code)
        #expect(message.contains(text), "\(message)")
    }

    @Test("What no table can be called is not asked for") func badName() async throws {
        try await withServices(transport: FaultTransport { _ in .error(500, "InternalFailure", "asked") }) { services in
            let creation = EventTableCreation(services, table: "my table", report: { _ in })
            await #expect { try await creation.run() } throws: { ($0 as? EventStoreError)?.code == .badName }
        }
    }

    @Test("A table with other keys, or an index with other keys, is refused and left as it is", arguments: [
        ("id", "S", "FunctionName", "S", "problem"), ("aws_request_id", "N", "FunctionName", "S", "problem"),
        ("FunctionName", "S", "aws_request_id", "S", "problem"), ("aws_request_id", "S", "FunctionName", "S", "other"),
    ])
    func others(partition: String, type: String, sort: String, sortType: String, indexKey: String) async throws {
        try await MotoServer.with { services in
            let table = MotoServer.name("other")
            _ = try await MotoServer.boto("dynamodb", "create_table", [
                "TableName": .string(table), "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [["AttributeName": .string(partition), "KeyType": "HASH"], ["AttributeName": .string(sort), "KeyType": "RANGE"]],
                "AttributeDefinitions": [
                    ["AttributeName": .string(partition), "AttributeType": .string(type)], ["AttributeName": .string(sort), "AttributeType": .string(sortType)],
                    ["AttributeName": .string(indexKey), "AttributeType": "S"],
                ],
                "GlobalSecondaryIndexes": [[
                    "IndexName": "by-problem", "Projection": ["ProjectionType": "KEYS_ONLY"], "KeySchema": [["AttributeName": .string(indexKey), "KeyType": "HASH"]],
                ]],
            ])
            let before = try await indexes(table)
            await #expect { _ = try await run(services, table) } throws: { ($0 as? EventStoreError)?.code == .notAnEventTable }
            #expect(try await indexes(table) == before)
        }
    }
}
#endif
