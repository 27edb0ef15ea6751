// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder for one test, gone with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // As the system calls it, so that what the command says can be compared.
        path = folder.resolvingSymlinksInPath().path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in the folder.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let url = URL(fileURLWithPath: self(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

    func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: self(name)))) }

    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }

    func remove(_ name: String) throws {
        if exists(name) { try FileManager.default.removeItem(atPath: self(name)) }
    }

    /// Every file below a folder of it, hidden ones too, by their paths from there, sorted.
    func files(below name: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: self(name)).filter { path in
            let type = try FileManager.default.attributesOfItem(atPath: "\(self(name))/\(path)")[.type] as? FileAttributeType
            return type != .typeDirectory
        }.sorted()
    }

    /// Puts the samples into it, so that what is written beside them goes with it.
    func addSamples() throws {
        try FileManager.default.copyItem(atPath: Repository.path("samples"), toPath: self("samples"))
    }
}

/// The checkout that the tests were built from.
enum Repository {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(name).path
    }
}
