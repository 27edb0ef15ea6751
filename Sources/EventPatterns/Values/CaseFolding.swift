// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// A text whose letters may be small or capital. As in EventBridge each UTF-16 unit stands for its lower and its upper case by Unicode's own tables,
/// without any language's rules: É for é, SS for ß, but not ς for Σ. Characters beyond the basic plane stand for themselves.
struct CaseFolding: Sendable, Hashable {
    /// For each character the ways it may be written: one or two.
    private let characters: [[[UInt8]]]
    let text: [UInt8]

    init(_ text: String) {
        self.text = Array(text.utf8)
        characters = text.unicodeScalars.map { scalar in
            guard scalar.value < 0x10000 else { return [Array(String(scalar).utf8)] }
            let lower = Array(scalar.properties.lowercaseMapping.utf8)
            let upper = Array(scalar.properties.uppercaseMapping.utf8)
            return lower == upper ? [lower] : [lower, upper]
        }
    }

    /// The lower case where the text is ASCII: then a value has to be as well, and one comparison of lower case will do.
    var lowercasedASCII: [UInt8]? {
        guard text.allSatisfy({ $0 < 0x80 }) else { return nil }
        return text.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    }

    func matches(_ text: borrowing JSONText) -> Bool { behind(text, 0, 0) { $0 == $1 } }

    func begins(_ text: borrowing JSONText) -> Bool { behind(text, 0, 0) { _, _ in true } }

    func ends(_ text: borrowing JSONText) -> Bool { before(text, characters.count, text.count) }

    /// Whether the characters from `number` on can be read from `start` on.
    private func behind(_ text: borrowing JSONText, _ number: Int, _ start: Int, _ isEnd: (Int, Int) -> Bool) -> Bool {
        var place = start
        for number in number..<characters.count {
            let fitting = characters[number].filter { text.has($0, at: place) }
            guard let first = fitting.first else { return false }
            // Where both ways fit, one is the start of the other.
            for other in fitting.dropFirst() where behind(text, number + 1, place + other.count, isEnd) { return true }
            place += first.count
        }
        return isEnd(place, text.count)
    }

    /// The same backwards: whether the characters before `number` can be read up to `end`.
    private func before(_ text: borrowing JSONText, _ number: Int, _ end: Int) -> Bool {
        var place = end
        for number in (0..<number).reversed() {
            let fitting = characters[number].filter { text.has($0, at: place - $0.count) }
            guard let first = fitting.first else { return false }
            for other in fitting.dropFirst() where before(text, number, place - other.count) { return true }
            place -= first.count
        }
        return true
    }
}
