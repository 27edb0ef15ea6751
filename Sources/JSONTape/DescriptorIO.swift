// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What the system said when bytes could not be read from or written to a file descriptor.
public struct DescriptorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `errno`, as the system call left it.
    public let errorNumber: Int32

    public init(errorNumber: Int32) { self.errorNumber = errorNumber }

    /// The reader at the other end of a pipe or socket has gone.
    public var isBrokenPipe: Bool { errorNumber == EPIPE }

    public var description: String {
        var text = [CChar](repeating: 0, count: 256)
        let found = unsafe text.withUnsafeMutableBufferPointer { buffer in
            unsafe describe(errorNumber, in: buffer)
        }
        return found ?? "error \(errorNumber)"
    }
}

private func describe(_ errorNumber: Int32, in buffer: UnsafeMutableBufferPointer<CChar>) -> String? {
    guard let start = buffer.baseAddress else { return nil }
    // Swift imports the POSIX form everywhere.
    return unsafe strerror_r(errorNumber, start, buffer.count) == 0 ? String(cString: start) : nil
}

extension JSONBuffer {
    /// Whether a read would not have to wait: there are bytes, it is the end, or there is an error to be told.
    ///
    /// - Parameter milliseconds: how long to wait for that.
    public static func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&waiting, 1, milliseconds) != 0
    }

    /// Reads once, up to `maximum` bytes, behind the ones that are there. Waits where the descriptor is a pipe with nothing in it.
    ///
    /// - Returns: how many bytes were read; 0 at the end.
    public mutating func read(from descriptor: Int32, upTo maximum: Int) throws(DescriptorError) -> Int {
        var got = 0
        try unsafe appendUnsafe(minimum: maximum) { room throws(DescriptorError) -> Int in
            while true {
                #if canImport(Glibc)
                let result = unsafe Glibc.read(descriptor, room.baseAddress, min(maximum, room.count))
                #elseif canImport(Musl)
                let result = unsafe Musl.read(descriptor, room.baseAddress, min(maximum, room.count))
                #else
                let result = unsafe Darwin.read(descriptor, room.baseAddress, min(maximum, room.count))
                #endif
                if result >= 0 {
                    got = result
                    return result
                }
                if errno != EINTR { throw DescriptorError(errorNumber: errno) }
            }
        }
        return got
    }
}

/// Writes all bytes, however many calls that takes.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(DescriptorError) {
    var done = 0
    while done < bytes.count {
        let written = unsafe write(descriptor, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done)
        if written >= 0 {
            done += written
            continue
        }
        switch errno {
        case EINTR:
            continue
        case EAGAIN:
            // A descriptor that somebody else has made non-blocking (a terminal shared with another program).
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = unsafe poll(&waiting, 1, -1)
        default:
            throw DescriptorError(errorNumber: errno)
        }
    }
}

extension RawSpan {
    /// Writes all bytes to the descriptor, however many calls that takes.
    public func write(to descriptor: Int32) throws(DescriptorError) {
        let outcome: Result<Void, DescriptorError> = unsafe withUnsafeBytes { bytes in
            do throws(DescriptorError) {
                try unsafe writeAll(bytes, to: descriptor)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }
}
