// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What a buffer is taken to hold.
public enum JSONFraming: Sendable, Hashable {
    /// Exactly one text, with white space around it.
    case single
    /// Texts one after another, with or without white space between them.
    case sequence
    /// Elements of an array, with commas between them, up to the array's closing bracket or the end of the buffer. Where elements came before
    /// (`continued`), a comma or the bracket comes first.
    case elements(continued: Bool)
}

/// How the indexing of a buffer ended.
public enum JSONStop: Sendable, Hashable {
    /// The buffer held whole texts only.
    case end
    /// The array whose elements were read was closed; what follows its bracket was not read.
    case closed
    /// The buffer ends inside a text, which more bytes could make whole.
    case incomplete(JSONError)
    /// The text behind the last whole one is wrong, whatever may follow.
    case broken(JSONError)
}

/// The one pass over the bytes: validates by RFC 8259 and leaves the index.
@safe
struct Indexer {
    typealias Bytes = UnsafePointer<UInt8>

    // Invariant: `base[0..<count]` is the text and `JSONBuffer.padding` zero bytes follow. `tape` is the start of `block`, with room for `capacity`
    // entries; before a value is begun there is room for `headroom` more.
    let base: Bytes
    let count: Int
    let maximumDepth: Int
    var block: JSONBlock
    var tape: UnsafeMutablePointer<UInt64>
    var capacity: Int
    let memory: JSONMemory?

    /// How many entries are in use, up to the end of the last whole text.
    var used = 0
    var roots: [JSONNode] = []
    /// How far the bytes are covered by whole texts and what is between them.
    var consumed = 0

    /// The most entries that one turn of the loop adds.
    private static let headroom = 8

    init(base: Bytes, count: Int, limits: JSONLimits, memory: JSONMemory?) {
        unsafe self.base = base
        self.count = count
        self.maximumDepth = limits.maximumDepth
        self.memory = memory
        let wanted = (count / 8 + 64) * MemoryLayout<UInt64>.stride
        block = memory?.take(capacity: wanted) ?? JSONBlock(allocating: wanted)
        unsafe tape = block.start.assumingMemoryBound(to: UInt64.self)
        capacity = block.capacity / MemoryLayout<UInt64>.stride
    }

    private mutating func grow() {
        let wanted = capacity * 2 * MemoryLayout<UInt64>.stride
        if let memory {
            let larger = memory.take(capacity: wanted)
            unsafe larger.start.copyMemory(from: block.start, byteCount: capacity * MemoryLayout<UInt64>.stride)
            memory.give(block)
            block = larger
        } else {
            block = block.grown(to: wanted)
        }
        unsafe tape = block.start.assumingMemoryBound(to: UInt64.self)
        capacity = block.capacity / MemoryLayout<UInt64>.stride
    }

    @inline(__always)
    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    @inline(__always)
    private static func skipSpace(_ p: inout Bytes) {
        // Most texts have none at all here, pretty ones have a run.
        while unsafe p.pointee <= 0x20 && isSpace(unsafe p.pointee) { unsafe p += 1 }
    }

    @inline(__always)
    private static func load8(_ p: Bytes) -> UInt64 {
        unsafe UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
    }

    /// Reads all that the framing allows.
    mutating func run(_ framing: JSONFraming) -> JSONStop {
        var p = unsafe base
        let end = unsafe base + count
        // A comma or the array's end must come next.
        var separated = false
        if case .elements(let continued) = framing { separated = continued }
        var afterComma = false
        while true {
            unsafe Indexer.skipSpace(&p)
            if unsafe p >= end {
                // A comma with nothing behind it waits for its element.
                if !afterComma { consumed = count }
                return roots.isEmpty && framing == .single
                    ? .incomplete(JSONError(code: .unexpectedEnd, offset: count, expected: "a JSON value")) : .end
            }
            if case .elements = framing {
                if unsafe p.pointee == 0x5D && !afterComma {
                    consumed = unsafe p - base + 1
                    return .closed
                }
                if separated {
                    guard unsafe p.pointee == 0x2C else {
                        return .broken(JSONError(code: .unexpectedByte, offset: unsafe p - base, expected: "a comma or the closing bracket of the array"))
                    }
                    separated = false
                    afterComma = true
                    unsafe p += 1
                    continue
                }
                separated = true
                afterComma = false
            } else if framing == .single && !roots.isEmpty {
                return .broken(JSONError(code: .unexpectedByte, offset: unsafe p - base, expected: "the end of the text"))
            }
            let start = used
            if let error = unsafe text(&p) {
                used = start
                // A number at the very end may go on in the next bytes; so may everything that lacks some.
                return error.offset >= count ? .incomplete(error) : .broken(error)
            }
            roots.append(JSONNode(entry: UInt32(truncatingIfNeeded: start)))
            consumed = unsafe p - base
        }
    }

    /// Reads an object's members up to the first one of these names whose value is an array.
    mutating func findArray(_ names: [StaticString]) -> (member: Int, offset: Int)? {
        var p = unsafe base
        unsafe Indexer.skipSpace(&p)
        guard unsafe p.pointee == 0x7B else { return nil }
        unsafe p += 1
        unsafe Indexer.skipSpace(&p)
        while unsafe p.pointee == 0x22 {
            var t = used
            guard unsafe member(&p, &t, tape, base) == nil else { return nil }
            let name = TapeEntry(bits: unsafe tape[used])
            unsafe Indexer.skipSpace(&p)
            if unsafe p.pointee == 0x5B {
                for (place, wanted) in names.enumerated() where wanted.utf8CodeUnitCount == name.payload {
                    if unsafe memcmp(base + name.offset, wanted.utf8Start, name.payload) == 0 {
                        return unsafe (place, p - base + 1)
                    }
                }
            }
            guard unsafe text(&p) == nil else { return nil }
            used = 0
            unsafe Indexer.skipSpace(&p)
            guard unsafe p.pointee == 0x2C else { return nil }
            unsafe p += 1
            unsafe Indexer.skipSpace(&p)
        }
        return nil
    }

    /// One whole value with all that is in it. Adds its entries from `used` on.
    private mutating func text(_ cursor: inout Bytes) -> JSONError? {
        var p = unsafe cursor
        let base = unsafe self.base
        var tape = unsafe self.tape
        var t = used
        var limit = capacity - Indexer.headroom
        // The open object or array, as the place of its entry; while it is open, its payload is the place of the one around it, plus one.
        var open = -1
        var inObject = false
        var depth = 0

        value: while true {
            if t >= limit {
                grow()
                unsafe tape = self.tape
                limit = capacity - Indexer.headroom
                if t > TapeEntry.maximumPayload - 2 * Indexer.headroom {
                    return JSONError(code: .tooLarge, offset: unsafe p - base, expected: "fewer than \(TapeEntry.maximumPayload) values in one buffer")
                }
            }
            var openNext = false
            switch unsafe p.pointee {
            case 0x7B:  // {
                let word = unsafe Indexer.load8(p)
                // {"?":" in the first six bytes, with a letter as the name
                if word & 0x0000_FFFF_FF00_FFFF == 0x0000_223A_2200_227B, depth < maximumDepth {
                    if Indexer.isLetter(word &>> 16) {
                        let scan = unsafe StringScanner.scan(p + 6)
                        if scan.status > 1 { return failure(scan) }
                        let q = unsafe scan.p
                        let escaped = scan.status
                        let length = unsafe q - p - 6
                        if length > TapeEntry.maximumPayload {
                            return JSONError(code: .tooLarge, offset: unsafe p - base + 6, expected: "a string of at most \(TapeEntry.maximumPayload) bytes")
                        }
                        if unsafe q[1] == 0x7D {
                            unsafe tape[t] = TapeEntry(TapeEntry.folded &+ UInt64(escaped), offset: p - base + 6, payload: length).bits
                            t &+= 1
                            unsafe p = q + 2
                            break
                        }
                        // More follows: an object like any other, whose first member is known already.
                        unsafe tape[t] = TapeEntry(TapeEntry.objectStart, offset: p - base, payload: open &+ 1).bits
                        unsafe tape[t &+ 1] = TapeEntry(TapeEntry.string, offset: p - base + 2, payload: 1).bits
                        unsafe tape[t &+ 2] = TapeEntry(TapeEntry.string &+ UInt64(escaped), offset: p - base + 6, payload: length).bits
                        open = t
                        t &+= 3
                        inObject = true
                        depth &+= 1
                        unsafe p = q + 1
                        break
                    }
                }
                if depth >= maximumDepth { return unsafe tooDeep(p) }
                unsafe tape[t] = TapeEntry(TapeEntry.objectStart, offset: p - base, payload: open &+ 1).bits
                open = t
                t &+= 1
                inObject = true
                depth &+= 1
                unsafe p += 1
                openNext = true
            case 0x22:  // "
                let scan = unsafe StringScanner.scan(p + 1)
                if scan.status > 1 { return failure(scan) }
                let q = unsafe scan.p
                let escaped = scan.status
                let length = unsafe q - p - 1
                if length > TapeEntry.maximumPayload {
                    return JSONError(code: .tooLarge, offset: unsafe p - base + 1, expected: "a string of at most \(TapeEntry.maximumPayload) bytes")
                }
                unsafe tape[t] = TapeEntry(TapeEntry.string &+ UInt64(escaped), offset: p - base + 1, payload: length).bits
                t &+= 1
                unsafe p = q + 1
            case 0x5B:  // [
                if depth >= maximumDepth { return unsafe tooDeep(p) }
                unsafe tape[t] = TapeEntry(TapeEntry.arrayStart, offset: p - base, payload: open &+ 1).bits
                open = t
                t &+= 1
                inObject = false
                depth &+= 1
                unsafe p += 1
                openNext = true
            case 0x2D, 0x30...0x39:
                var q = unsafe p
                if let expected = unsafe Indexer.number(&q) { return unsafe error(.invalidNumber, at: q, expected) }
                let length = unsafe q - p
                if length > TapeEntry.maximumPayload {
                    return JSONError(code: .tooLarge, offset: unsafe p - base, expected: "a number of at most \(TapeEntry.maximumPayload) digits")
                }
                unsafe tape[t] = TapeEntry(TapeEntry.number, offset: p - base, payload: length).bits
                t &+= 1
                unsafe p = q
            case 0x74:  // true
                guard unsafe Indexer.load8(p) & 0xFFFF_FFFF == 0x6575_7274 else { return unsafe misspelt(p, "true") }
                unsafe tape[t] = TapeEntry(TapeEntry.yes, offset: p - base, payload: 4).bits
                t &+= 1
                unsafe p += 4
            case 0x66:  // false
                guard unsafe Indexer.load8(p) & 0xFF_FFFF_FFFF == 0x65_736C_6166 else { return unsafe misspelt(p, "false") }
                unsafe tape[t] = TapeEntry(TapeEntry.no, offset: p - base, payload: 5).bits
                t &+= 1
                unsafe p += 5
            case 0x6E:  // null
                guard unsafe Indexer.load8(p) & 0xFFFF_FFFF == 0x6C6C_756E else { return unsafe misspelt(p, "null") }
                unsafe tape[t] = TapeEntry(TapeEntry.null, offset: p - base, payload: 4).bits
                t &+= 1
                unsafe p += 4
            default:
                if Indexer.isSpace(unsafe p.pointee) {
                    unsafe Indexer.skipSpace(&p)
                    continue value
                }
                return unsafe error(.unexpectedByte, at: p, "a JSON value")
            }

            // What may follow: in an object or array just opened its first member or its end; else a comma or the end of what is open.
            next: while true {
                if openNext {
                    openNext = false
                    unsafe Indexer.skipSpace(&p)
                    if inObject {
                        if unsafe p.pointee == 0x7D {
                            // An empty object: closed below.
                        } else if unsafe p.pointee == 0x22 {
                            if depth < maximumDepth {
                                let run = unsafe Indexer.simpleMembers(p, tape + t, tape + limit, base)
                                unsafe p = run.p
                                t = unsafe run.t - tape
                                if !run.isAtMember { continue next }
                            }
                            if let error = unsafe member(&p, &t, tape, base) { return error }
                            continue value
                        } else {
                            return unsafe error(.unexpectedByte, at: p, "a member's name in quotes or }")
                        }
                    } else if unsafe p.pointee != 0x5D {
                        continue value
                    }
                } else {
                    if open < 0 { break value }
                    if unsafe p.pointee <= 0x20 { unsafe Indexer.skipSpace(&p) }
                    if unsafe p.pointee == 0x2C {
                        unsafe p += 1
                        if inObject {
                            if unsafe p.pointee != 0x22 {
                                unsafe Indexer.skipSpace(&p)
                                guard unsafe p.pointee == 0x22 else { return unsafe error(.unexpectedByte, at: p, "a member's name in quotes") }
                            }
                            if depth < maximumDepth {
                                let run = unsafe Indexer.simpleMembers(p, tape + t, tape + limit, base)
                                unsafe p = run.p
                                t = unsafe run.t - tape
                                if !run.isAtMember { continue next }
                            }
                            if let error = unsafe member(&p, &t, tape, base) { return error }
                        }
                        continue value
                    }
                }
                // Only the end of what is open is left.
                guard unsafe p.pointee == (inObject ? 0x7D : 0x5D) else {
                    return unsafe error(.unexpectedByte, at: p, inObject ? "a comma or }" : "a comma or ]")
                }
                let start = TapeEntry(bits: unsafe tape[open])
                unsafe tape[t] = TapeEntry(TapeEntry.end, offset: p - base, payload: 0).bits
                t &+= 1
                unsafe tape[open] = TapeEntry(start.tag, offset: start.offset, payload: t &- open).bits
                open = start.payload &- 1
                if open >= 0 { inObject = TapeEntry(bits: unsafe tape[open]).tag == TapeEntry.objectStart }
                depth &-= 1
                unsafe p += 1
                if t >= limit {
                    grow()
                    unsafe tape = self.tape
                    limit = capacity - Indexer.headroom
                }
            }
        }
        used = t
        unsafe cursor = p
        return nil
    }

    /// How far a run of simple members went.
    @safe
    private struct Run {
        var p: Bytes
        var t: UnsafeMutablePointer<UInt64>
        /// Whether `p` stands on the quote of a member that is left to the long way; else it is behind a member's value.
        var isAtMember: Bool
    }

    /// The short way through what most members are: `"name":{"S":"text"}` and `"name":"text"`, without white space. A function of its own, so that
    /// everything it needs stays in registers.
    ///
    /// - Parameter start: the opening quote of a member's name.
    @inline(never)
    private static func simpleMembers(
        _ start: Bytes, _ tape: UnsafeMutablePointer<UInt64>, _ limit: UnsafeMutablePointer<UInt64>, _ base: Bytes
    ) -> Run {
        var p = unsafe start
        var t = unsafe tape
        let baseBits = UInt64(UInt(bitPattern: base))
        while unsafe t < limit {
            let name = unsafe StringScanner.scan(p + 1)
            if name.status > 1 { break }
            let q = unsafe name.p
            let word = unsafe load8(q + 1)
            let length = UInt64(UInt(bitPattern: q) &- UInt(bitPattern: p) &- 1)
            let value: ScanState
            let text: Bytes
            let tag: UInt64
            // :{"?":" behind the name
            if word & 0x00FF_FFFF_00FF_FFFF == 0x0022_3A22_0022_7B3A && isLetter(word &>> 24) {
                unsafe text = q + 8
                value = unsafe StringScanner.scan(text)
                if unsafe value.p[1] != 0x7D { break }
                tag = TapeEntry.folded
            } else if word & 0xFFFF == 0x223A {
                unsafe text = q + 3
                value = unsafe StringScanner.scan(text)
                tag = TapeEntry.string
            } else {
                break
            }
            if value.status > 1 { break }
            let textLength = unsafe UInt64(UInt(bitPattern: value.p) &- UInt(bitPattern: text))
            if (length | textLength) &>> 28 != 0 { break }
            unsafe t[0] = (TapeEntry.string &+ UInt64(name.status)) &<< 60 | length &<< 32 | (UInt64(UInt(bitPattern: p)) &+ 1 &- baseBits)
            unsafe t[1] = (tag &+ UInt64(value.status)) &<< 60 | textLength &<< 32 | (UInt64(UInt(bitPattern: text)) &- baseBits)
            unsafe t += 2
            unsafe p = value.p + (tag == TapeEntry.folded ? 2 : 1)
            // ," begins another one
            guard unsafe UnsafeRawPointer(p).loadUnaligned(as: UInt16.self).littleEndian == 0x222C else {
                return unsafe Run(p: p, t: t, isAtMember: false)
            }
            unsafe p += 1
        }
        return unsafe Run(p: p, t: t, isAtMember: true)
    }

    @inline(__always)
    private static func isLetter(_ word: UInt64) -> Bool {
        (UInt8(truncatingIfNeeded: word) | 0x20) &- 0x61 < 26
    }

    /// A member's name and its colon: `p` stands on the opening quote, and on the first byte behind the colon afterwards.
    @inline(__always)
    private func member(_ p: inout Bytes, _ t: inout Int, _ tape: UnsafeMutablePointer<UInt64>, _ base: Bytes) -> JSONError? {
        let scan = unsafe StringScanner.scan(p + 1)
        if scan.status > 1 { return failure(scan) }
        let q = unsafe scan.p
        let escaped = scan.status
        let length = unsafe q - p - 1
        if length > TapeEntry.maximumPayload {
            return JSONError(code: .tooLarge, offset: unsafe p - base + 1, expected: "a name of at most \(TapeEntry.maximumPayload) bytes")
        }
        unsafe tape[t] = TapeEntry(TapeEntry.string &+ UInt64(escaped), offset: p - base + 1, payload: length).bits
        t &+= 1
        unsafe p = q + 1
        if unsafe p.pointee != 0x3A {
            unsafe Indexer.skipSpace(&p)
            guard unsafe p.pointee == 0x3A else { return unsafe error(.unexpectedByte, at: p, "a colon") }
        }
        unsafe p += 1
        return nil
    }

    @inline(never)
    private func error(_ code: JSONError.Code, at place: Bytes, _ expected: StaticString) -> JSONError {
        let offset = unsafe place - base
        return offset >= count
            ? JSONError(code: .unexpectedEnd, offset: count, expected: "\(expected)")
            : JSONError(code: code, offset: offset, expected: "\(expected)")
    }

    @inline(never)
    private func failure(_ scan: ScanState) -> JSONError {
        let failure = ScanFailure.all[Int(scan.status) - 2]
        return unsafe error(failure.code, at: scan.p, failure.expected)
    }

    /// Points to the first byte of `true`, `false` or `null` that is wrong.
    @inline(never)
    private func misspelt(_ start: Bytes, _ word: StaticString) -> JSONError {
        var place = unsafe start
        for index in 0..<word.utf8CodeUnitCount {
            guard unsafe place.pointee == (unsafe word.utf8Start[index]) else { break }
            unsafe place += 1
        }
        return unsafe error(.unexpectedByte, at: place, word)
    }

    @inline(never)
    private func tooDeep(_ place: Bytes) -> JSONError {
        JSONError(code: .depthExceeded, offset: unsafe place - base, expected: "at most \(maximumDepth) objects and arrays open at once")
    }

    /// Whether a run of bytes, followed by something that belongs to no number, is a number by the grammar.
    @inline(__always)
    static func isNumber(_ start: Bytes, count: Int) -> Bool {
        var p = unsafe start
        return unsafe number(&p) == nil && p - start == count
    }

    /// A number by RFC 8259, section 6. On success `p` is behind it; else on the wrong byte, and what was expected comes back.
    @inline(__always)
    static func number(_ p: inout Bytes) -> StaticString? {
        if unsafe p.pointee == 0x2D { unsafe p += 1 }
        if unsafe p.pointee == 0x30 {
            unsafe p += 1
            if unsafe p.pointee &- 0x30 < 10 { return "no digit behind a leading zero" }
        } else {
            guard unsafe digits(&p) else { return "a digit" }
        }
        if unsafe p.pointee == 0x2E {
            unsafe p += 1
            guard unsafe digits(&p) else { return "a digit behind the point" }
        }
        if unsafe p.pointee | 0x20 == 0x65 {
            unsafe p += 1
            if unsafe p.pointee == 0x2B || p.pointee == 0x2D { unsafe p += 1 }
            guard unsafe digits(&p) else { return "a digit of the exponent" }
        }
        return nil
    }

    @inline(__always)
    private static func digits(_ p: inout Bytes) -> Bool {
        let start = unsafe p
        while unsafe p.pointee &- 0x30 < 10 { unsafe p += 1 }
        return unsafe p != start
    }
}
