// SPDX-License-Identifier: Apache-2.0

import JSONTape

extension ConfigurationNode {
    /// Reads a JSON text.
    ///
    /// - Parameter file: what messages call it.
    /// - Throws: where the text is not JSON by RFC 8259, where an object has a key twice, and where it is deeper than
    ///   a configuration has any use for (100).
    public init(json text: String, file: String) throws(ConfigurationErrors) {
        let places = SourcePlaces(text, file: file)
        let document: JSONDocument
        do {
            document = try JSONDocument(text, limits: JSONLimits(maximumDepth: 100, maximumBytes: 64 << 20))
        } catch {
            throw ConfigurationErrors([
                ConfigurationMistake(
                    .syntax, at: places.mark(error.offset), path: "",
                    found: "a text that is not JSON (\(error.code.rawValue))", expected: error.expected)
            ])
        }
        var mistakes: [ConfigurationMistake] = []
        self.init(document.view(document.root), places, ConfigurationPath(), &mistakes)
        guard mistakes.isEmpty else { throw ConfigurationErrors(mistakes) }
    }

    /// Reads a file of JSON.
    ///
    /// - Returns: nil where there is no such file.
    /// - Throws: where it cannot be read, and what ``init(json:file:)`` throws.
    public init?(jsonFile path: String) throws(ConfigurationErrors) {
        let text: String
        do throws(FileError) {
            guard let file = try OpenFile.ifPresent(path) else { return nil }
            let bytes = try file.read(upTo: 64 << 20)
            text = String(decoding: bytes[0..<bytes.count], as: UTF8.self)
        } catch {
            throw ConfigurationErrors([
                ConfigurationMistake(
                    .cannotStart, at: SourceMark(file: path, line: 0, column: 0), path: "", found: "\(error)",
                    expected: "a file that can be read")
            ])
        }
        try self.init(json: text, file: path)
    }

    private init(
        _ view: borrowing JSONView, _ places: SourcePlaces, _ path: ConfigurationPath,
        _ mistakes: inout [ConfigurationMistake]
    ) {
        let mark = places.mark(view.offset)
        switch view.kind {
        case .null: self.init(.null, at: mark)
        case .bool: self.init(.bool(view.bool ?? false), at: mark)
        case .number: self.init(.number(view.number ?? "0"), at: mark)
        case .string: self.init(.string(view.string ?? ""), at: mark)
        case .array:
            var elements: [ConfigurationNode] = []
            var each = view.elements
            while each.next() {
                elements.append(ConfigurationNode(each.value, places, path.element(elements.count), &mistakes))
            }
            self.init(.list(elements), at: mark)
        case .object:
            var members: [Member] = []
            var each = view.members
            while each.next() {
                let name = each.key.string ?? ""
                let keyMark = places.mark(each.key.offset)
                let node = ConfigurationNode(each.value, places, path.member(name), &mistakes)
                if members.contains(where: { $0.name == name }) {
                    mistakes.append(.duplicateKey(name, at: keyMark, path))
                } else {
                    members.append(Member(name: name, mark: keyMark, node: node))
                }
            }
            self.init(.object(members), at: mark)
        }
    }
}

extension ConfigurationMistake {
    static func duplicateKey(_ name: String, at mark: SourceMark, _ path: ConfigurationPath) -> ConfigurationMistake {
        ConfigurationMistake(
            .duplicateKey, at: mark, path: path.description,
            found: "the key \(name.quotedForMessage) a second time", expected: "each key once")
    }

    /// For readers of other formats: a key that is in an object twice.
    public static func duplicateKey(_ name: String, at mark: SourceMark, path: String) -> ConfigurationMistake {
        duplicateKey(name, at: mark, ConfigurationPath(description: path))
    }
}

/// Tells lines and columns for byte offsets of a text. A text that is one long line must cost no more than others.
struct SourcePlaces {
    private let file: String
    private let lineStarts: [Int]
    /// The bytes that don't start a scalar: columns count scalars.
    private let continuations: [Int]

    init(_ text: String, file: String) {
        self.file = file
        var starts = [0]
        var continuations: [Int] = []
        for (offset, byte) in text.utf8.enumerated() {
            if byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
            if byte & 0xC0 == 0x80 { continuations.append(offset) }
        }
        lineStarts = starts
        self.continuations = continuations
    }

    func mark(_ offset: Int) -> SourceMark {
        let line = SourcePlaces.count(lineStarts, below: offset + 1)
        let start = lineStarts[line - 1]
        let inside = SourcePlaces.count(continuations, below: offset) - SourcePlaces.count(continuations, below: start)
        return SourceMark(file: file, line: line, column: offset - start - inside + 1)
    }

    /// How many of some offsets, which are in order, are smaller than one.
    private static func count(_ offsets: [Int], below offset: Int) -> Int {
        var low = 0
        var high = offsets.count
        while low < high {
            let middle = (low + high) / 2
            if offsets[middle] < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
