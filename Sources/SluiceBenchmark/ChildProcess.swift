// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What one run of a command took.
struct Measurement: Codable, Sendable {
    /// Seconds from the start to the end.
    var wall = 0.0
    /// Seconds of processor time, the user's and the system's.
    var user = 0.0
    var system = 0.0
    /// The largest resident set, in bytes.
    var peak = 0
    /// The exit status, or 128 and the signal's number.
    var status = 0

    var cpu: Double { user + system }
}

/// A command that runs beside us. Foundation's Process does not tell what its child used: this asks the kernel when it ends.
struct ChildProcess {
    private let identifier: pid_t
    private let started = ContinuousClock.now

    /// Starts `arguments[0]`, found as the shell would. Standard error goes to the file `errors`.
    init(_ arguments: [String], input: Int32? = nil, output: String = "/dev/null", outputDescriptor: Int32? = nil, errors: String) throws {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t? = nil
        #else
            var actions = unsafe posix_spawn_file_actions_t()
        #endif
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let input {
            unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        if let outputDescriptor {
            unsafe posix_spawn_file_actions_adddup2(&actions, outputDescriptor, 1)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        }
        unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o644)

        var words = unsafe arguments.map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer {
            for unsafe word in unsafe words {
                unsafe free(word)
            }
        }
        var child: pid_t = 0
        let code = unsafe posix_spawnp(&child, arguments[0], &actions, nil, words, environ)
        guard code == 0 else {
            throw ValidationError("cannot start \(arguments[0]): \(String(describing: POSIXError(.init(rawValue: code) ?? .ENOENT)))")
        }
        identifier = child
    }

    /// Waits for its end. The peak is the kernel's, except where that is hidden by our own: a child begins as a copy of us, and its
    /// counter with ours, so a smaller one is taken from watching the child.
    func wait() -> Measurement {
        var measurement = Measurement()
        var usage = rusage()
        var status: Int32 = 0
        var watched = 0
        var round = 0
        while unsafe wait4(identifier, &status, WNOHANG, &usage) == 0 {
            if round % 8 == 0 {
                watched = max(watched, Self.peak(of: String(identifier)) ?? 0)
            }
            round += 1
            usleep(1000)
        }
        measurement.wall = (ContinuousClock.now - started).seconds
        measurement.user = Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) * 1e-6
        measurement.system = Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) * 1e-6
        #if canImport(Darwin)
            measurement.peak = usage.ru_maxrss
        #else
            let reported = usage.ru_maxrss * 1024
            let own = Self.peak(of: "self") ?? 0
            measurement.peak = reported > own ? reported : watched
        #endif
        measurement.status = Int(status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F)
        return measurement
    }

    /// The high-water mark of a process's resident set in bytes, where the system tells it.
    private static func peak(of process: String) -> Int? {
        guard let content = FileManager.default.contents(atPath: "/proc/\(process)/status") else { return nil }
        for line in String(decoding: content, as: UTF8.self).split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
        }
        return nil
    }
}

/// Both ends of a pipe; the children that get one end must not inherit the other.
struct PipeEnds {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw ValidationError("cannot make a pipe")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        reading = ends[0]
        writing = ends[1]
    }

    func close() {
        for end in [reading, writing] {
            #if canImport(Glibc)
                _ = Glibc.close(end)
            #elseif canImport(Musl)
                _ = Musl.close(end)
            #else
                _ = Darwin.close(end)
            #endif
        }
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
