// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import Sluice
import SluiceTesting
import StreamRecords

/// A program that the command line names, and what the command line tells of the place behind it.
struct ProgramHarness: SinkHarness {
    let settings: ExecSink.Settings
    let guarantees: SinkGuarantees
    /// Lists what has arrived.
    let lister: ExecCommand?
    /// Brings the place into a condition.
    let service: ExecCommand?
    /// What the program must reject.
    let bad: UndeliverableRecord?
    /// How long the lister and the service's command may take.
    let patience: Duration

    func makeSink(_ context: SinkContext) async throws -> any Sink {
        var context = context
        context.environment = ProcessInfo.processInfo.environment
        return try await ExecSink(settings, context)
    }

    func arrived() async throws -> [String]? {
        guard let lister else { return nil }
        let run = try await run(lister)
        guard run.status == 0 else { throw Failure(description: run.description) }
        return run.lines.filter { !$0.isEmpty }
    }

    /// The exit status of a service's command that cannot do what it is told.
    static let cannot: Int32 = 3

    func bring(_ condition: ServiceCondition) async throws -> Bool {
        guard let service else { return condition == .working }
        guard let command = ExecCommand(words: service.words + [Self.json(condition)]) else { return false }
        let run = try await run(command)
        if run.status == Self.cannot { return false }
        guard run.status == 0 else { throw Failure(description: run.description) }
        return true
    }

    func undeliverable(_ id: String, key: Int) -> TestRecord? { bad?.record(id) }

    /// A condition as the service's command is told it.
    static func json(_ condition: ServiceCondition) -> String {
        var members = [JSONMember(name: "condition", value: .string("working"))]
        if condition.isFailing {
            members[0].value = .string("failing")
        } else if condition.isStalled {
            members[0].value = .string("stalled")
        } else if let delay = condition.delay {
            let milliseconds = delay.components.seconds * 1000 + delay.components.attoseconds / 1_000_000_000_000_000
            members = [JSONMember(name: "condition", value: .string("slow")), JSONMember(name: "delay_ms", value: .number("\(milliseconds)"))]
        } else if !condition.refused.isEmpty {
            let ids = condition.refused.sorted().map { JSONValue.string($0) }
            members = [JSONMember(name: "condition", value: .string("refusing")), JSONMember(name: "ids", value: .array(ids))]
        }
        return JSONValue.object(members).text
    }

    /// On a thread of its own, since it blocks.
    private func run(_ command: ExecCommand) async throws -> ProgramRun {
        let patience = patience
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try ProgramRun(command, within: patience) }) }
        }
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }
}

/// A record that a program must reject: one as AWS sends it, or JSON that becomes the detail of an event.
struct UndeliverableRecord: Sendable {
    private let text: String
    private let isWhole: Bool

    /// - Returns: nil where it is neither.
    init?(_ text: String) {
        func isReadable(_ record: TestRecord) -> Bool { (try? RecordBatch(testing: [record])) != nil }
        self.text = text
        isWhole = isReadable(TestRecord(id: "", json: text))
        guard isWhole || isReadable(.event("id", detail: text)) else { return nil }
    }

    /// - Parameter id: for one that has none of its own.
    func record(_ id: String) -> TestRecord { isWhole ? TestRecord(id: id, json: text) : .event(id, detail: text) }
}
