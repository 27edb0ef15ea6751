// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What a value is.
public enum JSONKind: Sendable, Hashable {
    case object, array, string, number, bool, null
}

/// A borrowed view of one value in a ``JSONDocument``. It cannot outlive the document, which the compiler checks.
@frozen @safe
public struct JSONView: ~Escapable {
    // Invariant: both point into a document that outlives the view, and `node` is a place of its index.
    @usableFromInline let bytes: UnsafePointer<UInt8>
    @usableFromInline let tape: UnsafePointer<UInt64>
    public let node: JSONNode

    @inlinable @inline(__always)
    @_lifetime(immortal)
    init(bytes: UnsafePointer<UInt8>, tape: UnsafePointer<UInt64>, node: JSONNode) {
        unsafe self.bytes = bytes
        unsafe self.tape = tape
        self.node = node
    }

    /// Whether a member may be looked for, by the first two bytes of its name. With escapes nothing is known of it.
    @inlinable @inline(__always)
    func mayBegin(_ name: TapeEntry, _ names: JSONNameFilter) -> Bool {
        let bytes = unsafe UInt64(UInt16(littleEndian: UnsafeRawPointer(bytes + name.offset).loadUnaligned(as: UInt16.self)))
        return names.mayBegin(name.payload > 1 ? bytes : name.payload == 1 ? bytes & 0xFF : 0) || name.tag == TapeEntry.escapedString
    }

    @inlinable @inline(__always)
    @_lifetime(copy self)
    func at(_ node: JSONNode) -> JSONView {
        let view = unsafe JSONView(bytes: bytes, tape: tape, node: node)
        return unsafe _overrideLifetime(view, copying: self)
    }

    @inlinable @inline(__always) var place: Int { Int(node.bits & 0xFFF_FFFF) }
    /// 0: the value itself; 1, 2: the name and the string of a folded object.
    @inlinable @inline(__always) var part: UInt32 { node.bits &>> 28 }
    @inlinable @inline(__always) var entry: TapeEntry { unsafe TapeEntry(bits: tape[place]) }

    @inlinable
    public var kind: JSONKind {
        if part != 0 { return .string }
        return switch entry.tag {
        case TapeEntry.objectStart, TapeEntry.folded, TapeEntry.foldedEscaped: .object
        case TapeEntry.arrayStart: .array
        case TapeEntry.string, TapeEntry.escapedString: .string
        case TapeEntry.number: .number
        case TapeEntry.null: .null
        default: .bool
        }
    }

    /// How many entries from this value's to the one behind it.
    @inlinable @inline(__always)
    var skip: Int {
        let entry = entry
        return entry.tag <= TapeEntry.arrayStart ? entry.payload : 1
    }

    // MARK: The bytes

    /// Where the value's first byte is, in bytes from the start of the document.
    @inlinable
    public var offset: Int {
        let entry = entry
        switch (entry.tag, part) {
        case (TapeEntry.folded, 0), (TapeEntry.foldedEscaped, 0): return entry.offset - 6
        case (TapeEntry.folded, 1), (TapeEntry.foldedEscaped, 1): return entry.offset - 5
        case (TapeEntry.string, _), (TapeEntry.escapedString, _), (TapeEntry.folded, _), (TapeEntry.foldedEscaped, _):
            return entry.offset - 1
        default: return entry.offset
        }
    }

    /// One behind the value's last byte, in bytes from the start of the document.
    @inlinable
    public var endOffset: Int {
        let entry = entry
        switch (entry.tag, part) {
        case (TapeEntry.objectStart, _), (TapeEntry.arrayStart, _):
            return unsafe TapeEntry(bits: tape[place + entry.payload - 1]).offset + 1
        case (TapeEntry.folded, 0), (TapeEntry.foldedEscaped, 0): return entry.offset + entry.payload + 2
        case (TapeEntry.folded, 1), (TapeEntry.foldedEscaped, 1): return entry.offset - 2
        case (TapeEntry.string, _), (TapeEntry.escapedString, _), (TapeEntry.folded, _), (TapeEntry.foldedEscaped, _):
            return entry.offset + entry.payload + 1
        default: return entry.offset + entry.payload
        }
    }

    /// The value as it was written, with its quotes or brackets.
    public var source: RawSpan {
        @_lifetime(copy self) get {
            let start = offset
            let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(bytes + start), byteCount: endOffset - start)
            return unsafe _overrideLifetime(span, copying: self)
        }
    }

    /// Whether both were written with the same bytes.
    @inlinable @inline(__always)
    public func sourceEquals(_ other: borrowing JSONView) -> Bool {
        let (mine, others) = (entry, other.entry)
        if (mine.tag == TapeEntry.folded || mine.tag == TapeEntry.string) && part == 0 && other.part == 0 {
            // What is around the text of both is the same, but for the name of the folded object.
            guard mine.tag == others.tag && mine.payload == others.payload else { return false }
            let lead = mine.tag == TapeEntry.folded ? 4 : 0
            return unsafe equalBytes(bytes + (mine.offset &- lead), other.bytes + (others.offset &- lead), mine.payload &+ lead)
        }
        return anySourceEquals(other)
    }

    @usableFromInline @inline(never)
    func anySourceEquals(_ other: borrowing JSONView) -> Bool {
        let start = offset
        let otherStart = other.offset
        let length = endOffset - start
        return length == other.endOffset - otherStart
            && (unsafe equalBytes(bytes + start, other.bytes + otherStart, length))
    }

    // MARK: Text of strings and numbers

    /// Where the text of a string (between the quotes) or number begins. Meaningless for the other kinds.
    @inlinable @inline(__always)
    public var textOffset: Int { part == 1 ? entry.offset - 4 : entry.offset }

    /// How many bytes the text of a string (as written, between the quotes) or number has. Meaningless for the other kinds.
    @inlinable @inline(__always)
    public var textCount: Int { part == 1 ? 1 : entry.payload }

    /// Whether a string was written with escapes.
    @inlinable @inline(__always)
    public var isEscaped: Bool {
        if part == 1 { return false }
        let tag = entry.tag
        return tag == TapeEntry.escapedString || (tag == TapeEntry.foldedEscaped)
    }

    /// The first eight bytes of the text, the first one lowest, and zeros behind its end. One comparison tells a short name.
    @inlinable @inline(__always)
    public var leadingText: UInt64 {
        let count = textCount
        let word = unsafe UInt64(littleEndian: UnsafeRawPointer(bytes + textOffset).loadUnaligned(as: UInt64.self))
        return count >= 8 ? word : word & (1 &<< UInt64(count &* 8) &- 1)
    }

    /// The text of a string or number as it was written.
    public var text: RawSpan {
        @_lifetime(copy self) get {
            let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(bytes + textOffset), byteCount: textCount)
            return unsafe _overrideLifetime(span, copying: self)
        }
    }

    /// Whether there is a line break in the value as it was written; in valid JSON it stands between tokens.
    public var hasLineBreak: Bool {
        let start = offset
        let count = endOffset - start
        return unsafe memchr(bytes + start, 0x0A, count) != nil || memchr(bytes + start, 0x0D, count) != nil
    }

    /// Whether it is a string with this content. An ASCII name without quotes and backslashes is compared as it was written unless there are escapes.
    public func isString(_ content: StaticString) -> Bool {
        guard kind == .string else { return false }
        if isEscaped { return string == "\(content)" }
        return textCount == content.utf8CodeUnitCount
            && (unsafe memcmp(bytes + textOffset, content.utf8Start, textCount) == 0)
    }

    /// Whether the text of a string is, to the letter, what JSON's grammar calls a number.
    public var isNumberText: Bool {
        let count = textCount
        let start = unsafe bytes + textOffset
        // Most numbers are up to 16 digits, with a point in between: two looks at all of them together, no loop.
        let first = unsafe start.pointee
        if count <= 16 && first &- 0x31 < 9 {
            let place = unsafe StringScanner.nondigit(among16: start)
            if place >= count { return true }
            if unsafe start[place] == 0x2E && place + 1 < count {
                if unsafe place + 1 + StringScanner.nondigit(among16: start + place + 1) >= count { return true }
            }
        }
        return unsafe Indexer.isNumber(start, count: count)
    }

    /// Whether the text is a number in the one form that no other text of the same value has, see ``JSONText/isPlainestNumber``.
    public var isPlainestNumber: Bool { rawText.isPlainestNumber }

    /// The name of the only member of an object that is written `{"K":"…"}`, without white space; 0 for all else. The text of this view is then
    /// that of the member's string.
    @inlinable @inline(__always)
    public var foldedName: UInt8 {
        let entry = entry
        return entry.tag >= TapeEntry.folded && part == 0 ? unsafe bytes[entry.offset &- 4] : 0
    }

    /// The content of a string, with its escapes resolved; nil for other kinds.
    public var string: String? {
        guard kind == .string else { return nil }
        let raw = unsafe UnsafeBufferPointer(start: bytes + textOffset, count: textCount)
        guard isEscaped else { return unsafe String(decoding: raw, as: UTF8.self) }
        var content = UnescapedBytes(self)
        return unsafe String(unsafeUninitializedCapacity: textCount) { target in
            var written = 0
            while written < target.count, let byte = content.next() {
                unsafe target[written] = byte
                written += 1
            }
            return written
        }
    }

    /// The text of a number as it was written; nil for other kinds.
    public var number: String? {
        guard kind == .number else { return nil }
        return unsafe String(decoding: UnsafeBufferPointer(start: bytes + textOffset, count: textCount), as: UTF8.self)
    }

    /// A number that is written as an integer and fits; nil otherwise.
    public var integer: Int64? {
        guard kind == .number else { return nil }
        return unsafe Int64(String(decoding: UnsafeBufferPointer(start: bytes + textOffset, count: textCount), as: UTF8.self))
    }

    /// The number that 1 to 18 digits, without sign or anything else, stand for, in a number or a string; nil for all other texts.
    public var shortInteger: Int64? {
        let count = textCount
        guard count > 0 && count <= 18 else { return nil }
        let start = unsafe bytes + textOffset
        var value: Int64 = 0
        for place in 0..<count {
            let digit = unsafe start[place] &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
        }
        return value
    }

    public var bool: Bool? {
        guard part == 0 else { return nil }
        return switch entry.tag {
        case TapeEntry.yes: true
        case TapeEntry.no: false
        default: nil
        }
    }

    // MARK: What is inside

    /// The members of an object, in the order they were written; none for other kinds.
    public var members: JSONMembers {
        @inlinable @inline(__always)
        @_lifetime(copy self) get { JSONMembers(of: self) }
    }

    /// The elements of an array; none for other kinds.
    public var elements: JSONElements {
        @inlinable @inline(__always)
        @_lifetime(copy self) get { JSONElements(of: self) }
    }

    /// The value of the member with this name, the last one where there are several; nil where there is none.
    @_lifetime(copy self)
    public func member(_ name: StaticString) -> JSONView? {
        var found: JSONNode?
        var members = self.members
        while members.next() {
            if members.key.isString(name) { found = members.value.node }
        }
        if let found { return at(found) }
        return nil
    }

    /// The value of the member with this name, the last one where there are several; nil where there is none.
    @_lifetime(copy self)
    public func member(named name: String) -> JSONView? {
        var found: JSONNode?
        var members = self.members
        while members.next() {
            if members.key.string == name { found = members.value.node }
        }
        if let found { return at(found) }
        return nil
    }

    /// The value at another place of the same document.
    @inlinable @inline(__always)
    @_lifetime(copy self)
    public func view(_ node: JSONNode) -> JSONView { at(node) }
}

/// Goes over the members of an object: `while members.next() { members.key … members.value }`.
@frozen
public struct JSONMembers: ~Escapable {
    @usableFromInline let object: JSONView
    @usableFromInline var keyNode: JSONNode
    @usableFromInline var valueNode: JSONNode
    /// The entry that follows the current member, or the object's end.
    @usableFromInline var following: Int
    @usableFromInline let end: Int

    @inlinable @inline(__always)
    @_lifetime(copy object)
    init(of object: borrowing JSONView) {
        let entry = object.entry
        let place = object.place
        self.object = object.at(object.node)
        keyNode = object.node
        valueNode = object.node
        if object.part == 0 && entry.tag == TapeEntry.objectStart {
            following = place &+ 1
            end = place &+ entry.payload &- 1
        } else if object.part == 0 && entry.tag >= TapeEntry.folded {
            // One member, in the parts 1 and 2 of the same entry.
            following = -1
            end = place
        } else {
            following = place
            end = place
        }
    }

    /// Goes to the next member.
    /// - Returns: false behind the last one.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func next() -> Bool {
        if following < 0 {
            keyNode = JSONNode(bits: UInt32(truncatingIfNeeded: end) | 1 &<< 28)
            valueNode = JSONNode(bits: UInt32(truncatingIfNeeded: end) | 2 &<< 28)
            following = end
            return true
        }
        guard following < end else { return false }
        keyNode = JSONNode(entry: UInt32(truncatingIfNeeded: following))
        valueNode = JSONNode(entry: UInt32(truncatingIfNeeded: following &+ 1))
        following = following &+ 1 &+ object.at(valueNode).skip
        return true
    }

    /// Goes to the next member that may be one of those looked for: by the length of its name, which costs no look at the text, and then by how the
    /// name begins.
    ///
    /// - Returns: false behind the last one.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func next(_ lengths: JSONNameLengths, _ names: JSONNameFilter) -> Bool {
        // A folded object's only member has a name of one letter, and a string.
        if following < 0 && lengths.ofOthers & 2 == 0 { following = end }
        if following < 0 { return next() }
        var place = following
        while place < end {
            let name = unsafe TapeEntry(bits: object.tape[place])
            let value = unsafe TapeEntry(bits: object.tape[place &+ 1])
            let behind = place &+ 1 &+ (value.tag <= TapeEntry.arrayStart ? value.payload : 1)
            if lengths.include(name, value) && object.mayBegin(name, names) {
                keyNode = JSONNode(entry: UInt32(truncatingIfNeeded: place))
                valueNode = JSONNode(entry: UInt32(truncatingIfNeeded: place &+ 1))
                following = behind
                return true
            }
            place = behind
        }
        following = end
        return false
    }

    public var key: JSONView {
        @inlinable @inline(__always)
        @_lifetime(copy self) get { object.at(keyNode) }
    }
    public var value: JSONView {
        @inlinable @inline(__always)
        @_lifetime(copy self) get { object.at(valueNode) }
    }
}

/// How long the names are of the members that somebody looks for: a bit for each length, where lengths that differ by 64 share one.
@frozen
public struct JSONNameLengths: Sendable, BitwiseCopyable {
    /// Of members that are objects.
    public var ofObjects: UInt64 = 0
    /// Of members that are anything else.
    public var ofOthers: UInt64 = 0

    @inlinable
    public init() {}

    /// The bit of a length.
    @inlinable @inline(__always)
    public static func bit(_ length: Int) -> UInt64 { 1 &<< UInt64(truncatingIfNeeded: length) }

    /// Those of names that are so much longer.
    public func longer(by count: Int) -> JSONNameLengths {
        var longer = JSONNameLengths()
        longer.ofObjects = ofObjects &<< UInt64(count & 63) | ofObjects &>> UInt64(-count & 63)
        longer.ofOthers = ofOthers &<< UInt64(count & 63) | ofOthers &>> UInt64(-count & 63)
        return longer
    }

    /// Whether a member may be looked for. Names with escapes are not told by their length.
    @inlinable @inline(__always)
    func include(_ name: TapeEntry, _ value: TapeEntry) -> Bool {
        // The start of an object is the lowest tag, and the folded ones are the highest.
        let isObject = value.tag &- 1 >= TapeEntry.folded &- 1
        // The length stands from bit 32 on.
        return ((isObject ? ofObjects : ofOthers) &>> (name.bits &>> 32) | (name.tag == TapeEntry.escapedString ? 1 : 0)) & 1 != 0
    }
}

/// Goes over the elements of an array: `while elements.next() { elements.value … }`.
@frozen
public struct JSONElements: ~Escapable {
    @usableFromInline let array: JSONView
    @usableFromInline var node: JSONNode
    @usableFromInline var following: Int
    @usableFromInline let end: Int

    @inlinable @inline(__always)
    @_lifetime(copy array)
    init(of array: borrowing JSONView) {
        let entry = array.entry
        let place = array.place
        self.array = array.at(array.node)
        node = array.node
        if array.part == 0 && entry.tag == TapeEntry.arrayStart {
            following = place &+ 1
            end = place &+ entry.payload &- 1
        } else {
            following = place
            end = place
        }
    }

    /// Goes to the next element.
    /// - Returns: false behind the last one.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func next() -> Bool {
        guard following < end else { return false }
        node = JSONNode(entry: UInt32(truncatingIfNeeded: following))
        following = following &+ array.at(node).skip
        return true
    }

    public var value: JSONView {
        @inlinable @inline(__always)
        @_lifetime(copy self) get { array.at(node) }
    }
}

/// Whether two runs of bytes are the same. Reads up to 7 bytes behind either, which must be allowed, as it is in a document.
@inlinable @inline(__always)
func equalBytes(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if count <= 8 {
        if count == 0 { return true }
        let left = unsafe UInt64(littleEndian: UnsafeRawPointer(a).loadUnaligned(as: UInt64.self))
        let right = unsafe UInt64(littleEndian: UnsafeRawPointer(b).loadUnaligned(as: UInt64.self))
        return (left ^ right) &<< UInt64(64 &- 8 &* count) == 0
    }
    // The last eight bytes, which may overlap with those before them, and all before in steps of eight: no rest of another length.
    let last = unsafe UnsafeRawPointer(a + (count &- 8)).loadUnaligned(as: UInt64.self) ^ UnsafeRawPointer(b + (count &- 8)).loadUnaligned(as: UInt64.self)
    if last != 0 { return false }
    if count > 16 { return unsafe equalLongBytes(a, b, count &- 8) }
    return unsafe UnsafeRawPointer(a).loadUnaligned(as: UInt64.self) == UnsafeRawPointer(b).loadUnaligned(as: UInt64.self)
}

/// The same for more than eight bytes, where the eight behind them are known to be the same.
@usableFromInline @inline(never)
func equalLongBytes(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var done = 0
    repeat {
        let left = unsafe UnsafeRawPointer(a + done).loadUnaligned(as: SIMD2<UInt64>.self)
        let right = unsafe UnsafeRawPointer(b + done).loadUnaligned(as: SIMD2<UInt64>.self)
        let difference = left ^ right
        // In the last step the second half may lie behind those eight.
        if count &- done <= 8 { return difference[0] == 0 }
        if difference[0] | difference[1] != 0 { return false }
        done &+= 16
    } while done < count
    return true
}
