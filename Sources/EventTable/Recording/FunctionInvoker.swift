// SPDX-License-Identifier: Apache-2.0

/// Whatever can invoke a function and wait for what it answers: Lambda, or a stand-in.
///
/// ## Implementing an invoker
/// An invocation is made once: what may have reached the function is not sent again, since nobody knows whether it ran. That is told by
/// ``FunctionInvocationError/Code/unknown``.
public protocol FunctionInvoker: Sendable {
    /// Invokes a function and waits for its answer. A function that fails is no error here, see ``FunctionResult/functionError``.
    /// - Parameter params: JSON text.
    func invoke(_ function: FunctionName, params: String) async throws(FunctionInvocationError) -> FunctionResult
}

/// What a function answered.
public struct FunctionResult: Sendable, Hashable {
    /// The execution's id.
    public var requestID: String
    /// The answer, JSON text; what a failed function answers tells its error.
    public var response: String
    /// `X-Amz-Function-Error`: present where the function failed.
    public var functionError: String?
    /// The version that ran, where that is told.
    public var version: String?

    public init(requestID: String, response: String, functionError: String? = nil, version: String? = nil) {
        self.requestID = requestID
        self.response = response
        self.functionError = functionError
        self.version = version
    }
}

/// Why there is no answer of a function.
public struct FunctionInvocationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What that means. More may come with later versions.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The function was not run: it does not exist, may not be invoked, or there is no room for it now.
        public static let refused = Code(rawValue: "refused")
        /// Nobody can tell whether it ran: the connection broke, or no answer came in time.
        public static let unknown = Code(rawValue: "unknown")
    }

    public let code: Code
    /// What happened, in words.
    public let message: String
    /// The service's name for the error, where it gave one: `TooManyRequestsException`.
    public let type: String?
    /// The id under which the service knows the call, where it gave one.
    public let requestID: String?

    public init(_ code: Code, _ message: String, type: String? = nil, requestID: String? = nil) {
        self.code = code
        self.message = message
        self.type = type
        self.requestID = requestID
    }

    public var description: String { message }
}
