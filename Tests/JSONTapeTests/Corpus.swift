// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The texts of Fixtures/corpus and what is expected of them. `Fixtures/make-corpus.py` says how they came to be.
enum Corpus {
    /// What the reader does where the standard leaves it the choice.
    struct Choice: Decodable {
        enum Verdict: String, Decodable {
            case accept, reject
        }

        let verdict: Verdict
        let why: String
        let code: String?
        /// Whether the text is accepted once the limit of nesting is raised.
        let raised: Bool?
    }

    static let valid = names(in: "valid")
    static let invalid = names(in: "invalid")
    static let implementation = names(in: "implementation")

    /// Where each invalid text ceases to be JSON; nil where readers may differ.
    static let offsets: [String: Int?] = table("invalid.json")
    static let choices: [String: Choice] = table("implementation.json")

    static func text(_ folder: String, _ name: String) throws -> [UInt8] {
        // By a handle: of an empty file Data(contentsOf:) loses a page of memory, which a leak checker reports.
        let file = try FileHandle(forReadingFrom: root.appendingPathComponent(folder).appendingPathComponent(name + ".json"))
        defer { try? file.close() }
        return try Array(file.readToEnd() ?? Data())
    }

    private static let root = Bundle.module.bundleURL.appendingPathComponent("Fixtures/corpus")

    private static func names(in folder: String) -> [String] {
        let files = try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
        return (files ?? []).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }

    private static func table<Value: Decodable>(_ file: String) -> [String: Value] {
        guard let data = try? Data(contentsOf: root.appendingPathComponent(file)) else { return [:] }
        return (try? JSONDecoder().decode([String: Value].self, from: data)) ?? [:]
    }
}
