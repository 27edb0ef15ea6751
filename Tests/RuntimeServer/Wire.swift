// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads requests with a length off a connection.
struct RequestReader {
    struct Request {
        var method = ""
        var path = ""
        var fields: [String: String] = [:]
        var body: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }
        var errorType: String? { fields["lambda-runtime-function-error-type"] }
    }

    private let connection: ServerSocket
    private var pending: [UInt8] = []

    init(_ connection: ServerSocket) { self.connection = connection }

    /// The next request; nil where the connection has ended.
    mutating func next() -> Request? {
        var end: Int?
        var searched = 0
        while end == nil {
            end = headerEnd(from: searched)
            searched = max(0, pending.count - 3)
            if end == nil, !fill() { return nil }
        }
        guard let end else { return nil }
        let lines = String(decoding: pending[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        var request = Request()
        let words = lines[0].split(separator: " ")
        guard words.count == 3, words[2] == "HTTP/1.1" else { return nil }
        request.method = String(words[0])
        request.path = String(words[1])
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { request.fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        // A request must name its host: RFC 9112, section 3.2.
        guard request.fields["host"] != nil else { return nil }
        let length = request.fields["content-length"].flatMap { Int($0) } ?? 0
        while pending.count < end + 4 + length { if !fill() { return nil } }
        request.body = Array(pending[(end + 4)..<(end + 4 + length)])
        pending.removeFirst(end + 4 + length)
        return request
    }

    private mutating func fill() -> Bool {
        let bytes = connection.read()
        pending += bytes
        return !bytes.isEmpty
    }

    private func headerEnd(from start: Int) -> Int? {
        guard pending.count >= 4 else { return nil }
        for place in start..<(pending.count - 3)
        where pending[place] == 13 && pending[place + 1] == 10 && pending[place + 2] == 13 && pending[place + 3] == 10 { return place }
        return nil
    }
}

/// Writes an answer, with what befalls it.
/// - Returns: whether the connection goes on.
func write(_ connection: ServerSocket, _ status: Int, _ fields: [(String, String)], _ body: [UInt8], _ fault: Fault) -> Bool {
    var status = status
    var body = body
    if case .status(let other) = fault {
        status = other
        body = Array(#"{"errorType":"Injected\#(other)","errorMessage":"as the test wants it"}"#.utf8)
    }
    var head = "HTTP/1.1 \(status) Whatever\r\n"
    for (name, value) in fields { head += "\(name): \(value)\r\n" }
    switch fault {
    case .closeBefore:
        return false
    case .raw(let text):
        connection.write(Array(text.utf8))
        return false
    case .chunked(let size):
        var bytes = Array((head + "Transfer-Encoding: chunked\r\n\r\n").utf8)
        for start in stride(from: 0, to: body.count, by: size) {
            let piece = body[start..<min(start + size, body.count)]
            bytes += Array("\(String(piece.count, radix: 16));name=value\r\n".utf8) + piece + [13, 10]
        }
        return connection.write(bytes + Array("0\r\nX-Trailer: yes\r\n\r\n".utf8))
    case .trickle:
        for byte in Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body { guard connection.write([byte]) else { return false } }
        return true
    case .closeInside:
        connection.write(Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body.prefix(body.count / 2))
        return false
    case .closeAfter:
        connection.write(Array((head + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n").utf8) + body)
        return false
    case .none, .status:
        return connection.write(Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body)
    }
}

/// Milliseconds since 1970.
func wallClock() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
