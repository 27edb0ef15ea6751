// SPDX-License-Identifier: Apache-2.0

#if AWS

/// Why a call to AWS has no result.
public struct AWSError: Error, Sendable, CustomStringConvertible {
    /// At which point it failed. New codes may come; keep a default case.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// As logs show it.
        public let rawValue: String
        /// - Parameter rawValue: one of the codes below, or one of a caller's own.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Region, endpoint, profile or another setting is missing or wrong.
        public static let configuration = Code(rawValue: "configuration")
        /// No credentials were found, or those that were named could not be had.
        public static let credentials = Code(rawValue: "credentials")
        /// The request is outside the service's limits, and was not sent. The same request never succeeds.
        public static let invalidRequest = Code(rawValue: "invalidRequest")
        /// No connection, or it broke before the whole answer was there.
        public static let connection = Code(rawValue: "connection")
        /// No whole answer in the time of one attempt, or before the call's deadline.
        public static let timeout = Code(rawValue: "timeout")
        /// The service answered with an error: see ``AWSError/serviceCode``.
        public static let service = Code(rawValue: "service")
        /// An answer that does not have the service's form, or is larger than allowed.
        public static let unreadableAnswer = Code(rawValue: "unreadableAnswer")
        /// The task was cancelled.
        public static let cancelled = Code(rawValue: "cancelled")
        /// The client was shut down.
        public static let closed = Code(rawValue: "closed")
    }

    /// At which point it failed.
    public var code: Code
    /// What was wrong, and what to do about it.
    public var message: String
    /// Which service and call: `DynamoDB`, `PutItem`.
    public var service: String?
    public var operation: String?
    /// The service's own name for the error, without namespace: `ConditionalCheckFailedException`.
    public var serviceCode: String?
    /// The status of the service's answer, where there was one.
    public var httpStatus: Int?
    /// By which AWS finds the call in its records.
    public var requestID: String?
    /// How often the request was sent.
    public var attempts = 0
    /// Whether the same call can succeed later.
    public var isRetryable: Bool
    /// Whether the service had too much to do; a longer pause than usual helps.
    public var isThrottling: Bool
    /// How long the service asked to be left alone.
    public var retryAfter: Duration?
    /// The answer's body, for what only some errors carry.
    public var body: [UInt8] = []
    /// What was found beneath.
    public var underlying: (any Error)?

    public init(
        _ code: Code, _ message: String, service: String? = nil, operation: String? = nil, serviceCode: String? = nil, httpStatus: Int? = nil,
        requestID: String? = nil, isRetryable: Bool = false, isThrottling: Bool = false, underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.service = service
        self.operation = operation
        self.serviceCode = serviceCode
        self.httpStatus = httpStatus
        self.requestID = requestID
        self.isRetryable = isRetryable
        self.isThrottling = isThrottling
        self.underlying = underlying
    }

    /// `DynamoDB PutItem: ConditionalCheckFailedException: The conditional request failed (status 400, request id …)`.
    public var description: String {
        var text = ""
        if let service { text += service + (operation.map { " \($0)" } ?? "") + ": " }
        if let serviceCode, !message.hasPrefix(serviceCode) { text += serviceCode + ": " }
        text += message
        var facts: [String] = []
        if let httpStatus { facts.append("status \(httpStatus)") }
        if let requestID { facts.append("request id \(requestID)") }
        if attempts > 1 { facts.append("\(attempts) attempts") }
        if !facts.isEmpty { text += " (\(facts.joined(separator: ", ")))" }
        return text
    }
}

extension AWSError {
    /// A condition did not hold: what a conditional write of DynamoDB or S3 answers when somebody was faster.
    public var isConditionFailed: Bool { serviceCode == "ConditionalCheckFailedException" || serviceCode == "PreconditionFailed" }

    /// The table, queue, bus, function, bucket or object does not exist.
    public var isNotFound: Bool {
        guard let serviceCode else { return false }
        return AWSError.absences.contains(serviceCode)
    }

    private static let absences: Set<String> = [
        "ResourceNotFoundException", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "NoSuchBucket", "NoSuchKey", "NotFound",
        "TableNotFoundException",
    ]
}

#endif
