// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The Python with what Tests/requirements.txt names.
enum Python {
    static func path() throws -> String {
        if let path = ProcessInfo.processInfo.environment["SLUICE_PYTHON"] { return path }
        let path = Repository.path(".build/python-env/bin/python")
        try #require(FileManager.default.isExecutableFile(atPath: path), "This needs a Python environment: run scripts/test, or scripts/python-env once.")
        return path
    }

    /// A program that was installed beside it.
    static func tool(_ name: String) throws -> String { "\((try path() as NSString).deletingLastPathComponent)/\(name)" }
}
