// SPDX-License-Identifier: Apache-2.0

/// Named attributes, an item or a map in one, in the order in which they were received.
///
/// The order is there for rendering: equality and hashing disregard it. Names are told apart by their
/// UTF-8, as DynamoDB does. Finding an attribute takes constant time.
public struct AttributeMap: Sendable {
    private var members: [Element] = []
    /// The place of each name, kept once there are too many to look through one by one.
    private var places: [ExactString: Int]?

    private static let mostUnindexed = 12

    public init() {}

    /// Where a name occurs twice, the last value counts, at the place of the first.
    public init(_ attributes: some Sequence<Element>) {
        for (name, value) in attributes { self[name] = value }
    }

    /// In the order of the names' UTF-8, so that it is always the same.
    public init(_ attributes: [String: AttributeValue]) {
        self.init(
            attributes.sorted { ExactString($0.key) < ExactString($1.key) }.map { ($0.key, $0.value) })
    }

    /// The attribute of that name. A new one comes last; `nil` removes it.
    public subscript(name: String) -> AttributeValue? {
        get {
            place(of: name).map { members[$0].value }
        }
        set {
            switch (place(of: name), newValue) {
            case (let place?, let value?):
                members[place].value = value
            case (let place?, nil):
                members.remove(at: place)
                index()
            case (nil, let value?):
                members.append((name, value))
                if places != nil {
                    places?[ExactString(name)] = members.count - 1
                } else if members.count > Self.mostUnindexed {
                    index()
                }
            case (nil, nil):
                break
            }
        }
    }

    /// The names, in order.
    public var names: [String] { members.map(\.name) }

    public func contains(_ name: String) -> Bool { place(of: name) != nil }

    /// As a dictionary, without the order. Names that Swift holds to be the same string
    /// (different spellings of an accented letter) become one entry.
    public var dictionary: [String: AttributeValue] {
        Dictionary(members.lazy.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    private func place(of name: String) -> Int? {
        let name = ExactString(name)
        if let places { return places[name] }
        return members.firstIndex { ExactString($0.name) == name }
    }

    private mutating func index() {
        guard members.count > Self.mostUnindexed else {
            places = nil
            return
        }
        var places: [ExactString: Int] = [:]
        places.reserveCapacity(members.count)
        for (place, member) in members.enumerated() { places[ExactString(member.name)] = place }
        self.places = places
    }
}

extension AttributeMap: RandomAccessCollection {
    public typealias Element = (name: String, value: AttributeValue)

    public var startIndex: Int { 0 }
    public var endIndex: Int { members.count }

    public subscript(position: Int) -> Element { members[position] }
}

extension AttributeMap: Hashable {
    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.count == rhs.count && lhs.allSatisfy { rhs[$0.name] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        // A sum does not depend on the order of its parts.
        var sum = 0
        for (name, value) in members {
            var member = Hasher()
            member.combine(name)
            member.combine(value)
            sum &+= member.finalize()
        }
        hasher.combine(count)
        hasher.combine(sum)
    }
}

extension AttributeMap: ExpressibleByDictionaryLiteral {
    /// Where a name occurs twice, the last value counts.
    public init(dictionaryLiteral elements: (String, AttributeValue)...) {
        self.init(elements)
    }
}
