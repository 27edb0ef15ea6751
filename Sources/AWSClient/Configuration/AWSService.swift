// SPDX-License-Identifier: Apache-2.0

#if AWS

/// A service that this client calls, and the names it goes by.
public struct AWSService: Sendable, Hashable, CustomStringConvertible {
    /// As errors name it.
    public let name: String
    /// As host names begin: `events.eu-central-1.amazonaws.com`.
    let endpointPrefix: String
    /// As signatures name it.
    let signingName: String
    /// As profiles name it in their `services` sections; in capitals, as `AWS_ENDPOINT_URL_…` does.
    ///
    /// Names: <https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html>
    let settingName: String

    private init(_ name: String, _ endpointPrefix: String, signingName: String? = nil, settingName: String? = nil) {
        self.name = name
        self.endpointPrefix = endpointPrefix
        self.signingName = signingName ?? endpointPrefix
        self.settingName = settingName ?? endpointPrefix
    }

    /// Tables, by the API of 2012-08-10.
    public static let dynamoDB = AWSService("DynamoDB", "dynamodb")
    /// Buckets and objects.
    public static let s3 = AWSService("S3", "s3")
    /// Queues.
    public static let sqs = AWSService("SQS", "sqs")
    /// Event buses.
    public static let eventBridge = AWSService("EventBridge", "events", settingName: "eventbridge")
    /// Functions.
    public static let lambda = AWSService("Lambda", "lambda")
    /// Temporary credentials.
    public static let sts = AWSService("STS", "sts")

    static let all = [dynamoDB, s3, sqs, eventBridge, lambda, sts]

    /// As errors name it.
    public var description: String { name }
}

#endif
