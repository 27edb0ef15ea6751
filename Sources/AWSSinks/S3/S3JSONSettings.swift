// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Sluice

extension S3JSONSink {
    struct Own: Decodable, Sendable {
        /// The bucket's name.
        var bucket: BucketReference
        /// What all keys begin with: `archive/2026`.
        var prefix: ObjectPrefix?
        /// The objects' keys behind the prefix. By default `{kind}/{source}/{date}/{id}.json`, and for batches
        /// `{kind}/{source}/{date}/{hour}/{id}.ndjson.gz`.
        var key: NameTemplate?
        /// Several records to an object, as gzip'd JSON lines. By default each record has its own.
        var batch: Bool?
        /// The objects' `Content-Type`. By default `application/json`, and for batches `application/x-ndjson`.
        var contentType: String?
        /// The objects' storage class: `STANDARD_IA`, `INTELLIGENT_TIERING`…
        var storageClass: String?

        enum CodingKeys: String, CodingKey {
            case bucket, prefix, key, batch
            case contentType = "content_type"
            case storageClass = "storage_class"
        }
    }
}

#endif
