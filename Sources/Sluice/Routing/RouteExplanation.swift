// SPDX-License-Identifier: Apache-2.0

import EventPatterns
public import StreamRecords

/// Whether a record takes a route, and if not, why.
public struct RouteExplanation: Sendable, Hashable, CustomStringConvertible {
    /// The route's name.
    public var route: String
    /// Nil where the route is taken; else the first condition that is not met, with the value it saw.
    public var failure: String?

    public var isTaken: Bool { failure == nil }

    public var description: String { failure.map { "\(route): not taken: \($0)" } ?? "\(route): taken" }
}

extension Route {
    /// Holds one record of a batch against the conditions, in their order, and tells the first that is not met. Slow: for people who ask why.
    public func explanation(for records: RecordBatch, at index: Int) -> RouteExplanation {
        for condition in conditions {
            if let failure = condition.failure(records, index) { return RouteExplanation(route: name, failure: failure) }
        }
        return RouteExplanation(route: name)
    }
}

extension RouteCondition {
    /// Nil where the record meets it.
    fileprivate func failure(_ records: RecordBatch, _ index: Int) -> String? {
        let record = records[index]
        switch self {
        case .kind(let kinds):
            if kinds.contains(record.kind) { return nil }
            return "kind: expected \(oneOf(kinds.map(\.rawValue))), found \(record.kind.rawValue)"
        case .source(let kind, let patterns):
            if mayBeMet(by: record.source, record.operation) { return nil }
            let key = ["change": "table", "log": "group", "message": "queue", "event": "bus"][kind.rawValue] ?? kind.rawValue
            let name = record.source.name
            let found = record.kind != kind ? "a record of the kind \(record.kind.rawValue)" : name.isEmpty ? "no name" : name
            return "\(key): expected \(oneOf(patterns.map(\.description))), found \(found)"
        case .operation(let patterns):
            if mayBeMet(by: record.source, record.operation) { return nil }
            let found = record.operation?.rawValue ?? "a record of the kind \(record.kind.rawValue)"
            return "op: expected \(oneOf(patterns.map(\.description))), found \(found)"
        case .event(let pattern): return RouteCondition.explain(pattern, records, index).failure.map { "when.\($0)" }
        case .eventOtherThan(let pattern):
            return RouteCondition.explain(pattern, records, index).isMatch ? "the record matches \(pattern)" : nil
        case .changed(let paths): return RouteCondition.changeFailure(paths, records, index)
        case .was(let pattern): return RouteCondition.failure("was", .old, pattern, records, index)
        case .becomes(let pattern): return RouteCondition.failure("becomes", .new, pattern, records, index)
        }
    }

    private static func explain(_ pattern: EventPattern, _ records: RecordBatch, _ index: Int) -> PatternExplanation {
        var explainer = PatternExplainer(pattern)
        records.eachEventPart(at: index) { view, part in
            switch part {
            case .members(let left): explainer.add(membersOf: view, except: left)
            case .member(let name): explainer.add(view, as: name)
            }
        }
        return explainer.explanation()
    }

    private static func failure(
        _ key: String, _ side: ImageSide, _ pattern: EventPattern, _ records: RecordBatch, _ index: Int
    ) -> String? {
        guard records[index].kind == .change else { return "\(key): a record of the kind \(records[index].kind.rawValue) has no images" }
        var explainer = PatternExplainer(pattern)
        let hasImage = records.withImage(side, at: index) { explainer.add(plainValuesOf: $0) }
        guard let failure = explainer.explanation().failure else { return nil }
        return "\(key).\(failure)\(hasImage ? "" : ": the record has no \(side == .old ? "old" : "new") image")"
    }

    private static func changeFailure(_ paths: [AttributePath], _ records: RecordBatch, _ index: Int) -> String? {
        if paths.contains(where: { records.isChanged($0, at: index) == true }) { return nil }
        guard records[index].kind == .change else { return "changed: a record of the kind \(records[index].kind.rawValue) has no images" }
        guard records[index].oldImage != nil, records[index].newImage != nil else {
            let missing = records[index].oldImage == nil ? "old" : "new"
            return "changed: the record has no \(missing) image to compare with"
        }
        let values = paths.map { path in
            records.plainText(of: path, in: .new, at: index).map { "\(path) is \($0.shortened) in both images" } ?? "neither image has \(path)"
        }
        return "changed: \(values.joined(separator: ", "))"
    }
}
