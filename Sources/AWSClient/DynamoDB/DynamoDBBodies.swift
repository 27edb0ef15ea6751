// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import StreamRecords

// How each request is checked and written.

extension JSONComposer {
    fileprivate mutating func parts(_ parts: DynamoDB.ExpressionParts) {
        if !parts.names.isEmpty {
            member("ExpressionAttributeNames") { for (name, value) in parts.names.sorted(by: { $0.key < $1.key }) { $0.member(name, value) } }
        }
        if !parts.values.isEmpty {
            name("ExpressionAttributeValues")
            attributes(parts.values)
        }
    }

    fileprivate mutating func member(_ name: String, attributes map: AttributeMap?) {
        guard let map else { return }
        self.name(name)
        attributes(map)
    }

    fileprivate mutating func condition(_ condition: String?, _ parts: DynamoDB.ExpressionParts, returnsItem: Bool) {
        member("ConditionExpression", condition)
        self.parts(parts)
        if returnsItem { member("ReturnValuesOnConditionCheckFailure", "ALL_OLD") }
    }
}

extension RequestCheck {
    fileprivate static func expressions(_ texts: String?...) throws(AWSError) {
        for text in texts {
            if let text { try size(text.utf8.count, of: "an expression", atMost: DynamoDB.Limits.expressionBytes) }
        }
    }

    fileprivate static func table(_ name: String) throws(AWSError) {
        if name.hasPrefix("arn:") { return }
        try self.name(name, "a table's name", lengths: 1...255, characters: "_-.")
    }

    static func index(_ name: String) throws(AWSError) { try self.name(name, "the index's name", lengths: 3...255, characters: "_-.") }
}

extension DynamoDB.PutItemRequest {
    func check() throws(AWSError) {
        try RequestCheck.table(table)
        try ItemCheck.item(item)
        try ItemCheck.parts(parts)
        try RequestCheck.expressions(condition)
    }

    func body() throws(AWSError) -> [UInt8] {
        try check()
        return JSONComposer.object { composer in
            write(into: &composer)
            if returnValues != .none { composer.member("ReturnValues", returnValues.rawValue) }
        }
    }

    fileprivate func write(into composer: inout JSONComposer) {
        composer.member("TableName", table)
        composer.member("Item", attributes: item)
        composer.condition(condition, parts, returnsItem: returnsConflictingItem)
    }
}

extension DynamoDB.UpdateItemRequest {
    func check() throws(AWSError) {
        try RequestCheck.table(table)
        try ItemCheck.key(key)
        try ItemCheck.parts(parts)
        try RequestCheck.expressions(update, condition)
    }

    func body() throws(AWSError) -> [UInt8] {
        try check()
        return JSONComposer.object { composer in
            write(into: &composer)
            if returnValues != .none { composer.member("ReturnValues", returnValues.rawValue) }
        }
    }

    fileprivate func write(into composer: inout JSONComposer) {
        composer.member("TableName", table)
        composer.member("Key", attributes: key)
        composer.member("UpdateExpression", update)
        composer.condition(condition, parts, returnsItem: returnsConflictingItem)
    }
}

extension DynamoDB.GetItemRequest {
    func body() throws(AWSError) -> [UInt8] {
        try RequestCheck.table(table)
        try ItemCheck.key(key)
        try RequestCheck.expressions(projection)
        return JSONComposer.object { composer in
            composer.member("TableName", table)
            composer.member("Key", attributes: key)
            if isConsistent { composer.member("ConsistentRead", true) }
            composer.member("ProjectionExpression", projection)
            composer.parts(DynamoDB.ExpressionParts(names: parts.names))
        }
    }
}

extension DynamoDB.QueryRequest {
    func body() throws(AWSError) -> [UInt8] {
        try RequestCheck.table(table)
        try ItemCheck.parts(parts)
        try RequestCheck.expressions(keyCondition, filter, projection)
        if let index { try RequestCheck.index(index) }
        if let limit { try RequestCheck.require(limit >= 1, "the limit is \(limit); DynamoDB takes numbers from 1") }
        return JSONComposer.object { composer in
            composer.member("TableName", table)
            composer.member("IndexName", index)
            composer.member("KeyConditionExpression", keyCondition)
            composer.member("FilterExpression", filter)
            composer.member("ProjectionExpression", projection)
            composer.parts(parts)
            if !isForward { composer.member("ScanIndexForward", false) }
            composer.member("Limit", limit)
            composer.member("ExclusiveStartKey", attributes: startKey)
            if isConsistent { composer.member("ConsistentRead", true) }
        }
    }
}

extension DynamoDB.ScanRequest {
    func body() throws(AWSError) -> [UInt8] {
        try RequestCheck.table(table)
        try ItemCheck.parts(parts)
        try RequestCheck.expressions(filter, projection)
        try RequestCheck.count(segments, of: "segments of a scan", in: 1...DynamoDB.Limits.scanSegments)
        try RequestCheck.require((0..<segments).contains(segment), "segment \(segment) of \(segments): they count from 0")
        return JSONComposer.object { composer in
            composer.member("TableName", table)
            composer.member("FilterExpression", filter)
            composer.member("ProjectionExpression", projection)
            composer.parts(parts)
            composer.member("Segment", segment)
            composer.member("TotalSegments", segments)
            composer.member("ExclusiveStartKey", attributes: startKey)
        }
    }
}

extension DynamoDB.BatchWriteItemRequest {
    func body() throws(AWSError) -> [UInt8] {
        let tables = writes.sorted { $0.key < $1.key }
        try RequestCheck.count(tables.reduce(0) { $0 + $1.value.count }, of: "writes in a batch", in: 1...DynamoDB.Limits.batchWrites)
        var size = 0
        for (table, writes) in tables {
            try RequestCheck.table(table)
            let names = keyNames[table]
            let sort = names.flatMap { $0.count > 1 ? $0[1] : nil }
            var keys: Set<AttributeMap> = []
            for write in writes {
                let key: AttributeMap?
                switch write {
                case .put(let item):
                    try ItemCheck.item(item)
                    size += DynamoDB.size(of: item)
                    key = names.map { names in AttributeMap(names.compactMap { name in item[name].map { (name, $0) } }) }
                    if let names, let key {
                        try RequestCheck.require(key.count == names.count, "\(table): an item without the key attributes \(names)")
                        try ItemCheck.key(key, sort: sort)
                    }
                case .delete(let deleted):
                    try ItemCheck.key(deleted, sort: sort)
                    size += DynamoDB.size(of: deleted)
                    key = deleted
                }
                if let key { try RequestCheck.require(keys.insert(key).inserted, "\(table): two writes of the key \(key.names) in one batch") }
            }
        }
        try RequestCheck.size(size, of: "a batch", atMost: DynamoDB.Limits.batchBytes)
        return JSONComposer.object { composer in
            composer.member("RequestItems") { composer in
                for (table, writes) in tables {
                    composer.list(table) { for write in writes { write.write(into: &$0) } }
                }
            }
        }
    }
}

extension DynamoDB.BatchWrite {
    fileprivate func write(into composer: inout JSONComposer) {
        composer.object { composer in
            switch self {
            case .put(let item): composer.member("PutRequest") { $0.member("Item", attributes: item) }
            case .delete(let key): composer.member("DeleteRequest") { $0.member("Key", attributes: key) }
            }
        }
    }
}

extension DynamoDB.TransactWriteItemsRequest {
    func body() throws(AWSError) -> [UInt8] {
        try RequestCheck.count(writes.count, of: "writes in a transaction", in: 1...DynamoDB.Limits.transactionWrites)
        if let clientRequestToken { try RequestCheck.count(clientRequestToken.utf8.count, of: "bytes in a client request token", in: 1...36) }
        var size = 0
        for write in writes { size += try write.check() }
        try RequestCheck.size(size, of: "a transaction", atMost: DynamoDB.Limits.transactionBytes)
        return JSONComposer.object { composer in
            composer.list("TransactItems") { for write in writes { write.write(into: &$0) } }
            composer.member("ClientRequestToken", clientRequestToken)
        }
    }
}

extension DynamoDB.TransactWrite {
    /// - Returns: how many bytes it counts.
    fileprivate func check() throws(AWSError) -> Int {
        switch self {
        case .put(let put):
            try put.check()
            return DynamoDB.size(of: put.item)
        case .update(let update):
            try update.check()
            try RequestCheck.require(update.update != nil, "\(update.table): an update in a transaction needs an update expression")
            return DynamoDB.size(of: update.key) + DynamoDB.size(of: update.parts.values)
        case .delete(let table, let key, let condition, let parts):
            try check(table, key, condition, parts)
            return DynamoDB.size(of: key)
        case .check(let table, let key, let condition, let parts):
            try check(table, key, condition, parts)
            return DynamoDB.size(of: key)
        }
    }

    private func check(_ table: String, _ key: AttributeMap, _ condition: String?, _ parts: DynamoDB.ExpressionParts) throws(AWSError) {
        try RequestCheck.table(table)
        try ItemCheck.key(key)
        try ItemCheck.parts(parts)
        try RequestCheck.expressions(condition)
    }

    fileprivate func write(into composer: inout JSONComposer) {
        composer.object { composer in
            switch self {
            case .put(let put): composer.member("Put") { put.write(into: &$0) }
            case .update(let update): composer.member("Update") { update.write(into: &$0) }
            case .delete(let table, let key, let condition, let parts):
                composer.member("Delete") { $0.keyed(table, key, condition, parts) }
            case .check(let table, let key, let condition, let parts):
                composer.member("ConditionCheck") { $0.keyed(table, key, condition, parts) }
            }
        }
    }
}

extension JSONComposer {
    fileprivate mutating func keyed(_ table: String, _ key: AttributeMap, _ condition: String?, _ parts: DynamoDB.ExpressionParts) {
        member("TableName", table)
        member("Key", attributes: key)
        self.condition(condition, parts, returnsItem: false)
    }
}

#endif
