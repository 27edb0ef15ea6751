// SPDX-License-Identifier: Apache-2.0

#if AWS

extension DynamoDB {
    /// A key attribute's type.
    public enum KeyType: String, Sendable, Hashable {
        case string = "S"
        case number = "N"
        case binary = "B"
    }

    /// A table's or index's key.
    public struct KeySchema: Sendable, Hashable {
        /// The name of the partition key's attribute.
        public var partition: String
        /// The name of the sort key's attribute, where there is one.
        public var sort: String?

        public init(partition: String, sort: String? = nil) {
            self.partition = partition
            self.sort = sort
        }
    }

    /// What of an item an index holds beside the keys.
    public enum Projection: Sendable, Hashable {
        case all
        case keysOnly
        case include([String])
    }

    /// A global secondary index.
    public struct GlobalIndex: Sendable, Hashable {
        public var name: String
        public var key: KeySchema
        /// What it holds beside its own key and the table's.
        public var projection: Projection

        public init(name: String, key: KeySchema, projection: Projection) {
            self.name = name
            self.key = key
            self.projection = projection
        }
    }

    /// A table that is billed by request.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html>
    public struct CreateTableRequest: Sendable, Hashable {
        /// 3 to 255 letters, digits, `_`, `-`, `.`.
        public var table: String
        public var key: KeySchema
        /// The types of all attributes that are part of a key.
        public var attributes: [String: KeyType]
        /// Global secondary indexes.
        public var indexes: [GlobalIndex]
        /// At most 50.
        public var tags: [String: String]

        public init(
            table: String, key: KeySchema, attributes: [String: KeyType], indexes: [GlobalIndex] = [], tags: [String: String] = [:]
        ) {
            self.table = table
            self.key = key
            self.attributes = attributes
            self.indexes = indexes
            self.tags = tags
        }
    }

    /// Adds one index to a table; DynamoDB takes one at a time.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>
    public struct AddIndexRequest: Sendable, Hashable {
        /// Name or ARN.
        public var table: String
        public var index: GlobalIndex
        /// The types of the attributes that are part of the index's key.
        public var attributes: [String: KeyType]
        /// What a table with provisioned capacity gives the index, in units a second; absent for one billed by request.
        public var capacity: Capacity?

        /// Provisioned throughput, in units a second: of 4 KB that are read consistently, of 1 KB that are written.
        ///
        /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/provisioned-capacity-mode.html>
        public struct Capacity: Sendable, Hashable {
            public var read: Int
            public var write: Int

            public init(read: Int, write: Int) {
                self.read = read
                self.write = write
            }
        }

        public init(table: String, index: GlobalIndex, attributes: [String: KeyType], capacity: Capacity? = nil) {
            self.table = table
            self.index = index
            self.attributes = attributes
            self.capacity = capacity
        }
    }

    /// What a table is and how it does.
    public struct TableDescription: Sendable, Hashable {
        /// One of its global secondary indexes.
        public struct Index: Sendable, Hashable {
            public let name: String
            public let key: KeySchema
            public let projection: Projection
            /// `CREATING`, `ACTIVE`…
            public let status: String
        }

        public let name: String
        public let arn: String?
        /// `CREATING`, `UPDATING`, `ACTIVE`…
        public let status: String
        public let key: KeySchema
        /// The types of the attributes that are part of a key.
        public let attributes: [String: KeyType]
        /// Global secondary indexes.
        public let indexes: [Index]
        /// Whether it is billed by request.
        public let isOnDemand: Bool
        /// Of the provisioned capacity, in units a second.
        public let capacity: AddIndexRequest.Capacity?
        /// Where the table has a stream.
        public let streamARN: String?

        /// Table and indexes can be used.
        public var isActive: Bool { status == "ACTIVE" && indexes.allSatisfy { $0.status == "ACTIVE" } }
    }
}

#endif
