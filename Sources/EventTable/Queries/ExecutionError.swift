// SPDX-License-Identifier: Apache-2.0

/// Why an id does not name one execution.
public struct ExecutionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of reason it is. More may come with later versions.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// There is no execution of this id.
        public static let notFound = Code(rawValue: "notFound")
        /// There are several, of different functions.
        public static let ambiguous = Code(rawValue: "ambiguous")
    }

    public let code: Code
    public let message: String

    public var description: String { message }

    /// The one execution among the rows of an id.
    /// - Parameter function: which function's, where there are several.
    public static func choose(
        _ rows: [EventRow], id: String, function: FunctionName?
    ) throws(ExecutionError) -> Invocation {
        var executions: [Invocation] = []
        for case .invocation(let invocation) in rows where function.map({ $0.name == invocation.key.name }) ?? true {
            executions.append(invocation)
        }
        guard let first = executions.first else {
            let whose = function.map { " of \($0.name)" } ?? ""
            throw ExecutionError(code: .notFound, message: "there is no execution \(id)\(whose) in this table")
        }
        guard executions.count == 1 else {
            let names = executions.map(\.key.name).joined(separator: ", ")
            throw ExecutionError(code: .ambiguous, message: "the id \(id) occurs in several functions (\(names)): name one")
        }
        return first
    }
}
