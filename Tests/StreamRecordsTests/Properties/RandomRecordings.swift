// SPDX-License-Identifier: Apache-2.0

import ReferenceDecoder
import TestSupport

/// Random recordings: every envelope, every type of attribute, encoded as AWS does and as it may some day.
struct RandomRecordings {
    var random = SeededRandom(seed: 0)
    private var number = 0

    init(_ random: SeededRandom) {
        self.random = random
    }

    /// An id that no other record of the recording has.
    private mutating func nextID() -> String {
        number += 1
        return "id-\(number)"
    }

    // MARK: Strings and values

    /// A string's text between the quotation marks, some of its characters escaped though they need not be.
    mutating func stringText(_ text: String? = nil) -> String {
        let characters = text ?? random.string(upTo: random.chance(5) ? 80 : 10)
        var result = ""
        for scalar in characters.unicodeScalars {
            switch scalar {
            case "\"": result += #"\""#
            case "\\": result += #"\\"#
            case "\n" where random.chance(50): result += #"\n"#
            case "/" where random.chance(50): result += #"\/"#
            case _ where scalar.value < 0x20 || random.chance(3):
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: random.chance(50))
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private mutating func string() -> JSONText { .quoted(stringText()) }

    private mutating func base64() -> JSONText {
        .quoted(Base64Text.encode(random.bytes(upTo: 40)))
    }

    /// An attribute value of any type.
    mutating func attributeValue(depth: Int = 0) -> JSONText {
        func typed(_ type: String, _ value: JSONText) -> JSONText { .object([(type, value)]) }
        switch random.below(depth < 4 ? 13 : 9) {
        case 0, 1: return typed("S", string())
        case 2, 3: return typed("N", .quoted(random.numberText(exponent: 120)))
        case 4: return typed("B", base64())
        case 5: return typed("BOOL", .raw(random.chance(50) ? "true" : "false"))
        case 6: return typed("NULL", .raw("true"))
        case 7: return typed("SS", .array((0..<1 + random.below(4)).map { _ in string() }))
        case 8:
            if random.chance(50) {
                return typed("NS", .array((0..<1 + random.below(4)).map { _ in .quoted(random.numberText(exponent: 120)) }))
            }
            return typed("BS", .array((0..<1 + random.below(4)).map { _ in base64() }))
        case 9, 10: return typed("L", .array((0..<random.below(4)).map { _ in attributeValue(depth: depth + 1) }))
        default: return typed("M", item(attributes: random.below(5), depth: depth + 1))
        }
    }

    /// Attributes with distinct names.
    mutating func item(attributes count: Int, depth: Int = 0) -> JSONText {
        .object((0..<count).map { ("\(stringText())\($0)", attributeValue(depth: depth)) })
    }

    // MARK: Changes

    /// The same value in another spelling, where DynamoDB's equality says so, or another value.
    private mutating func successor(of value: JSONText) -> JSONText {
        if random.chance(50) {
            return value
        }
        guard random.chance(60), case .object(let wrapper) = value, wrapper.count == 1, case .array(let elements) = wrapper[0].value,
            wrapper[0].name.hasSuffix("S")
        else { return attributeValue() }
        return .object([(wrapper[0].name, .array(elements.shuffled(using: &random)))])
    }

    private mutating func images() -> (old: JSONText, new: JSONText) {
        guard case .object(let old) = item(attributes: random.below(random.chance(5) ? 70 : 9)) else { return (.object([]), .object([])) }
        var new = old.map { ($0.name, successor(of: $0.value)) }
        if random.chance(30), !new.isEmpty {
            new.remove(at: random.below(new.count))
        }
        if random.chance(30) {
            new.append(("new", attributeValue()))
        }
        if random.chance(30) {
            new.shuffle(using: &random)
        }
        return (.object(old), .object(new))
    }

    private mutating func creationTime() -> JSONText {
        switch random.below(7) {
        case 0: .raw("\(1_700_000_000 + random.below(100_000_000))")
        case 1: .raw("\(1_700_000_000 + random.below(100_000_000)).0")
        case 2: .raw("\(1_700_000_000 + random.below(100_000_000)).\(random.below(10))\(random.below(10))\(random.below(10))")
        case 3: .quoted("\(1_700_000_000 + random.below(100_000_000))")
        case 4: .raw("1.7\(100_000_00 + random.below(10_000_000))E9")
        case 5: .raw("\(1_700_000_000_000 + random.below(1_000_000_000))")
        default: .quoted("2026-0\(1 + random.below(9))-1\(random.below(10))T1\(random.below(10)):0\(random.below(10)):5\(random.below(10))+0\(random.below(10)):00")
        }
    }

    /// A record of DynamoDB Streams. `isBare` leaves out what only Lambda adds.
    mutating func change(isBare: Bool = false, time: JSONText? = nil, table: String? = nil) -> JSONText {
        let operation = random.pick(["INSERT", "MODIFY", "MODIFY", "MODIFY", "REMOVE", "ARCHIVE"])
        let (old, new) = images()
        var stream: [(name: String, value: JSONText)] = [
            ("ApproximateCreationDateTime", time ?? creationTime()), ("Keys", item(attributes: 1 + random.below(2))),
            ("SequenceNumber", .quoted("4421584500000000017450439091\(number)")), ("SizeBytes", .raw("\(random.below(1000))")),
            ("StreamViewType", .quoted("NEW_AND_OLD_IMAGES")),
        ]
        if operation != "REMOVE" {
            stream.append(("NewImage", new))
        } else if random.chance(20) {
            stream.append(("NewImage", .raw("null")))
        }
        if operation != "INSERT" && random.chance(95) {
            stream.append(("OldImage", old))
        }
        if random.chance(10) {
            stream.append(("SomethingNew", attributeValue()))
        }
        var record: [(name: String, value: JSONText)] = [
            ("eventID", .quoted(stringText(nextID()))), ("eventName", .quoted(operation)), ("eventVersion", .quoted("1.1")),
            ("eventSource", .quoted("aws:dynamodb")), ("awsRegion", .quoted("eu-west-1")),
            ("dynamodb", .object(random.chance(70) ? stream.shuffled(using: &random) : stream)),
        ]
        if let table {
            record.append(("tableName", .quoted(table)))
        } else if !isBare {
            let name = random.pick(["Products", "orders-2", "a.b_c"])
            record.append(
                ("eventSourceARN", .quoted("arn:aws:dynamodb:eu-west-1:123456789012:table/\(name)/stream/2026-11-20T00:00:00.000")))
        }
        switch random.below(6) {
        case 0:
            record.append(
                ("userIdentity", .object([("type", .quoted("Service")), ("principalId", .quoted("dynamodb.amazonaws.com"))])))
        case 1:
            record.append(
                ("userIdentity", .object([("PrincipalId", .quoted("dynamodb.amazonaws.com")), ("Type", .quoted("Service"))])))
        case 2: record.append(("userIdentity", .raw("null")))
        case 3: record.append(("future", .array([.object([]), .raw("1.5e300"), .raw("null")])))
        default: break
        }
        return .object(random.chance(50) ? record.shuffled(using: &random) : record)
    }

    /// A line of an incremental export.
    mutating func exportLine() -> JSONText {
        let (old, new) = images()
        let micros = JSONText.quoted("17\(10_000_000_000_000 + random.below(1_000_000_000))")
        var line: [(name: String, value: JSONText)] = [
            ("Metadata", .object([("WriteTimestampMicros", .object([("N", micros)]))])), ("Keys", item(attributes: 1 + random.below(2))),
        ]
        let kind = random.below(3)
        if kind != 0 {
            line.append(("OldImage", old))
        }
        if kind != 1 {
            line.append(("NewImage", new))
        }
        return .object(line)
    }

    // MARK: Logs

    private mutating func uuid() -> String {
        func digits(_ count: Int) -> String {
            (0..<count).map { _ in String(random.pick(Array("0123456789abcdef"))) }.joined()
        }
        return [8, 4, 4, 4, 12].map { digits($0) }.joined(separator: "-")
    }

    /// A log line's text between the quotation marks.
    private mutating func logMessage() -> String {
        let id = uuid()
        let text = stringText()
        switch random.below(9) {
        case 0: return "START RequestId: \(id) Version: $LATEST\\n"
        case 1: return "END RequestId: \(id)\\n"
        case 2: return "REPORT RequestId: \(id)\\tDuration: 1.25 ms\\tBilled Duration: 2 ms\\tMemory Size: 128 MB\\tMax Memory Used: 70 MB\\t\\n"
        case 3: return "[INFO]\\t2026-11-20T15:00:00.000Z\\t\(id)\\t\(text)"
        case 4: return "2026-11-20T15:00:00.000Z\\t\(id)\\tINFO\\t\(text)"
        case 5: return "2026-11-20T15:00:00.000Z \(id) Task timed out after 3.00 seconds\\n\\n"
        case 6:
            let name = random.pick(["requestId", "AWSRequestId", "aws_request_id", "function_request_id", "other"])
            return #"{\"level\":\"INFO\",\"\#(name)\":\"\#(id)\",\"n\":1}\n"#
        case 7: return #"{\"time\":\"2026-11-20T15:00:00Z\",\"type\":\"platform.start\",\"record\":{\"requestId\":\"\#(id)\"}}"#
        default: return "- " + text
        }
    }

    mutating func subscription() -> JSONText {
        if random.chance(5) {
            return .object([
                ("messageType", .quoted("CONTROL_MESSAGE")), ("owner", .quoted("CloudwatchLogs")), ("logGroup", .quoted("")),
                ("logStream", .quoted("")), ("subscriptionFilters", .array([])),
                (
                    "logEvents",
                    .array([
                        .object([
                            ("id", .quoted("")), ("timestamp", .raw("1700000000000")),
                            ("message", .quoted("CWL CONTROL MESSAGE: Checking health of destination Firehose.")),
                        ])
                    ])
                ),
            ])
        }
        let events = (0..<random.below(6)).map { _ -> JSONText in
            var event: [(name: String, value: JSONText)] = [
                ("id", .quoted(nextID())), ("timestamp", .raw("\(1_700_000_000_000 + random.below(1_000_000_000))")), ("message", .quoted(logMessage())),
            ]
            if random.chance(20) {
                event.append(("extractedFields", .object([("level", string()), ("n", .quoted("1"))])))
            }
            return .object(random.chance(30) ? event.shuffled(using: &random) : event)
        }
        var members: [(name: String, value: JSONText)] = [
            ("messageType", .quoted("DATA_MESSAGE")), ("owner", .quoted("123456789012")),
            ("logGroup", .quoted(random.pick(["/aws/lambda/products-api", "/ecs/web", "plain"]))), ("logStream", .quoted("2026/11/20/[$LATEST]abc")),
            ("subscriptionFilters", .array([.quoted("all")])), ("logEvents", .array(events)),
        ]
        if random.chance(20) {
            members.append(("policyLevel", .quoted("ACCOUNT_LEVEL_POLICY")))
        }
        return .object(random.chance(30) ? members.shuffled(using: &random) : members)
    }

    private mutating func packed(_ document: JSONText, compressed: Bool) throws -> JSONText {
        var bytes = document.bytes(random.pick(JSONText.Style.allCases), &random)
        if compressed {
            bytes = try gzip(bytes)
        }
        return .quoted(Base64Text.encode(bytes))
    }

    /// One gzip member, or several.
    mutating func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        guard random.chance(40), bytes.count > 2 else { return try Zlib.gzip(bytes) }
        let cut = random.below(bytes.count)
        return try Zlib.gzip(Array(bytes[..<cut])) + Zlib.gzip(Array(bytes[cut...]))
    }

    // MARK: Messages and events

    /// - Parameter isSound: else it has an event's members, and is none.
    mutating func busEvent(isSound: Bool = true) -> JSONText {
        let isTimely = isSound || random.chance(50)
        let type = isSound || !isTimely ? string() : .raw("5")
        let time = isTimely ? "2026-11-20T15:00:0\(random.below(10))Z" : "yesterday"
        let event: [(name: String, value: JSONText)] = [
            ("version", .quoted("0")), ("id", .quoted(nextID())), ("detail-type", type), ("source", .quoted("shop.orders")),
            ("account", .quoted("123456789012")), ("time", .quoted(time)), ("region", .quoted("eu-west-1")),
            ("resources", .array([])), ("detail", item(attributes: random.below(4))),
        ]
        return .object(random.chance(40) ? event.shuffled(using: &random) : event)
    }

    mutating func message() -> JSONText {
        let body: String
        switch random.below(5) {
        case 0: body = embedded(busEvent(isSound: random.chance(70)))
        case 1:
            let notification = JSONText.object([
                ("Type", .quoted("Notification")), ("MessageId", .quoted("m")), ("TopicArn", .quoted("arn:aws:sns:eu-west-1:123456789012:t")),
                ("Message", random.chance(50) ? string() : .quoted(stringText(embedded(item(attributes: 2), isText: true)))),
                ("Timestamp", .quoted("2026-11-20T15:00:00.000Z")),
            ])
            body = embedded(notification)
        case 2: body = embedded(item(attributes: random.below(4)))
        default: body = stringText()
        }
        var attributes: [(name: String, value: JSONText)] = [
            ("ApproximateReceiveCount", .quoted("1")), ("SentTimestamp", .quoted("\(1_700_000_000_000 + random.below(1_000_000_000))")),
        ]
        if random.chance(30) {
            attributes.append(("MessageGroupId", .quoted("g1")))
        }
        let record: [(name: String, value: JSONText)] = [
            ("messageId", .quoted(nextID())), ("receiptHandle", .quoted("r")), ("body", .quoted(body)), ("attributes", .object(attributes)),
            ("messageAttributes", .object([])), ("md5OfBody", .quoted("x")), ("eventSource", .quoted("aws:sqs")),
            ("eventSourceARN", .quoted("arn:aws:sqs:eu-west-1:123456789012:orders")), ("awsRegion", .quoted("eu-west-1")),
        ]
        return .object(random.chance(40) ? record.shuffled(using: &random) : record)
    }

    /// A document as the text of a string: as it is with `isText`, else between the quotation marks.
    private mutating func embedded(_ document: JSONText, isText: Bool = false) -> String {
        let text = String(decoding: document.bytes(random.pick(JSONText.Style.allCases), &random), as: UTF8.self)
        return isText ? text : stringText(text)
    }

    private mutating func kinesisRecord() throws -> JSONText {
        let data: JSONText
        if random.chance(50) {
            data = try packed(subscription(), compressed: true)
        } else {
            let time = JSONText.raw(
                random.chance(50) ? "\(1_700_000_000_000 + random.below(1_000_000_000))" : "\(1_700_000_000_000_000 + random.below(1_000_000_000))")
            data = try packed(change(isBare: true, time: time, table: "Products"), compressed: false)
        }
        let kinesis: [(name: String, value: JSONText)] = [
            ("kinesisSchemaVersion", .quoted("1.0")), ("partitionKey", .quoted("p")), ("sequenceNumber", .quoted("49590338\(number)")),
            ("data", data), ("approximateArrivalTimestamp", .raw("1545084650.987")),
        ]
        return .object([
            ("kinesis", .object(kinesis)), ("eventSource", .quoted("aws:kinesis")), ("eventID", .quoted("shard:\(number)")),
            ("eventName", .quoted("aws:kinesis:record")), ("eventSourceARN", .quoted("arn:aws:kinesis:eu-west-1:123456789012:stream/s")),
        ])
    }

    // MARK: Documents

    /// A document of any envelope.
    mutating func document() throws -> JSONText {
        switch random.below(12) {
        case 0, 1, 2: return .object([("Records", .array((0..<random.below(5)).map { _ in change() }))])
        case 3:
            return .object([
                ("Records", .array((0..<random.below(4)).map { _ in change(isBare: true) })), ("NextShardIterator", .quoted("arn|1|x")),
            ])
        case 4: return exportLine()
        case 5: return change()
        case 6: return .object([("awslogs", .object([("data", try packed(subscription(), compressed: true))]))])
        case 7: return subscription()
        case 8: return .object([("Records", .array((0..<1 + random.below(3)).map { _ in message() }))])
        case 9: return busEvent()
        case 10: return message()
        default:
            var records: [JSONText] = []
            for _ in 0..<1 + random.below(3) {
                records.append(try kinesisRecord())
            }
            return .object([("Records", .array(records))])
        }
    }
}

/// Base64 with padding.
enum Base64Text {
    static func encode(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
            for place in 0..<4 {
                text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : "=")
            }
        }
        return text
    }
}
