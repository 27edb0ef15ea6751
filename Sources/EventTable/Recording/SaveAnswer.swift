// SPDX-License-Identifier: Apache-2.0

/// What became of an invocation that was to be saved.
public enum SaveAnswer: Sendable, Hashable {
    /// There is a new row, or the row tells more than before.
    case written
    /// The row told all of this before.
    case alreadyThere
    /// The row tells something else in these columns. Nothing was written.
    case conflict([String])
}

/// The columns that a save may not change once they are told.
package enum SavedColumn: String, Sendable, Hashable, CaseIterable {
    case params, response, source
    case functionError = "function_error"

    /// What facts say in this column.
    package func value(of invocation: Invocation) -> String? {
        switch self {
        case .params: invocation.params
        case .response: invocation.response
        case .source: invocation.source
        case .functionError: invocation.functionError
        }
    }
}
