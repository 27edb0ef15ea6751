// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Sluice

extension S3JSONSink {
    struct Settings: Decodable, Sendable {
        /// The bucket's name.
        var bucket: String
        /// What all keys begin with: `archive/2026`.
        var prefix: String?
        /// The objects' keys behind the prefix. By default `{kind}/{source}/{date}/{id}.json`, and for batches
        /// `{kind}/{source}/{date}/{hour}/{id}.ndjson.gz`.
        var key: NameTemplate?
        /// Several records to an object, as gzip'd JSON lines. By default each record has its own.
        var batch: Bool?
        /// The objects' `Content-Type`. By default `application/json`, and for batches `application/x-ndjson`.
        var contentType: String?
        /// The objects' storage class: `STANDARD_IA`, `INTELLIGENT_TIERING`…
        var storageClass: String?
        /// How many objects are written at the same time. By default 16.
        var concurrency: Int?
        /// How often the sink tries to write an object before the record must come again. Each try is one call of the client, which itself
        /// sends a request again by AWS's rules. By default 2.
        var attempts: Int?
        /// How long all tries for one object may take. By default a minute.
        var timeout: Duration?

        enum CodingKeys: String, CodingKey {
            case bucket, prefix, key, batch, concurrency, attempts, timeout
            case contentType = "content_type"
            case storageClass = "storage_class"
        }
    }
}

#endif
