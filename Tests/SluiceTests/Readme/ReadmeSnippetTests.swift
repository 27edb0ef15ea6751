// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Sluice
import StreamRecords
import Synchronization
import Testing

/// The Swift code that the README shows is that of the files beside this one, which are built and tried here.
@Suite struct ReadmeSnippetTests {
    private static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let top = here.appendingPathComponent("../../..").standardizedFileURL

    /// What stands between ```` ```swift ```` and ```` ``` ````.
    private static func blocks(of readme: String) -> [String] {
        readme.components(separatedBy: "\n```swift\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    }

    @Test func theReadmeRepeatsThem() throws {
        let readme = try String(contentsOf: Self.top.appendingPathComponent("README.md"), encoding: .utf8)
        let snippets = try ["DecodeSnippet", "SinkSnippet", "RunSnippet"].map { name in
            let text = try String(contentsOf: Self.here.appendingPathComponent("\(name).swift"), encoding: .utf8)
            return try String(text[#require(text.range(of: "\n\n")).upperBound...])
        }
        #expect(Self.blocks(of: readme) == snippets)
    }

    /// The first recording and the four events behind it: products of all three operations.
    private func event(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: Self.top.appendingPathComponent("samples/streams/products/\(name)")))
    }

    @Test func decoding() throws {
        let lines = try prices(in: event("1-created.json"))
        #expect(
            lines == [
                "Pour-over kettle: 54.0", "Paper filters, 100 pcs: 4.75", "Espresso cups, set of 4: 32.5", "Hand grinder: 89.9",
                "Milk jug 350 ml: 18.2",
            ])
        #expect(try prices(in: Array("{\"Records\":[{\"eventName\":\"INSERT\",\"dynamodb\":1}]}".utf8)).first?.hasPrefix("not decoded: ") == true)
    }

    @Test func aSinkOfOnesOwn() async throws {
        let told = Told()
        let counts = try await watchPrices(in: event("2-batches.ndjson"), logger: Logger(label: "shop") { _ in Teller(told: told) })
        #expect(counts.received > 5)
        #expect(counts.delivered == counts.received)
        #expect(told.lines.withLock { $0 } == ["Products#{\"Id\":1}: price 54 → 49.5", "Products#{\"Id\":5}: price 89.9 → 79.9"])
    }
}

/// What a logger was told.
private final class Told: Sendable {
    let lines = Mutex<[String]>([])
}

private struct Teller: LogHandler {
    let told: Told
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(told: Told) { self.told = told }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { told.lines.withLock { $0.append(event.message.description) } }
}
