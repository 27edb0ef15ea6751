// SPDX-License-Identifier: Apache-2.0

internal import CZlib
internal import JSONTape

/// zlib's deflate, for one gzip member (RFC 1952). The same bytes give the same member: it holds no time and no name.
///
/// Unsafe as in ``Inflater``, and for the same reason: `z_stream` holds pointers into the caller's memory, set anew for each call and never
/// used after it.
@safe
struct Deflater: ~Copyable {
    struct Failure: Error {
        let reason: String
    }

    // Invariant: between calls no pointer in the stream is used; `deflateInit2` succeeded where `isReady`, so `deflateEnd` is due once.
    private let stream: UnsafeMutablePointer<z_stream>
    private let isReady: Bool

    init() {
        // 15 bits of window, and 16 for gzip's header and trailer; 8 is zlib's own choice for its memory. zlib keeps the stream's address.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let result = unsafe deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        isReady = result == Z_OK
    }

    deinit {
        if isReady { _ = unsafe deflateEnd(stream) }
        unsafe stream.deallocate()
    }

    /// Compresses all of `input` into one member and appends it to `output`.
    mutating func deflateAll(_ input: RawSpan, into output: inout JSONBuffer) throws(Failure) {
        guard isReady, unsafe deflateReset(stream) == Z_OK else { throw Failure(reason: "zlib could not be started") }
        var offset = 0
        var status: Int32 = Z_OK
        while status != Z_STREAM_END {
            let before = offset
            unsafe input.withUnsafeBytes { source in
                unsafe output.appendUnsafe(minimum: 1 << 16) { target -> Int in
                    let available = min(source.count - before, Int(UInt32.max))
                    let space = min(target.count, Int(UInt32.max))
                    unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(
                        mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self).advanced(by: before))
                    unsafe stream.pointee.avail_in = UInt32(available)
                    unsafe stream.pointee.next_out = target.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(space)
                    status = unsafe CZlib.deflate(stream, before + available == source.count ? Z_FINISH : Z_NO_FLUSH)
                    offset += unsafe available - Int(stream.pointee.avail_in)
                    let made = unsafe space - Int(stream.pointee.avail_out)
                    unsafe stream.pointee.next_in = nil
                    unsafe stream.pointee.next_out = nil
                    return made
                }
            }
            // With room in the output, deflate has no reason of its own to stop.
            guard status == Z_OK || status == Z_STREAM_END else { throw Failure(reason: "zlib error \(status)") }
        }
    }
}
