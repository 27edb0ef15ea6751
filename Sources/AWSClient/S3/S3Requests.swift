// SPDX-License-Identifier: Apache-2.0

#if AWS

extension S3 {
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
    public struct PutObjectRequest: Sendable, Hashable {
        public var bucket: String
        /// 1 to 1024 bytes of any text.
        public var key: String
        public var body: [UInt8]
        public var contentType: String?
        /// `gzip`.
        public var contentEncoding: String?
        /// Only where there is no object of that key; else the call fails with ``AWSError/isConditionFailed``.
        public var onlyIfAbsent: Bool
        /// Of one's own, by names without `x-amz-meta-`; at most 2 KB of ASCII in all.
        public var metadata: [String: String]
        /// `INTELLIGENT_TIERING`.
        public var storageClass: String?

        public init(
            bucket: String, key: String, body: [UInt8], contentType: String? = nil, contentEncoding: String? = nil, onlyIfAbsent: Bool = false,
            metadata: [String: String] = [:], storageClass: String? = nil
        ) {
            self.bucket = bucket
            self.key = key
            self.body = body
            self.contentType = contentType
            self.contentEncoding = contentEncoding
            self.onlyIfAbsent = onlyIfAbsent
            self.metadata = metadata
            self.storageClass = storageClass
        }
    }

    /// What S3 tells of an object that it took.
    public struct PutObjectResult: Sendable, Hashable {
        /// With its quotes.
        public let eTag: String?
        /// Where the bucket keeps versions.
        public let versionID: String?
    }

    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
    public struct GetObjectRequest: Sendable, Hashable {
        public var bucket: String
        public var key: String
        /// Of bytes, counted from 0; absent: all.
        public var range: ClosedRange<Int>?

        public init(bucket: String, key: String, range: ClosedRange<Int>? = nil) {
            self.bucket = bucket
            self.key = key
            self.range = range
        }
    }

    /// An object, or the part of it that was asked for.
    public struct GetObjectResult: Sendable, Hashable {
        public let body: [UInt8]
        /// What the whole object is.
        public let object: ObjectHead
    }

    /// What S3 tells of an object beside its bytes.
    public struct ObjectHead: Sendable, Hashable {
        /// Of the whole object, in bytes; absent where the answer doesn't tell.
        public let size: Int?
        /// With its quotes.
        public let eTag: String?
        /// Where the bucket keeps versions.
        public let versionID: String?
        public let contentType: String?
        public let contentEncoding: String?
        /// By names without `x-amz-meta-`, in small letters.
        public let metadata: [String: String]
    }

    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>
    public struct HeadObjectRequest: Sendable, Hashable {
        public var bucket: String
        public var key: String

        public init(bucket: String, key: String) {
            self.bucket = bucket
            self.key = key
        }
    }

    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
    public struct ListObjectsRequest: Sendable, Hashable {
        public var bucket: String
        /// What keys begin with; absent: all.
        public var prefix: String?
        /// What ends a common prefix: `/`.
        public var delimiter: String?
        /// Keys up to and including this one are left out.
        public var startAfter: String?
        /// Of the page before.
        public var continuationToken: String?
        /// 1 to 1000; absent: 1000.
        public var maximum: Int?

        public init(
            bucket: String, prefix: String? = nil, delimiter: String? = nil, startAfter: String? = nil, continuationToken: String? = nil,
            maximum: Int? = nil
        ) {
            self.bucket = bucket
            self.prefix = prefix
            self.delimiter = delimiter
            self.startAfter = startAfter
            self.continuationToken = continuationToken
            self.maximum = maximum
        }
    }

    /// One page of a bucket's keys.
    public struct ListObjectsResult: Sendable, Hashable {
        /// One of them.
        public struct Object: Sendable, Hashable {
            public let key: String
            /// In bytes.
            public let size: Int
            /// With its quotes.
            public let eTag: String?
            /// `2026-11-20T15:00:00.000Z`.
            public let lastModified: String?
        }

        /// In the order of their keys' UTF-8.
        public let objects: [Object]
        /// What keys have before the delimiter, each once; such keys are not among the objects.
        public let commonPrefixes: [String]
        /// For the next page; absent: this was the last.
        public let continuationToken: String?
    }
}

#endif
