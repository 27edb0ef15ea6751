// SPDX-License-Identifier: Apache-2.0

internal import CZlib
internal import JSONTape

/// zlib's inflate for gzip (RFC 1952) of any number of members, and for zlib's own format (RFC 1950), told apart by their first bytes.
///
/// With `Deflater` and `GzipChecksum` the place outside JSONTape where gzip makes code unsafe: `z_stream` holds pointers into the caller's memory, set
/// anew for each call and never used after it.
@safe
struct Inflater: ~Copyable {
    struct Failure: Error {
        let reason: String
        /// The data ends too early, as a file does that is still being written.
        var isTruncated = false
        /// There is more than the limit allows.
        var isTooLarge = false

        init(reason: String, isTruncated: Bool = false) {
            self.reason = reason
            self.isTruncated = isTruncated
        }

        init(tooLarge limit: Int) {
            reason = "more than \(limit) bytes after decompression"
            isTooLarge = true
        }
    }

    // Invariant: between calls no pointer in the stream is used; `inflateInit2` succeeded where `isReady`, so `inflateEnd` is due once.
    private let stream: UnsafeMutablePointer<z_stream>
    private let isReady: Bool
    /// All of a member has been read, and no byte of another one.
    private(set) var isAtEnd = false
    private var started = false
    /// Of the member at hand, where Sluice counts it and not zlib.
    private var checksum: GzipChecksum?

    init() {
        // 15 bits of window, and 32 to recognise gzip and zlib headers.
        // zlib keeps the stream's address and refuses one that has moved, so it has a place of its own.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let result = unsafe inflateInit2_(stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        isReady = result == Z_OK
    }

    deinit {
        if isReady { _ = unsafe inflateEnd(stream) }
        unsafe stream.deallocate()
    }

    /// Makes it ready for other data.
    mutating func reset() {
        if isReady {
            _ = unsafe inflateReset(stream)
            if checksum != nil { _ = unsafe inflateValidate(stream, 1) }
        }
        isAtEnd = false
        started = false
        checksum = nil
    }

    /// Whether these bytes are how gzip or zlib data begin.
    static func recognises(_ first: UInt8, _ second: UInt8) -> Bool {
        (first == 0x1F && second == 0x8B) || (first & 0x0F == 8 && first >> 4 <= 7 && (UInt16(first) << 8 | UInt16(second)) % 31 == 0)
    }

    /// Decompresses up to `maximum` bytes of `input` from `offset` on, which moves on by what was used, and appends them to `output`.
    ///
    /// - Parameter isWhole: no more input follows. Where there is room for all of a member, zlib need not keep its end for the next call.
    mutating func inflate(
        _ input: RawSpan, from offset: inout Int, into output: inout JSONBuffer, upTo maximum: Int, isWhole: Bool = false
    ) throws(Failure) {
        guard isReady else { throw Failure(reason: "zlib could not be started") }
        var produced = 0
        while produced < maximum {
            if isAtEnd {
                // Another member, padding (zeros, which tar and dd leave), or the end.
                while offset < input.byteCount, unsafe input.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == 0 { offset += 1 }
                guard offset < input.byteCount else { return }
                guard unsafe input.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == 0x1F else {
                    throw Failure(reason: "something that is not gzip follows the compressed data")
                }
                reset()
            }
            // With no byte left, zlib may still have some to give.
            guard offset < input.byteCount || started else { return }
            let before = offset
            if isWhole && !started { countOwnChecksum(input, at: offset) }
            let room = min(maximum - produced, 1 << 16)
            var status: Int32 = Z_OK
            var used = 0
            var made = 0
            unsafe input.withUnsafeBytes { source in
                unsafe output.appendUnsafe(minimum: room) { target -> Int in
                    let available = min(source.count - before, Int(UInt32.max))
                    let space = min(target.count, maximum - produced, Int(UInt32.max))
                    unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(
                        mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self).advanced(by: before))
                    unsafe stream.pointee.avail_in = UInt32(available)
                    unsafe stream.pointee.next_out = target.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(space)
                    status = unsafe CZlib.inflate(stream, isWhole ? Z_FINISH : Z_NO_FLUSH)
                    used = unsafe available - Int(stream.pointee.avail_in)
                    made = unsafe space - Int(stream.pointee.avail_out)
                    if let start = target.baseAddress { unsafe checksum?.add(start, count: made) }
                    unsafe stream.pointee.next_in = nil
                    unsafe stream.pointee.next_out = nil
                    return made
                }
            }
            started = true
            offset += used
            produced += made
            switch status {
            case Z_STREAM_END:
                isAtEnd = true
                if let checksum, let fault = checksum.fault(in: input, endingAt: offset) {
                    throw Failure(reason: "the compressed data is damaged: \(fault)")
                }
            case Z_OK, Z_BUF_ERROR:
                if used == 0 && made == 0 { return }
            case Z_NEED_DICT:
                throw Failure(reason: "the compressed data needs a preset dictionary")
            default:
                let detail = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "zlib error \(status)"
                throw Failure(reason: "the compressed data is damaged: \(detail)")
            }
        }
    }

    /// Takes the checksum of the member that begins here from zlib where Sluice is faster at it.
    private mutating func countOwnChecksum(_ input: RawSpan, at offset: Int) {
        let isGzip = unsafe offset + 1 < input.byteCount && input.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == 0x1F
            && input.unsafeLoad(fromByteOffset: offset + 1, as: UInt8.self) == 0x8B
        checksum = isGzip && GzipChecksum.isFast ? GzipChecksum() : nil
        _ = unsafe inflateValidate(stream, checksum == nil ? 1 : 0)
    }

    mutating func inflate(_ input: borrowing JSONBuffer, from offset: inout Int, into output: inout JSONBuffer, upTo maximum: Int) throws(Failure) {
        try inflate(input.bytes, from: &offset, into: &output, upTo: maximum)
    }

    /// Whether the data given so far end between members: at the end of the input this tells whole data from truncated ones.
    var isComplete: Bool { isAtEnd || !started }

    /// Output beyond this size is made only once it is known to keep the limit, so that a bomb takes no more.
    private static let unmeasured = 8 << 20

    /// Decompresses data that are in memory whole, all members, and appends them to `output`.
    mutating func inflateAll(_ input: RawSpan, into output: inout JSONBuffer, limit: Int) throws(Failure) {
        reset()
        var offset = 0
        let start = output.count
        var isMeasured = limit <= Self.unmeasured
        while true {
            // ISIZE, the size that a gzip file gives for itself in its last four bytes, saves growing; it is only a hint.
            let hint = input.byteCount >= 18 ? Int(unsafe input.unsafeLoadUnaligned(fromByteOffset: input.byteCount - 4, as: UInt32.self).littleEndian) : 0
            if output.count == start { output.reserve(min(hint, limit, input.byteCount &* 1032)) }
            let before = output.count
            let room = isMeasured ? limit - (before - start) + 1 : Self.unmeasured
            try inflate(input, from: &offset, into: &output, upTo: room, isWhole: true)
            if output.count - start > limit { throw Failure(tooLarge: limit) }
            if !isMeasured && output.count - start >= Self.unmeasured {
                try Self.measure(input, limit: limit)
                isMeasured = true
                continue
            }
            if offset >= input.byteCount {
                if isAtEnd { return }
                if output.count == before { throw Failure(reason: "the compressed data ends too early", isTruncated: true) }
            }
        }
    }
    /// Decompresses without keeping anything.
    /// - Throws: where there is more than `limit` allows, or the data are damaged.
    private static func measure(_ input: RawSpan, limit: Int) throws(Failure) {
        var inflater = Inflater()
        var piece = JSONBuffer(capacity: 1 << 16)
        var offset = 0
        var total = 0
        repeat {
            piece.removeAll()
            try inflater.inflate(input, from: &offset, into: &piece, upTo: 1 << 16)
            total += piece.count
            if total > limit { throw Failure(tooLarge: limit) }
        } while piece.count > 0
    }
}
