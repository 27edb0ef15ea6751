// SPDX-License-Identifier: Apache-2.0

#if AWS

extension STS {
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    public struct AssumeRoleRequest: Sendable, Hashable {
        /// The role to take on.
        public var roleARN: String
        /// 2 to 64 letters, digits and `_+=,.@-`.
        public var sessionName: String
        /// 900 to 43,200; absent: 3600.
        public var durationSeconds: Int?
        /// What the role's owner may ask for, so that nobody else makes use of the caller; 2 to 1224 characters.
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
        /// The role to take on.
        public var roleARN: String
        /// 2 to 64 letters, digits and `_+=,.@-`.
        public var sessionName: String
        /// An OpenID Connect token of who is to take on the role; it is a secret.
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
