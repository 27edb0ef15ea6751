// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file, or standard input.
struct Input: Sendable {
    /// As it was named on the command line, or found in a folder that was.
    var path: String
    /// How many bytes it has, where that is known before it is read.
    var size: Int64?

    var isStandardInput: Bool { path == "-" }
}

/// Turns the paths of the command line into inputs.
struct InputFiles {
    private(set) var inputs: [Input] = []
    /// Paths that cannot be read, with the reason.
    private(set) var failures: [(path: String, reason: String)] = []
    /// How many files of folders were passed over, since their names say that they are something else.
    private(set) var passedOver = 0

    /// What recorded streams are called: Firehose's and Lambda's objects have no ending at all.
    private static let endings: Set<String> = ["json", "jsonl", "ndjson", "gz", "gzip", "log", ""]
    /// Files that DynamoDB's export puts beside the data.
    private static let others: Set<String> = ["manifest-summary.json", "manifest-files.json", "_started"]

    init(_ paths: [String]) {
        for path in paths {
            if path == "-" {
                inputs.append(Input(path: path, size: nil))
                continue
            }
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                failures.append((path, "there is no such file or folder"))
                continue
            }
            if isFolder.boolValue { walk(path) } else { inputs.append(Input(path: path, size: InputFiles.size(of: path))) }
        }
    }

    /// All files below a folder, in the order of their names, so that recordings numbered by their makers are read in order.
    private mutating func walk(_ folder: String) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            failures.append((folder, "the folder cannot be read"))
            return
        }
        for name in names where !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                failures.append((path, "a link that leads nowhere"))
                continue
            }
            if isFolder.boolValue {
                // A link to a folder could lead in a circle.
                let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
                if isLink { passedOver += 1 } else { walk(path) }
            } else if InputFiles.endings.contains((name as NSString).pathExtension.lowercased()) && !InputFiles.others.contains(name) {
                inputs.append(Input(path: path, size: InputFiles.size(of: path)))
            } else {
                passedOver += 1
            }
        }
    }

    private static func size(of path: String) -> Int64? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path), attributes[.type] as? FileAttributeType == .typeRegular else {
            return nil
        }
        return (attributes[.size] as? NSNumber)?.int64Value
    }
}
