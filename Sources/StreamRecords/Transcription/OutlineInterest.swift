// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// Which members of changes somebody will look for in ``RecordOutlines``: no others are noted.
public struct OutlineInterest: Sendable, Hashable {
    private var record = JSONNameFilter()
    private var stream = JSONNameFilter()
    private var new = JSONNameFilter()
    private var old = JSONNameFilter()

    /// In none.
    public init() {}

    /// The members of a part that are looked for.
    public subscript(part: ChangePart) -> JSONNameFilter {
        get {
            switch part {
            case .record: record
            case .stream: stream
            case .new: new
            case .old: old
            }
        }
        set {
            switch part {
            case .record: record = newValue
            case .stream: stream = newValue
            case .new: new = newValue
            case .old: old = newValue
            }
        }
    }

    /// Adds the attribute that a path begins with, of both images.
    public mutating func insert(_ path: AttributePath) {
        guard let word = path.onlyWord else { return }
        for part in [ChangePart.new, .old] {
            self[part].insert(word)
            self[part].insertEscaped()
        }
    }

    /// Whether whatever is noted for another interest is noted for this one.
    public func covers(_ other: OutlineInterest) -> Bool { ChangePart.allCases.allSatisfy { self[$0].covers(other[$0]) } }
}
