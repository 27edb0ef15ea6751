// SPDX-License-Identifier: Apache-2.0

import EventTable
import FoundationEssentials
import JSONTape
import StreamRecords

/// Shows an execution: how it went, its figures, its log lines.
struct ExecutionView {
    let paint: Paint

    func lines(_ invocation: Invocation, _ page: LogLinePage, now: Timestamp) -> [String] {
        let status = invocation.status(at: now)
        var lines = [
            "\(paint(invocation.key.name.harmless, .bold))  \(invocation.key.id.harmless)  \(paint(status.rawValue, colour(status)))"
        ]
        let facts = facts(invocation)
        let width = facts.map(\.name.count).max() ?? 0
        lines += facts.map { "    \(paint($0.name.padded(to: width), .dim))  \($0.value.harmless)" }
        if !page.lines.isEmpty { lines.append("") }
        for line in page.lines { lines += text(line) }
        if !page.isComplete { lines.append(paint("… there are more lines; --lines shows more of them", .dim)) }
        return lines
    }

    private func colour(_ status: Invocation.Status) -> Paint.Colour {
        switch status {
        case .ok: .green
        case .error, .timeout: .red
        case .running, .unknown: .yellow
        }
    }

    private func facts(_ invocation: Invocation) -> [(name: String, value: String)] {
        var facts = [(name: "began", value: readableTime(of: invocation.sort))]
        func add(_ name: String, _ value: String?) {
            if let value { facts.append((name, value)) }
        }
        add("version", invocation.qualifier)
        if let report = invocation.report {
            if let duration = report.durationMS {
                add("duration", "\(readable(duration)) ms" + (report.billedMS.map { ", billed \(readable($0)) ms" } ?? ""))
            }
            add("cold start", report.initMS.map { "\(readable($0)) ms" })
            if let used = report.maxMemoryMB { add("memory", "\(used) MB" + (report.memoryMB.map { " of \($0) MB" } ?? "")) }
        }
        if let failure = invocation.failure {
            add(failure.problem.rawValue, [failure.errorType, failure.errorMessage].compactMap { $0 }.joined(separator: ": ").cut(to: 400))
        }
        add("function error", invocation.functionError)
        add("caused by", invocation.source)
        add("params", invocation.params)
        add("response", invocation.response)
        if let verdict = invocation.verdict {
            add("verdict", ([verdict.validity] + [verdict.by, verdict.at, verdict.note].compactMap { $0 }).joined(separator: ", "))
        }
        return facts
    }

    /// A message may have several lines; all but the first are set in.
    private func text(_ line: LogLine) -> [String] {
        var parts = line.message.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        while let last = parts.last, last.isEmpty { parts.removeLast() }
        // A tab is the one control character that belongs into a log line.
        let texts = parts.map { $0.split(separator: "\t", omittingEmptySubsequences: false).joined(separator: "  ").harmless }
        let time = String(line.time.description.dropFirst(11).dropLast())
        return ["\(paint(time, .dim))  \(texts.first ?? "")"] + texts.dropFirst().map { String(repeating: " ", count: 14) + $0 }
    }
}

/// A figure without needless digits: at most two behind the point.
func readable(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let hundredths = Int64((value * 100).rounded())
    let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
}

extension Timestamp {
    static var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}
