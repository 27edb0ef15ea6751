// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Reads one HTTP/1.1 answer ([RFC 9112](https://www.rfc-editor.org/rfc/rfc9112)) out of bytes that come in any pieces.
///
/// It knows no socket. Interim answers (1xx) are passed over; bodies come with a length, in chunks, or to the connection's end.
struct HTTPResponseParser: ~Copyable {
    private enum Stage: Equatable {
        case statusLine
        case fields
        /// So many bytes of the body are still to come.
        case body(Int)
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailer
        case untilClose
        case complete
    }

    private let limits: HTTPLimits
    private var stage = Stage.statusLine
    /// The line that has begun and not ended.
    private var line: [UInt8] = []
    private var headBytes = 0

    private(set) var head = HTTPHead()
    private(set) var body: JSONBuffer
    /// Whether anything of the answer has been seen.
    private(set) var hasBegun = false

    init(limits: HTTPLimits = HTTPLimits(), memory: JSONMemory? = nil) {
        self.limits = limits
        body = JSONBuffer(memory: memory)
    }

    /// The answer is whole.
    var isComplete: Bool { stage == .complete }

    /// The body's end is told by the connection's.
    private(set) var endsWithConnection = false

    /// Takes bytes as far as they belong to this answer.
    ///
    /// - Returns: where the first byte stands that was not taken.
    mutating func consume(_ input: borrowing JSONBuffer, from start: Int = 0) throws(HTTPError) -> Int {
        var place = start
        while place < input.count, stage != .complete {
            hasBegun = true
            switch stage {
            case .body(let left): place = try take(left, input, place)
            case .chunk(let left): place = try take(left, input, place)
            case .untilClose: place = try take(Int.max, input, place)
            case .statusLine, .fields, .chunkSize, .chunkEnd, .trailer:
                place = try gather(input, place)
            case .complete: break
            }
        }
        return place
    }

    /// Takes notice that the connection has ended.
    mutating func end() throws(HTTPError) {
        switch stage {
        case .complete: break
        case .untilClose: stage = .complete
        case .statusLine where !hasBegun:
            throw HTTPError(.connectionLost, "the connection was closed before an answer came")
        default:
            throw HTTPError(.connectionLost, "the connection was closed in the middle of an answer")
        }
    }

    /// Head and body, once the answer is whole.
    consuming func finish() -> HTTPResponse {
        HTTPResponse(head: head, body: JSONBytes(body))
    }

    // MARK: Bodies

    private mutating func take(_ left: Int, _ input: borrowing JSONBuffer, _ place: Int) throws(HTTPError) -> Int {
        let count = min(left, input.count - place)
        guard body.count + count <= limits.body else { throw tooLarge }
        body.append(input.bytes.extracting(place..<place + count))
        switch stage {
        case .body: stage = left == count ? .complete : .body(left - count)
        case .chunk: stage = left == count ? .chunkEnd : .chunk(left - count)
        default: break
        }
        return place + count
    }

    private var tooLarge: HTTPError { HTTPError(.tooLarge, "the answer's body has more than \(limits.body) bytes") }

    // MARK: Lines

    private mutating func gather(_ input: borrowing JSONBuffer, _ place: Int) throws(HTTPError) -> Int {
        let newline = input.firstIndex(of: 0x0A, from: place)
        let end = newline ?? input.count
        headBytes += end - place + 1
        guard headBytes <= limits.head else {
            throw HTTPError(.tooLarge, "the answer's header has more than \(limits.head) bytes")
        }
        line += input.copy(of: place..<end)
        guard newline != nil else { return end }
        if line.last == 0x0D { line.removeLast() }
        let whole = line
        line.removeAll(keepingCapacity: true)
        try read(whole)
        return end + 1
    }

    private mutating func read(_ line: [UInt8]) throws(HTTPError) {
        switch stage {
        case .statusLine: try read(statusLine: line)
        case .fields: try line.isEmpty ? beginBody() : read(field: line)
        case .chunkSize: try read(chunkSize: line)
        case .chunkEnd:
            guard line.isEmpty else { throw HTTPError(.malformed, "a chunk of the answer does not end where its size says") }
            beginChunk()
        // What a trailer says is nothing that anybody here asks for.
        case .trailer: if line.isEmpty { stage = .complete }
        case .body, .chunk, .untilClose, .complete: break
        }
    }

    private mutating func beginChunk() {
        // Sizes of chunks are bounded one by one: there may be any number of them.
        headBytes = 0
        stage = .chunkSize
    }

    /// `HTTP/1.1 200 OK`; the reason may be missing.
    private mutating func read(statusLine line: [UInt8]) throws(HTTPError) {
        let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        let version = parts.first.map { Array($0) } ?? []
        guard version.count == 8, version.starts(with: "HTTP/1.".utf8), isDigit(version[7]), parts.count >= 2,
            parts[1].count == 3, let status = number(parts[1], radix: 10), status >= 100
        else {
            throw HTTPError(.malformed, "the answer does not begin with an HTTP/1.1 status line: \(shown(line))")
        }
        head = HTTPHead()
        head.status = status
        head.isOldVersion = version[7] == UInt8(ascii: "0")
        stage = .fields
    }

    private mutating func read(field line: [UInt8]) throws(HTTPError) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line[..<colon].allSatisfy(isToken) else {
            throw HTTPError(.malformed, "the answer has a malformed header field: \(shown(line))")
        }
        guard head.count < limits.fields else {
            throw HTTPError(.tooLarge, "the answer has more than \(limits.fields) header fields")
        }
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var value = line[(colon + 1)...].drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        guard !value.contains(where: { $0 < 0x20 && $0 != 0x09 }) else {
            throw HTTPError(.malformed, "the answer has a header field with control characters: \(shown(line))")
        }
        let name = line[..<colon].map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        head.add(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    // MARK: What follows the header

    private mutating func beginBody() throws(HTTPError) {
        // An interim answer: the real one follows.
        if head.status < 200 {
            stage = .statusLine
            return
        }
        let codings = head.list("transfer-encoding")
        let lengths = Set(head.list("content-length"))
        if !codings.isEmpty {
            guard codings == ["chunked"] else {
                throw HTTPError(.malformed, "the answer has a transfer coding that was not asked for: \(codings.joined(separator: ", "))")
            }
            guard lengths.isEmpty else {
                throw HTTPError(.malformed, "the answer has both a length and chunks: one of them is false")
            }
            beginChunk()
        } else if head.status == 204 || head.status == 304 {
            stage = .complete
        } else if head["content-length"] != nil {
            guard lengths.count == 1, let text = lengths.first, let length = number(Array(text.utf8)[...], radix: 10) else {
                throw HTTPError(.malformed, "the answer's Content-Length is no length: \(lengths.sorted().joined(separator: ", "))")
            }
            guard length <= limits.body else { throw tooLarge }
            body.reserve(length)
            stage = length == 0 ? .complete : .body(length)
        } else {
            endsWithConnection = true
            stage = .untilClose
        }
    }

    /// The size in hexadecimal digits; what follows a semicolon is for somebody else.
    private mutating func read(chunkSize line: [UInt8]) throws(HTTPError) {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
        guard let size = number(digits, radix: 16) else {
            throw HTTPError(.malformed, "the answer has a chunk without a size: \(shown(line))")
        }
        guard size <= limits.body - body.count else { throw tooLarge }
        headBytes = 0
        stage = size == 0 ? .trailer : .chunk(size)
    }
}

/// An answer, whole.
struct HTTPResponse: Sendable {
    var head: HTTPHead
    var body: JSONBytes

    var status: Int { head.status }

    /// The body's start, for messages.
    var bodyText: String { shown(body[0..<512]) }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

/// The characters of a header field's name: RFC 9110, section 5.6.2.
private func isToken(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
}

/// Digits and nothing else; nil where there is none, something else, or more than fits.
private func number(_ text: ArraySlice<UInt8>, radix: Int) -> Int? {
    guard !text.isEmpty, text.count <= 15 else { return nil }
    var value = 0
    for byte in text {
        let digit: Int
        switch byte {
        case 0x30...0x39: digit = Int(byte) - 0x30
        case 0x41...0x46, 0x61...0x66: digit = Int(byte | 0x20) - 0x57
        default: return nil
        }
        guard digit < radix else { return nil }
        value = value * radix + digit
    }
    return value
}

/// Bytes for a message: on one line, and cut where they are many.
func shown(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.prefix(200), as: UTF8.self)
    var out = "\""
    for scalar in text.unicodeScalars {
        if scalar.value < 0x20 || scalar.value == 0x7F { out += " " } else { out.unicodeScalars.append(scalar) }
    }
    return out + (bytes.count > 200 ? "…\"" : "\"")
}
