// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
import JSONTape
@testable import Sluice

/// A folder of a test's own, removed with all that is in it when the test is over.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let base = Files.join(Files.resolved("/tmp"), "sluice-tests-\(UInt64.random(in: 0 ... .max))")
        try Files.createFolder(base)
        path = base
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        for name in Files.names(in: path) {
            let inside = Files.join(path, name)
            if (try? Files.kind(of: inside)?.kind) == .folder { remove(inside) } else { Files.remove(inside) }
        }
        Files.removeFolder(path)
    }

    func path(_ name: String) -> String { Files.join(path, name) }

    func text(_ name: String) throws -> String? {
        guard let file = try OpenFile.ifPresent(path(name)) else { return nil }
        let bytes = try file.read(upTo: 1 << 24)
        return String(decoding: bytes[0..<bytes.count], as: UTF8.self)
    }

    func write(_ text: String, to name: String) throws {
        Files.remove(path(name))
        let file = try OpenFile(path(name), .create)
        try file.write(JSONBytes(Array(text.utf8)))
    }

    /// All files below, sorted, with their content.
    func files(_ below: String = "") throws -> [String: String] {
        var found: [String: String] = [:]
        for name in Files.names(in: path(below)) {
            let inside = below.isEmpty ? name : "\(below)/\(name)"
            if try Files.kind(of: path(inside))?.kind == .folder {
                found.merge(try files(inside)) { a, _ in a }
            } else {
                found[inside] = try text(inside)
            }
        }
        return found
    }
}
