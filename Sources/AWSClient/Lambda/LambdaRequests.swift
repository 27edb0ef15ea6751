// SPDX-License-Identifier: Apache-2.0

#if AWS

extension Lambda {
    /// Whether to wait for the function.
    public enum InvocationType: String, Sendable, Hashable {
        /// Wait for the function's answer.
        case requestResponse = "RequestResponse"
        /// Queue the event; Lambda tries it up to three times.
        case event = "Event"
        /// Only check permission and payload.
        case dryRun = "DryRun"
    }

    /// <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
    public struct InvokeRequest: Sendable, Hashable {
        /// Name, partial ARN or ARN.
        public var function: String
        /// Version or alias; absent: what the name says, else `$LATEST`.
        public var qualifier: String?
        /// JSON.
        public var payload: [UInt8]
        /// Whether to wait for the function.
        public var type: InvocationType
        /// Whether the last 4 KB of the function's log come back. Only with `requestResponse`.
        public var returnsLog: Bool
        /// JSON that the function gets as its client context; at most 3583 bytes in base64.
        public var clientContext: [UInt8]?

        public init(
            function: String, qualifier: String? = nil, payload: [UInt8], type: InvocationType = .requestResponse, returnsLog: Bool = false,
            clientContext: [UInt8]? = nil
        ) {
            self.function = function
            self.qualifier = qualifier
            self.payload = payload
            self.type = type
            self.returnsLog = returnsLog
            self.clientContext = clientContext
        }
    }

    /// What an invocation led to; a function that failed is a result, too.
    public struct InvokeResult: Sendable, Hashable {
        /// 200 with the function's answer, 202 for a queued event, 204 for a dry run.
        public let status: Int
        /// Present: the function failed (`Unhandled`, `Handled`), and the payload tells how.
        public let functionError: String?
        /// What the function answered.
        public let payload: [UInt8]
        /// The end of the log, where it was asked for.
        public let log: [UInt8]?
        /// The version that ran, behind an alias.
        public let executedVersion: String?
        /// The invocation's.
        public let requestID: String?
    }
}

#endif
