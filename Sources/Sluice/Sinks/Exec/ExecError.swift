// SPDX-License-Identifier: Apache-2.0

/// What went wrong with the program of an `exec` sink.
public struct ExecError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The system does not start it, or it does not greet.
        public static let cannotStart = Code(rawValue: "cannotStart")
        /// It ended or was ended.
        public static let failed = Code(rawValue: "failed")
        /// It is not running, since it failed before.
        public static let notRunning = Code(rawValue: "notRunning")
    }

    public var code: Code
    /// The program, its arguments and what it did.
    public var message: String

    init(_ code: Code, _ command: ExecCommand, _ what: String) {
        self.code = code
        message = "the program \(command.words[0]): \(what)"
    }

    /// Whether another try may go better.
    var mayPass: Bool { code != .notRunning }

    public var description: String { message }
}
