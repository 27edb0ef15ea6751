// SPDX-License-Identifier: Apache-2.0

import TestSupport

internal import EventTable
internal import StreamRecords

extension StoreQuestion {
    static let saving = [
        StoreQuestion("A save is written once, and the same again is there already") { store, found in
            let save = try recorded("r", response: #"{"ok": true}"#, source: "cause")
            found.expect(try await store.save(save), .written, "first")
            found.expect(try await store.save(save), .alreadyThere, "second")
            let later = try recorded("r", at: at(50), params: "{\n\"id\":5}", response: #"{"ok":true}"#, source: "cause")
            found.expect(try await store.save(later), .alreadyThere, "later, with other white space")
            let row = try await store.execution("r")
            found.expect(row?.params, #"{"id":5}"#, "params")
            found.expect(row?.response, #"{"ok":true}"#, "response")
            found.expect(row?.source, "cause", "source")
            found.expect(row?.time, at(0), "time")
            found.expect(row?.status(at: at(0)), .ok, "status")
        },
        StoreQuestion("A save that differs is refused, and none of it is written") { store, found in
            _ = try await store.save(try recorded("r"))
            found.expect(try await store.save(try recorded("r", params: #"{"id":6}"#, response: "1")), .conflict(["params"]), "other params")
            found.expect(try await store.execution("r")?.response, nil, "response after a refusal")
            found.expect(try await store.save(try recorded("r", params: nil, response: "1")), .written, "the response comes later")
            found.expect(try await store.save(try recorded("r", response: "2", source: "s")), .conflict(["response"]), "other response")
            found.expect(try await store.execution("r")?.source, nil, "source after a refusal")
            found.expect(
                try await store.save(try recorded("r", params: "0", response: "2")), .conflict(["params", "response"]), "two columns differ")
        },
        StoreQuestion("A save does not touch a row of another kind") { store, found in
            _ = try await store.write([.put(change("c", sequence: 1))])
            let save = try Invocation(requestID: "c", function: FunctionName("Products"), at: at(0), params: "1")
            found.expect(try await store.save(save), .conflict(["kind"]), "save")
            found.expect(try await store.rows(id: "c"), [.entry(change("c", sequence: 1))], "rows")
        },
        StoreQuestion("Logs and a save meet in one row, whichever comes first") { store, found in
            var facts = Invocation(key: EventKey(id: "", name: "orders"), seen: at(3))
            facts.report = .init(at: at(9), durationMS: 4, billedMS: 5, memoryMB: 128, maxMemoryMB: 60)
            var rows: [Invocation?] = []
            for (id, logsFirst) in [("a", true), ("b", false)] {
                let note = EventWrite.note(
                    Self.facts(facts, id))
                if logsFirst { _ = try await store.write([note]) }
                found.expect(try await store.save(try recorded(id, at: at(1), response: "1")), .written, "save of \(id)")
                if !logsFirst { _ = try await store.write([note]) }
                rows.append(try await store.execution(id))
            }
            for row in rows {
                found.expect(row?.report?.durationMS, 4, "duration")
                found.expect(row?.params, #"{"id":5}"#, "params")
                found.expect(row?.time, at(1), "time")
            }
        },
        StoreQuestion("A function that failed, and one that ran out of time, are found among those") { store, found in
            let failed = try recorded(
                "f", at: at(1), response: #"{"errorType":"KeyError","errorMessage":"'id'"}"#, functionError: "Unhandled")
            let late = try recorded(
                "t", at: at(2), response: #"{"errorMessage":"2026-11-20T15:00:03.005Z t Task timed out after 3.00 seconds"}"#,
                functionError: "Unhandled")
            _ = try await store.save(failed)
            _ = try await store.save(late)
            found.expect(try await store.execution("f")?.failure?.errorType, "KeyError", "error type")
            found.expect(try await store.page(EventQuery(.problem(.error))).rows.map(\.key.id), ["f"], "errors")
            found.expect(try await store.page(EventQuery(.problem(.timeout))).rows.map(\.key.id), ["t"], "time-outs")
        },
        StoreQuestion("Large params and responses come back whole") { store, found in
            var random = SeededRandom(seed: 5)
            // Letters that hardly compress.
            let noise = String(decoding: (0..<1_500_000).map { _ in UInt8(ascii: "a") + UInt8(random.next() % 26) }, as: UTF8.self)
            let plain = String(repeating: "x", count: 200_000)
            let save = try recorded("r", params: "\"\(noise)\"", response: "\"\(plain)\"")
            found.expect(try await store.save(save), .written, "save")
            found.expect(try await store.save(save), .alreadyThere, "again")
            found.expect(try await store.execution("r") == save, "the row differs from what was saved")
            for name in ["params", "response", "verdict"] {
                found.expect(try await store.rows(id: "r#\(name)"), [], "what belongs to the row is no row")
            }
            let other = try recorded("r", params: "\"\(noise.dropLast())\"")
            found.expect(try await store.save(other), .conflict(["params"]), "one letter less")
        },
        StoreQuestion("One id in two functions is two rows") { store, found in
            _ = try await store.save(try recorded("r", function: "arn:aws:lambda:eu-west-1:123456789012:function:orders:live", params: "1"))
            _ = try await store.save(try recorded("r", function: "mails", params: "2"))
            found.expect(try await store.execution("r")?.params, "1", "orders")
            found.expect(try await store.execution("r")?.qualifier, "live", "qualifier")
            found.expect(try await store.execution("r", "mails")?.params, "2", "mails")
        },
        StoreQuestion("An expired row is not read") { store, found in
            var save = try recorded("r")
            save.expiresAt = 1000
            _ = try await store.save(save)
            found.expect(try await store.rows(id: "r"), [], "rows")
            found.expect(try await store.page(EventQuery(.function(FunctionName("orders")))).rows, [], "list")
        },
    ]

    private static func facts(_ facts: Invocation, _ id: String) -> Invocation {
        var copy = Invocation(key: EventKey(id: id, name: facts.key.name), seen: facts.time ?? at(3))
        copy.report = facts.report
        return copy
    }
}
