// SPDX-License-Identifier: Apache-2.0

internal import EventTable
internal import StreamRecords

extension StoreQuestion {
    static let verdicts = [
        StoreQuestion("The latest judgement is the verdict, and all are kept") { store, found in
            _ = try await store.save(try recorded("r"))
            let key = EventKey(id: "r", name: "orders")
            let first = Judgement(id: "1", validity: .invalid, note: "wrong\u{0} sum", by: "Ana", at: at(10))
            let second = Judgement(id: "2", validity: .valid, at: at(20))
            let between = Judgement(id: "3", validity: .invalid, note: "?", at: at(15))
            found.expect(try await store.judge(key, first), .judged, "first")
            found.expect(try await store.execution("r")?.verdict, first.verdict, "verdict after the first")
            found.expect(try await store.judge(key, second), .judged, "second")
            found.expect(try await store.judge(key, between), .judged, "one that lies between")
            found.expect(try await store.judge(key, first), .alreadyThere, "the first again")
            found.expect(try await store.execution("r")?.verdict, second.verdict, "verdict")
            found.expect(try await store.judgements(of: key), [first, between, second], "history")
            found.expect(try await store.rows(id: "r#verdict"), [], "the history is no row")
            found.expect(try await store.page(EventQuery(.verdict("valid"))).rows.map(\.key.id), ["r"], "valid ones")
            found.expect(try await store.page(EventQuery(.verdict("invalid"))).rows.map(\.key.id), [], "invalid ones")
        },
        StoreQuestion("An execution that is not there is not made by a judgement") { store, found in
            _ = try await store.write([.put(change("c", sequence: 1))])
            var old = try recorded("old")
            old.expiresAt = 1000
            _ = try await store.save(old)
            _ = try await store.save(try recorded("r"))
            let judgement = Judgement(id: "1", validity: .valid, at: at(10))
            for key in [EventKey(id: "nobody", name: "orders"), EventKey(id: "r", name: "mails"), EventKey(id: "c", name: "Products"),
                EventKey(id: "old", name: "orders")]
            {
                found.expect(try await store.judge(key, judgement), .notFound, "\(key)")
                found.expect(try await store.judgements(of: key), [], "history of \(key)")
            }
            found.expect(try await store.rows(id: "nobody"), [], "rows")
            found.expect(try await store.page(EventQuery(.verdict("valid"))).rows, [], "valid ones")
        },
        StoreQuestion("Judgements at the same time are all kept, and one of them is the verdict") { store, found in
            _ = try await store.save(try recorded("r"))
            let key = EventKey(id: "r", name: "orders")
            let answers = try await withThrowingTaskGroup(of: JudgeAnswer.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        try await store.judge(
                            key, Judgement(id: "\(number)", validity: number % 2 == 0 ? .valid : .invalid, by: "\(number)", at: at(Int64(number))))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            found.expect(answers, Array(repeating: .judged, count: 12), "answers")
            found.expect(try await store.judgements(of: key).map(\.id), (0..<12).map(String.init), "history")
            found.expect(try await store.execution("r")?.verdict?.by, "11", "verdict")
        },
    ]

    static let reruns = [
        StoreQuestion("A key begins one rerun of an execution") { store, found in
            let rerun = Rerun(
                key: "k", original: EventKey(id: "r", name: "orders"), function: FunctionName("orders:live"), state: .started, startedAt: at(5))
            found.expect(try await store.rerun(key: "k", of: "r"), nil, "before")
            found.expect(try await store.begin(rerun), .begun, "first")
            found.expect(try await store.begin(rerun), .alreadyThere(rerun), "second")
            found.expect(try await store.rerun(key: "k", of: "r"), rerun, "read")
            found.expect(try await store.rows(id: "rerun#k"), [], "a rerun is no row")
            var other = rerun
            other.original = EventKey(id: "s", name: "orders")
            found.expect(try await store.begin(other), .begun, "the same key for another execution")
            let answers = try await withThrowingTaskGroup(of: RerunStart.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        var one = rerun
                        one.key = "many"
                        return try await store.begin(one)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            found.expect(answers.count { $0 == .begun }, 1, "how many of twelve have begun")
        },
        StoreQuestion("A rerun goes from state to state once, and a refused one may begin again") { store, found in
            var rerun = Rerun(
                key: "k", original: EventKey(id: "r", name: "orders"), function: FunctionName("orders"), state: .accepted, startedAt: at(5))
            found.expect(try await store.advance(rerun, from: .accepted), false, "what is not there")
            _ = try await store.begin(rerun)
            rerun.state = .started
            found.expect(try await store.advance(rerun, from: .accepted), true, "taken up")
            found.expect(try await store.advance(rerun, from: .accepted), false, "taken up again")
            rerun.state = .refused
            rerun.note = "too many requests"
            rerun.endedAt = at(9)
            found.expect(try await store.advance(rerun, from: .started), true, "refused")
            found.expect(try await store.rerun(key: "k", of: "r"), rerun, "read")
            var again = rerun
            again.state = .started
            again.note = nil
            again.endedAt = nil
            again.startedAt = at(20)
            found.expect(try await store.begin(again), .begun, "again")
            again.state = .done
            again.newID = "n"
            found.expect(try await store.advance(again, from: .started), true, "done")
            found.expect(try await store.begin(rerun), .alreadyThere(again), "after it is done")
        },
        StoreQuestion("What was begun long ago and never ended is unknown") { store, found in
            let rerun = Rerun(
                key: "k", original: EventKey(id: "r", name: "orders"), function: FunctionName("orders"), state: .started, startedAt: at(0))
            _ = try await store.begin(rerun)
            let there = try await store.rerun(key: "k", of: "r")
            found.expect(there?.state(at: at(60_000)), .started, "a minute later")
            found.expect(there?.state(at: at(17 * 60_000)), .unknown, "after seventeen minutes")
        },
    ]
}
