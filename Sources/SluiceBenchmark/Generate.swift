// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import ReferenceDecoder

/// What the generator can make.
enum Workload: String, ExpressibleByArgument, CaseIterable {
    /// Lambda events of DynamoDB Streams.
    case changes
    /// Lambda events of CloudWatch Logs subscriptions.
    case logs
}

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a recorded stream: the same bytes for the same seed.",
        discussion: "For logs the bytes also depend on the version of zlib that compresses them; the documents in them do not.")

    @Argument(help: "changes or logs")
    var workload: Workload

    @Option(help: "Stop after the event that reaches this many bytes; K, M and G are understood.")
    var bytes: ByteCount = ByteCount(256 << 20)

    @Option(help: "The seed.")
    var seed: UInt64 = 1

    @Option(help: "The file to write; standard output if there is none.")
    var output: String?

    func run() throws {
        let file = try OutputFile(path: output)
        _ = try Generate.write(workload, bytes: bytes.count, seed: seed, to: file)
    }

    /// Returns the bytes of JSON in it: for logs, those of the documents before compression.
    static func write(_ workload: Workload, bytes: Int, seed: UInt64, to file: OutputFile) throws -> Int {
        var written = 0
        var content = 0
        var buffer: [UInt8] = []
        buffer.reserveCapacity(1 << 20)
        var changes = ChangeGenerator(seed: seed)
        var logs = LogGenerator(seed: seed)
        while written < bytes {
            switch workload {
            case .changes:
                let start = buffer.count
                changes.appendEvent(to: &buffer)
                content += buffer.count - start
                written += buffer.count - start
            case .logs:
                let start = buffer.count
                content += try logs.appendEvent(to: &buffer)
                written += buffer.count - start
            }
            if buffer.count > 1 << 19 || written >= bytes {
                try file.write(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        return content
    }
}

struct Repeat: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Writes a file over and over to standard output.")

    @Argument(help: "The file.")
    var file: String

    @Option(help: "Stop after the repetition that reaches this many bytes; K, M and G are understood.")
    var bytes: ByteCount

    func run() throws {
        guard let content = FileManager.default.contents(atPath: file), !content.isEmpty else {
            throw ValidationError("cannot read \(file), or it is empty")
        }
        var written = 0
        while written < bytes.count {
            do {
                try FileHandle.standardOutput.write(contentsOf: content)
            } catch {
                return  // the reader has had enough
            }
            written += content.count
        }
    }
}

struct ReferenceOutput: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Writes a recording's plain lines by the slow and obvious decoder of the tests.")

    @Argument(help: "The recording; it is read into memory.")
    var file: String

    func run() throws {
        guard let content = FileManager.default.contents(atPath: file) else {
            throw ValidationError("cannot read \(file)")
        }
        var reference = Reference()
        try reference.read(Array(content))
        try FileHandle.standardOutput.write(contentsOf: reference.text)
    }
}

/// A number of bytes as people write them: 1000, 64K, 256M, 10G; powers of 1024.
struct ByteCount: ExpressibleByArgument {
    var count: Int

    init(_ count: Int) {
        self.count = count
    }

    init?(argument: String) {
        let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30]
        let shift = argument.uppercased().last.flatMap { shifts[$0] } ?? 0
        guard let number = Int(shift > 0 ? argument.dropLast() : argument[...]), number >= 0, number < (1 << 50) >> shift else { return nil }
        count = number << shift
    }

    var defaultValueDescription: String {
        count % (1 << 20) == 0 ? "\(count >> 20)M" : "\(count)"
    }
}
