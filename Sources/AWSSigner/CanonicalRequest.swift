// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Crypto

/// The one text that a request has for whoever signs it and whoever checks.
///
/// Rules: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
struct CanonicalRequest {
    /// UTF-8.
    let bytes: [UInt8]
    /// `host;x-amz-date`.
    let signedHeaders: String

    init(_ request: SigningRequest, isS3: Bool) {
        var lines: [(name: String, value: String)] = []
        lines.reserveCapacity(request.headers.count)
        for header in request.headers {
            let name = CanonicalRequest.lowercased(header.name)
            if CanonicalRequest.unsigned.contains(name) { continue }
            let value = CanonicalRequest.trimmed(header.value)
            if let place = lines.firstIndex(where: { $0.name == name }) {
                lines[place].value += ",\(value)"
            } else {
                lines.append((name, value))
            }
        }
        lines.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        signedHeaders = lines.map(\.name).joined(separator: ";")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        func write(_ part: String, then end: UInt8 = UInt8(ascii: "\n")) {
            bytes += part.utf8
            bytes.append(end)
        }
        write(request.method)
        write(isS3 ? (request.path.isEmpty ? "/" : request.path) : CanonicalRequest.path(request.path))
        write(CanonicalRequest.query(request.query))
        for (name, value) in lines {
            write(name, then: UInt8(ascii: ":"))
            write(value)
        }
        write("")
        write(signedHeaders)
        bytes += request.payload.text.utf8
        self.bytes = bytes
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// 64 hexadecimal digits.
    var hash: String { Hexadecimal.text(SHA256.hash(data: bytes)) }

    /// Most names are in small letters already.
    private static func lowercased(_ name: String) -> String {
        name.utf8.contains { (0x41...0x5A).contains($0) || $0 > 0x7F } ? name.lowercased() : name
    }

    /// What proxies and HTTP clients may change on the way, and the signature itself.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
    ]

    /// Without blanks around it, and with one in place of several in a row.
    static func trimmed(_ value: String) -> String {
        if !value.utf8.contains(where: { $0 <= 0x20 }) { return value }
        var bytes: [UInt8] = []
        var isPending = false
        for byte in value.utf8 {
            // A line break in a value is a folded line of old.
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                isPending = !bytes.isEmpty
            } else {
                if isPending { bytes.append(0x20) }
                isPending = false
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The path of all services but S3: dot segments and doubled slashes resolved, then what was sent is encoded once more.
    static func path(_ sent: String) -> String {
        if sent == "/" { return sent }
        var segments: [Substring.UTF8View] = []
        for segment in Substring(sent).utf8.split(separator: UInt8(ascii: "/")) {
            if segment.elementsEqual(".".utf8) { continue }
            if segment.elementsEqual("..".utf8) {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        var path: [UInt8] = []
        for segment in segments {
            path.append(UInt8(ascii: "/"))
            URIEncoding.append(segment, keepingSlashes: false, to: &path)
        }
        if path.isEmpty || isFolder(sent) { path.append(UInt8(ascii: "/")) }
        return String(decoding: path, as: UTF8.self)
    }

    private static func isFolder(_ path: String) -> Bool {
        guard let last = Substring(path).utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last else { return false }
        return last.isEmpty || last.elementsEqual(".".utf8) || last.elementsEqual("..".utf8)
    }

    /// The items in the order of their encoded names, then of their values.
    static func query(_ sent: String) -> String {
        if sent.isEmpty { return "" }
        var items: [(name: [UInt8], value: [UInt8])] = []
        for item in sent.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            items.append((encodedAgain(parts[0]), parts.count > 1 ? encodedAgain(parts[1]) : []))
        }
        items.sort { $0.name == $1.name ? $0.value.lexicographicallyPrecedes($1.value) : $0.name.lexicographicallyPrecedes($1.name) }
        var query: [UInt8] = []
        for item in items {
            if !query.isEmpty { query.append(UInt8(ascii: "&")) }
            query += item.name
            query.append(UInt8(ascii: "="))
            query += item.value
        }
        return String(decoding: query, as: UTF8.self)
    }

    private static func encodedAgain(_ part: some Collection<UInt8>) -> [UInt8] {
        var encoded: [UInt8] = []
        URIEncoding.append(URIEncoding.decode(part), keepingSlashes: false, to: &encoded)
        return encoded
    }
}

#endif
