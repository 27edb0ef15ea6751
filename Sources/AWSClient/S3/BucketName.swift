// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import StreamRecords

/// The rules for buckets' names.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
enum BucketName {
    /// 3 to 63 small letters, digits, dots and hyphens. Buckets of old may have 255, capitals and underscores; paths take those.
    static func isSound(_ name: String) -> Bool {
        (3...255).contains(name.utf8.count)
            && name.utf8.allSatisfy { isLabel($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || (0x41...0x5A).contains($0) }
            && name != "..." && !name.contains("..")
    }

    /// Whether the name goes before the host's. One with a dot is outside the certificate, one with capitals is none for hosts.
    static func isInHost(_ name: String, _ endpoint: HTTPEndpoint, _ style: S3Addressing) -> Bool {
        let fits = name.utf8.count <= 63 && name.utf8.allSatisfy { isLabel($0) } && !name.hasPrefix("-") && !name.hasSuffix("-")
        switch style {
        case .path: return false
        case .virtualHost: return !endpoint.isAddress
        // Servers that are not AWS's have no names for buckets, as a rule: boto3 leaves them in the path there, too.
        case .automatic: return fits && AWSPartition.hasHost(endpoint.host)
        }
    }

    private static func isLabel(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
    }
}

#endif
