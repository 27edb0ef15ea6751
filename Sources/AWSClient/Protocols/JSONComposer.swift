// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape

/// Writes a request's JSON, with commas where they belong.
struct JSONComposer: ~Copyable {
    private var writer: JSONWriter
    private var needsComma = false

    private init(capacity: Int) { writer = JSONWriter(capacity: capacity) }

    /// An object as a whole document.
    ///
    /// - Parameter capacity: about how many bytes it will have, where that is known.
    static func object(capacity: Int = 0, _ body: (inout JSONComposer) -> Void) -> [UInt8] {
        var composer = JSONComposer(capacity: capacity)
        composer.object(body)
        return composer.writer.array
    }

    mutating func object(_ body: (inout JSONComposer) -> Void) { enclosed(0x7B, 0x7D, body) }

    mutating func array(_ body: (inout JSONComposer) -> Void) { enclosed(0x5B, 0x5D, body) }

    private mutating func enclosed(_ begin: UInt8, _ end: UInt8, _ body: (inout JSONComposer) -> Void) {
        separate()
        writer.write(byte: begin)
        needsComma = false
        body(&self)
        writer.write(byte: end)
        needsComma = true
    }

    /// A member's name; its value comes next.
    mutating func name(_ name: String) {
        separate()
        writer.write(string: name)
        writer.write(byte: 0x3A)
        needsComma = false
    }

    mutating func string(_ text: String) {
        separate()
        writer.write(string: text)
    }

    /// UTF-8.
    mutating func string(_ utf8: RawSpan) {
        separate()
        writer.write(string: utf8)
    }

    /// A value that is JSON already.
    mutating func raw(_ json: [UInt8]) {
        separate()
        writer.write(raw: json)
    }

    mutating func int(_ value: Int) {
        separate()
        writer.write(int: value)
    }

    mutating func bool(_ value: Bool) {
        separate()
        writer.write(raw: value ? "true" : "false")
    }

    private mutating func separate() {
        if needsComma { writer.write(byte: 0x2C) }
        needsComma = true
    }
}

extension JSONComposer {
    /// A member, left out where there is no value.
    mutating func member(_ name: String, _ text: String?) {
        guard let text else { return }
        self.name(name)
        string(text)
    }

    mutating func member(_ name: String, _ value: Int?) {
        guard let value else { return }
        self.name(name)
        int(value)
    }

    mutating func member(_ name: String, _ value: Bool?) {
        guard let value else { return }
        self.name(name)
        bool(value)
    }

    mutating func member(_ name: String, array texts: [String]) {
        self.name(name)
        array { composer in for text in texts { composer.string(text) } }
    }

    mutating func member(_ name: String, _ body: (inout JSONComposer) -> Void) {
        self.name(name)
        object(body)
    }

    mutating func list(_ name: String, _ body: (inout JSONComposer) -> Void) {
        self.name(name)
        array(body)
    }
}

#endif
