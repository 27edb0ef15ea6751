// SPDX-License-Identifier: Apache-2.0

import Foundation
import RuntimeServer
import Testing

private let success = #"{"batchItemFailures":[]}"#

@Suite("The function over time")
struct EnduranceTests {
    @Test("faults on the way to and from the Runtime API lose nothing and double nothing")
    func faults() async throws {
        let function = try Function(environment: ["SLUICE_METRICS_NAMESPACE": "off"])
        let faults: [Fault] = [.none, .chunked(100), .trickle, .closeBefore, .closeInside, .closeAfter]
        var number = 0
        for next in faults {
            for answer in faults {
                number += 1
                var invocation = TestInvocation("id-\(number)", Events.changes([number]))
                invocation.onNext = next
                invocation.onAnswer = answer
                #expect(try await function.server.invoke(invocation).kind == .response, "\(next), \(answer)")
            }
        }
        try await function.server.waitForNext(number + 1)
        #expect(function.server.answers.map(\.id) == (1...number).map { "id-\($0)" })
        let ids = function.output.split(separator: "\n").compactMap { $0.firstMatch(of: /"id":"event-(\d+)"/).flatMap { Int($0.1) } }
        #expect(ids == Array(1...number))
    }

    @Test("an answer too large for Lambda, and other refusals, are no reason to stop")
    func refusals() async throws {
        let function = try Function()
        for status in [413, 400, 403] {
            var invocation = TestInvocation("status-\(status)", Events.changes([status]))
            invocation.onAnswer = .status(status)
            _ = try await function.server.invoke(invocation)
        }
        #expect(try await function.invoke("after", Events.changes([1])).body == success)
        #expect(function.errors.contains("413"))
        var last = TestInvocation("last", Events.changes([2]))
        last.onAnswer = .status(500)
        _ = try await function.server.invoke(last)
        let ending = try await function.end()
        #expect(ending.status == 1 && ending.errors.contains("container error"))
    }

    @Test("an event of six megabytes is taken like any other, and its memory given back")
    func hugeEvent() async throws {
        let function = try Function(environment: ["SLUICE_METRICS_NAMESPACE": "off"])
        _ = try await function.invoke("small", Events.changes([1]))
        let event = Events.changes(1...5800, padding: 600)
        try #require(event.utf8.count > 5_800_000 && event.utf8.count < 6_291_556)
        for round in 0..<5 { #expect(try await function.invoke("huge-\(round)", event).body == success) }
        #expect(function.output.split(separator: "\n").count == 1 + 5 * 5800)
        if !Function.isSanitized, let resident = function.resident { #expect(resident < 100 << 20, "\(resident >> 20) MiB") }
    }

    @Test("two thousand invocations leave memory and descriptors as they were")
    func memory() async throws {
        let function = try Function(environment: ["SLUICE_METRICS_NAMESPACE": "off"])
        let events = [Events.changes(1...100, padding: 200), Events.changes(1...7), #"{"unreadable":true}"#, "no JSON", Events.changes(1...400, padding: 50)]
        func run(_ rounds: Range<Int>) async throws {
            for round in rounds {
                var invocation = TestInvocation("id-\(round)", Array(events[round % events.count].utf8))
                // Another one each time; whoever kept them all would keep six megabytes.
                invocation.traceID = "Root=\(round);" + String(repeating: "x", count: 4000)
                let answer = try await function.server.invoke(invocation)
                #expect((answer.kind == .response) == (![2, 3].contains(round % events.count)))
            }
        }
        try await run(0..<500)
        let before = function.resident
        let descriptors = function.descriptors
        try await run(500..<2000)
        #expect(function.descriptors == descriptors)
        #expect(function.server.connections == 1)
        guard !Function.isSanitized, let before, let after = function.resident else { return }
        // A leak of one event's bytes in each would be 100 MB, of one record's tens of kilobytes in each 15 MB.
        #expect(after < before + (3 << 20), "\(before >> 10) KiB after 500, \(after >> 10) KiB after 2000")
    }
}
