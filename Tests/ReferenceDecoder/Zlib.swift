// SPDX-License-Identifier: Apache-2.0

import CZlib

/// gzip over whole byte arrays, for test data and for the benchmark: the one place here that calls into C.
public enum Zlib {
    /// Why a compressed text could not be read or written.
    public struct Failure: Error, Hashable, CustomStringConvertible {
        /// zlib's return code.
        public let code: Int32
        /// Offset in the input at which zlib stopped.
        public let offset: Int

        public var description: String { "zlib \(code) at byte \(offset)" }
    }

    /// Appends one gzip member that holds `input`.
    public static func compress(_ input: [UInt8], level: Int32 = 6, into output: inout [UInt8]) throws(Failure) {
        var stream = unsafe z_stream()
        let version = ZLIB_VERSION
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        // 15 window bits, and 16 for a gzip header.
        var code = unsafe deflateInit2_(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, version, size)
        guard code == Z_OK else { throw Failure(code: code, offset: 0) }
        defer { _ = unsafe deflateEnd(&stream) }
        let bound = Int(unsafe deflateBound(&stream, UInt(input.count)))
        let start = output.count
        output += [UInt8](repeating: 0, count: bound)
        unsafe input.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress.map { unsafe $0 + start }
                unsafe stream.avail_out = UInt32(bound)
                code = unsafe deflate(&stream, Z_FINISH)
            }
        }
        guard code == Z_STREAM_END else { throw Failure(code: code, offset: Int(unsafe stream.total_in)) }
        output.removeLast(Int(unsafe stream.avail_out))
    }

    /// `input` as one gzip member.
    public static func gzip(_ input: [UInt8], level: Int32 = 6) throws(Failure) -> [UInt8] {
        var output: [UInt8] = []
        try compress(input, level: level, into: &output)
        return output
    }

    /// The contents of one gzip or zlib text, of one member or several. `output` is overwritten and keeps its storage, so that a caller
    /// who reads many documents allocates once. Returns how many bytes of `output` are filled.
    public static func decompress(_ input: [UInt8], into output: inout [UInt8]) throws(Failure) -> Int {
        var stream = unsafe z_stream()
        let version = ZLIB_VERSION
        // 15 window bits, and 32 to tell gzip from zlib by the header.
        var code = unsafe inflateInit2_(&stream, 15 + 32, version, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw Failure(code: code, offset: 0) }
        defer { _ = unsafe inflateEnd(&stream) }
        var consumed = 0
        var filled = 0
        if output.isEmpty {
            output = [UInt8](repeating: 0, count: max(input.count * 8, 1 << 16))
        }
        while true {
            if filled == output.count {
                output += [UInt8](repeating: 0, count: output.count)
            }
            let room = output.count - filled
            unsafe input.withUnsafeBufferPointer { source in
                unsafe output.withUnsafeMutableBufferPointer { target in
                    unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress.map { unsafe $0 + consumed })
                    unsafe stream.avail_in = UInt32(source.count - consumed)
                    unsafe stream.next_out = target.baseAddress.map { unsafe $0 + filled }
                    unsafe stream.avail_out = UInt32(room)
                    code = unsafe inflate(&stream, Z_NO_FLUSH)
                }
            }
            consumed = input.count - Int(unsafe stream.avail_in)
            let produced = room - Int(unsafe stream.avail_out)
            filled += produced
            switch code {
            case Z_STREAM_END:
                if consumed == input.count {
                    return filled
                }
                _ = unsafe inflateReset(&stream)
            case Z_OK where produced > 0 || consumed < input.count:
                continue
            case Z_BUF_ERROR where filled == output.count:
                continue
            default:
                throw Failure(code: code, offset: consumed)
            }
        }
    }

    /// The contents of a gzip or zlib text.
    public static func gunzip(_ input: [UInt8]) throws(Failure) -> [UInt8] {
        var output: [UInt8] = []
        let filled = try decompress(input, into: &output)
        return Array(output[..<filled])
    }
}
