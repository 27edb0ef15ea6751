// SPDX-License-Identifier: Apache-2.0

/// A part of AWS with accounts, ARNs and host names of its own.
///
/// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
package struct AWSPartition: Sendable, Hashable {
    /// As ARNs name it: `aws`, `aws-cn`, `aws-us-gov`.
    package let name: String
    /// What host names end with.
    package let suffix: String

    private static let byPrefix: [(prefix: String, partition: AWSPartition)] = [
        ("cn-", AWSPartition(name: "aws-cn", suffix: "amazonaws.com.cn")),
        ("us-gov-", AWSPartition(name: "aws-us-gov", suffix: "amazonaws.com")),
        ("us-isob-", AWSPartition(name: "aws-iso-b", suffix: "sc2s.sgov.gov")),
        ("us-isof-", AWSPartition(name: "aws-iso-f", suffix: "csp.hci.ic.gov")),
        ("us-iso-", AWSPartition(name: "aws-iso", suffix: "c2s.ic.gov")),
        ("eu-isoe-", AWSPartition(name: "aws-iso-e", suffix: "cloud.adc-e.uk")),
        ("eusc-", AWSPartition(name: "aws-eusc", suffix: "amazonaws.eu")),
    ]

    /// The partition that a region is in.
    package init(of region: String) {
        self = AWSPartition.byPrefix.first { region.hasPrefix($0.prefix) }?.partition ?? AWSPartition(name: "aws", suffix: "amazonaws.com")
    }

    /// Whether a host is AWS's own, in any partition.
    package static func hasHost(_ host: String) -> Bool {
        host.hasSuffix(".amazonaws.com") || byPrefix.contains { host.hasSuffix(".\($0.partition.suffix)") }
    }

    private init(name: String, suffix: String) {
        self.name = name
        self.suffix = suffix
    }
}
