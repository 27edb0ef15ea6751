// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Foundation
import JSONTape
import Sluice
import StreamRecords
import Synchronization

/// Runs the tests that stand in a configuration: through its routes and their rendering, into sinks that keep what they get.
struct ConfigurationTestRun {
    private let configuration: Configuration
    private let folder: String

    /// - Parameter file: the configuration's, beside which files with events are looked for.
    init(_ configuration: Configuration, of file: String) {
        self.configuration = configuration
        folder = (file as NSString).deletingLastPathComponent
    }

    /// - Returns: whether all of them passed.
    func run(_ environment: [String: String]) async -> Bool {
        var failed = 0
        for test in configuration.tests {
            let failures = await run(test, environment)
            if failures.isEmpty { continue }
            failed += 1
            say("\(test.mark): \(test.name.harmless): failed")
            failures.forEach { say("  \($0.harmless)") }
        }
        let count = configuration.tests.count
        if count > 0 {
            say(failed == 0 ? "\(count == 1 ? "1 test" : "\(count) tests") passed" : "\(failed) of \(count == 1 ? "1 test" : "\(count) tests") failed")
        }
        return failed == 0
    }

    private func run(_ test: ConfigurationTest, _ environment: [String: String]) async -> [String] {
        let bytes: [UInt8]
        switch test.event {
        case .text(let text): bytes = Array(text.utf8)
        case .file(let name):
            let path = name.hasPrefix("/") || folder.isEmpty ? name : "\(folder)/\(name)"
            guard let content = FileManager.default.contents(atPath: path) else { return ["\(path): cannot be read"] }
            bytes = Array(content)
        }
        let kept = KeptLines()
        var routes: Set<String> = []
        var reasons: [String] = []
        do {
            let pipeline = try Pipeline(
                sinks: configuration.sinks.map { ($0.name, KeepingSink(kept)) }, routes: configuration.routes, rejected: configuration.rejected,
                options: PipelineOptions(unparked: .list, environment: environment))
            for batch in RecordBatch.decode(bytes, limits: configuration.limits.recordLimits) {
                if let failure = batch.undecodable.first { return ["the event cannot be decoded: \(failure.reason)"] }
                for index in batch.indices {
                    for route in configuration.routes {
                        let explanation = route.explanation(for: batch, at: index)
                        if explanation.isTaken { routes.insert(route.name) } else { reasons.append(explanation.description) }
                    }
                }
                _ = try await pipeline.deliver(pipeline.prepare(batch))
            }
        } catch {
            return ["\(error)"]
        }
        return compare(test, routes, reasons, kept.lines)
    }

    private func compare(_ test: ConfigurationTest, _ routes: Set<String>, _ reasons: [String], _ lines: [KeptLines.Line]) -> [String] {
        var failures: [String] = []
        if let expected = test.routes, Set(expected) != routes {
            failures.append("expected the routes \(list(expected)), found \(list(configuration.routes.map(\.name).filter(routes.contains)))")
            failures += reasons.filter { reason in expected.contains { reason.hasPrefix("\($0): ") } }
        }
        let sinks = Set(lines.map(\.sink))
        if let expected = test.sinks, Set(expected) != sinks {
            failures.append("expected the sinks \(list(expected)), found \(list(configuration.sinks.map(\.name).filter(sinks.contains)))")
        }
        if let fields = test.fields {
            if lines.isEmpty { failures.append("expected fields, found no record that was delivered") }
            for line in lines {
                guard let document = try? JSONDocument(line.payload) else { continue }
                var explainer = PatternExplainer(fields)
                explainer.add(membersOf: document.view(document.root))
                if let failure = explainer.explanation().failure {
                    failures.append("\(line.sink), by the route \(line.route): \(failure)")
                }
            }
        }
        return failures
    }

    private func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}

/// What reached the sinks.
private final class KeptLines: Sendable {
    struct Line: Sendable {
        var sink: String
        var route: String
        var payload: [UInt8]
    }

    private let content = Mutex<[Line]>([])

    func add(_ line: Line) { content.withLock { $0.append(line) } }

    var lines: [Line] { content.withLock { $0 } }
}

private struct KeepingSink: Sink {
    private let kept: KeptLines
    var traits: SinkTraits { SinkTraits() }

    init(_ kept: KeptLines) { self.kept = kept }

    init(_ settings: NoSettings, _ context: SinkContext) async throws { kept = KeptLines() }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        for delivery in batch { kept.add(KeptLines.Line(sink: batch.sink, route: delivery.route, payload: delivery.payloadBytes)) }
        return Outcomes(.delivered, for: batch)
    }
}
