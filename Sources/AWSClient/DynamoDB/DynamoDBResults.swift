// SPDX-License-Identifier: Apache-2.0

#if AWS
public import StreamRecords

extension DynamoDB {
    /// What ``DynamoDB/putItem(_:deadline:)`` led to.
    public struct PutItemResult: Sendable, Hashable {
        /// What was asked for by ``PutItemRequest/returnValues``.
        public let attributes: AttributeMap?
    }

    /// What ``DynamoDB/updateItem(_:deadline:)`` led to.
    public struct UpdateItemResult: Sendable, Hashable {
        /// What was asked for by ``UpdateItemRequest/returnValues``.
        public let attributes: AttributeMap?
    }

    /// What ``DynamoDB/getItem(_:deadline:)`` found.
    public struct GetItemResult: Sendable, Hashable {
        /// Absent: there is none of that key.
        public let item: AttributeMap?
    }

    /// One page of what a query or a scan found.
    public struct QueryResult: Sendable, Hashable {
        /// Those that the filter let through, with the attributes that were asked for.
        public let items: [AttributeMap]
        /// Where the next page begins; absent: this was the last.
        public let lastKey: AttributeMap?
        /// How many items were looked at before the filter.
        public let scannedCount: Int
    }

    /// What is left of a batch.
    public struct BatchWriteItemResult: Sendable, Hashable {
        /// What DynamoDB had no room for, by table; to be sent again after a pause.
        public let unprocessed: [String: [BatchWrite]]
    }

    /// Why one write of a transaction did not go through, at the place of the write.
    public struct CancellationReason: Sendable, Hashable {
        /// `None` where this write was not to blame; `ConditionalCheckFailed`, `TransactionConflict`, `ThrottlingError`…
        public let code: String
        /// For people; absent where DynamoDB gave none.
        public let message: String?
        /// The item that is there, where the write asked for it.
        public let item: AttributeMap?

        /// This write was not to blame.
        public var isNone: Bool { code == "None" }
    }
}

extension AWSError {
    /// Why each write of a transaction did not go through, in the order of the writes; empty for other errors.
    public var cancellationReasons: [DynamoDB.CancellationReason] { DynamoDB.cancellationReasons(of: self) }

    /// The item that a condition failed on, where the request asked for it.
    public var conflictingItem: AttributeMap? { DynamoDB.conflictingItem(of: self) }
}

#endif
