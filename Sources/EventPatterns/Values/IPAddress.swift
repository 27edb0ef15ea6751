// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// An address of the Internet Protocol, however it was written.
enum IPAddress: Sendable, Hashable {
    case v4(UInt32)
    case v6(UInt128)

    /// Nil where the text is neither four decimal numbers nor groups of hexadecimal digits by RFC 4291, section 2.2. As in EventBridge, an address
    /// of version 4 within one of version 6 is taken in hexadecimal digits only, and means the former.
    init?(_ text: borrowing JSONText) {
        // What is no address mostly shows in its first byte.
        let first = text.byte(at: 0)
        guard first &- 0x30 < 10 || first == 0x3A || (first | 0x20) &- 0x61 < 6 else { return nil }
        if let address = IPAddress.four(text) {
            self = .v4(address)
        } else if let address = IPAddress.six(text) {
            self = address >> 32 == 0xFFFF ? .v4(UInt32(truncatingIfNeeded: address)) : .v6(address)
        } else {
            return nil
        }
    }

    private static func four(_ text: borrowing JSONText) -> UInt32? {
        var address: UInt32 = 0
        var part = 0
        var digits = 0
        var points = 0
        guard text.count <= 15 else { return nil }
        for place in 0..<text.count {
            let byte = text.byte(at: place)
            if byte == 0x2E {
                guard digits > 0, points < 3 else { return nil }
                address = address << 8 | UInt32(part)
                points += 1
                part = 0
                digits = 0
            } else {
                guard byte &- 0x30 < 10 else { return nil }
                part = part * 10 + Int(byte &- 0x30)
                digits += 1
                if part > 255 { return nil }
            }
        }
        guard points == 3, digits > 0 else { return nil }
        return address << 8 | UInt32(part)
    }

    private static func six(_ text: borrowing JSONText) -> UInt128? {
        var groups: [UInt16] = []
        // How many groups stand before the double colon.
        var gap: Int?
        var place = 0
        if text.byte(at: 0) == 0x3A {
            guard text.byte(at: 1) == 0x3A else { return nil }
            gap = 0
            place = 2
        }
        while place < text.count {
            var group: UInt32 = 0
            var digits = 0
            while place < text.count, let digit = hexadecimal(text.byte(at: place)) {
                group = group << 4 | digit
                digits += 1
                guard group <= 0xFFFF else { return nil }
                place += 1
            }
            guard digits > 0, groups.count < 8 else { return nil }
            groups.append(UInt16(truncatingIfNeeded: group))
            if place == text.count { break }
            guard text.byte(at: place) == 0x3A else { return nil }
            place += 1
            if place < text.count && text.byte(at: place) == 0x3A {
                guard gap == nil else { return nil }
                gap = groups.count
                place += 1
            } else if place == text.count {
                return nil
            }
        }
        guard gap == nil ? groups.count == 8 : groups.count < 8 else { return nil }
        var address: UInt128 = 0
        for (number, group) in groups.enumerated() {
            if number == gap { address <<= UInt128(16 * (8 - groups.count)) }
            address = address << 16 | UInt128(group)
        }
        if let gap, gap == groups.count { address <<= UInt128(16 * (8 - groups.count)) }
        return address
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        if byte &- 0x30 < 10 { return UInt32(byte &- 0x30) }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? UInt32(letter) + 10 : nil
    }
}

/// The addresses that share their first bits.
struct IPNetwork: Sendable, Hashable {
    private let address: IPAddress
    private let bits: Int

    /// Why a text is no network.
    enum Mistake: Error {
        case form
        case address
        case bits(maximum: Int)
    }

    /// Reads `10.0.0.0/8`, `2001:db8::/32`. What the address has behind its first bits does not matter.
    init(_ text: String) throws(Mistake) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, let bits = Int(parts[1]), bits >= 0, !parts[1].hasPrefix("-") else { throw .form }
        let bytes = JSONBytes(parts[0].utf8)
        guard let address = IPAddress(bytes.text(0..<bytes.count)) else { throw .address }
        // A network of one address is no network: EventBridge takes the address itself for that.
        let maximum = if case .v4 = address { 31 } else { 127 }
        guard bits <= maximum else { throw .bits(maximum: maximum) }
        self.address = address
        self.bits = bits
    }

    /// A network of no bits holds every address, of either version, as it does in EventBridge.
    var isEverything: Bool { bits == 0 }

    func contains(_ other: IPAddress) -> Bool {
        if isEverything { return true }
        switch (address, other) {
        case (.v4(let a), .v4(let b)): return (a ^ b) >> UInt32(32 - bits) == 0
        case (.v6(let a), .v6(let b)): return (a ^ b) >> UInt128(128 - bits) == 0
        default: return false
        }
    }
}
