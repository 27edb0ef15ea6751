// SPDX-License-Identifier: Apache-2.0

import Foundation
import StreamRecords
import Testing
import TestSupport

/// The Swift code that the README shows is that of a file beside this one, which is built and tried here, and of samples/custom-sink, which is a package with
/// tests of its own.
@Suite struct ReadmeSnippetTests {
    /// What stands between ```` ```swift ```` and ```` ``` ````.
    private static func blocks(of readme: String) -> [String] {
        readme.components(separatedBy: "\n```swift\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    }

    @Test func theReadmeRepeatsThem() throws {
        let readme = try Repository.text("README.md")
        let files = ["Tests/SluiceTests/Readme/DecodeSnippet", "samples/custom-sink/Sources/PriceWatch/FallSink", "samples/custom-sink/Sources/PriceWatch/Watch"]
        let snippets = try files.map { name in
            let text = try Repository.text("\(name).swift")
            return try String(text[#require(text.range(of: "\n\n")).upperBound...])
        }
        #expect(Self.blocks(of: readme) == snippets)
    }

    /// The first recording and the four events behind it: products of all three operations.
    private func event(_ name: String) throws -> [UInt8] { try Repository.bytes("samples/streams/products/\(name)") }

    @Test func decoding() throws {
        let lines = try prices(in: event("1-created.json"))
        #expect(
            lines == [
                "Pour-over kettle: 54.0", "Paper filters, 100 pcs: 4.75", "Espresso cups, set of 4: 32.5", "Hand grinder: 89.9",
                "Milk jug 350 ml: 18.2",
            ])
        #expect(try prices(in: Array("{\"Records\":[{\"eventName\":\"INSERT\",\"dynamodb\":1}]}".utf8)).first?.hasPrefix("not decoded: ") == true)
    }
}
