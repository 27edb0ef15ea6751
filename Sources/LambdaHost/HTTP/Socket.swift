// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif
internal import JSONTape

/// A host and a port, as `AWS_LAMBDA_RUNTIME_API` gives them: `127.0.0.1:9001`, `[::1]:9001`, `localhost:8080`.
struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    var host: String
    var port: UInt16

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else { return nil }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else { return nil }
        self.host = String(host)
        self.port = port
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// A TCP connection, closed when nobody holds it any more. Making one blocks.
final class Socket: Sendable {
    let descriptor: Int32

    /// Connects to the first of the host's addresses that answers.
    init(connectingTo endpoint: Endpoint) throws(HTTPError) {
        var hints = unsafe addrinfo()
        #if canImport(Darwin) || canImport(Musl)
        let stream = SOCK_STREAM
        #else
        let stream = Int32(SOCK_STREAM.rawValue)
        #endif
        unsafe hints.ai_socktype = stream
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = unsafe getaddrinfo(endpoint.host, "\(endpoint.port)", &hints, &list)
        guard failure == 0 else {
            throw HTTPError(.unreachable, "\(endpoint): \(unsafe String(cString: gai_strerror(failure)))")
        }
        // The list is ours until it is freed, and each entry's address lives as long as the list.
        defer { unsafe freeaddrinfo(list) }
        var reason = DescriptorError(errorNumber: EHOSTUNREACH)
        var next = unsafe list
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            let descriptor = unsafe socket(entry.pointee.ai_family, stream, entry.pointee.ai_protocol)
            if descriptor < 0 {
                reason = DescriptorError(errorNumber: errno)
                continue
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            var connected = unsafe connect(descriptor, entry.pointee.ai_addr, entry.pointee.ai_addrlen)
            if connected != 0, errno == EINTR { connected = Socket.waitUntilConnected(descriptor) }
            if connected == 0 {
                // An answer must not wait for more to be sent with it.
                var on: Int32 = 1
                _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
                self.descriptor = descriptor
                return
            }
            reason = DescriptorError(errorNumber: errno)
            _ = close(descriptor)
        }
        throw HTTPError(.unreachable, "\(endpoint): \(reason)")
    }

    /// A connect that a signal interrupted goes on by itself.
    private static func waitUntilConnected(_ descriptor: Int32) -> Int32 {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while unsafe poll(&waiting, 1, -1) < 0 { if errno != EINTR { return -1 } }
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 else { return -1 }
        if failure != 0 { errno = failure }
        return failure == 0 ? 0 : -1
    }

    deinit { _ = close(descriptor) }

    /// Whether the other side has closed the connection, or sent something that nobody asked for.
    var isStale: Bool { JSONBuffer.isReadable(descriptor, within: 0) }

    /// Ends a connection that another thread is reading from, so that the reading comes back.
    static func interrupt(_ descriptor: Int32) {
        #if canImport(Darwin) || canImport(Musl)
        _ = shutdown(descriptor, SHUT_RDWR)
        #else
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
        #endif
    }
}
