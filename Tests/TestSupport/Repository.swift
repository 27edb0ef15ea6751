// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The checkout that the tests were built from.
public enum Repository {
    /// - Parameter name: from the top, such as `samples/streams`.
    public static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(name).path
    }

    public static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name)))) }

    public static func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    /// All files below a folder, hidden ones too, by their names from the top, sorted.
    public static func files(below folder: String) throws -> [String] { try FileManager.default.files(below: path(folder)).map { "\(folder)/\($0)" } }
}

extension FileManager {
    /// Every file below a folder, hidden ones too, by their paths from there, sorted.
    func files(below folder: String) throws -> [String] {
        try subpathsOfDirectory(atPath: folder).filter { path in
            try attributesOfItem(atPath: "\(folder)/\(path)")[.type] as? FileAttributeType != .typeDirectory
        }.sorted()
    }
}
