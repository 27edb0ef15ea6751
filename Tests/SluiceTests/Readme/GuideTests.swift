// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import Logging
@testable import Sluice
import Testing
import TestSupport

/// The pages about sinks show code and lines that are true: the code is that of samples/custom-sink, which is built and tested as a package of its
/// own, and the lines are ones that this library reads and writes.
@Suite struct GuideTests {
    private func text(_ path: String) throws -> String { try Repository.text("samples/\(path)") }

    /// What stands between ```` ```LANGUAGE ```` and ```` ``` ````.
    private func blocks(_ language: String, of page: String) -> [String] {
        page.components(separatedBy: "\n```\(language)\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    }

    @Test func theGuidesCodeIsThatOfThePackage() throws {
        let names = try #require(FileManager.default.enumerator(atPath: Repository.path("samples/custom-sink"))).compactMap { $0 as? String }
        let sources = try names.filter { $0.hasSuffix(".swift") && !$0.hasPrefix(".") }.map { try text("custom-sink/\($0)") }
        let blocks = try blocks("swift", of: text("writing-a-sink.md"))
        #expect(blocks.count >= 8)
        for block in blocks { #expect(sources.contains { $0.contains(block) }, "nowhere in samples/custom-sink:\n\(block)") }
    }

    @Test func theProtocolsLinesAreThoseThatAreReadAndWritten() throws {
        let lines = try blocks("json", of: text("exec-sink/README.md")).flatMap { $0.split(separator: "\n").map(String.init) }
        let (down, up) = (lines.prefix(3), lines.dropFirst(3))
        #expect(down.count == 3 && up.count == 8)
        #expect(String(decoding: bytes(ExecProtocol.hello(sink: "archive")), as: UTF8.self) == down[0] + "\n")
        #expect(String(decoding: bytes(ExecProtocol.end()), as: UTF8.self) == down[2] + "\n")
        let messages = try up.map { try ExecMessage(Array($0.utf8)) }
        #expect(messages == [
            .hello(version: 1, maximumRecords: 100), .outcome(.delivered, .records([1])), .outcome(.alreadyThere, .records([2, 3])),
            .outcome(.retry("the shop is closed", after: .seconds(60)), .records([4])),
            .outcome(.rejected("there is no such product"), .records([5])), .outcome(.delivered, .batch(2)),
            .log(.warning, "the disk is nearly full"), .error("the disk is full"),
        ])
    }

    private func bytes(_ line: JSONBytes) -> [UInt8] { line[0..<line.count] }
}
