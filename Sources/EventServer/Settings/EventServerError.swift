// SPDX-License-Identifier: Apache-2.0

#if Server

/// Why there is no server.
public struct EventServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of reason it is. More may come with later versions.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Nobody was to be let in from elsewhere, since there is no key.
        public static let open = Code(rawValue: "open")
        /// The certificate or its key cannot be read, or do not fit.
        public static let certificate = Code(rawValue: "certificate")
        /// The address is taken, or is not one of this machine's.
        public static let cannotListen = Code(rawValue: "cannotListen")
        /// It ran, and broke off.
        public static let failed = Code(rawValue: "failed")
    }

    public let code: Code
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

#endif
