// SPDX-License-Identifier: Apache-2.0

#if AWS
public import StreamRecords

extension DynamoDB {
    /// What DynamoDB takes.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
    public enum Limits {
        /// Of one item, by ``DynamoDB/size(of:)-(AttributeMap)``.
        public static let itemBytes = 400 << 10
        /// Puts and deletes of one batch.
        public static let batchWrites = 25
        /// Of all items of a batch.
        public static let batchBytes = 16 << 20
        /// Writes of one transaction.
        public static let transactionWrites = 100
        /// Of all items of a transaction.
        public static let transactionBytes = 4 << 20
        /// Of a partition key.
        public static let keyBytes = 2048
        /// Of a sort key.
        public static let sortKeyBytes = 1024
        /// Maps and lists inside one another.
        public static let depth = 32
        /// Of an expression's text.
        public static let expressionBytes = 4096
        /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html>
        public static let scanSegments = 1_000_000
    }

    /// How many bytes DynamoDB counts for an item: its names and values.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
    public static func size(of item: AttributeMap) -> Int {
        item.reduce(0) { $0 + $1.name.utf8.count + size(of: $1.value) }
    }

    /// How many bytes DynamoDB counts for a value.
    public static func size(of value: AttributeValue) -> Int {
        switch value {
        case .string(let text): text.utf8.count
        case .binary(let bytes): bytes.count
        case .bool, .null: 1
        case .number(let number): size(of: number)
        case .stringSet(let texts): texts.reduce(0) { $0 + $1.utf8.count }
        case .binarySet(let sets): sets.reduce(0) { $0 + $1.count }
        case .numberSet(let numbers): numbers.reduce(0) { $0 + size(of: $1) }
        // Three bytes for the container, and one for each thing in it.
        case .list(let values): values.reduce(3) { $0 + 1 + size(of: $1) }
        case .map(let map): map.reduce(3) { $0 + 1 + $1.name.utf8.count + size(of: $1.value) }
        }
    }

    /// Two digits a byte without the zeros around, one more byte, and one for a minus.
    private static func size(of number: DynamoDBNumber) -> Int {
        let digits = number.text.utf8.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }.filter { (0x30...0x39).contains($0) }
        let significant = digits.drop { $0 == 0x30 }.reversed().drop { $0 == 0x30 }.count
        return (significant + 1) / 2 + 1 + (number.isNegative ? 1 : 0)
    }
}

#endif
