// SPDX-License-Identifier: Apache-2.0

internal import Sluice
internal import StreamRecords

/// Knows what the function itself writes, which it must not read: each record would cause the next one, for ever.
struct LoopGuard: Sendable {
    /// The log group that the function's own lines go to.
    var logGroup: String?
    /// The tables that its event table sinks write to.
    var tables: Set<String> = []

    /// - Parameter logGroup: `AWS_LAMBDA_LOG_GROUP_NAME`.
    init(_ configuration: Configuration, logGroup: String?) {
        self.logGroup = logGroup
        for sink in configuration.sinks where sink.type == "event-table" {
            if let table = sink.settings["table"]?.string, let name = LoopGuard.tableName(table) { tables.insert(name) }
        }
    }

    /// The name of the table that `dynamodb:TABLE` stands for; nil where it is no table of DynamoDB's.
    static func tableName(_ setting: String) -> String? {
        setting.hasPrefix("dynamodb:") ? lastPart(String(setting.dropFirst("dynamodb:".count))) : nil
    }

    /// A table is named by its name or its ARN, and ends with its name in both.
    static func lastPart(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? "" }

    /// The error for a batch of the function's own making.
    func loop(in batch: RecordBatch) -> FunctionError? {
        for source in batch.sources {
            if source.kind == .log, let logGroup, source.name == logGroup {
                return error("its own log group \(logGroup): take the subscription filter away")
            }
            if source.kind == .change, tables.contains(source.name) {
                return error("the stream of its own event table \(source.name): take the event source mapping away")
            }
        }
        return nil
    }

    private func error(_ what: String) -> FunctionError {
        FunctionError(
            kind: .loop, message: "refused, since it would go round for ever: the function is invoked with records of \(what)")
    }
}
