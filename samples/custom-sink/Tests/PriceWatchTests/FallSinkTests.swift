// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import PriceWatch
import Sluice
import SluiceTesting
import Synchronization
import Testing

@Suite struct FallSinkTests {
    static let settings = #"{ "attribute": "price" }"#

    struct Harness: SinkHarness {
        func makeSink(_ context: SinkContext) async throws -> any Sink {
            try FallSink(ConfigurationNode(json: settings, file: "settings.json").decode(FallSink.Settings.self), context)
        }
    }

    @Test func itKeepsTheRulesOfDelivery() async {
        let report = await SinkConformance(Harness()).run()
        #expect(report.failures.isEmpty, "\(report)")
    }

    @Test func itTellsWhatFell() async throws {
        let told = Told()
        let context = SinkContext(name: "prices", logger: Logger(label: "test") { _ in Teller(told) })
        let sink = try await Harness().makeSink(context)
        let batch = try DeliveryBatch(testing: [
            .change("1", key: 5, old: ["Id": 5, "price": 54], new: ["Id": 5, "price": 49]),
            .change("2", key: 5, old: ["Id": 5, "price": 49], new: ["Id": 5, "price": 52]),
            .change("3", key: 6, old: ["Id": 6], new: ["Id": 6, "price": 1]),
        ])
        #expect(try await sink.deliver(batch).allDelivered)
        #expect(told.lines == [#"Products#{"Id":5}: price 54 → 49"#])
    }

    @Test func itRunsByItsNameInAConfiguration() async throws {
        let samples = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../streams/products/2-batches.ndjson").standardizedFileURL
        let told = Told()
        let counts = try await watchPrices(in: [UInt8](Data(contentsOf: samples)), logger: Logger(label: "shop") { _ in Teller(told) })
        #expect(counts.received > 5 && counts.delivered == counts.received)
        #expect(told.lines == [#"Products#{"Id":1}: price 54 → 49.5"#, #"Products#{"Id":5}: price 89.9 → 79.9"#])
    }
}

/// What a logger is told.
final class Told: Sendable {
    private let all = Mutex<[String]>([])
    var lines: [String] { all.withLock { $0 } }
    func add(_ line: String) { all.withLock { $0.append(line) } }
}

struct Teller: LogHandler {
    let told: Told
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(_ told: Told) { self.told = told }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { told.add(event.message.description) }
}
