// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Synchronization
#if canImport(Glibc)
@unsafe @preconcurrency internal import Glibc
#elseif canImport(Musl)
@unsafe @preconcurrency internal import Musl
#else
@unsafe @preconcurrency internal import Darwin
#endif

/// What the process has from the system: its environment and its signals.
enum ProcessState {
    /// The variables of the environment.
    static var environment: [String: String] {
        var variables: [String: String] = [:]
        // Nobody changes the environment while the process starts; the list ends with a null pointer, each entry with a zero.
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            unsafe next += 1
            let text = unsafe String(cString: entry)
            guard let equals = text.firstIndex(of: "=") else { continue }
            variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return variables
    }

    /// Sets or takes away a variable. Called between invocations, when nothing else should run that could read the environment.
    ///
    /// `setenv` of the GNU library keeps every value that a variable ever had, and a trace's id is another one each time. What `putenv` takes stays
    /// ours to free.
    static func set(_ name: String, _ value: String?) {
        entries.withLock { entries in
            if let value, let entry = unsafe strdup("\(name)=\(value)") {
                _ = unsafe putenv(entry)
                entries[name, default: []].append(UInt(bitPattern: entry))
            } else {
                _ = unsafe unsetenv(name)
            }
            // A call that was given up at its deadline may still be reading the one before.
            while let old = entries[name], old.count > 2 {
                unsafe free(UnsafeMutableRawPointer(bitPattern: old[0]))
                entries[name]?.removeFirst()
            }
        }
    }

    /// Where the entries are that were set here, of each variable the last two: whoever sets one frees it.
    private static let entries = Mutex<[String: [UInt]]>([:])

    /// A closed pipe or connection is told by an error of the call, not by the end of the process.
    static func ignoreClosedPipes() { _ = signal(SIGPIPE, SIG_IGN) }
}

/// Listens for the system's wish that the process ends, as long as it is kept.
final class Termination {
    private let source: any DispatchSourceSignal

    init(_ stop: @escaping @Sendable () -> Void) {
        _ = signal(SIGTERM, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
        source.setEventHandler(handler: stop)
        source.resume()
    }

    func cancel() { source.cancel() }
}
