// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An executable of this package, which lies beside the tests' own.
public struct BuiltExecutable: Sendable {
    public struct NotBuilt: Error, CustomStringConvertible { public let description: String }

    public let path: String

    /// - Parameters:
    ///   - product: its name, such as `sluice`.
    ///   - variable: the variable of the environment that may name another file in its place.
    public static func find(_ product: String, orNamedBy variable: String? = nil) -> Result<BuiltExecutable, NotBuilt> {
        let named = variable.flatMap { ProcessInfo.processInfo.environment[$0] }
        let places = named.map { [$0] } ?? places(of: product)
        guard let found = places.first(where: isProgram) else {
            let places = places.joined(separator: ", ")
            return .failure(NotBuilt(description: "\(product) was not built: looked for it at \(places). swift build --product \(product) makes it"))
        }
        return .success(BuiltExecutable(path: found))
    }

    /// Whether it was built with a sanitizer, whose own memory says nothing about ours.
    public var isSanitized: Bool {
        guard let content = FileManager.default.contents(atPath: path) else { return false }
        return ["AddressSanitizer", "ThreadSanitizer"].contains { content.range(of: Data($0.utf8)) != nil }
    }

    private static func places(of product: String) -> [String] {
        // On a Mac the tests are a bundle that a helper loads; elsewhere they are an executable.
        var starts = [CommandLine.arguments.first ?? ""]
        if let flag = CommandLine.arguments.firstIndex(of: "--test-bundle-path"), flag + 1 < CommandLine.arguments.count {
            starts.append(CommandLine.arguments[flag + 1])
        }
        var places: [String] = []
        for start in starts {
            var folder = URL(fileURLWithPath: start).deletingLastPathComponent()
            for _ in 0..<4 {
                places.append(folder.appendingPathComponent(product).path)
                folder.deleteLastPathComponent()
            }
        }
        return places
    }

    private static func isProgram(_ path: String) -> Bool {
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        return type == .typeRegular && FileManager.default.isExecutableFile(atPath: path)
    }
}
