// SPDX-License-Identifier: Apache-2.0

public import Logging
internal import Sluice

/// Holds a sink against the rules of delivery.
///
///     struct MyHarness: SinkHarness {
///         func makeSink(_ context: SinkContext) async throws -> any Sink { try await MySink(settings, context) }
///     }
///
///     @Test func conformance() async {
///         let report = await SinkConformance(MyHarness()).run()
///         #expect(report.failures.isEmpty, "\(report)")
///     }
///
/// Each rule is checked with new records, whose ids differ from run to run: the place that the sink delivers to need not
/// be emptied before. Whatever a sink does, a run ends.
public struct SinkConformance: Sendable {
    /// Begins the ids of this run's records.
    public let run: String

    private let harness: any SinkHarness
    private let patience: Duration
    private let leeway: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - patience: how long any call of the sink or the harness may take before it counts as hanging.
    ///   - leeway: how long after its deadline a call of the sink may come back.
    ///   - logger: given to the sinks.
    public init(
        _ harness: any SinkHarness, patience: Duration = .seconds(20), leeway: Duration = .seconds(5),
        logger: Logger = Logger(label: "sluice.conformance", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.harness = harness
        self.patience = patience
        self.leeway = leeway
        self.logger = logger
        run = "run-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    }

    /// The names of all checks, in their order.
    public static var names: [String] { Rule.all.map(\.name) }

    /// Checks all rules, or only those named.
    public func run(only names: Set<String>? = nil) async -> ConformanceReport {
        var report = ConformanceReport()
        for (number, rule) in Rule.all.enumerated() where names?.contains(rule.name) ?? true {
            report.checks.append(
                .init(name: rule.name, rule: rule.text, verdict: await verdict(on: rule, number: number)))
        }
        return report
    }

    private func verdict(on rule: Rule, number: Int) async -> ConformanceReport.Check.Verdict {
        let examination = Examination(harness, prefix: "\(run)-\(number)", patience: patience, leeway: leeway, logger: logger)
        do {
            try await examination.bring(.working)
            try await rule.check(examination)
            try await examination.lookAtWhatArrived()
        } catch let error as Examination.Unavailable {
            if examination.reasons.isEmpty { return .skipped(error.reason) }
        } catch {
            examination.fail("\(error)")
        }
        return examination.reasons.isEmpty ? .passed : .failed(examination.reasons)
    }
}

/// A rule, and how it is checked.
struct Rule: Sendable {
    var name: String
    var text: String
    var check: @Sendable (Examination) async throws -> Void

    init(_ name: String, _ text: String, _ check: @escaping @Sendable (Examination) async throws -> Void) {
        self.name = name
        self.text = text
        self.check = check
    }

    static var all: [Rule] { answers + repetitions + failures + time + ends }
}
