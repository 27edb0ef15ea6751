// SPDX-License-Identifier: Apache-2.0

internal import CEnvironment
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
    static func set(_ name: String, _ value: String?) { changing.withLock { _ in _ = unsafe environment_set(name, value) } }

    private static let changing = Mutex(())

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
