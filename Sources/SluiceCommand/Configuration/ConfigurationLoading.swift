// SPDX-License-Identifier: Apache-2.0

import Foundation
import Sluice

/// Finds and reads the configuration.
enum ConfigurationLoading {
    /// Names that are looked for in the current folder, and beside the command.
    static let names = ["sluice.yaml", "sluice.yml", "sluice.json"]

    /// Where a configuration comes from.
    struct Source {
        /// What messages call it.
        var name: String
        var text: String
    }

    /// Why there is no configuration to read.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The text of the configuration: `--config`, else `SLUICE_CONFIG` (a path, or the text itself), else a file of the usual name.
    ///
    /// - Returns: nil where there is none at all.
    static func find(_ path: String?, environment: [String: String]) throws -> Source? {
        if let path { return try read(path) }
        if let setting = environment["SLUICE_CONFIG"], !setting.isEmpty {
            let looksLikeText = setting.contains("\n") || setting.drop { $0.isWhitespace }.hasPrefix("{")
            return looksLikeText ? Source(name: "SLUICE_CONFIG", text: setting) : try read(setting)
        }
        // Not the first argument, which is a bare name where the shell found the command by PATH.
        let executable = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments.first ?? "")
        let command = executable.resolvingSymlinksInPath().deletingLastPathComponent().path
        for folder in ["", command + "/"] {
            for name in names where FileManager.default.fileExists(atPath: folder + name) { return try read(folder + name) }
        }
        return nil
    }

    private static func read(_ path: String) throws -> Source {
        // A handle reads pipes as well.
        guard let file = FileHandle(forReadingAtPath: path), let bytes = try? file.readToEnd() ?? Data() else {
            let reason = FileManager.default.fileExists(atPath: path) ? "cannot be read" : "there is no such file"
            throw Failure(description: "\(path): \(reason)")
        }
        guard let text = String(data: bytes, encoding: .utf8) else {
            throw Failure(description: "\(path): the configuration is not UTF-8")
        }
        return Source(name: path, text: text)
    }

    /// Reads YAML or JSON, told apart by the name and else by the first character.
    static func parse(_ source: Source) throws -> ConfigurationNode {
        if source.name.hasSuffix(".json") || (!source.name.hasSuffix(".yaml") && !source.name.hasSuffix(".yml")
            && source.text.drop { $0.isWhitespace }.hasPrefix("{"))
        {
            return try ConfigurationNode(json: source.text, file: source.name)
        }
        return try ConfigurationNode(yaml: source.text, file: source.name)
    }
}
