// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
import JSONTape
import Synchronization
#if canImport(SwiftOverlayShims)
// Where the optimiser is on, timespec is known by this module as well as by the C library's.
import SwiftOverlayShims
#endif

/// What the system said when a program could not be started.
public struct ChildProcessError: Error, Sendable, Hashable, CustomStringConvertible {
    public var program: String
    /// `errno`.
    public var errorNumber: Int32

    public var description: String { "\(program) cannot be started: \(DescriptorError(errorNumber: errorNumber))" }
}

/// A program that was started in a process group of its own, with pipes to its standard input, output and error.
///
/// Calls C with pointers, all of them to values that live for the call.
struct ChildProcess: Sendable {
    /// How a program ended.
    enum End: Sendable, Hashable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)
        /// Somebody else has taken its status.
        case unknown

        var description: String {
            switch self {
            case .exited(let status): "ended with status \(status)"
            case .signalled(let signal): "was ended by signal \(signal)"
            case .unknown: "has ended"
            }
        }
    }

    let identifier: pid_t
    /// To write to; the program's standard input.
    let input: Int32
    /// To read from.
    let output: Int32
    let errors: Int32

    /// Starts a program, found by this process's `PATH` unless its name has a slash.
    ///
    /// - Parameter environment: what it gets to see; absent for that of this process.
    init(_ command: ExecCommand, environment: [String: String]?) throws(ChildProcessError) {
        // A pipe is marked as not to be inherited only after it was made: no other program of ours may start in between.
        self = try Self.starting.withLock { _ throws(ChildProcessError) in try ChildProcess(starting: command, environment) }
    }

    private static let starting = Mutex(())

    private init(starting command: ExecCommand, _ environment: [String: String]?) throws(ChildProcessError) {
        let program = command.words[0]
        var pipes: [(reading: Int32, writing: Int32)] = []
        func closeAll() { for pipe in pipes { _ = (close(pipe.reading), close(pipe.writing)) } }
        for _ in 0..<3 {
            guard let pipe = Self.makePipe() else {
                let number = errno
                closeAll()
                throw ChildProcessError(program: program, errorNumber: number)
            }
            pipes.append(pipe)
        }
        var child: pid_t = 0
        let result = Self.spawn(
            command.words, environment.map { $0.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } },
            descriptors: [pipes[0].reading, pipes[1].writing, pipes[2].writing], into: &child)
        guard result == 0 else {
            closeAll()
            throw ChildProcessError(program: program, errorNumber: result)
        }
        for end in [pipes[0].reading, pipes[1].writing, pipes[2].writing] { _ = close(end) }
        identifier = child
        input = pipes[0].writing
        output = pipes[1].reading
        errors = pipes[2].reading
    }

    /// A pipe that no program inherits, but for the ends it is given.
    private static func makePipe() -> (reading: Int32, writing: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// - Returns: 0, or what went wrong.
    private static func spawn(
        _ words: [String], _ environment: [String]?, descriptors: [Int32], into child: inout pid_t
    ) -> Int32 {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t? = nil
        var attributes: posix_spawnattr_t? = nil
        #else
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        for (number, descriptor) in descriptors.enumerated() {
            let result = unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
            if result != 0 { return result }
        }
        // A group of its own, so that what it starts ends with it and a terminal's Ctrl-C leaves it its work; no signal
        // blocked or ignored because we do.
        var none = sigset_t()
        var defaults = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigemptyset(&defaults)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGUSR1, SIGUSR2] { unsafe sigaddset(&defaults, signal) }
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        var variables = unsafe (environment ?? []).map { unsafe strdup($0) } + [nil]
        defer {
            // Each was made by strdup here and is freed once; free takes nil.
            for unsafe text in unsafe arguments { unsafe free(text) }
            for unsafe text in unsafe variables { unsafe free(text) }
        }
        if environment == nil { return unsafe posix_spawnp(&child, words[0], &actions, &attributes, &arguments, environ) }
        return unsafe posix_spawnp(&child, words[0], &actions, &attributes, &arguments, &variables)
    }

    /// Sends a signal to all processes of the group. Only before ``reap()``: afterwards the number may be somebody else's.
    func signalGroup(_ signal: Int32) { _ = kill(-identifier, signal) }

    /// Waits until one of two pipes can be read from, or has ended.
    ///
    /// - Parameters:
    ///   - descriptors: absent for a pipe that has ended already.
    ///   - milliseconds: how long to wait.
    /// - Returns: for each whether a read would not have to wait.
    static func waitForOutput(_ descriptors: (Int32?, Int32?), milliseconds: Int32) -> (Bool, Bool) {
        // The system passes over negative numbers.
        var both = [
            pollfd(fd: descriptors.0 ?? -1, events: Int16(POLLIN), revents: 0), pollfd(fd: descriptors.1 ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        guard unsafe poll(&both, 2, milliseconds) > 0 else { return (false, false) }
        return (both[0].revents != 0, both[1].revents != 0)
    }

    /// Whether the program itself has ended. Its number stays taken until ``reap()``.
    var hasEnded: Bool {
        var information = unsafe siginfo_t()
        // An error means that somebody else has taken its status.
        guard unsafe waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT | WNOHANG) == 0 else { return errno != EINTR }
        // Where nothing has happened, the system leaves this as it is: 0.
        return unsafe information.si_signo != 0
    }

    /// Takes the status of the program, which has ended, and gives its number back.
    func reap() -> End {
        var status: Int32 = 0
        while true {
            let result = unsafe waitpid(identifier, &status, 0)
            if result == identifier { break }
            if errno != EINTR { return .unknown }
        }
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }
}

/// Writes to a pipe whose reader may be gone, without the signal that would end this process where it is not ignored.
func writeWithoutSignal(_ bytes: JSONBytes, to descriptor: Int32) throws(DescriptorError) {
    #if canImport(Darwin)
    _ = fcntl(descriptor, F_SETNOSIGPIPE, 1)
    try bytes.span.write(to: descriptor)
    #else
    // The signal goes to the thread that writes. It is held back there, and taken away again if it was this write that raised it.
    var pipe = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    unsafe sigemptyset(&pipe)
    unsafe sigaddset(&pipe, SIGPIPE)
    unsafe sigpending(&pending)
    let wasPending = unsafe sigismember(&pending, SIGPIPE) == 1
    unsafe pthread_sigmask(SIG_BLOCK, &pipe, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    do throws(DescriptorError) {
        try bytes.span.write(to: descriptor)
    } catch {
        if error.isBrokenPipe, !wasPending {
            var now = timespec()
            unsafe sigtimedwait(&pipe, nil, &now)
        }
        throw error
    }
    #endif
}
