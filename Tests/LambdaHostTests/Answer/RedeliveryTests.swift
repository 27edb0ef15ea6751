// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Logging
import Sluice
import StreamRecords
import Testing
import TestSupport

@testable import LambdaHost

/// A source as Lambda's event source mappings work it off: a batch comes again, whole or in part, until nothing is left of it.
private struct Mapping {
    enum Kind: CaseIterable { case stream, queue, fifo, logs }

    struct Item {
        var id: String
        var key: String
        var json: String
        /// What the source is told.
        var position: String
        var isSound: Bool
    }

    let kind: Kind
    let partial: Bool
    var items: [Item]

    init(_ kind: Kind, partial: Bool, using random: inout SeededRandom) {
        self.kind = kind
        self.partial = partial
        items = (1...Int.random(in: 1...10, using: &random)).map { number in
            let key = Int.random(in: 1...3, using: &random)
            let isSound = Int.random(in: 0..<10, using: &random) > 0
            switch kind {
            case .stream:
                return Item(
                    id: "event-\(number)", key: "\(key)",
                    json: isSound ? Events.change(number, item: key) : Events.misshapen(number), position: Events.sequence(number), isSound: isSound)
            case .queue:
                return Item(id: "m-\(number)", key: "", json: Events.message("m-\(number)"), position: "m-\(number)", isSound: true)
            case .fifo:
                return Item(
                    id: "m-\(number)", key: "\(key)", json: Events.message("m-\(number)", group: "\(key)"), position: "m-\(number)", isSound: true)
            case .logs:
                return Item(id: "\(999 + number)", key: "all", json: "line \(number)", position: "", isSound: true)
            }
        }
    }

    func event() -> String {
        kind == .logs ? Events.logs(messages: items.map(\.json)) : Events.records(items.map(\.json))
    }

    /// What is left of the batch after the answer.
    /// - Returns: nil where the source would not understand it.
    mutating func take(_ answer: Result<[UInt8], FunctionError>) -> Bool {
        guard case .success(let body) = answer else { return true }
        if kind == .logs {
            items = []
            return String(decoding: body, as: UTF8.self) == "null"
        }
        guard let value = try? JSONValue(parsing: body), case .array(let failures)? = value["batchItemFailures"] else { return false }
        let positions = failures.compactMap { $0["itemIdentifier"]?.stringValue }
        guard positions.count == failures.count, positions.allSatisfy({ position in items.contains { $0.position == position } }) else { return false }
        if !partial, !positions.isEmpty { return false }
        switch kind {
        case .stream:
            // The lowest one is the checkpoint; items are in the order of their numbers.
            let checkpoint = items.firstIndex { positions.contains($0.position) } ?? items.count
            items.removeFirst(checkpoint)
        case .queue, .fifo: items.removeAll { !positions.contains($0.position) }
        case .logs: break
        }
        return true
    }
}

@Suite("Redelivery")
struct RedeliveryTests {
    /// Nobody knows the next number, but everybody gets the same one for the same seed.
    private static func chance(_ seed: UInt64, _ id: String, _ call: Int) -> Int {
        var random = SeededRandom(seed: id.utf8.reduce(seed &+ UInt64(call)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
        return Int.random(in: 0..<100, using: &random)
    }

    @Test("for random failures nothing is lost, nothing sent twice by one process, and keys keep their order")
    func randomSchedules() async throws {
        var random = SeededRandom(announcing: "redelivery")
        let seed = random.seed
        for round in 0..<1500 {
            let note: Comment = "SLUICE_TEST_SEED=\(seed), round \(round)"
            let kind = Mapping.Kind.allCases[round % 4]
            let partial = Bool.random(using: &random)
            var mapping = Mapping(kind, partial: partial, using: &random)
            let all = mapping.items
            let failing = UInt64.random(in: 0 ... .max, using: &random)
            let rate = [0, 10, 40][Int.random(in: 0..<3, using: &random)]
            let sinks = ["first", "second"].map { name in
                TestSink { delivery, call in
                    Self.chance(failing, name + delivery.record.id.id, call) < rate ? .retry("not now") : .delivered
                }
            }
            let parked = TestSink()
            let pipeline = try Pipeline(
                sinks: [("first", sinks[0]), ("second", sinks[1]), ("parked", parked)],
                routes: [Route(name: "all", to: ["first", "second"])], rejected: Configuration.Rejected(to: ["parked"]))
            let settings = try HostSettings(["SLUICE_PARTIAL_RESPONSES": partial ? "1" : "0", "SLUICE_METRICS_NAMESPACE": "off"])
            let host = EventHost(
                pipeline: pipeline, table: try .none(pipeline), limits: RecordLimits(),
                loops: LoopGuard(Configuration(sinks: [], routes: []), logGroup: nil), settings: settings,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            var attempts = 0
            while !mapping.items.isEmpty, attempts < 200 {
                attempts += 1
                let before = mapping.items.count
                #expect(mapping.take(await host.handle(try Invocation.of(mapping.event())).answer), note)
                if rate == 0 { #expect(mapping.items.isEmpty, note) }
                #expect(mapping.items.count <= before, note)
            }
            #expect(mapping.items.isEmpty, note)
            let wanted = all.filter(\.isSound)
            for sink in sinks {
                #expect(sink.delivered.sorted() == wanted.map(\.id).sorted(), note)
                guard kind != .queue else { continue }
                for key in Set(all.map(\.key)) {
                    let ofKey = wanted.filter { $0.key == key }.map(\.id)
                    #expect(sink.delivered.filter(ofKey.contains) == ofKey, note)
                }
            }
            #expect(parked.delivered.count == all.count - wanted.count, note)
        }
    }
}
