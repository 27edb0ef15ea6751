// SPDX-License-Identifier: Apache-2.0

#if AWS
/// Why a sink of AWS's does not start, in words for whoever wrote the configuration.
public struct AWSSinkError: Error, Sendable, CustomStringConvertible {
    /// What is wrong. New codes may come; keep a default case.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The queue, bus or function does not exist.
        public static let notFound = Code(rawValue: "notFound")
        /// The credentials do not allow to look it up.
        public static let accessDenied = Code(rawValue: "accessDenied")
        /// The service could not be asked.
        public static let unavailable = Code(rawValue: "unavailable")
        /// The setting names something of another service or region.
        public static let badName = Code(rawValue: "badName")
    }

    public var code: Code
    /// What was wrong, and what to do about it.
    public var message: String
    /// What the service said.
    public var underlying: (any Error)?

    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    public var description: String { message }
}
#endif
