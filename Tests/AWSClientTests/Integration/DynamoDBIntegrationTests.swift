// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import JSONTape
import StreamRecords
import Testing
import TestSupport

@Suite("DynamoDB, against moto") struct DynamoDBIntegrationTests {
    private static let key = DynamoDB.KeySchema(partition: "id", sort: "sort")

    /// Runs `body` with a table of its own.
    private func with(_ body: (AWSServices, String) async throws -> Void) async throws {
        try await MotoServer.with { aws in
            let table = MotoServer.name("events")
            let made = try await aws.dynamoDB.createTable(.init(table: table, key: Self.key, attributes: ["id": .string, "sort": .string]))
            #expect(made.name == table)
            try await body(aws, table)
        }
    }

    /// All items, as boto3's TypeDeserializer reads them.
    private func items(_ table: String) async throws -> [JSONValue] {
        guard case .array(let items) = try await MotoServer.boto("dynamodb", "scan", ["TableName": .string(table)], deserialize: true) else { return [] }
        return items
    }

    /// Each type, names and texts that are awkward, and numbers at the ends of what there is.
    private static func item(_ random: inout SeededRandom, id: String) throws -> AttributeMap {
        func number(_ text: String) throws -> DynamoDBNumber { try #require(DynamoDBNumber(text)) }
        var item: AttributeMap = [
            "id": .string(id), "sort": "a\"\\/\u{8}\n☕\u{10FFFF}", "Ünï cödé.#:": "", "flag": true, "nothing": .null,
            "bytes": .binary((0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }),
        ]
        item["numbers"] = .numberSet([try number("1.50"), try number("-7E-3"), try number("99999999999999999999999999999999999999")])
        item["big"] = .number(try number("9.9999999999999999999999999999999999999E+125"))
        item["small"] = .number(try number("1E-130"))
        item["texts"] = .stringSet(["b", "a", "é"])
        item["sets"] = .binarySet([[0], [255, 1]])
        item["random"] = .number(try number("\(Int64.random(in: .min ... .max, using: &random)).\(UInt32.random(in: 0...9999, using: &random))"))
        var nested = AttributeValue.map(["leaf": 0, "name with blanks": "", "l": .list(["x", .null, .list([]), .map([:])])])
        for _ in 0..<20 { nested = .list([nested]) }
        item["nested"] = nested
        return item
    }

    @Test("Items of all types come back as boto3 and we read them") func itemsOfAllTypesComeBack() async throws {
        try await with { aws, table in
            var random = SeededRandom(seed: 7)
            for number in 0..<10 {
                let item = try Self.item(&random, id: "item-\(number)")
                #expect(try await aws.dynamoDB.putItem(.init(table: table, item: item)).attributes == nil)
                let key: AttributeMap = ["id": item["id"] ?? .null, "sort": item["sort"] ?? .null]
                #expect(try await aws.dynamoDB.getItem(.init(table: table, key: key, isConsistent: true)).item == item)
                let read = try await items(table)
                #expect(read.contains(item.deserialized))
            }
            #expect(try await items(table).count == 10)
            #expect(try await aws.dynamoDB.getItem(.init(table: table, key: ["id": "none", "sort": "x"])).item == nil)
        }
    }

    @Test("A conditional put is done once, and tells what is there") func aConditionalPutIsDoneOnce() async throws {
        try await with { aws, table in
            let put = DynamoDB.PutItemRequest(
                table: table, item: ["id": "1", "sort": "s", "v": 1], condition: "attribute_not_exists(#id)", parts: .init(names: ["#id": "id"]),
                returnsConflictingItem: true)
            _ = try await aws.dynamoDB.putItem(put)
            let error = await failure { try await aws.dynamoDB.putItem(put) }
            #expect(error?.isConditionFailed == true)
            #expect(error?.isRetryable == false)
            #expect(error?.conflictingItem == put.item)
            #expect(error?.operation == "PutItem" && error?.attempts == 1)
        }
    }

    @Test("An update changes what it says, and gives back what it is asked for") func anUpdateChangesWhatItSays() async throws {
        try await with { aws, table in
            let key: AttributeMap = ["id": "1", "sort": "s"]
            let update = DynamoDB.UpdateItemRequest(
                table: table, key: key, update: "SET #s = if_not_exists(#s, :s) ADD #n :n, #m :m",
                parts: .init(names: ["#s": "status", "#n": "n", "#m": "m"], values: [":s": "open", ":n": 2, ":m": .stringSet(["x"])]), returnValues: .allNew)
            _ = try await aws.dynamoDB.updateItem(update)
            let result = try await aws.dynamoDB.updateItem(update)
            #expect(result.attributes == ["id": "1", "sort": "s", "status": "open", "n": 4, "m": .stringSet(["x"])])
            #expect(try await items(table) == [try #require(result.attributes).deserialized])
            var refused = update
            refused.condition = "#s = :n"
            #expect(await failure { try await aws.dynamoDB.updateItem(refused) }?.isConditionFailed == true)
        }
    }

    @Test("A query goes page by page, both ways") func aQueryGoesPageByPage() async throws {
        try await with { aws, table in
            for number in 0..<10 { _ = try await aws.dynamoDB.putItem(.init(table: table, item: ["id": "1", "sort": .string("s\(number)"), "n": .number(DynamoDBNumber(number))])) }
            var query = DynamoDB.QueryRequest(
                table: table, keyCondition: "#id = :id AND #sort BETWEEN :a AND :b", parts: .init(names: ["#id": "id", "#sort": "sort"], values: [":id": "1", ":a": "s2", ":b": "s8"]),
                isForward: false, limit: 3)
            var found: [Int] = []
            var pages = 0
            repeat {
                let page = try await aws.dynamoDB.query(query)
                found += page.items.compactMap { $0["n"]?.intValue }
                query.startKey = page.lastKey
                pages += 1
            } while query.startKey != nil
            #expect(found == [8, 7, 6, 5, 4, 3, 2])
            #expect(pages >= 3)
        }
    }

    @Test("A batch puts and deletes, a transaction does all or nothing") func aBatchPutsAndDeletesA() async throws {
        try await with { aws, table in
            func item(_ id: String) -> AttributeMap { ["id": .string(id), "sort": "s"] }
            // No closures inside of #expect: the compiler mixes them up with those behind it.
            let puts = (0..<25).map { DynamoDB.BatchWrite.put(item("\($0)")) }
            let deletions = (1..<25).map { DynamoDB.BatchWrite.delete(item("\($0)")) }
            let first = try await aws.dynamoDB.batchWriteItem(.init(writes: [table: puts], keyNames: [table: ["id", "sort"]]))
            #expect(first.unprocessed.isEmpty)
            _ = try await aws.dynamoDB.batchWriteItem(.init(writes: [table: deletions]))
            let left = try await items(table)
            #expect(left == [item("0").deserialized])

            let names = DynamoDB.ExpressionParts(names: ["#id": "id"])
            try await aws.dynamoDB.transactWriteItems(.init(writes: [
                .put(.init(table: table, item: item("new"), condition: "attribute_not_exists(#id)", parts: names)),
                .update(.init(table: table, key: item("upd"), update: "SET #v = :v", parts: .init(names: ["#v": "v"], values: [":v": 1]))),
                .delete(table: table, key: item("0")),
            ], clientRequestToken: "token-1"))
            let written = try await items(table)
            #expect(written.count == 2)
            let error = await failure {
                try await aws.dynamoDB.transactWriteItems(.init(writes: [
                    .put(.init(table: table, item: item("other"))), .put(.init(table: table, item: item("new"), condition: "attribute_not_exists(#id)", parts: names)),
                    .check(table: table, key: item("upd"), condition: "attribute_exists(#id)", parts: names),
                ]))
            }
            #expect(error?.serviceCode == "TransactionCanceledException")
            #expect(error?.cancellationReasons.map(\.code) == ["None", "ConditionalCheckFailed", "None"])
            #expect(try await items(table).count == 2)
        }
    }

    @Test("Tables with indexes are made, described, added to") func tablesWithIndexesAreMadeDescribed() async throws {
        try await MotoServer.with { aws in
            let table = MotoServer.name("indexed")
            let index = DynamoDB.GlobalIndex(name: "by-subject", key: .init(partition: "subject", sort: "sort"), projection: .all)
            let made = try await aws.dynamoDB.createTable(.init(
                table: table, key: Self.key, attributes: ["id": .string, "sort": .string, "subject": .string], indexes: [index], tags: ["made-by": "sluice"]))
            #expect(made.key == Self.key)
            #expect(made.isOnDemand)
            #expect(made.attributes == ["id": .string, "sort": .string, "subject": .string])
            let more = DynamoDB.GlobalIndex(name: "by-problem", key: .init(partition: "problem", sort: "sort"), projection: .include(["kind"]))
            _ = try await aws.dynamoDB.addIndex(.init(table: table, index: more, attributes: ["problem": .string, "sort": .string]))
            try await aws.dynamoDB.enableTimeToLive(table: table, attribute: "expires_at")
            #expect(try await aws.dynamoDB.timeToLiveAttribute(table: table) == "expires_at")
            try await aws.dynamoDB.enablePointInTimeRecovery(table: table)
            let told = try await aws.dynamoDB.describeTable(table)
            #expect(told.isActive)
            #expect(told.indexes.map(\.name).sorted() == ["by-problem", "by-subject"])
            #expect(told.indexes.first { $0.name == "by-problem" }?.projection == .include(["kind"]))
            #expect(told.indexes.first { $0.name == "by-subject" }?.key == index.key)
            let backups = try await MotoServer.boto("dynamodb", "describe_continuous_backups", ["TableName": .string(table)])
            #expect(backups["ContinuousBackupsDescription"]?["PointInTimeRecoveryDescription"]?["PointInTimeRecoveryStatus"]?.stringValue == "ENABLED")
            #expect(await failure { try await aws.dynamoDB.describeTable("none-such") }?.isNotFound == true)
            #expect(await failure { try await aws.dynamoDB.createTable(.init(table: table, key: Self.key, attributes: ["id": .string, "sort": .string])) }?.serviceCode == "ResourceInUseException")
        }
    }
}

#endif
