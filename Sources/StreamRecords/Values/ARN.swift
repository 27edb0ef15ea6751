// SPDX-License-Identifier: Apache-2.0

/// A name of something in AWS: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
///
/// Rules: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
package struct ARN: Sendable, Hashable {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    package let partition: String
    package let service: String
    /// Absent where the name has none, as those of buckets.
    package let region: String?
    /// The twelve digits of the account; absent where the name has none.
    package let account: String?
    /// `table/Products`; it may have colons of its own.
    package let resource: String

    /// Absent where the text is none.
    package init?(_ text: String?) {
        guard let parts = text?.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false), parts.count == 6, parts[0] == "arn" else {
            return nil
        }
        partition = String(parts[1])
        service = String(parts[2])
        region = parts[3].isEmpty ? nil : String(parts[3])
        account = parts[4].isEmpty ? nil : String(parts[4])
        resource = String(parts[5])
    }
}
