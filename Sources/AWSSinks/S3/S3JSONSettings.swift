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
        var contentType: ContentTypeSetting?
        /// The objects' storage class: `STANDARD_IA`, `INTELLIGENT_TIERING`…
        var storageClass: StorageClassSetting?

        enum CodingKeys: String, CodingKey {
            case bucket, prefix, key, batch
            case contentType = "content_type"
            case storageClass = "storage_class"
        }
    }
}

/// A `Content-Type`. What no header can hold would be found out with the first object only, and be called that record's fault.
struct ContentTypeSetting: Decodable, Sendable, Hashable {
    let text: String

    init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
        guard text.utf8.contains(UInt8(ascii: "/")), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), !text.hasPrefix(" "), !text.hasSuffix(" ") else {
            throw ConfigurationValueError(expected: "a media type of printable ASCII: application/json")
        }
    }
}

/// A storage class. S3 has new ones at times, so only the form is held against its rules.
struct StorageClassSetting: Decodable, Sendable, Hashable {
    let text: String

    init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
        let isSound = text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
        guard !text.isEmpty, isSound else { throw ConfigurationValueError(expected: "a storage class of S3's, in capitals: STANDARD_IA") }
    }
}

#endif
