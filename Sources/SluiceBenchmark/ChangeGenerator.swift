// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// Lambda events of DynamoDB Streams, one a line, 100 records to an event.
///
/// Made to resemble a service's tables and to favour no trick of a reader: attribute order and image order vary, most attributes of the
/// two images are equal and some are not, sizes are spread over two orders of magnitude, and every type, escape and number form comes up.
struct ChangeGenerator {
    private static let recordsPerEvent = 100

    /// One table: how it is keyed and how large its items are.
    private struct Table {
        let name: [UInt8]
        let label: [UInt8]
        let partitionKey: [UInt8]
        let partitionKeyIsNumber: Bool
        let sortKey: [UInt8]?
        let attributes: ClosedRange<Int>
        /// How often, in per cent, the old image is written in an order of its own.
        let shuffledImages: Int
    }

    private static let tables = [
        Table(
            name: Array("Products".utf8), label: Array("2026-01-01T00:00:00.000".utf8), partitionKey: Array("Id".utf8),
            partitionKeyIsNumber: true, sortKey: nil, attributes: 8...18, shuffledImages: 20),
        Table(
            name: Array("orders-production".utf8), label: Array("2025-11-20T15:04:05.678".utf8), partitionKey: Array("pk".utf8),
            partitionKeyIsNumber: false, sortKey: Array("sk".utf8), attributes: 10...26, shuffledImages: 40),
        Table(
            name: Array("telemetry.v2".utf8), label: Array("2026-03-31T23:59:59.999".utf8), partitionKey: Array("deviceId".utf8),
            partitionKeyIsNumber: false, sortKey: Array("measuredAt".utf8), attributes: 4...12, shuffledImages: 0),
        Table(
            name: Array("user_sessions".utf8), label: Array("2026-10-10T10:10:10.101".utf8), partitionKey: Array("sessionId".utf8),
            partitionKeyIsNumber: false, sortKey: nil, attributes: 6...20, shuffledImages: 100),
    ]

    /// A member of an item: where its name and its typed value stand in `scratch`.
    private struct Attribute {
        var name: Range<Int>
        var value: Range<Int>
    }

    private var random: SeededRandom
    private var values: AttributeValueGenerator
    private var scratch: [UInt8] = []
    private var new: [Attribute] = []
    private var old: [Attribute] = []
    private var keys: [Attribute] = []
    private var sequence = 1_000_000
    private var seconds = 1_790_000_000

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        values = AttributeValueGenerator()
    }

    /// Appends one event and the line's end.
    mutating func appendEvent(to output: inout [UInt8]) {
        let table = random.pick(Self.tables)
        output.put(#"{"Records":["#)
        for index in 0..<Self.recordsPerEvent {
            if index > 0 {
                output.append(UInt8(ascii: ","))
            }
            appendRecord(of: table, to: &output)
        }
        output.put("]}\n")
    }

    private mutating func appendRecord(of table: Table, to output: inout [UInt8]) {
        let dice = random.below(100)
        let operation = dice < 74 ? "MODIFY" : dice < 90 ? "INSERT" : "REMOVE"
        makeItem(of: table)
        if operation == "MODIFY" {
            modifyItem(of: table)
        }
        sequence += random.within(1...100_000)
        seconds += random.below(2)

        output.put(#"{"eventID":""#)
        output.put(hexadecimal: 32, from: &random)
        output.put(#"","eventName":""#)
        output.put(operation)
        output.put(#"","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"eu-central-1","dynamodb":{"ApproximateCreationDateTime":"#)
        output.put(decimal: seconds)
        if random.chance(10) {
            output.put(".0")
        }
        output.put(#","Keys":{"#)
        append(keys, to: &output)
        output.append(UInt8(ascii: "}"))
        // AWS writes NewImage first; other writers of the same format do not.
        let oldFirst = random.chance(25)
        let hasNew = operation != "REMOVE"
        let hasOld = operation != "INSERT"
        let start = output.count
        if hasOld && oldFirst {
            appendOld(of: table, to: &output)
        }
        if hasNew {
            output.put(#","NewImage":{"#)
            append(new, to: &output)
            output.append(UInt8(ascii: "}"))
        }
        if hasOld && !oldFirst {
            appendOld(of: table, to: &output)
        }
        let size = output.count - start
        output.put(#","SequenceNumber":""#)
        output.put(decimal: 4_000_000_000_000 + sequence)
        output.put(decimal: sequence, width: 12)
        output.put(#"","SizeBytes":"#)
        output.put(decimal: size / 2)
        output.put(#","StreamViewType":"NEW_AND_OLD_IMAGES"}"#)
        if operation == "REMOVE" && random.chance(30) {
            output.put(#","userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}"#)
        }
        output.put(#","eventSourceARN":"arn:aws:dynamodb:eu-central-1:123456789012:table/"#)
        output.put(table.name)
        output.put("/stream/")
        output.put(table.label)
        output.put(#""}"#)
    }

    /// A fresh item in `new`, its keys in `keys`, and the same item in `old`.
    private mutating func makeItem(of table: Table) {
        scratch.removeAll(keepingCapacity: true)
        new.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        keys.append(makeAttribute(table.partitionKey) { output, random, _ in
            if table.partitionKeyIsNumber {
                output.put(#"{"N":""#)
                output.put(decimal: random.below(50_000))
            } else {
                output.put(#"{"S":"ID#"#)
                output.put(uuidFrom: &random)
            }
            output.put(#""}"#)
        })
        if let sortKey = table.sortKey {
            keys.append(makeAttribute(sortKey) { output, random, _ in
                output.put(#"{"S":"2026-11-"#)
                output.put(decimal: random.within(1...30), width: 2)
                output.put("#")
                output.put(hexadecimal: 8, from: &random)
                output.put(#""}"#)
            })
        }
        new.append(contentsOf: keys)
        // Consecutive names of the vocabulary from a random start: no name comes twice in an item.
        let names = Vocabulary.attributes
        let first = random.below(names.count)
        let count = random.within(table.attributes)
        for index in 0..<count {
            new.append(makeAttribute(names[(first + index * 7) % names.count]) { output, random, values in
                values.append(to: &output, random: &random, depth: 0)
            })
        }
        new.shuffle(using: &random)
        old = new
    }

    /// Changes, adds and removes a few attributes, so that most of the two images stays the same.
    private mutating func modifyItem(of table: Table) {
        for _ in 0..<random.within(1...4) {
            let index = random.below(new.count)
            if keys.contains(where: { $0.value == new[index].value }) {
                continue
            }
            let start = scratch.count
            values.append(to: &scratch, random: &random, depth: 0)
            new[index].value = start..<scratch.count
        }
        if random.chance(15) {
            let index = random.below(old.count)
            if !keys.contains(where: { $0.value == old[index].value }) {
                old.remove(at: index)
            }
        }
        if random.chance(10) {
            let index = random.below(new.count)
            if !keys.contains(where: { $0.value == new[index].value }) {
                new.remove(at: index)
            }
        }
        if random.chance(table.shuffledImages) {
            old.shuffle(using: &random)
        }
    }

    private mutating func makeAttribute(
        _ name: [UInt8], _ write: (inout [UInt8], inout SeededRandom, inout AttributeValueGenerator) -> Void
    ) -> Attribute {
        let nameStart = scratch.count
        scratch.put(name)
        let valueStart = scratch.count
        write(&scratch, &random, &values)
        return Attribute(name: nameStart..<valueStart, value: valueStart..<scratch.count)
    }

    private mutating func appendOld(of table: Table, to output: inout [UInt8]) {
        output.put(#","OldImage":{"#)
        append(old, to: &output)
        output.append(UInt8(ascii: "}"))
    }

    private func append(_ attributes: [Attribute], to output: inout [UInt8]) {
        var isFirst = true
        for attribute in attributes {
            if !isFirst {
                output.append(UInt8(ascii: ","))
            }
            isFirst = false
            output.append(UInt8(ascii: "\""))
            output.append(contentsOf: scratch[attribute.name])
            output.put("\":")
            output.append(contentsOf: scratch[attribute.value])
        }
    }
}
