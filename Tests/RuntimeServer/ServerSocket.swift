// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A socket that listens on loopback, on a port that the system chooses.
final class ListeningSocket: Sendable {
    let descriptor: Int32
    let port: UInt16

    init() throws {
        let descriptor = socket(AF_INET, ListeningSocket.stream, 0)
        self.descriptor = descriptor
        guard descriptor >= 0 else { throw SocketFailure("socket") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // An internet address is one form of the system's general address; the calls are told its size.
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe bind(descriptor, general, size) == 0 && listen(descriptor, 16) == 0 && getsockname(descriptor, general, &size) == 0
            }
        }
        guard isBound else { throw SocketFailure("bind") }
        port = UInt16(bigEndian: address.sin_port)
    }

    static var stream: Int32 {
        #if canImport(Darwin) || canImport(Musl)
        SOCK_STREAM
        #else
        Int32(SOCK_STREAM.rawValue)
        #endif
    }

    /// The next connection; nil once the socket is closed.
    func accept() -> ServerSocket? {
        while true {
            #if canImport(Glibc)
            let connection = Glibc.accept(descriptor, nil, nil)
            #elseif canImport(Musl)
            let connection = Musl.accept(descriptor, nil, nil)
            #else
            let connection = Darwin.accept(descriptor, nil, nil)
            #endif
            if connection >= 0 { return ServerSocket(connection) }
            if errno != EINTR { return nil }
        }
    }

    /// Refuses further connections and lets ``accept()`` come back.
    func shut() { shutDown(descriptor) }

    deinit { _ = close(descriptor) }
}

private func shutDown(_ descriptor: Int32) {
    #if canImport(Darwin) || canImport(Musl)
    _ = shutdown(descriptor, SHUT_RDWR)
    #else
    _ = shutdown(descriptor, Int32(SHUT_RDWR))
    #endif
}

/// One connection that was accepted.
final class ServerSocket: Sendable {
    private let descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { _ = close(descriptor) }

    /// Some bytes; none at the end.
    func read() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            // The call writes at most the buffer's length.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count >= 0 { return Array(buffer.prefix(count)) }
            if errno != EINTR { return [] }
        }
    }

    /// - Returns: whether all went out.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes { unsafe send(descriptor, $0.baseAddress.map { unsafe $0 + done }, $0.count - done, ServerSocket.quietly) }
            if sent < 0, errno == EINTR { continue }
            if sent <= 0 { return false }
            done += sent
        }
        return true
    }

    /// Without a signal where nobody reads any more.
    private static var quietly: Int32 {
        #if canImport(Darwin)
        0
        #else
        Int32(MSG_NOSIGNAL)
        #endif
    }

    /// Ends the connection in both directions.
    func shut() { shutDown(descriptor) }

    /// Ends it with a reset, as a process does that dies.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        shutDown(descriptor)
    }
}

/// What the system said.
struct SocketFailure: Error, CustomStringConvertible {
    let description: String

    init(_ call: String) { description = "\(call): error \(errno)" }
}
