// SPDX-License-Identifier: Apache-2.0

#if AWS

/// An element of an XML document as S3 and STS answer: names without prefix, text, children. Attributes are checked and left out.
struct XMLElement: Sendable, Hashable {
    var name: String
    /// The text of this element alone, with references resolved.
    var text: String
    var children: [XMLElement] = []

    /// The first child of that name.
    func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    func children(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The text of the first child of that name.
    func text(of name: String) -> String? { child(name)?.text }

    /// Reads a whole document.
    init(parsing bytes: [UInt8]) throws(XMLError) {
        var parser = XMLParser(bytes)
        self = try parser.document()
    }

    init(name: String, text: String = "", children: [XMLElement] = []) {
        self.name = name
        self.text = text
        self.children = children
    }
}

/// Why bytes are no XML document, or one of a kind that no service sends.
struct XMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// In bytes from the start.
    let offset: Int
    let message: String

    var description: String { "\(message) at byte \(offset)" }
}

#endif
