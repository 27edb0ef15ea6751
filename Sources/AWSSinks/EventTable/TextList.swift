// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape

/// Lists of texts as JSON, on one line.
enum TextList {
    static func json(_ texts: [String]) -> String { JSONValue.array(texts.map { .string($0) }).text }

    /// The texts; absent where it is no list of texts.
    static func texts(_ json: String) -> [String]? {
        guard let value = try? JSONValue(parsing: json), case .array(let elements) = value else { return nil }
        let texts = elements.compactMap(\.stringValue)
        return texts.count == elements.count ? texts : nil
    }
}

#endif
