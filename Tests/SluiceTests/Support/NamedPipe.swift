// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
@testable import Sluice
import Synchronization

/// A named pipe, and somebody who reads it: at once, slowly, or not at all.
final class NamedPipe: Sendable {
    let path: String
    private let state = Mutex(State())

    private struct State {
        var reader: Task<Void, Never>?
        var bytes: [UInt8] = []
    }

    init(_ path: String) throws {
        self.path = path
        guard unsafe mkfifo(path, 0o600) == 0 else { throw FileError("create", path) }
        // As the command does at its start: a write that nobody reads is to be an error.
        _ = signal(SIGPIPE, SIG_IGN)
    }

    deinit { state.withLock { $0.reader?.cancel() } }

    /// All that was read by now.
    var text: String { String(decoding: state.withLock { $0.bytes }, as: UTF8.self) }

    /// Reads from now on.
    /// - Parameter delay: how long it takes for a part of what fits into the pipe; absent for no time.
    func read(_ delay: Duration? = nil) async throws {
        await leave()
        // Does not wait for who writes, nor for what is written.
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        if descriptor < 0 { throw FileError("open", path) }
        #if os(Linux)
        // F_SETPIPE_SZ, which not every C library shows: a page, so that a few records fill it.
        if delay != nil { _ = fcntl(descriptor, 1031, 4096) }
        #endif
        let task = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: delay ?? .milliseconds(1))
                guard let self else { break }
                self.take(descriptor, upTo: delay == nil ? 1 << 16 : 1024)
            }
            if let self { while self.take(descriptor, upTo: 1 << 16) {} }
            _ = close(descriptor)
        }
        state.withLock { $0.reader = task }
    }

    /// Reads what is there, and no more: whoever writes then finds nobody.
    func leave() async {
        let task = state.withLock { $0.reader.take() }
        task?.cancel()
        await task?.value
    }

    /// - Returns: whether there was something.
    @discardableResult private func take(_ descriptor: Int32, upTo count: Int) -> Bool {
        var buffer = [UInt8](repeating: 0, count: count)
        let taken = unsafe Self.readOnce(descriptor, &buffer, count)
        if taken > 0 { state.withLock { $0.bytes += buffer.prefix(taken) } }
        return taken > 0
    }

    private static func readOnce(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
        unsafe Glibc.read(descriptor, buffer, count)
        #elseif canImport(Musl)
        unsafe Musl.read(descriptor, buffer, count)
        #else
        unsafe Darwin.read(descriptor, buffer, count)
        #endif
    }
}
