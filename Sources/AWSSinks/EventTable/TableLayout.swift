// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import StreamRecords

/// The event table in DynamoDB: its keys, its indexes, and how names and ids are put so that DynamoDB takes them.
enum TableLayout {
    static let id = "aws_request_id"
    static let name = "FunctionName"
    static let sort = "sort"
    static let expiry = "expires_at"

    static let key = DynamoDB.KeySchema(partition: id, sort: name)

    static let bySubject = DynamoDB.GlobalIndex(name: "by-subject", key: .init(partition: "subject", sort: sort), projection: .all)
    static let byFunction = DynamoDB.GlobalIndex(
        name: "by-function", key: .init(partition: "fn_shard", sort: sort),
        projection: .include(["kind", "duration_ms", "report_at", "problem", "validity"]))
    static let byProblem = DynamoDB.GlobalIndex(name: "by-problem", key: .init(partition: "problem", sort: sort), projection: .keysOnly)
    static let byVerdict = DynamoDB.GlobalIndex(name: "by-verdict", key: .init(partition: "verdict_key", sort: sort), projection: .keysOnly)

    static let indexes = [bySubject, byFunction, byProblem, byVerdict]

    /// The types of the attributes that are part of keys: all are texts.
    static func types(of keys: [DynamoDB.KeySchema]) -> [String: DynamoDB.KeyType] {
        var types: [String: DynamoDB.KeyType] = [:]
        for key in keys {
            types[key.partition] = .string
            if let sort = key.sort { types[sort] = .string }
        }
        return types
    }

    // MARK: Shards

    /// Over how many partitions an index spreads a value that many rows share.
    static let shards = 8

    /// The shard of a row: the first byte of the SHA-256 of its id, modulo the number of shards.
    static func shard(of id: String) -> Int { Int(Digest.firstByte(id)) % shards }

    /// `orders#3`.
    static func sharded(_ value: String, _ shard: Int) -> String { "\(value)#\(shard)" }

    static func sharded(_ value: String, by id: String) -> String { sharded(value, shard(of: id)) }

    /// Without the shard.
    static func unsharded(_ value: String) -> String { value.lastIndex(of: "#").map { String(value[..<$0]) } ?? value }

    // MARK: Limits

    /// Bytes of a partition key and of a sort key.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
    static let longestPartitionKey = 2048
    static let longestSortKey = 1024

    /// Why a text names no table; absent where it is the name or the ARN of one.
    static func flaw(inTable text: String) -> String? {
        var name = text
        if text.hasPrefix("arn:") {
            let kind = "table/"
            if let arn = ARN(text), arn.service == "dynamodb", arn.resource.hasPrefix(kind),
                [arn.partition, arn.region ?? "", arn.account ?? ""].allSatisfy({ isName($0, lengths: 1...63) })
            {
                name = String(arn.resource.dropFirst(kind.count))
            } else {
                name = ""
            }
        }
        if isName(name, lengths: 3...255) { return nil }
        let hasBlanks = text.unicodeScalars.contains { $0.properties.isWhitespace || $0.value < 0x20 }
        return "\(text.cut(toBytes: 300).debugDescription) is neither a DynamoDB table's name (3 to 255 of a-z, A-Z, 0-9, _, - and .) nor its ARN "
            + "(arn:aws:dynamodb:REGION:ACCOUNT:table/NAME)"
            + (hasBlanks ? "; remove the blank or line break, which may have come with a variable's value" : "")
    }

    private static func isName(_ text: String, lengths: ClosedRange<Int>) -> Bool {
        lengths.contains(text.utf8.count) && text.utf8.allSatisfy { $0.isAlphanumeric || "_-.".utf8.contains($0) }
    }

    /// Why a row cannot have this key; absent where it can.
    static func flaw(in key: EventKey) -> String? {
        if key.id.isEmpty { return "its id is empty, and DynamoDB takes no empty keys" }
        if key.name.isEmpty { return "the name of its function, table, queue or bus is empty, and DynamoDB takes no empty keys" }
        // Parts are kept under the id with a word behind it.
        if key.id.utf8.count > longestPartitionKey - 48 {
            return "its id has \(key.id.utf8.count) bytes, and at most \(longestPartitionKey - 48) fit into a key of DynamoDB's"
        }
        if key.name.utf8.count > longestSortKey {
            return "the name of its function, table, queue or bus has \(key.name.utf8.count) bytes, and at most \(longestSortKey) fit into a key of DynamoDB's"
        }
        return nil
    }

    /// The `sort` column, in which an id that is too long has a hash in its place.
    static func sort(_ sort: String) -> String {
        guard sort.utf8.count > longestSortKey, let mark = sort.firstIndex(of: "#") else { return sort }
        return sort[...mark].description.cut(toBytes: 64) + "sha256:" + Digest.hexadecimal(sort)
    }

    /// The `subject` column: subjects above 1 KB have a hash in place of their keys.
    static func subject(_ subject: String) -> String {
        guard subject.utf8.count > 1024 else { return subject }
        let table = subject.prefix { $0 != "#" }
        return "\(String(table).cut(toBytes: 255))#sha256:\(Digest.hexadecimal(subject))"
    }
}

#endif
