// SPDX-License-Identifier: Apache-2.0

#if AWS

extension DynamoDB {
    /// Begins to make a table that is billed by request; it can be used when ``TableDescription/isActive``.
    public func createTable(_ request: CreateTableRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> TableDescription {
        try await send("CreateTable", deadline, body: try request.body()) { try $0.table("TableDescription") }
    }

    /// What a table is and how it does; one that is not there is ``AWSError/isNotFound``.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html>
    public func describeTable(_ name: String, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> TableDescription {
        try await send("DescribeTable", deadline, body: JSONComposer.object { $0.member("TableName", name) }) { try $0.table("Table") }
    }

    /// Begins to add an index to a table; DynamoDB fills it while the table goes on working.
    public func addIndex(_ request: AddIndexRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> TableDescription {
        try await send("UpdateTable", deadline, body: try request.body()) { try $0.table("TableDescription") }
    }

    /// Lets items go some time after the moment that one of their attributes tells, in seconds since 1970.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html>
    public func enableTimeToLive(table: String, attribute: String, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) {
        let body = JSONComposer.object { composer in
            composer.member("TableName", table)
            composer.member("TimeToLiveSpecification") {
                $0.member("Enabled", true)
                $0.member("AttributeName", attribute)
            }
        }
        try await send("UpdateTimeToLive", deadline, body: body) { _ in }
    }

    /// The attribute that items go by, where that is on; absent where it is off.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html>
    public func timeToLiveAttribute(table: String, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> String? {
        try await send("DescribeTimeToLive", deadline, body: JSONComposer.object { $0.member("TableName", table) }) { response in
            let description = try response.json().object("TimeToLiveDescription")
            let status = try description?.text("TimeToLiveStatus") ?? "DISABLED"
            return status.hasPrefix("ENABL") ? try description?.text("AttributeName") : nil
        }
    }

    /// Keeps what is needed to bring the table back as it was at any second of the last 35 days.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html>
    public func enablePointInTimeRecovery(table: String, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) {
        let body = JSONComposer.object { composer in
            composer.member("TableName", table)
            composer.member("PointInTimeRecoverySpecification") { $0.member("PointInTimeRecoveryEnabled", true) }
        }
        try await send("UpdateContinuousBackups", deadline, body: body) { _ in }
    }
}

// MARK: - Requests

extension JSONComposer {
    fileprivate mutating func key(_ key: DynamoDB.KeySchema) {
        list("KeySchema") { composer in
            for (name, type) in [(key.partition, "HASH"), (key.sort, "RANGE")] {
                guard let name else { continue }
                composer.object {
                    $0.member("AttributeName", name)
                    $0.member("KeyType", type)
                }
            }
        }
    }

    fileprivate mutating func attributeTypes(_ types: [String: DynamoDB.KeyType]) {
        list("AttributeDefinitions") { composer in
            for (name, type) in types.sorted(by: { $0.key < $1.key }) {
                composer.object {
                    $0.member("AttributeName", name)
                    $0.member("AttributeType", type.rawValue)
                }
            }
        }
    }

    fileprivate mutating func index(_ index: DynamoDB.GlobalIndex) {
        member("IndexName", index.name)
        key(index.key)
        member("Projection") { composer in
            switch index.projection {
            case .all: composer.member("ProjectionType", "ALL")
            case .keysOnly: composer.member("ProjectionType", "KEYS_ONLY")
            case .include(let names):
                composer.member("ProjectionType", "INCLUDE")
                composer.member("NonKeyAttributes", array: names)
            }
        }
    }
}

extension RequestCheck {
    /// The types that are told are those of the keys, neither more nor fewer.
    fileprivate static func types(_ types: [String: DynamoDB.KeyType], of keys: [DynamoDB.KeySchema]) throws(AWSError) {
        let names = Set(keys.flatMap { [$0.partition] + ($0.sort.map { [$0] } ?? []) })
        try require(
            names == Set(types.keys), "the types told are of \(types.keys.sorted()), the key attributes are \(names.sorted())")
    }
}

extension DynamoDB.CreateTableRequest {
    fileprivate func body() throws(AWSError) -> [UInt8] {
        try RequestCheck.name(table, "the table's name", lengths: 3...255, characters: "_-.")
        for index in indexes { try RequestCheck.index(index.name) }
        try RequestCheck.require(indexes.count <= 20, "\(indexes.count) indexes; DynamoDB takes at most 20")
        try RequestCheck.types(attributes, of: [key] + indexes.map(\.key))
        return JSONComposer.object { composer in
            composer.member("TableName", table)
            composer.key(key)
            composer.attributeTypes(attributes)
            composer.member("BillingMode", "PAY_PER_REQUEST")
            if !indexes.isEmpty {
                composer.list("GlobalSecondaryIndexes") { for index in indexes { $0.object { $0.index(index) } } }
            }
            if !tags.isEmpty {
                composer.list("Tags") { composer in
                    for (name, value) in tags.sorted(by: { $0.key < $1.key }) {
                        composer.object {
                            $0.member("Key", name)
                            $0.member("Value", value)
                        }
                    }
                }
            }
        }
    }
}

extension DynamoDB.AddIndexRequest {
    fileprivate func body() throws(AWSError) -> [UInt8] {
        try RequestCheck.index(index.name)
        return JSONComposer.object { composer in
            composer.member("TableName", table)
            composer.attributeTypes(attributes)
            composer.list("GlobalSecondaryIndexUpdates") { composer in
                composer.object { composer in
                    composer.member("Create") { composer in
                        composer.index(index)
                        if let capacity {
                            composer.member("ProvisionedThroughput") {
                                $0.member("ReadCapacityUnits", capacity.read)
                                $0.member("WriteCapacityUnits", capacity.write)
                            }
                        }
                    }
                }
            }
        }
    }
}

// MARK: - Answers

extension HTTPResponse {
    fileprivate func table(_ name: String) throws(AnswerError) -> DynamoDB.TableDescription {
        guard let table = try json().object(name) else { throw AnswerError(at: name, expected: "an object, which is missing") }
        var types: [String: DynamoDB.KeyType] = [:]
        for definition in try table.objects("AttributeDefinitions") {
            types[try definition.requiredText("AttributeName")] = DynamoDB.KeyType(rawValue: try definition.requiredText("AttributeType"))
        }
        var indexes: [DynamoDB.TableDescription.Index] = []
        for index in try table.objects("GlobalSecondaryIndexes") { indexes.append(try HTTPResponse.index(index)) }
        let throughput = try table.object("ProvisionedThroughput")
        let read = try throughput?.int("ReadCapacityUnits") ?? 0
        let write = try throughput?.int("WriteCapacityUnits") ?? 0
        let isOnDemand = try table.object("BillingModeSummary")?.text("BillingMode") == "PAY_PER_REQUEST"
        return DynamoDB.TableDescription(
            name: try table.requiredText("TableName"), arn: try table.text("TableArn"), status: try table.requiredText("TableStatus"),
            key: try HTTPResponse.key(table), attributes: types, indexes: indexes, isOnDemand: isOnDemand,
            capacity: isOnDemand ? nil : .init(read: read, write: write), streamARN: try table.text("LatestStreamArn"))
    }

    private static func index(_ index: JSONObject) throws(AnswerError) -> DynamoDB.TableDescription.Index {
        let projection = try index.object("Projection")
        let kind: DynamoDB.Projection =
            switch try projection?.text("ProjectionType") {
            case "ALL": .all
            case "INCLUDE": .include(try projection?.texts("NonKeyAttributes") ?? [])
            default: .keysOnly
            }
        return .init(
            name: try index.requiredText("IndexName"), key: try key(index), projection: kind, status: try index.text("IndexStatus") ?? "ACTIVE")
    }

    private static func key(_ object: JSONObject) throws(AnswerError) -> DynamoDB.KeySchema {
        var partition: String?
        var sort: String?
        for part in try object.objects("KeySchema") {
            let name = try part.requiredText("AttributeName")
            if try part.requiredText("KeyType") == "HASH" { partition = name } else { sort = name }
        }
        guard let partition else { throw AnswerError(at: "KeySchema", expected: "a partition key") }
        return DynamoDB.KeySchema(partition: partition, sort: sort)
    }
}

#endif
