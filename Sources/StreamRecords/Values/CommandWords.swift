// SPDX-License-Identifier: Apache-2.0

/// The words of a command line: blanks divide, quotes of both kinds and backslashes keep together, as in a POSIX shell. Nothing else has a
/// meaning: no variables, no patterns, no pipes.
package enum CommandWords {
    /// - Returns: nil where a quote is not closed, or a backslash ends the text.
    package static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var characters = text.makeIterator()
        while let character = characters.next() {
            switch (quote, character) {
            case ("'", "'"), ("\"", "\""): quote = nil
            case (nil, "'"), (nil, "\""):
                quote = character
                word = word ?? ""
            case (nil, "\\"):
                guard let next = characters.next() else { return nil }
                word = (word ?? "") + String(next)
            case ("\"", "\\"):
                guard let next = characters.next() else { return nil }
                word = (word ?? "") + (next == "\"" || next == "\\" ? "" : "\\") + String(next)
            case (nil, _) where character.isWhitespace:
                if let done = word { words.append(done) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        if quote != nil { return nil }
        return words + (word.map { [$0] } ?? [])
    }
}
