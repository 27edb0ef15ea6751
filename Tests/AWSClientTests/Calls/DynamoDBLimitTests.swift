// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import StreamRecords
import Testing

/// A request at the limit is sent, one past it is refused, and nothing goes out.
@Suite("DynamoDB's limits") struct DynamoDBLimitTests {
    private func puts(_ item: AttributeMap) async -> Bool { await isSent { _ = try await $0.dynamoDB.putItem(.init(table: "t", item: item)) } }

    @Test("DynamoDB: an item has 400 KiB, names with it") func dynamodbAnItemHas400KiB() async {
        let item: AttributeMap = ["id": "1", "data": .binary([UInt8](repeating: 0, count: (400 << 10) - 7))]
        #expect(DynamoDB.size(of: item) == 400 << 10)
        #expect(await puts(item))
        #expect(await !puts(["id": "12", "data": item["data"] ?? .null]))
    }

    @Test("DynamoDB: sizes are counted as DynamoDB counts them") func dynamodbSizesAreCountedAsDynamoDB() throws {
        func size(_ number: String) throws -> Int { DynamoDB.size(of: AttributeValue.number(try #require(DynamoDBNumber(number)))) }
        #expect(try size("0") == 1)
        #expect(try size("7") == 2)
        #expect(try size("1000") == 2)
        #expect(try size("123") == 3)
        #expect(try size("-123") == 4)
        #expect(try size("0.00012") == 2)
        #expect(try size(String(repeating: "9", count: 38)) == 20)
        #expect(DynamoDB.size(of: ["a": "é", "b": true, "c": .null] as AttributeMap) == 3 + 2 + 1 + 1)
        #expect(DynamoDB.size(of: AttributeValue.list(["ab", 1])) == 3 + 2 + 2 + 2)
        #expect(DynamoDB.size(of: AttributeValue.map(["k": "v"])) == 3 + 1 + 2)
        #expect(DynamoDB.size(of: AttributeValue.stringSet(["a", "bc"])) == 3)
        #expect(DynamoDB.size(of: AttributeValue.binarySet([[1], [2, 3]])) == 3)
    }

    @Test("DynamoDB: 38 digits, 1E-130 to 9.99E+125, 32 levels, sets that are sets") func dynamodb38Digits1E130To() async throws {
        func number(_ text: String) throws -> AttributeValue { .number(try #require(DynamoDBNumber(text))) }
        #expect(await puts(["id": try number(String(repeating: "9", count: 38))]))
        #expect(await !puts(["id": try number(String(repeating: "9", count: 39))]))
        #expect(await puts(["id": try number("1E-130"), "b": try number("-9.9E125")]))
        #expect(await !puts(["id": try number("1E-131")]))
        #expect(await !puts(["id": .list([try number("1E126")])]))
        func nested(_ depth: Int) -> AttributeValue { (0..<depth).reduce(AttributeValue.bool(true)) { value, _ in .list([value]) } }
        #expect(await puts(["id": nested(32)]))
        #expect(await !puts(["id": nested(33)]))
        for set in [AttributeValue.stringSet([]), .numberSet([]), .binarySet([]), .stringSet(["a", "a"]), .binarySet([[1], [1]])] {
            #expect(await !puts(["id": set]))
        }
        #expect(await !puts(["id": .numberSet([try #require(DynamoDBNumber("1")), try #require(DynamoDBNumber("1.0"))])]))
        // Strings that Swift holds to be the same, and DynamoDB does not.
        #expect(await puts(["id": .stringSet(["\u{E9}", "e\u{301}"])]))
    }

    @Test("DynamoDB: a key has one or two attributes of S, N or B, not empty, of 2048 bytes") func dynamodbAKeyHasOneOr() async {
        func gets(_ key: AttributeMap) async -> Bool { await isSent { _ = try await $0.dynamoDB.getItem(.init(table: "t", key: key)) } }
        #expect(await gets(["id": .string(String(repeating: "x", count: 2048)), "sort": 1]))
        #expect(await !gets(["id": .string(String(repeating: "x", count: 2049))]))
        for key in [[:], ["a": "1", "b": "2", "c": "3"], ["a": ""], ["a": .binary([])], ["a": true], ["a": .list([])]] as [AttributeMap] {
            #expect(await !gets(key))
        }
    }

    private func text(_ count: Int) -> AttributeValue { .string(String(repeating: "x", count: count)) }

    /// Which of two attributes is the sort key, only a batch is told.
    @Test("DynamoDB: a sort key has 1024 bytes") func dynamodbASortKeyHas1024() async {
        func gets(_ key: AttributeMap) async -> Bool { await isSent { _ = try await $0.dynamoDB.getItem(.init(table: "t", key: key)) } }
        for key in [["a": text(2048), "b": text(1024)], ["a": text(1024), "b": text(2048)]] as [AttributeMap] { #expect(await gets(key)) }
        for key in [["a": text(1025), "b": text(1025)], ["a": text(2049), "b": text(1)]] as [AttributeMap] { #expect(await !gets(key)) }
        for (partition, sort, isTaken) in [(2048, 1024, true), (2048, 1025, false), (1, 1025, false), (2049, 1, false)] {
            let key: AttributeMap = ["id": text(partition), "sort": text(sort)]
            #expect(await writes([.put(key)], keys: ["id", "sort"]) == isTaken, "\(partition), \(sort)")
            #expect(await writes([.delete(key)], keys: ["id", "sort"]) == isTaken, "\(partition), \(sort)")
        }
        #expect(await !writes([.put(["id": "1"])], keys: ["id", "sort"]))
        #expect(await !writes([.put(["id": true])], keys: ["id"]))
    }

    @Test("DynamoDB: a query looks at one item at least, in an index of 3 to 255 characters") func dynamodbAQueryLooksAtOne() async {
        func queries(index: String? = nil, limit: Int? = nil) async -> Bool {
            await isSent { _ = try await $0.dynamoDB.query(.init(table: "t", index: index, keyCondition: "a = :a", limit: limit)) }
        }
        #expect(await queries(limit: 1))
        for limit in [0, -1] { #expect(await !queries(limit: limit), "\(limit)") }
        for length in [3, 255] { #expect(await queries(index: String(repeating: "i", count: length)), "\(length)") }
        for length in [0, 2, 256] { #expect(await !queries(index: String(repeating: "i", count: length)), "\(length)") }
    }

    @Test("DynamoDB: a scan has 1 to 1,000,000 segments, counted from 0") func dynamodbAScanHas1To() async {
        func scans(_ segment: Int, of segments: Int) async -> Bool {
            await isSent { _ = try await $0.dynamoDB.scan(.init(table: "t", segment: segment, segments: segments)) }
        }
        for (segment, segments) in [(0, 1), (0, 1_000_000), (999_999, 1_000_000)] { #expect(await scans(segment, of: segments), "\(segment), \(segments)") }
        for (segment, segments) in [(0, 0), (0, -1), (0, 1_000_001), (1, 1), (-1, 1)] { #expect(await !scans(segment, of: segments), "\(segment), \(segments)") }
    }

    @Test("DynamoDB: an expression has 4 KiB") func dynamodbAnExpressionHas4KiB() async {
        func updates(_ count: Int) async -> Bool {
            await isSent { _ = try await $0.dynamoDB.updateItem(.init(table: "t", key: ["id": "1"], update: String(repeating: "x", count: count))) }
        }
        #expect(await updates(4096))
        #expect(await !updates(4097))
    }

    private func writes(_ writes: [DynamoDB.BatchWrite], keys: [String] = []) async -> Bool {
        await isSent { _ = try await $0.dynamoDB.batchWriteItem(.init(writes: ["t": writes], keyNames: keys.isEmpty ? [:] : ["t": keys])) }
    }

    @Test("DynamoDB: a batch has 25 writes and 16 MiB") func dynamodbABatchHas25Writes() async {
        func puts(_ count: Int) -> [DynamoDB.BatchWrite] { (0..<count).map { .put(["id": .string("\($0)")]) } }
        #expect(await writes(puts(25)))
        #expect(await !writes(puts(26)))
        #expect(await !writes([]))
        // No 25 items have 16 MiB, since none has more than 400 KiB: the limit of the items comes first.
        let big = DynamoDB.BatchWrite.put(["id": "1", "d": .binary([UInt8](repeating: 0, count: 400 << 10))])
        #expect(await !writes([big]))
    }

    @Test("DynamoDB: a batch does not write one key twice") func dynamodbABatchDoesNotWrite() async {
        #expect(await !writes([.delete(["id": "1"]), .delete(["id": "1"])]))
        #expect(await !writes([.put(["id": "1", "a": 1]), .put(["id": "1", "a": 2])], keys: ["id"]))
        #expect(await !writes([.put(["id": 1, "a": 1]), .delete(["id": .number(DynamoDBNumber("1.0") ?? 0)])], keys: ["id"]))
        #expect(await writes([.put(["id": "1", "s": 1]), .put(["id": "1", "s": 2])], keys: ["id", "s"]))
    }

    @Test("DynamoDB: a transaction has 100 writes and 4 MiB, a token 36 characters") func dynamodbATransactionHas100Writes() async {
        func transacts(_ writes: [DynamoDB.TransactWrite], token: String? = nil) async -> Bool {
            await isSent { try await $0.dynamoDB.transactWriteItems(.init(writes: writes, clientRequestToken: token)) }
        }
        func deletes(_ count: Int) -> [DynamoDB.TransactWrite] { (0..<count).map { .delete(table: "t", key: ["id": .string("\($0)")]) } }
        #expect(await transacts(deletes(100), token: String(repeating: "t", count: 36)))
        #expect(await !transacts(deletes(101)))
        #expect(await !transacts([]))
        #expect(await !transacts(deletes(1), token: String(repeating: "t", count: 37)))
        #expect(await !transacts(deletes(1), token: ""))
        func puts(_ bytes: Int) -> [DynamoDB.TransactWrite] {
            stride(from: 0, to: bytes, by: 262_144).map { start in
                .put(.init(table: "t", item: ["i": .binary([UInt8](repeating: 0, count: min(262_144, bytes - start) - 1))]))
            }
        }
        #expect(await transacts(puts(4 << 20)))
        #expect(await !transacts(puts((4 << 20) + 1)))
        #expect(await !transacts([.update(.init(table: "t", key: ["id": "1"], update: nil))]))
    }

    @Test("DynamoDB: names of tables and types of keys") func dynamodbNamesOfTablesAndTypes() async {
        let key = DynamoDB.KeySchema(partition: "id")
        func creates(_ name: String, _ types: [String: DynamoDB.KeyType] = ["id": .string]) async -> Bool {
            await isSent { _ = try await $0.dynamoDB.createTable(.init(table: name, key: key, attributes: types)) }
        }
        #expect(await creates("abc"))
        #expect(await creates(String(repeating: "a", count: 255)))
        for name in ["ab", String(repeating: "a", count: 256), "a b c", "é12"] { #expect(await !creates(name), "\(name)") }
        #expect(await !creates("abc", [:]))
        #expect(await !creates("abc", ["id": .string, "more": .number]))
        func gets(_ table: String) async -> Bool { await isSent { _ = try await $0.dynamoDB.getItem(.init(table: table, key: ["id": "1"])) } }
        for length in [1, 255] { #expect(await gets(String(repeating: "a", count: length)), "\(length)") }
        for length in [0, 256] { #expect(await !gets(String(repeating: "a", count: length)), "\(length)") }
    }

    @Test("DynamoDB: a table has 20 indexes, with names of 3 to 255 characters") func dynamodbATableHas20Indexes() async {
        let key = DynamoDB.KeySchema(partition: "id")
        func index(_ name: String) -> DynamoDB.GlobalIndex { .init(name: name, key: key, projection: .all) }
        func creates(_ names: [String]) async -> Bool {
            await isSent {
                _ = try await $0.dynamoDB.createTable(.init(table: "abc", key: key, attributes: ["id": .string], indexes: names.map(index)))
            }
        }
        func adds(_ name: String) async -> Bool {
            await isSent { _ = try await $0.dynamoDB.addIndex(.init(table: "abc", index: index(name), attributes: ["id": .string])) }
        }
        #expect(await creates((0..<20).map { "index-\($0)" }))
        #expect(await !creates((0..<21).map { "index-\($0)" }))
        for (length, isTaken) in [(2, false), (3, true), (255, true), (256, false)] {
            let name = String(repeating: "i", count: length)
            #expect(await creates([name]) == isTaken, "\(length)")
            #expect(await adds(name) == isTaken, "\(length)")
        }
    }
}

#endif
