// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file, or standard input.
struct Input: Sendable {
    /// As it was named on the command line, or found in a folder that was.
    var path: String
    /// How many bytes it has, where that is known before it is read.
    var size: Int64?

    var isStandardInput: Bool { path == "-" }

    /// What messages call it.
    var name: String { isStandardInput ? "standard input" : path }
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
            switch InputFiles.look(at: path) {
            case nil: failures.append((path, "there is no such file or folder"))
            case .folder?: walk(path)
            case .file(let size)?: inputs.append(Input(path: path, size: size))
            }
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
            switch InputFiles.look(at: path) {
            case nil:
                failures.append((path, "a link that leads nowhere"))
            case .folder?:
                // A link to a folder could lead in a circle.
                let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
                if isLink { passedOver += 1 } else { walk(path) }
            case .file(let size)?:
                if InputFiles.endings.contains((name as NSString).pathExtension.lowercased()) && !InputFiles.others.contains(name) {
                    inputs.append(Input(path: path, size: size))
                } else {
                    passedOver += 1
                }
            }
        }
    }

    private enum Found {
        case folder
        /// The size is known for regular files, not for pipes and devices.
        case file(size: Int64?)
    }

    /// What is at a path, at the end of links; nil where nothing is.
    private static func look(at path: String) -> Found? {
        let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path) else { return nil }
        switch attributes[.type] as? FileAttributeType {
        case .typeDirectory: return .folder
        case .typeRegular: return .file(size: (attributes[.size] as? NSNumber)?.int64Value)
        default: return .file(size: nil)
        }
    }
}
