// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// gzip (RFC 1952) of what is in memory whole.
public enum Gzip {
    /// Why bytes could not be packed or unpacked.
    public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// One member, the same for the same bytes.
    static func compress(_ bytes: RawSpan) throws(Failure) -> [UInt8] {
        var output = JSONBuffer()
        var deflater = Deflater()
        do throws(Deflater.Failure) {
            try deflater.deflateAll(bytes, into: &output)
        } catch {
            throw Failure(description: error.reason)
        }
        return output.copy(of: 0..<output.count)
    }

    /// One member, the same for the same bytes.
    public static func compress(_ bytes: [UInt8]) throws(Failure) -> [UInt8] { try compress(JSONBytes(bytes).span) }

    /// The bytes of all members.
    /// - Parameter limit: how many there may be.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        let input = JSONBytes(bytes)
        var output = JSONBuffer()
        var inflater = Inflater()
        do throws(Inflater.Failure) {
            try inflater.inflateAll(input.span, into: &output, limit: limit)
        } catch {
            throw Failure(description: error.reason)
        }
        return output.copy(of: 0..<output.count)
    }
}
