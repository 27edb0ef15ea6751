// SPDX-License-Identifier: Apache-2.0

/// What the conformance kit found.
///
/// In a test of Swift Testing:
///
///     let report = await SinkConformance(MyHarness()).run()
///     #expect(report.failures.isEmpty, "\(report)")
public struct ConformanceReport: Sendable, CustomStringConvertible {
    /// One rule, and whether the sink keeps it.
    public struct Check: Sendable, Hashable, CustomStringConvertible {
        public enum Verdict: Sendable, Hashable {
            case passed
            /// With what went against the rule.
            case failed([String])
            /// With what is missing to check it.
            case skipped(String)
        }

        /// A short name that stays the same: `empty batch`.
        public var name: String
        /// The rule.
        public var rule: String
        public var verdict: Verdict

        public var description: String {
            switch verdict {
            case .passed: "passed   \(name)"
            case .skipped(let reason): "skipped  \(name): \(reason)"
            case .failed(let reasons): "FAILED   \(name): \(rule)" + reasons.map { "\n           - \($0)" }.joined()
            }
        }
    }

    /// All of them, in the order in which they were checked.
    public var checks: [Check] = []

    public subscript(name: String) -> Check? { checks.first { $0.name == name } }

    /// The rules that the sink breaks.
    public var failures: [Check] {
        checks.filter { if case .failed = $0.verdict { true } else { false } }
    }

    /// The rules that nothing is known about.
    public var skipped: [Check] {
        checks.filter { if case .skipped = $0.verdict { true } else { false } }
    }

    /// A line for each rule, with the reasons below one that is broken, and the numbers at the end.
    public var description: String {
        let lines = checks.map(\.description)
        let passed = checks.count - failures.count - skipped.count
        return (lines + ["\(passed) passed, \(failures.count) failed, \(skipped.count) skipped"]).joined(separator: "\n")
    }
}
