// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The Python with what Tests/requirements.txt names.
public enum Python {
    public struct Missing: Error, CustomStringConvertible {
        public let description = "This needs a Python environment: run scripts/test, or scripts/python-env once."
    }

    /// The interpreter's path.
    public static func path() throws -> String {
        if let path = ProcessInfo.processInfo.environment["SLUICE_PYTHON"] { return path }
        let path = Repository.path(".build/python-env/bin/python")
        guard FileManager.default.isExecutableFile(atPath: path) else { throw Missing() }
        return path
    }

    /// The path of a program that was installed beside it.
    public static func tool(_ name: String) throws -> String {
        URL(fileURLWithPath: try path()).deletingLastPathComponent().appendingPathComponent(name).path
    }
}
