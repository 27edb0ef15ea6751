// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import JSONTape
import Sluice
import StreamRecords

/// `sluice check --explain`: each record of an event against each route.
struct ExplainEvent {
    let configuration: Configuration

    func run(_ path: String) throws {
        guard let bytes = Self.read(path) else {
            say("\(path.harmless): cannot be read")
            throw ExitStatus.input.code
        }
        var lines: [String] = []
        var isSound = true
        for batch in RecordBatch.decode(bytes, limits: configuration.limits.recordLimits) {
            for index in batch.indices { lines += explanation(of: batch, at: index) }
            for failure in batch.undecodable {
                isSound = false
                say("\(path.harmless): \(failure.reason.harmless)")
            }
        }
        if lines.isEmpty && isSound { say("\(path.harmless): there are no records in it") }
        try Output.whole(lines.map { $0.harmless + "\n" }.joined())
        if !isSound { throw ExitStatus.undelivered.code }
    }

    static func read(_ path: String) -> [UInt8]? {
        guard let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else { return nil }
        return (try? file.readToEnd() ?? Data()).map { Array($0) }
    }

    private func explanation(of batch: RecordBatch, at index: Int) -> [String] {
        let record = batch[index]
        let explanations = configuration.routes.map { ($0, $0.explanation(for: batch, at: index)) }
        var lines = [[record.operation?.rawValue ?? record.kind.rawValue, record.subject ?? record.source.name, record.idText].joined(separator: " ")]
        for (route, explanation) in explanations {
            lines.append("  " + (explanation.isTaken ? "\(route.name): taken, to \(route.to.joined(separator: ", "))" : explanation.description))
        }
        if explanations.allSatisfy({ !$0.1.isTaken }) { lines.append("  filtered: no route takes it") }
        return lines
    }
}
