// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import StreamRecords

/// What a source is told about an event.
enum Answer {
    /// The body of the answer, by the rules of the event's source.
    ///
    /// - Parameters:
    ///   - partial: the source reads partial answers.
    ///   - event: the event, for whoever has to look into it again.
    /// - Throws: where only the failure of the whole invocation brings everything back that must come again.
    static func body(
        for shape: EventShape, _ tally: EventTally, partial: Bool, event: JSONBytes
    ) throws(FunctionError) -> [UInt8] {
        switch shape.source {
        case .logs, .bus:
            // Invoked asynchronously: nobody reads the answer, and a failure is what AWS tries again.
            if tally.mustRetry { throw failure(tally) }
            return Array("null".utf8)
        case .stream, .queue:
            guard tally.mustRetry else { return text([], state: shape.windowState) }
            guard partial, !tally.mustRetryWhole,
                let identifiers = try identifiers(shape.source, tally, event), !identifiers.isEmpty
            else { throw failure(tally) }
            return text(identifiers, state: shape.windowState)
        }
    }

    private static func failure(_ tally: EventTally) -> FunctionError {
        FunctionError(
            kind: .recordsToRetry, message: tally.retryText,
            trace: tally.retryReasons.map { "\($0.count) × \($0.reason)" })
    }

    /// Nil where a position is not of the source's kind, so that the source would not understand it.
    private static func identifiers(
        _ source: EventShape.Source, _ tally: EventTally, _ event: JSONBytes
    ) throws(FunctionError) -> [String]? {
        let kind: Position.Kind = source == .queue ? .messageID : .sequenceNumber
        guard tally.retryPositions.allSatisfy({ $0.kind == kind }) else { return nil }
        let texts = tally.retryPositions.map(\.text)
        guard source == .queue else { return StreamAnswer.lowest(texts).map { [$0] } }
        return QueueAnswer.identifiers(in: try EventShape.index(event), failed: Set(texts))
    }

    private static func text(_ identifiers: [String], state: [UInt8]?) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(raw: "{")
        if let state {
            writer.write(raw: "\"state\":")
            writer.write(raw: state)
            writer.write(raw: ",")
        }
        writer.write(raw: "\"batchItemFailures\":[")
        for (place, identifier) in identifiers.enumerated() {
            if place > 0 { writer.write(raw: ",") }
            writer.write(raw: "{\"itemIdentifier\":")
            writer.write(string: identifier)
            writer.write(raw: "}")
        }
        writer.write(raw: "]}")
        return writer.array
    }
}
