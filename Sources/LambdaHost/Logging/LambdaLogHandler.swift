// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import Logging
internal import Sluice
internal import StreamRecords
internal import Synchronization

/// Which invocation is being worked on, for log lines.
final class LogContext: Sendable {
    struct Values: Sendable {
        var requestID: String?
        var traceID: String?
    }

    private let values = Mutex(Values())

    func set(requestID: String?, traceID: String?) {
        values.withLock { $0 = Values(requestID: requestID, traceID: traceID) }
    }

    var current: Values { values.withLock { $0 } }
}

/// Writes log lines as Lambda wants them: JSON objects, or text, each with the request and its trace.
///
/// Lambda takes what a custom runtime writes to standard error into the function's log group. A line goes out in one call, so that lines of several
/// threads don't mix.
struct LambdaLogHandler: LogHandler {
    let label: String
    let format: LogSettings.Format
    let context: LogContext
    /// Takes a whole line with its line feed.
    let write: @Sendable (borrowing JSONWriter) -> Void

    var logLevel: Logger.Level
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?

    init(
        label: String, settings: LogSettings, context: LogContext,
        write: @escaping @Sendable (borrowing JSONWriter) -> Void = { line in try? line.write(to: 2) }
    ) {
        self.label = label
        self.format = settings.format
        self.context = context
        self.write = write
        logLevel = settings.level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadataProvider?.get() ?? [:]
        all.merge(metadata) { $1 }
        if let own = event.metadata { all.merge(own) { $1 } }
        let values = all.sorted { $0.key < $1.key }
        var line = JSONWriter(capacity: 256)
        switch format {
        case .json: writeJSON(event.level, "\(event.message)", values, into: &line)
        case .text: writeText(event.level, "\(event.message)", values, into: &line)
        }
        line.write(byte: 0x0A)
        write(line)
    }

    // MARK: JSON

    /// `{"timestamp":…,"level":"INFO","requestId":…,"traceId":…,"logger":…,"message":…,…}`
    private func writeJSON(
        _ level: Logger.Level, _ message: String, _ values: [(key: String, value: Logger.MetadataValue)], into line: inout JSONWriter
    ) {
        let current = context.current
        line.write(raw: "{\"timestamp\":")
        line.write(string: WallClock.now.description)
        line.write(raw: ",\"level\":\"")
        line.write(raw: level.lambdaName)
        line.write(raw: "\",\"message\":")
        line.write(string: message)
        line.write(raw: ",\"logger\":")
        line.write(string: label)
        member("requestId", current.requestID, &line)
        member("traceId", current.traceID, &line)
        let taken = ["timestamp", "level", "message", "logger", "requestId", "traceId"]
        for (key, value) in values {
            line.write(raw: ",")
            line.write(string: taken.contains(key) ? "\(key)_" : key)
            line.write(raw: ":")
            write(value, into: &line)
        }
        line.write(raw: "}")
    }

    private func member(_ name: StaticString, _ value: String?, _ line: inout JSONWriter) {
        guard let value else { return }
        line.write(raw: ",\"")
        line.write(raw: name)
        line.write(raw: "\":")
        line.write(string: value)
    }

    private func write(_ value: Logger.MetadataValue, into line: inout JSONWriter) {
        switch value {
        case .string(let text): line.write(string: text)
        case .stringConvertible(let value): line.write(string: value.description)
        case .array(let values):
            line.write(raw: "[")
            for (place, value) in values.enumerated() {
                if place > 0 { line.write(raw: ",") }
                write(value, into: &line)
            }
            line.write(raw: "]")
        case .dictionary(let members):
            line.write(raw: "{")
            for (place, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if place > 0 { line.write(raw: ",") }
                line.write(string: member.key)
                line.write(raw: ":")
                write(member.value, into: &line)
            }
            line.write(raw: "}")
        }
    }

    // MARK: Text

    /// `2026-11-20T15:00:00.000Z WARN RequestId: … message key=value`, on one line.
    private func writeText(
        _ level: Logger.Level, _ message: String, _ values: [(key: String, value: Logger.MetadataValue)], into line: inout JSONWriter
    ) {
        let current = context.current
        line.write(raw: WallClock.now.description)
        line.write(raw: " ")
        line.write(raw: level.lambdaName)
        if let id = current.requestID { line.write(raw: oneLine(" RequestId: \(id)")) }
        if let id = current.traceID { line.write(raw: oneLine(" TraceId: \(id)")) }
        line.write(raw: oneLine(" \(message)"))
        for (key, value) in values { line.write(raw: oneLine(" \(key)=\(value)")) }
    }

    private func oneLine(_ text: String) -> some Sequence<UInt8> {
        text.utf8.lazy.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }
    }
}
