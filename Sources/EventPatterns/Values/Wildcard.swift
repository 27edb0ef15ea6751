// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// A text with `*` for any characters, none included; `\*` and `\\` stand for themselves.
struct Wildcard: Sendable, Hashable {
    /// What stands between the stars: one more than there are stars.
    let parts: [[UInt8]]
    let text: [UInt8]

    /// Why a text is none.
    enum Mistake: Error {
        case twoStars
        case escape
    }

    init(_ text: [UInt8]) throws(Mistake) {
        self.text = text
        var parts: [[UInt8]] = [[]]
        var place = 0
        while place < text.count {
            switch text[place] {
            case 0x2A:
                if place + 1 < text.count && text[place + 1] == 0x2A { throw .twoStars }
                parts.append([])
            case 0x5C:
                place += 1
                guard place < text.count, text[place] == 0x2A || text[place] == 0x5C else { throw .escape }
                parts[parts.count - 1].append(text[place])
            default:
                parts[parts.count - 1].append(text[place])
            }
            place += 1
        }
        self.parts = parts
    }

    func matches(_ text: borrowing JSONText) -> Bool {
        guard let first = parts.first, let last = parts.last, text.starts(with: first) else { return false }
        if parts.count == 1 { return text.count == first.count }
        guard text.count >= first.count + last.count, text.ends(with: last) else { return false }
        // Between the fixed ends, each part at its first place leaves the most room for the next one.
        var place = first.count
        let end = text.count - last.count
        for part in parts[1..<(parts.count - 1)] {
            guard let start = part.first else { continue }
            while place <= end - part.count && (text.byte(at: place) != start || !text.has(part, at: place)) { place += 1 }
            if place > end - part.count { return false }
            place += part.count
        }
        return true
    }
}

extension JSONText {
    /// Whether these bytes stand at a place.
    func has(_ bytes: [UInt8], at place: Int) -> Bool {
        guard place >= 0, place <= count - bytes.count else { return false }
        for offset in 0..<bytes.count where byte(at: place + offset) != bytes[offset] { return false }
        return true
    }

    func starts(with bytes: [UInt8]) -> Bool { has(bytes, at: 0) }

    func ends(with bytes: [UInt8]) -> Bool { has(bytes, at: count - bytes.count) }

    func isSame(as bytes: [UInt8]) -> Bool { count == bytes.count && has(bytes, at: 0) }
}
