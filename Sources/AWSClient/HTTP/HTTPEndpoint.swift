// SPDX-License-Identifier: Apache-2.0

#if AWS

/// Where a service listens: `https://sqs.eu-central-1.amazonaws.com`, with a path where a setting has one.
public struct HTTPEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// `http` or `https`.
    public var scheme: String
    /// Without brackets, where it is an IPv6 address.
    public var host: String
    /// Absent: the scheme's own.
    public var port: Int?
    /// What all paths begin with; without a slash at its end.
    public var path: String

    /// - Parameters:
    ///   - host: without brackets.
    ///   - port: absent: the scheme's own.
    ///   - path: from a slash, and without one at its end; empty where there is none.
    public init(scheme: String = "https", host: String, port: Int? = nil, path: String = "") {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
    }

    /// Nil for what is no `http` or `https` address, or has user names, a query or a fragment.
    public init?(_ url: String) {
        let lowered = url.lowercased()
        guard let scheme = ["https", "http"].first(where: { lowered.hasPrefix($0 + "://") }) else { return nil }
        let rest = url.dropFirst(scheme.count + 3)
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !rest.contains(where: { "?#@\\".contains($0) }) else { return nil }
        let authority = rest.prefix { $0 != "/" }
        var path = rest[authority.endIndex...]
        while path.last == "/" { path.removeLast() }
        var host: Substring
        var port: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
            let behind = authority[authority.index(after: end)...]
            if !behind.isEmpty {
                guard behind.first == ":" else { return nil }
                port = behind.dropFirst()
            }
        } else {
            host = authority.prefix { $0 != ":" }
            guard host.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_" }) else { return nil }
            if host.endIndex < authority.endIndex { port = authority[authority.index(after: host.endIndex)...] }
        }
        guard !host.isEmpty else { return nil }
        self.scheme = scheme
        self.host = host.lowercased()
        self.path = String(path)
        if let port {
            guard let number = Int(port), (1...65535).contains(number), port.first != "+" else { return nil }
            self.port = number == (scheme == "https" ? 443 : 80) ? nil : number
        }
    }

    /// What the `host` header says: with the port, unless it is the scheme's own.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port.map { "\(name):\($0)" } ?? name
    }

    /// Scheme, host and port: `http://localhost:4566`.
    public var origin: String { "\(scheme)://\(authority)" }

    /// The whole address: `http://localhost:4566/base`.
    public var description: String { origin + path }

    /// Whether the host is written as an IP address, not a name.
    var isAddress: Bool { host.contains(":") || IPv4Address(host) != nil }
}

/// Four numbers.
struct IPv4Address: Hashable {
    let octets: [UInt8]

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        octets = parts.compactMap { $0.first == "+" ? nil : UInt8($0) }
        if parts.count != 4 || octets.count != 4 { return nil }
    }
}

#endif
