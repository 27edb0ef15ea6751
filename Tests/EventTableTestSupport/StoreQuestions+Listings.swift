// SPDX-License-Identifier: Apache-2.0

internal import EventTable
internal import Sluice
internal import StreamRecords

extension StoreQuestion {
    static let listings = [
        StoreQuestion("Executions are listed by function, status and verdict, in pages and ranges of time") { store, found in
            let rows = try await fill(store)
            let names: [String?] = [nil, "orders", "mails"]
            let statuses: [Invocation.Status?] = [nil, .ok, .error, .timeout, .running, .unknown]
            let verdicts: [Judgement.Validity?] = [nil, .valid, .invalid]
            let ranges = [TimeRange.all, TimeRange(from: at(10)), TimeRange(from: at(8), until: at(24))]
            for name in names {
                for status in statuses {
                    for verdict in verdicts {
                        for (number, range) in ranges.enumerated() {
                            let isDescending = (number + (status == nil ? 0 : 1)) % 2 == 0
                            guard
                                let query = try? EventQuery.executions(
                                    function: name.map { FunctionName($0) }, status: status, verdict: verdict, range: range,
                                    descending: isDescending, limit: 3)
                            else {
                                found.expect(verdict == nil && status != .error && status != .timeout && name == nil, "a listing was refused")
                                continue
                            }
                            let expected = rows.filter { row in
                                (name == nil || row.key.name == name) && (status == nil || row.status(at: WallClock.now) == status)
                                    && (verdict == nil || row.verdict?.validity == verdict?.rawValue)
                                    && (range.from.map { row.sort >= $0.description } ?? true)
                                    && (range.until.map { row.sort < $0.description } ?? true)
                            }
                            let ids = expected.sorted { ($0.sort, $0.key.name) < ($1.sort, $1.key.name) }.map(\.key.id)
                            var listed: [String] = []
                            try await store.forEachRow(query) { listed.append($0.key.id) }
                            found.expect(
                                listed, isDescending ? ids.reversed() : ids,
                                "\(name ?? "-") \(status?.rawValue ?? "-") \(verdict?.rawValue ?? "-") \(number)")
                        }
                    }
                }
            }
        },
        StoreQuestion("A place in a listing survives as a token") { store, found in
            _ = try await fill(store)
            var query = try EventQuery.executions(function: FunctionName("orders"), limit: 2)
            let first = try await store.page(query)
            let token = first.next?.token ?? ""
            found.expect(EventCursor(token: token), first.next, "the token read again")
            query.cursor = EventCursor(token: token)
            let second = try await store.page(query)
            found.expect(first.rows.count + second.rows.count, 4, "rows of two pages")
            found.expect(Set((first.rows + second.rows).map(\.key)).count, 4, "different rows of two pages")
        },
    ]

    /// Thirty executions of two functions, of all states and verdicts.
    private static func fill(_ store: any EventStore) async throws -> [Invocation] {
        var rows: [Invocation] = []
        for number in 0..<30 {
            let name = number % 3 == 0 ? "mails" : "orders"
            let id = "r\(number < 10 ? "0" : "")\(number)"
            var row = Invocation(key: EventKey(id: id, name: name), seen: at(Int64(number)))
            switch number % 5 {
            case 0: row.report = .init(at: at(40), durationMS: 1)
            case 1: row = try recorded(id, at: at(Int64(number)), function: name, response: "1")
            case 2: row.failure = .init(.error, at: at(40), errorType: "E")
            case 3: row.failure = .init(.timeout, at: at(40))
            default: break
            }
            _ = try await store.write([.note(row)])
            if number % 4 < 2 {
                let judgement = Judgement(id: "j", validity: number % 4 == 0 ? .valid : .invalid, at: at(100))
                _ = try await store.judge(row.key, judgement)
                row.verdict = judgement.verdict
            }
            rows.append(row)
        }
        return rows
    }
}
