// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// Where a subcommand writes: a file, or standard output.
struct OutputFile {
    private let handle: FileHandle

    init(path: String?) throws {
        guard let path else {
            handle = FileHandle.standardOutput
            return
        }
        guard FileManager.default.createFile(atPath: path, contents: nil), let opened = FileHandle(forWritingAtPath: path) else {
            throw ValidationError("cannot write \(path)")
        }
        handle = opened
    }

    func write(_ bytes: [UInt8]) throws {
        try handle.write(contentsOf: bytes)
    }
}

/// The lines of a file, read piece by piece: memory is bounded by the longest line.
struct LineReader {
    private let handle: FileHandle
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    init(path: String) throws {
        guard let opened = FileHandle(forReadingAtPath: path) else {
            throw ValidationError("cannot read \(path)")
        }
        handle = opened
    }

    /// The next line without its end, or nil when there is none.
    mutating func next() throws -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return buffer[start..<end]
            }
            if isAtEnd {
                defer { start = buffer.count }
                return start < buffer.count ? buffer[start...] : nil
            }
            buffer.removeFirst(start)
            start = 0
            searched = buffer.count
            let piece = try handle.read(upToCount: 1 << 20)
            if let piece, !piece.isEmpty {
                buffer.append(contentsOf: piece)
            } else {
                isAtEnd = true
            }
        }
    }
}
