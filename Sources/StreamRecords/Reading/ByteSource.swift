// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// Where a stream's bytes come from: a file, a pipe, memory.
public protocol ByteSource {
    /// Reads once, up to `maximum` bytes, and appends them.
    /// - Returns: how many; 0 at the end.
    mutating func read(into buffer: inout JSONBuffer, upTo maximum: Int) throws(ReadError) -> Int

    /// Whether nothing more has come for a moment, as in a pipe whose writer waits itself: what was read so far is then handed out, and does not wait
    /// for more. False unless a source says otherwise, and where it has ended.
    mutating func hasPaused() -> Bool
}

extension ByteSource {
    public func hasPaused() -> Bool { false }
}

/// Why an input cannot be read on. What was read before stays delivered.
public struct ReadError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The system reported an error.
        public static let system = Code(rawValue: "system")
        /// Compressed data is damaged or cut off.
        public static let compression = Code(rawValue: "compression")
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

/// Reads a file descriptor, which stays the caller's to close.
public struct DescriptorSource: ByteSource, Sendable {
    let descriptor: Int32

    public init(_ descriptor: Int32) { self.descriptor = descriptor }

    public mutating func read(into buffer: inout JSONBuffer, upTo maximum: Int) throws(ReadError) -> Int {
        do throws(DescriptorError) {
            return try buffer.read(from: descriptor, upTo: maximum)
        } catch {
            throw ReadError(.system, error.description)
        }
    }
}

/// Reads bytes that are in memory.
public struct MemorySource: ByteSource, Sendable {
    private let bytes: [UInt8]
    private var offset = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public mutating func read(into buffer: inout JSONBuffer, upTo maximum: Int) throws(ReadError) -> Int {
        let count = min(maximum, bytes.count - offset)
        buffer.append(bytes[offset..<offset + count])
        offset += count
        return count
    }
}

/// Decompresses another source.
struct InflatingSource: ~Copyable {
    private var inflater = Inflater()
    private var compressed: JSONBuffer
    private var offset = 0
    private var ended = false

    /// - Parameter start: what was read of the source already.
    init(start: borrowing JSONBuffer) {
        compressed = JSONBuffer(capacity: 128 << 10)
        compressed.append(start.bytes)
    }

    /// Whether the source has to be read for more.
    var isDrained: Bool { offset >= compressed.count }

    mutating func read(from source: inout any ByteSource, into buffer: inout JSONBuffer, upTo maximum: Int) throws(ReadError) -> Int {
        let before = buffer.count
        while buffer.count == before {
            if isDrained {
                compressed.removeAll()
                offset = 0
                if try source.read(into: &compressed, upTo: 128 << 10) == 0 {
                    if !inflater.isComplete && !ended {
                        ended = true
                        throw ReadError(.compression, "the compressed data ends too early")
                    }
                    return 0
                }
            }
            var place = offset
            defer { offset = place }
            do throws(Inflater.Failure) {
                try inflater.inflate(compressed, from: &place, into: &buffer, upTo: maximum)
            } catch {
                if buffer.count > before {
                    // What could be read is handed out first; the next call meets the damage again.
                    return buffer.count - before
                }
                throw ReadError(.compression, error.reason)
            }
        }
        return buffer.count - before
    }
}
