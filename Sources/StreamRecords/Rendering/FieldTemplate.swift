// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// An object of one's own making: which fields it has, and what part of a record each of them takes.
///
/// A field whose part a record does not have is left out, as absent parts of the plain envelope are.
public struct FieldTemplate: Sendable, Hashable {
    /// What a field holds.
    public indirect enum Content: Sendable, Hashable {
        /// A part of the record, as the plain envelope writes it.
        case path(RecordPath)
        /// The same for every record.
        case constant(JSONValue)
        case fields(FieldTemplate)
    }

    struct Field: Sendable, Hashable {
        let name: String
        /// The name as JSON, with quotes and a colon.
        let prefix: String
        let content: Content
    }

    let fields: [Field]

    public init(_ fields: [(name: String, content: Content)]) {
        self.fields = fields.map { Field(name: $0.name, prefix: JSONValue.string($0.name).text + ":", content: $0.content) }
    }

    /// All paths in it.
    public var paths: [RecordPath] {
        fields.flatMap { field -> [RecordPath] in
            switch field.content {
            case .path(let path): [path]
            case .constant: []
            case .fields(let inner): inner.paths
            }
        }
    }
}
