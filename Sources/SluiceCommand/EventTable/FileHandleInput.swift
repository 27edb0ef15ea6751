// SPDX-License-Identifier: Apache-2.0

import Foundation

/// All of standard input.
enum FileHandleInput {
    static func all() throws -> [UInt8] { try [UInt8](FileHandle.standardInput.readToEnd() ?? Data()) }
}
