// SPDX-License-Identifier: Apache-2.0

import EventTable
import JSONTape

/// Statistics as JSON, one object for each function, table, queue and bus. What is not known is absent.
enum StatisticsJSON {
    static func lines(_ statistics: EventStatistics) -> [String] {
        statistics.functions.map(function) + statistics.tables.map(table) + statistics.queues.map { count("queue", "messages", $0) }
            + statistics.buses.map { count("bus", "events", $0) }
    }

    private static func function(_ function: FunctionStatistics) -> String {
        var members = [
            JSONMember(name: "kind", value: .string("function")), JSONMember(name: "name", value: .string(function.name)),
        ]
        func add(_ name: String, _ value: Double?) {
            if let value { members.append(JSONMember(name: name, value: jsonNumber(value))) }
        }
        add("executions", Double(function.executions))
        add("errors", Double(function.errors))
        add("timeouts", Double(function.timeouts))
        add("unfinished", Double(function.unfinished))
        add("cold_starts", Double(function.coldStarts))
        if let duration = function.duration {
            add("p50_ms", duration.p50)
            add("p90_ms", duration.p90)
            add("p99_ms", duration.p99)
            add("max_ms", duration.max)
        }
        add("billed_ms", function.billedMS)
        add("memory_mb", function.memoryMB.map(Double.init))
        add("max_memory_mb", function.maxMemoryMB.map(Double.init))
        if !function.errorTypes.isEmpty { members.append(JSONMember(name: "error_types", value: object(function.errorTypes))) }
        return JSONValue.object(members).text
    }

    private static func table(_ table: TableStatistics) -> String {
        JSONValue.object([
            JSONMember(name: "kind", value: .string("table")), JSONMember(name: "name", value: .string(table.name)),
            JSONMember(name: "changes", value: .number(String(table.changes))),
            JSONMember(name: "operations", value: object(table.operations)),
        ]).text
    }

    private static func count(_ kind: String, _ what: String, _ count: NamedCount) -> String {
        JSONValue.object([
            JSONMember(name: "kind", value: .string(kind)), JSONMember(name: "name", value: .string(count.name)),
            JSONMember(name: what, value: .number(String(count.count))),
        ]).text
    }

    private static func object(_ counts: [NamedCount]) -> JSONValue {
        .object(counts.map { JSONMember(name: $0.name, value: .number(String($0.count))) })
    }
}
