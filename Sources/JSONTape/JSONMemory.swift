// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif
internal import Synchronization

/// Memory that buffers and indexes give back for the next ones, so that a long stream runs in a few blocks.
///
/// Share one among the readers of one stream. What is beyond `maximumIdleBytes` goes back to the system.
public final class JSONMemory: Sendable {
    private let idle = Mutex(Idle())
    private let maximumIdleBytes: Int

    // Invariant: every block in `blocks` came from `malloc` with at least the capacity noted, and nobody else holds it.
    private struct Idle: ~Copyable, @unchecked Sendable {
        var blocks: [JSONBlock] = []
        var bytes = 0
    }

    public init(maximumIdleBytes: Int = 6 << 20) {
        self.maximumIdleBytes = maximumIdleBytes
    }

    deinit {
        idle.withLock { idle in
            for block in idle.blocks { unsafe free(block.start) }
        }
    }

    func take(capacity: Int) -> JSONBlock {
        let reused = idle.withLock { idle -> JSONBlock? in
            // The smallest that is large enough; a block far too large would be held hostage by a small buffer.
            var best: Int?
            for (place, block) in idle.blocks.enumerated() where block.capacity >= capacity && block.capacity <= capacity * 4 + 4096 {
                if let found = best, idle.blocks[found].capacity <= block.capacity { continue }
                best = place
            }
            guard let best else { return nil }
            let block = idle.blocks.remove(at: best)
            idle.bytes -= block.capacity
            return block
        }
        return reused ?? JSONBlock(allocating: capacity)
    }

    func give(_ block: JSONBlock) {
        let kept = idle.withLock { idle -> Bool in
            guard idle.blocks.count < 64, idle.bytes + block.capacity <= maximumIdleBytes else { return false }
            idle.blocks.append(block)
            idle.bytes += block.capacity
            return true
        }
        if !kept { block.free() }
    }
}

/// One piece of `malloc`'s memory. Whoever holds it frees it or gives it to a ``JSONMemory``, once.
@safe
struct JSONBlock: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let capacity: Int

    init(allocating capacity: Int) {
        guard let start = unsafe malloc(max(capacity, 16)) else {
            // As Swift's own arrays do where the system has no memory left.
            fatalError("out of memory: \(capacity) bytes")
        }
        unsafe self.start = start
        self.capacity = max(capacity, 16)
    }

    private init(start: UnsafeMutableRawPointer, capacity: Int) {
        unsafe self.start = start
        self.capacity = capacity
    }

    /// The same bytes in a block of `capacity`; this one must not be used any more.
    func grown(to capacity: Int) -> JSONBlock {
        guard let moved = unsafe realloc(start, capacity) else { fatalError("out of memory: \(capacity) bytes") }
        return unsafe JSONBlock(start: moved, capacity: capacity)
    }

    func free() {
        #if canImport(Glibc)
        unsafe Glibc.free(start)
        #elseif canImport(Musl)
        unsafe Musl.free(start)
        #else
        unsafe Darwin.free(start)
        #endif
    }
}
