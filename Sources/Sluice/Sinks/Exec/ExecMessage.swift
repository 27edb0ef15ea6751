// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Logging
import StreamRecords

/// The protocol of `exec` sinks: one JSON object a line, both ways. samples/exec-sink/README.md describes it.
enum ExecProtocol {
    /// The version that is spoken here.
    static let version = 1
    /// The longest line that is taken from a program.
    static let longestLine = 1 << 20
    /// About how many bytes of records are sent in one batch.
    static let batchBytes = 1 << 20

    /// The first line down.
    static func hello(sink: String) -> JSONBytes {
        var writer = JSONWriter()
        writer.write(raw: "{\"type\":\"hello\",\"protocol\":\(version),\"sink\":")
        writer.write(string: sink)
        writer.write(raw: "}\n")
        return writer.finish()
    }

    /// The last line down: there comes no further batch.
    static func end() -> JSONBytes { JSONBytes(Array("{\"type\":\"end\"}\n".utf8)) }

    /// A batch.
    /// - Parameters:
    ///   - number: which one since the program's start; from 1.
    ///   - first: the number of the first record since the program's start; from 1.
    static func batch(_ deliveries: [Delivery], number: Int, first: Int, timeout: Duration) -> JSONBytes {
        var writer = JSONWriter(capacity: deliveries.reduce(64) { $0 + $1.payload.byteCount + 160 })
        writer.write(raw: "{\"type\":\"batch\",\"batch\":")
        writer.write(int: number)
        writer.write(raw: ",\"timeout_ms\":")
        writer.write(int: timeout.milliseconds)
        writer.write(raw: ",\"records\":[")
        for (index, delivery) in deliveries.enumerated() {
            if index > 0 { writer.write(byte: UInt8(ascii: ",")) }
            writer.write(raw: "{\"n\":")
            writer.write(int: first + index)
            writer.write(raw: ",\"id\":")
            writer.write(string: delivery.record.idText)
            if let key = delivery.orderingKey {
                writer.write(raw: ",\"key\":")
                writer.write(string: key.text)
            }
            writer.write(raw: ",\"route\":")
            writer.write(string: delivery.route)
            writer.write(raw: ",\"record\":")
            writer.write(raw: delivery.payload)
            writer.write(byte: UInt8(ascii: "}"))
        }
        writer.write(raw: "]}\n")
        return writer.finish()
    }
}

/// A line that a program has written.
enum ExecMessage: Sendable, Hashable {
    /// - Parameter maximumRecords: the most records it takes in a batch.
    case hello(version: Int, maximumRecords: Int?)
    case outcome(Outcome, Which)
    case log(Logger.Level, String)
    /// It cannot go on.
    case error(String)

    /// What an outcome is about.
    enum Which: Sendable, Hashable {
        /// Records, by their numbers.
        case records([Int])
        /// All of that batch that nothing was said about yet.
        case batch(Int)
    }

    /// Why a line is no message.
    struct Mistake: Error, Hashable {
        var text: String
    }

    init(_ line: [UInt8]) throws(Mistake) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: line)
        } catch {
            throw Mistake(text: "is no JSON (\(error))")
        }
        guard case .object = value else { throw Mistake(text: "is no JSON object") }
        switch value["type"]?.stringValue {
        case "hello":
            guard let version = value["protocol"]?.wholeNumber else { throw Mistake(text: "is a hello without a protocol version") }
            let most = value["max_records"]
            if let most, most.wholeNumber.map({ $0 < 1 }) ?? true { throw Mistake(text: "has a max_records that is no number above 0") }
            self = .hello(version: version, maximumRecords: most?.wholeNumber)
        case "outcome": self = .outcome(try Self.outcome(value), try Self.which(value))
        case "log":
            guard let text = value["message"]?.stringValue else { throw Mistake(text: "is a log line without a message") }
            self = .log(value["level"]?.stringValue.flatMap { Logger.Level(rawValue: $0) } ?? .info, text)
        case "error": self = .error(value["message"]?.stringValue ?? "it does not say why")
        case let type?: throw Mistake(text: "has the unknown type \(type.quotedForMessage)")
        case nil: throw Mistake(text: "has no type")
        }
    }

    private static func outcome(_ value: JSONValue) throws(Mistake) -> Outcome {
        let reason = value["reason"]?.stringValue.flatMap { $0.isEmpty ? nil : Reason($0) } ?? "the program gave no reason"
        switch value["outcome"]?.stringValue {
        case "delivered": return .delivered
        case "already_there": return .alreadyThere
        case "rejected": return .rejected(reason)
        case "retry":
            guard let after = value["after_ms"] else { return .retry(reason) }
            guard let milliseconds = after.wholeNumber, milliseconds >= 0 else {
                throw Mistake(text: "has an after_ms that is no whole number")
            }
            return .retry(reason, after: .milliseconds(milliseconds))
        case let name:
            throw Mistake(text: "has the outcome \((name ?? "").quotedForMessage); expected delivered, already_there, retry or rejected")
        }
    }

    private static func which(_ value: JSONValue) throws(Mistake) -> Which {
        if let n = value["n"] {
            if let number = n.wholeNumber { return .records([number]) }
            if case .array(let elements) = n {
                let numbers = elements.compactMap(\.wholeNumber)
                if numbers.count == elements.count { return .records(numbers) }
            }
            throw Mistake(text: "has an n that is neither a number nor a list of numbers")
        }
        guard let batch = value["batch"]?.wholeNumber else { throw Mistake(text: "is an outcome without n or batch") }
        return .batch(batch)
    }
}

extension JSONValue {
    /// A number without fraction and exponent that an `Int` can hold.
    fileprivate var wholeNumber: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }
}

extension Duration {
    /// Whole milliseconds, the rest left out.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
