// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
import JSONTape

/// What the system said when a file could not be used as wanted.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was tried: `open`, `rename`.
    public var call: String
    public var path: String
    /// `errno`.
    public var errorNumber: Int32

    init(_ call: String, _ path: String, errorNumber: Int32 = errno) {
        self.call = call
        self.path = path
        self.errorNumber = errorNumber
    }

    /// The same, said of another path: of a file's own name in place of the one that it has for a while.
    func about(_ path: String) -> FileError { FileError(call, path, errorNumber: errorNumber) }

    /// Trying again cannot help: the name itself is impossible.
    var isForGood: Bool { [ENAMETOOLONG, EILSEQ, EINVAL, EISDIR].contains(errorNumber) }
    /// Nothing is there, or no folder that it could be in.
    var isAbsence: Bool { errorNumber == ENOENT }

    public var description: String {
        "\(path): cannot \(call): \(DescriptorError(errorNumber: errorNumber))"
    }
}

/// The few system calls for files that the sinks need. The only file of this module that calls C with pointers; all of
/// them are made from strings and live for the call.
enum Files {
    enum Kind { case regular, folder, other }

    /// What is at a path; absent where nothing is.
    static func kind(of path: String) throws(FileError) -> (kind: Kind, permissions: mode_t)? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw FileError("look at it", path)
        }
        let kind: Kind = switch status.st_mode & S_IFMT {
        case S_IFREG: .regular
        case S_IFDIR: .folder
        default: .other
        }
        return (kind, status.st_mode & 0o7777)
    }

    /// Creates a folder and those that it lies in, where they are missing.
    static func createFolder(_ path: String) throws(FileError) {
        if path.isEmpty { return }
        if unsafe mkdir(path, 0o777) == 0 { return }
        switch errno {
        case EEXIST:
            if try kind(of: path)?.kind != .folder { throw FileError("create the folder", path, errorNumber: ENOTDIR) }
        case ENOENT:
            let parent = folder(of: path)
            if parent == path || parent.isEmpty { throw FileError("create the folder", path) }
            try createFolder(parent)
            if unsafe mkdir(path, 0o777) != 0, errno != EEXIST { throw FileError("create the folder", path) }
        default: throw FileError("create the folder", path)
        }
    }

    static func rename(_ path: String, to other: String) throws(FileError) {
        #if canImport(Glibc)
        let result = unsafe Glibc.rename(path, other)
        #elseif canImport(Musl)
        let result = unsafe Musl.rename(path, other)
        #else
        let result = unsafe Darwin.rename(path, other)
        #endif
        if result != 0 { throw FileError("put in place", other) }
    }

    /// Gives a file a second name, if nothing has that name yet.
    /// - Returns: false where something has it.
    static func link(_ path: String, to other: String) throws(FileError) -> Bool {
        #if canImport(Glibc)
        let result = unsafe Glibc.link(path, other)
        #elseif canImport(Musl)
        let result = unsafe Musl.link(path, other)
        #else
        let result = unsafe Darwin.link(path, other)
        #endif
        if result == 0 { return true }
        if errno == EEXIST { return false }
        throw FileError("put in place", other)
    }

    /// Moves a file to a name that nothing has yet, in one step.
    /// - Returns: false where something has it.
    static func place(_ path: String, at other: String) throws(FileError) -> Bool {
        do throws(FileError) {
            return try link(path, to: other)
        } catch {
            // Some file systems know no second names; there, a moment remains in which another process can come between.
            guard [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS, EMLINK].contains(error.errorNumber) else { throw error }
            if try kind(of: other) != nil { return false }
            try rename(path, to: other)
            return true
        }
    }

    /// Removes a file; that it is not there is no error.
    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// Removes a folder, if it is empty.
    static func removeFolder(_ path: String) { _ = unsafe rmdir(path) }

    /// The path without symbolic links. Where nothing is there, what the last link names; the same path where there is no link.
    static func resolved(_ path: String) -> String {
        var path = path
        // No system follows more of them.
        for _ in 0..<40 {
            if let real = real(path) { return real }
            guard isAbsent(path), let named = link(at: path) else { break }
            path = named.hasPrefix("/") ? named : join(folder(of: path), named)
        }
        return path
    }

    /// The one name of what a path leads to, be it there or not: two paths to one file have the same.
    static func place(of path: String) -> String {
        let path = resolved(path)
        if let real = real(path.isEmpty ? "." : path) { return real }
        let (parent, last) = (folder(of: path), name(of: path))
        // A longer one leads nowhere.
        guard parent != path, path.utf8.count < 4096 else { return path }
        let place = place(of: parent)
        return switch last {
        case "", ".": place
        case "..": folder(of: place)
        default: join(place, last)
        }
    }

    /// Whether it leads to a file, or to where one can come into being.
    static func isFileOrAbsent(_ path: String) -> Bool {
        if isAbsent(path) { return true }
        return (try? kind(of: path))?.kind == .regular
    }

    private static func isAbsent(_ path: String) -> Bool {
        do throws(FileError) { return try kind(of: path) == nil } catch { return false }
    }

    /// The path without symbolic links; absent where it leads nowhere.
    private static func real(_ path: String) -> String? {
        guard let text = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    /// What a symbolic link names; absent where there is none.
    private static func link(at path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink(path, &bytes, 4096)
        guard count > 0, count < 4096 else { return nil }
        return String(decoding: bytes.prefix(count).map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
    }

    /// The names in a folder; none where it cannot be read.
    static func names(in path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Whether a process with that number runs.
    static func isRunning(_ process: Int32) -> Bool { kill(process, 0) == 0 || errno != ESRCH }

    static func isNoFolderError(_ path: String) -> FileError { FileError("use as a folder", path, errorNumber: ENOTDIR) }
    static func isFolderError(_ path: String) -> FileError { FileError("write", path, errorNumber: EISDIR) }
    static func isBusyError(_ path: String) -> FileError { FileError("put lines in", path, errorNumber: EBUSY) }

    static var processNumber: Int32 { getpid() }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The path of the folder that something lies in; empty for the current one.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        let folder = path[..<slash]
        return folder.isEmpty ? "/" : String(folder)
    }

    /// What follows the last slash.
    static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }
}

/// An open file, closed when it goes out of use.
package struct OpenFile: ~Copyable {
    package let descriptor: Int32
    let path: String

    enum Mode {
        /// The file is there.
        case read
        /// The file is not there and is created.
        case create
        /// For writing to what is no regular file: a pipe, a device.
        case write
        /// For writing behind what is there; created where nothing is.
        case append
    }

    init(_ path: String, _ mode: Mode, permissions: mode_t = 0o666) throws(FileError) {
        let flags = switch mode {
        case .read: O_RDONLY
        case .create: O_WRONLY | O_CREAT | O_EXCL
        case .write: O_WRONLY
        case .append: O_RDWR | O_APPEND | O_CREAT
        }
        let descriptor = unsafe open(path, flags | O_CLOEXEC, permissions)
        if descriptor < 0 { throw FileError(mode == .create ? "create" : "open", path) }
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a file for reading, or a named pipe without waiting for who will write into it.
    package init(reading path: String) throws(FileError) {
        descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        if descriptor < 0 { throw FileError("open", path) }
        // What is written into it is waited for.
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        self.path = path
    }

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a file for reading, if there is one.
    /// - Parameter change: it must be allowed to be changed as well.
    static func ifPresent(_ path: String, toChange change: Bool = false) throws(FileError) -> OpenFile? {
        let descriptor = unsafe open(path, (change ? O_RDWR : O_RDONLY) | O_CLOEXEC)
        if descriptor >= 0 { return OpenFile(descriptor: descriptor, path: path) }
        if errno == ENOENT { return nil }
        throw FileError("open", path)
    }

    deinit { _ = close(descriptor) }

    borrowing func write(_ bytes: JSONBytes) throws(FileError) { try write(bytes.span) }

    borrowing func write(_ bytes: RawSpan) throws(FileError) {
        do throws(DescriptorError) {
            try bytes.write(to: descriptor)
        } catch {
            throw FileError("write", path, errorNumber: error.errorNumber)
        }
    }

    /// Reads at most so many bytes.
    borrowing func read(upTo maximum: Int) throws(FileError) -> JSONBytes {
        var buffer = JSONBuffer(capacity: min(maximum, 64 << 10))
        while buffer.count < maximum {
            do throws(DescriptorError) {
                if try buffer.read(from: descriptor, upTo: min(maximum - buffer.count, 1 << 20)) == 0 { break }
            } catch {
                throw FileError("read", path, errorNumber: error.errorNumber)
            }
        }
        return JSONBytes(buffer)
    }

    /// Writes all that is in another file.
    borrowing func write(allOf other: borrowing OpenFile) throws(FileError) {
        while true {
            let bytes = try other.read(upTo: 1 << 20)
            if bytes.count == 0 { return }
            try write(bytes)
        }
    }

    /// Waits until nobody else has it locked, and locks it until it is closed. A file system without locks goes on without.
    borrowing func lock() throws(FileError) {
        while flock(descriptor, LOCK_EX) != 0 {
            if errno == EINTR { continue }
            if [ENOTSUP, EOPNOTSUPP, ENOSYS, EINVAL].contains(errno) { return }
            throw FileError("lock", path)
        }
    }

    /// Whether a path leads to this file.
    borrowing func isStill(at path: String) throws(FileError) -> Bool {
        let mine = try status()
        var other = stat()
        guard unsafe stat(path, &other) == 0 else {
            if errno == ENOENT { return false }
            throw FileError("look at it", path)
        }
        return mine.st_dev == other.st_dev && mine.st_ino == other.st_ino
    }

    /// How many bytes it has, and who may use it.
    borrowing func measure() throws(FileError) -> (length: Int, permissions: mode_t) {
        let status = try status()
        return (Int(status.st_size), status.st_mode & 0o7777)
    }

    private borrowing func status() throws(FileError) -> stat {
        var status = stat()
        if unsafe fstat(descriptor, &status) != 0 { throw FileError("look at it", path) }
        return status
    }

    /// Whether what is written behind it begins a line.
    borrowing func endsALine() throws(FileError) -> Bool {
        let length = try measure().length
        if length == 0 { return true }
        var last: UInt8 = 0
        guard unsafe pread(descriptor, &last, 1, off_t(length - 1)) == 1 else { throw FileError("read", path) }
        return last == UInt8(ascii: "\n")
    }

    /// Takes everything behind the first `length` bytes away and goes on from there.
    borrowing func truncate(to length: Int) throws(FileError) {
        if ftruncate(descriptor, off_t(length)) != 0 { throw FileError("shorten", path) }
        if lseek(descriptor, off_t(length), SEEK_SET) < 0 { throw FileError("shorten", path) }
    }

    /// Waits until the bytes are on the disk.
    borrowing func synchronise() throws(FileError) {
        if fsync(descriptor) != 0 { throw FileError("write", path) }
    }
}
