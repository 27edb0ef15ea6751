// SPDX-License-Identifier: Apache-2.0

#if AWS
public import StreamRecords

extension DynamoDB {
    /// The names and values that stand for `#name` and `:value` in expressions.
    public struct ExpressionParts: Sendable, Hashable {
        /// `["#s": "status"]`.
        public var names: [String: String]
        /// `[":new": "paid"]`.
        public var values: AttributeMap

        public init(names: [String: String] = [:], values: AttributeMap = [:]) {
            self.names = names
            self.values = values
        }
    }

    /// What a write gives back of the item.
    public enum ReturnValues: String, Sendable, Hashable {
        case none = "NONE"
        case allOld = "ALL_OLD"
        case updatedOld = "UPDATED_OLD"
        case allNew = "ALL_NEW"
        case updatedNew = "UPDATED_NEW"
    }

    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html>
    public struct PutItemRequest: Sendable, Hashable {
        /// Name or ARN.
        public var table: String
        /// The whole item, with its key; at most ``Limits/itemBytes``.
        public var item: AttributeMap
        /// `attribute_not_exists(#id)`; where it does not hold, the call fails with ``AWSError/isConditionFailed``.
        public var condition: String?
        /// What stands for the names and values in the expressions.
        public var parts: ExpressionParts
        /// `none` or `allOld`.
        public var returnValues: ReturnValues
        /// Whether a failed condition tells the item that is there, in ``AWSError/conflictingItem``.
        public var returnsConflictingItem: Bool

        public init(
            table: String, item: AttributeMap, condition: String? = nil, parts: ExpressionParts = ExpressionParts(),
            returnValues: ReturnValues = .none, returnsConflictingItem: Bool = false
        ) {
            self.table = table
            self.item = item
            self.condition = condition
            self.parts = parts
            self.returnValues = returnValues
            self.returnsConflictingItem = returnsConflictingItem
        }
    }

    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html>
    public struct UpdateItemRequest: Sendable, Hashable {
        /// Name or ARN.
        public var table: String
        /// The key attributes and nothing else.
        public var key: AttributeMap
        /// `SET #a = :a`; absent creates the item with its key alone.
        public var update: String?
        /// As with ``PutItemRequest/condition``.
        public var condition: String?
        /// What stands for the names and values in the expressions.
        public var parts: ExpressionParts
        /// What of the item comes back, before or after the change.
        public var returnValues: ReturnValues
        /// Whether a failed condition tells the item that is there, in ``AWSError/conflictingItem``.
        public var returnsConflictingItem: Bool

        public init(
            table: String, key: AttributeMap, update: String?, condition: String? = nil, parts: ExpressionParts = ExpressionParts(),
            returnValues: ReturnValues = .none, returnsConflictingItem: Bool = false
        ) {
            self.table = table
            self.key = key
            self.update = update
            self.condition = condition
            self.parts = parts
            self.returnValues = returnValues
            self.returnsConflictingItem = returnsConflictingItem
        }
    }

    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html>
    public struct GetItemRequest: Sendable, Hashable {
        /// Name or ARN.
        public var table: String
        /// The key attributes and nothing else.
        public var key: AttributeMap
        /// Whether all earlier writes are seen, for twice the capacity. Not for global indexes.
        public var isConsistent: Bool
        /// Which attributes; absent: all.
        public var projection: String?
        /// Only names are used.
        public var parts: ExpressionParts

        public init(
            table: String, key: AttributeMap, isConsistent: Bool = false, projection: String? = nil, parts: ExpressionParts = ExpressionParts()
        ) {
            self.table = table
            self.key = key
            self.isConsistent = isConsistent
            self.projection = projection
            self.parts = parts
        }
    }

    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html>
    public struct QueryRequest: Sendable, Hashable {
        /// Name or ARN.
        public var table: String
        /// A secondary index; absent: the table itself.
        public var index: String?
        /// `#id = :id AND #sort BETWEEN :from AND :until`.
        public var keyCondition: String
        /// What leaves items out of the answer; they count as read all the same.
        public var filter: String?
        /// Which attributes; absent: all.
        public var projection: String?
        /// What stands for the names and values in the expressions.
        public var parts: ExpressionParts
        /// Whether the sort key ascends.
        public var isForward: Bool
        /// The most items that are looked at; absent: as many as are in 1 MB.
        public var limit: Int?
        /// Where the page before ended.
        public var startKey: AttributeMap?
        /// Whether all earlier writes are seen, for twice the capacity. Not for global indexes.
        public var isConsistent: Bool

        public init(
            table: String, index: String? = nil, keyCondition: String, filter: String? = nil, projection: String? = nil,
            parts: ExpressionParts = ExpressionParts(), isForward: Bool = true, limit: Int? = nil, startKey: AttributeMap? = nil,
            isConsistent: Bool = false
        ) {
            self.table = table
            self.index = index
            self.keyCondition = keyCondition
            self.filter = filter
            self.projection = projection
            self.parts = parts
            self.isForward = isForward
            self.limit = limit
            self.startKey = startKey
            self.isConsistent = isConsistent
        }
    }

    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html>
    public struct ScanRequest: Sendable, Hashable {
        /// Name or ARN.
        public var table: String
        /// What leaves items out of the answer; they count as read all the same.
        public var filter: String?
        /// Which attributes; absent: all.
        public var projection: String?
        /// What stands for the names and values in the expressions.
        public var parts: ExpressionParts
        /// Which part of the table, from 0.
        public var segment: Int
        /// Of how many parts: several may be read at once.
        public var segments: Int
        /// Where the page before ended.
        public var startKey: AttributeMap?

        public init(
            table: String, filter: String? = nil, projection: String? = nil, parts: ExpressionParts = ExpressionParts(), segment: Int = 0,
            segments: Int = 1, startKey: AttributeMap? = nil
        ) {
            self.table = table
            self.filter = filter
            self.projection = projection
            self.parts = parts
            self.segment = segment
            self.segments = segments
            self.startKey = startKey
        }
    }

    /// One write of a batch.
    public enum BatchWrite: Sendable, Hashable {
        case put(AttributeMap)
        /// The key of what shall go.
        case delete(AttributeMap)
    }

    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>
    public struct BatchWriteItemRequest: Sendable, Hashable {
        /// By table; 1 to 25 in all.
        public var writes: [String: [BatchWrite]]
        /// The names of each table's key attributes, the partition key's first. Where they are told, keys that are missing or too long, and two writes of one
        /// key, are refused here, as DynamoDB would refuse all 25.
        public var keyNames: [String: [String]]

        public init(writes: [String: [BatchWrite]], keyNames: [String: [String]] = [:]) {
            self.writes = writes
            self.keyNames = keyNames
        }
    }

    /// One write of a transaction.
    public enum TransactWrite: Sendable, Hashable {
        /// ``PutItemRequest/returnValues`` is not used.
        case put(PutItemRequest)
        /// ``UpdateItemRequest/returnValues`` is not used; there must be an update.
        case update(UpdateItemRequest)
        case delete(table: String, key: AttributeMap, condition: String? = nil, parts: ExpressionParts = ExpressionParts())
        case check(table: String, key: AttributeMap, condition: String, parts: ExpressionParts = ExpressionParts())
    }

    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
    public struct TransactWriteItemsRequest: Sendable, Hashable {
        /// 1 to 100, each of another item.
        public var writes: [TransactWrite]
        /// 1 to 36 characters; the same token within ten minutes does the work once.
        public var clientRequestToken: String?

        public init(writes: [TransactWrite], clientRequestToken: String? = nil) {
            self.writes = writes
            self.clientRequestToken = clientRequestToken
        }
    }
}

#endif
