// SPDX-License-Identifier: Apache-2.0

/// The five characters by which SQL tells what went wrong: a class of two, and what it is in that class.
///
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
public struct SQLState: Sendable, Hashable {
    public let code: String

    public init(_ code: String) { self.code = code }

    /// What an error means for the records that a statement was about.
    public enum Meaning: Sendable, Hashable {
        /// It lies in a record's own content, and will be so for ever.
        case record
        /// It lies elsewhere and may pass, by itself or when somebody sees to it: all of the statement may be tried again.
        case passing
    }

    /// What is not known here counts as passing: a record that is retried in vain is a nuisance, one that was thrown away is a loss.
    public var meaning: Meaning {
        switch code {
        // A check's or trigger's own word.
        case "P0001", "44000": return .record
        default: break
        }
        switch code.prefix(2) {
        // Data exceptions (a text that JSONB cannot hold, a number out of range), constraints that a record breaks, and what exceeds a
        // limit of the program (an index's key that is too long).
        case "22", "23", "54": return .record
        // 08 connection, 40 rollback and deadlock, 53 no resources, 55 not in this state, 57 shut down or cancelled, 58 of the system, XX
        // internal; 25 a server that is read-only for now; 28, 3D, 42: somebody has to correct something, and no record is to blame.
        default: return .passing
        }
    }
}
