// SPDX-License-Identifier: Apache-2.0

#if AWS

extension STS {
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    public struct AssumeRoleRequest: Sendable, Hashable {
        public var roleARN: String
        /// 2 to 64 letters, digits and `_+=,.@-`.
        public var sessionName: String
        /// 900 to 43,200; absent: 3600.
        public var durationSeconds: Int?
        public var externalID: String?

        public init(roleARN: String, sessionName: String, durationSeconds: Int? = nil, externalID: String? = nil) {
            self.roleARN = roleARN
            self.sessionName = sessionName
            self.durationSeconds = durationSeconds
            self.externalID = externalID
        }
    }

    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
    public struct AssumeRoleWithWebIdentityRequest: Sendable, Hashable {
        public var roleARN: String
        /// 2 to 64 letters, digits and `_+=,.@-`.
        public var sessionName: String
        public var token: String
        /// 900 to 43,200; absent: 3600.
        public var durationSeconds: Int?

        public init(roleARN: String, sessionName: String, token: String, durationSeconds: Int? = nil) {
            self.roleARN = roleARN
            self.sessionName = sessionName
            self.token = token
            self.durationSeconds = durationSeconds
        }
    }
}

#endif
