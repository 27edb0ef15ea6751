// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
public import StreamRecords

/// A record for a test, of any kind, told by what matters about it.
///
///     let records = try RecordBatch(testing: [
///         .change("1", key: 5, new: ["Id": 5, "price": 54]),
///         .change("2", key: 5, old: ["Id": 5], new: ["Id": 5, "price": 49]),
///     ])
public struct TestRecord: Sendable, Hashable, Identifiable {
    /// The record's id, by which it is recognised when it comes again.
    public var id: String
    /// The record as AWS would send it, in one line.
    public var json: String

    public init(id: String, json: String) {
        self.id = id
        self.json = json
    }

    /// 2026-11-20T12:00:00Z, the time of a record that is not told another.
    public static let defaultTime = Timestamp(milliseconds: 1_795_176_000_000)

    /// A change of a table. With both images it is a MODIFY, with one an INSERT or a REMOVE, unless told otherwise.
    ///
    /// - Parameters:
    ///   - keys: the item's key. Records of one table and key have one ordering key.
    ///   - sequence: the sequence number; by default one that is made of the id.
    public static func change(
        _ id: String, table: String = "Products", keys: AttributeMap, old: AttributeMap? = nil, new: AttributeMap? = nil,
        operation: Operation? = nil, time: Timestamp = defaultTime, sequence: String? = nil
    ) -> TestRecord {
        let operation = operation ?? (new == nil ? .remove : old == nil ? .insert : .modify)
        var writer = JSONWriter()
        writer.write(raw: "{\"eventID\":")
        writer.write(string: id)
        writer.write(raw: ",\"eventName\":")
        writer.write(string: operation.rawValue)
        writer.write(raw: ",\"eventVersion\":\"1.1\",\"eventSource\":\"aws:dynamodb\",\"awsRegion\":\"eu-west-1\",\"dynamodb\":{")
        writer.write(raw: "\"ApproximateCreationDateTime\":\(time.milliseconds / 1000),\"Keys\":")
        writer.write(keys)
        for (name, image) in [("NewImage", new), ("OldImage", old)] {
            guard let image else { continue }
            writer.write(raw: ",\"\(name)\":")
            writer.write(image)
        }
        writer.write(raw: ",\"SequenceNumber\":")
        writer.write(string: sequence ?? "1000000000000\(stableNumber(id))")
        writer.write(raw: ",\"SizeBytes\":100,\"StreamViewType\":\"NEW_AND_OLD_IMAGES\"},\"eventSourceARN\":")
        writer.write(string: "arn:aws:dynamodb:eu-west-1:123456789012:table/\(table)/stream/2026-11-01T00:00:00.000")
        writer.write(raw: "}")
        return TestRecord(id: id, json: String(decoding: writer.array, as: UTF8.self))
    }

    /// A change of the item whose key `Id` is that number. Without images it has a new one with the key and the id.
    public static func change(
        _ id: String, table: String = "Products", key: Int, old: AttributeMap? = nil, new: AttributeMap? = nil,
        operation: Operation? = nil, time: Timestamp = defaultTime, sequence: String? = nil
    ) -> TestRecord {
        let image: AttributeMap = ["Id": .number(DynamoDBNumber(key)), "test": .string(id)]
        let isBare = old == nil && new == nil && operation != .remove
        return change(
            id, table: table, keys: ["Id": .number(DynamoDBNumber(key))], old: old, new: isBare ? image : new,
            operation: operation, time: time, sequence: sequence)
    }

    /// An event of a CloudWatch log. Those of one stream have one ordering key.
    public static func log(
        _ id: String, message: String = "a line", group: String = "/aws/lambda/orders", stream: String = "2026/11/20/[$LATEST]a",
        time: Timestamp = defaultTime
    ) -> TestRecord {
        var writer = JSONWriter()
        writer.write(raw: "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"123456789012\",\"logGroup\":")
        writer.write(string: group)
        writer.write(raw: ",\"logStream\":")
        writer.write(string: stream)
        writer.write(raw: ",\"subscriptionFilters\":[\"all\"],\"logEvents\":[{\"id\":")
        writer.write(string: id)
        writer.write(raw: ",\"timestamp\":\(time.milliseconds),\"message\":")
        writer.write(string: message)
        writer.write(raw: "}]}")
        return TestRecord(id: id, json: String(decoding: writer.array, as: UTF8.self))
    }

    /// A message of a queue. With a group it is one of a FIFO queue, and the group its ordering key.
    public static func message(
        _ id: String, body: String = "{\"text\":\"a body\"}", queue: String = "orders", group: String? = nil,
        time: Timestamp = defaultTime
    ) -> TestRecord {
        var writer = JSONWriter()
        writer.write(raw: "{\"messageId\":")
        writer.write(string: id)
        writer.write(raw: ",\"receiptHandle\":\"handle\",\"body\":")
        writer.write(string: body)
        writer.write(raw: ",\"attributes\":{\"ApproximateReceiveCount\":\"1\",\"SentTimestamp\":\"\(time.milliseconds)\"")
        if let group {
            writer.write(raw: ",\"MessageGroupId\":")
            writer.write(string: group)
        }
        writer.write(raw: "},\"messageAttributes\":{},\"md5OfBody\":\"\",\"eventSource\":\"aws:sqs\",\"eventSourceARN\":")
        writer.write(string: "arn:aws:sqs:eu-west-1:123456789012:\(queue)\(group == nil ? "" : ".fifo")")
        writer.write(raw: ",\"awsRegion\":\"eu-west-1\"}")
        return TestRecord(id: id, json: String(decoding: writer.array, as: UTF8.self))
    }

    /// An event of a bus.
    /// - Parameter detail: JSON.
    public static func event(
        _ id: String, type: String = "Order Placed", source: String = "shop", detail: String = "{\"order\":1}",
        time: Timestamp = defaultTime
    ) -> TestRecord {
        var writer = JSONWriter()
        writer.write(raw: "{\"version\":\"0\",\"id\":")
        writer.write(string: id)
        writer.write(raw: ",\"detail-type\":")
        writer.write(string: type)
        writer.write(raw: ",\"source\":")
        writer.write(string: source)
        writer.write(raw: ",\"account\":\"123456789012\",\"time\":")
        writer.write(string: time.description)
        writer.write(raw: ",\"region\":\"eu-west-1\",\"resources\":[],\"detail\":\(detail)}")
        return TestRecord(id: id, json: String(decoding: writer.array, as: UTF8.self))
    }
}

/// The same number for the same text (FNV-1a, 64 bits), with 20 digits.
private func stableNumber(_ text: String) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash)
    return String(repeating: "0", count: 20 - digits.utf8.count) + digits
}
