// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder of a test's own, gone with all that is in it when nothing stands for it any more.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(String(UInt64.random(in: 0 ... .max), radix: 36))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        // As the system calls it, so that what is said of it can be compared.
        path = folder.resolvingSymlinksInPath().path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in the folder.
    public func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, with the folders that it is in.
    ///
    /// - Returns: its path.
    @discardableResult
    public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let url = URL(fileURLWithPath: path(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    @discardableResult
    public func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

    public func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name)))) }

    public func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    /// Absent where there is no such file.
    public func textIfPresent(_ name: String) throws -> String? { exists(name) ? try text(name) : nil }

    public func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    public func remove(_ name: String) throws {
        if exists(name) { try FileManager.default.removeItem(atPath: path(name)) }
    }

    /// Every file below a folder of it, hidden ones too, by their paths from there, sorted.
    public func files(below name: String) throws -> [String] { try FileManager.default.files(below: path(name)) }

    /// The text of every file below a folder of it that can be read; nothing where there is no such folder.
    public func contents(below name: String = ".") throws -> [String: String] {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path(name), isDirectory: &isFolder), isFolder.boolValue else { return [:] }
        return try files(below: name).reduce(into: [:]) { contents, file in contents[file] = try textIfPresent("\(name)/\(file)") }
    }
}
