// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// Ids for what has none yet.
public enum EventID {
    /// A UUID of version 7: its first 48 bits are the time in milliseconds, so ids that are made one after the other lie near each other in an
    /// index; 74 of the others are random.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7>
    public static func new(at time: Timestamp) -> String {
        var random = SystemRandomNumberGenerator()
        return new(at: time, using: &random)
    }

    static func new(at time: Timestamp, using random: inout some RandomNumberGenerator) -> String {
        let milliseconds = UInt64(max(0, time.milliseconds)) & 0xFFFF_FFFF_FFFF
        let high = milliseconds << 16 | 0x7000 | random.next() & 0x0FFF
        let low = 0x8000_0000_0000_0000 | random.next() & 0x3FFF_FFFF_FFFF_FFFF
        var text = ""
        text.reserveCapacity(36)
        for (place, digit) in (digits(high) + digits(low)).enumerated() {
            if [8, 12, 16, 20].contains(place) { text += "-" }
            text.unicodeScalars.append(digit)
        }
        return text
    }

    private static func digits(_ number: UInt64) -> [Unicode.Scalar] {
        stride(from: 60, through: 0, by: -4).map { shift in
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(shift)) & 0x0F
            return Unicode.Scalar(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}
