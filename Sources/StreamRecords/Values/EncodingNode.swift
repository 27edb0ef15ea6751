// SPDX-License-Identifier: Apache-2.0

/// A part of what is being encoded: finished, or still open to who holds its container.
enum EncodingSlot {
    case value(AttributeValue)
    case node(EncodingNode)

    /// `nil` if nothing was encoded.
    func value() throws -> AttributeValue? {
        switch self {
        case .value(let value): value
        case .node(let node): try node.value()
        }
    }
}

/// What an encoder and its containers write to. Containers are handed out before they are filled and can be
/// asked for more than once, so they share this.
final class EncodingNode {
    enum Kind {
        case nothing, single, map, list
    }

    private var kind = Kind.nothing
    private var names: [String] = []
    private var slots: [EncodingSlot] = []
    private var places: [ExactString: Int] = [:]
    private var failure: EncodingError?

    var count: Int { slots.count }

    /// The first error counts.
    func fail(_ error: EncodingError) {
        if failure == nil { failure = error }
    }

    /// Makes this a map or a list. A type that asks its encoder for both has a fault, which is reported when
    /// the encoding is done, as a container cannot throw.
    func become(_ kind: Kind, at path: CodingPath?) {
        if self.kind == .nothing {
            self.kind = kind
        } else if self.kind != kind {
            fail(
                .invalidValue(
                    "\(kind)",
                    .init(
                        codingPath: CodingPath.keys(path),
                        debugDescription: "The type encodes itself as a \(self.kind) and a \(kind).")))
        }
    }

    /// Makes this the value; a later one replaces it.
    func put(_ slot: EncodingSlot) {
        become(.single, at: nil)
        guard kind == .single else { return }
        slots = [slot]
    }

    /// Adds to the map; a later value of the same name replaces it.
    func put(_ slot: EncodingSlot, named name: String) {
        guard kind == .map else { return }
        if let place = places[ExactString(name)] {
            slots[place] = slot
        } else {
            places[ExactString(name)] = slots.count
            names.append(name)
            slots.append(slot)
        }
    }

    /// Adds to the list.
    func append(_ slot: EncodingSlot) {
        guard kind == .list else { return }
        slots.append(slot)
    }

    /// The node of that name in the map: the one that is there, or else a new one.
    func child(named name: String) -> EncodingNode {
        if let place = places[ExactString(name)], case .node(let node) = slots[place] { return node }
        let node = EncodingNode()
        put(.node(node), named: name)
        return node
    }

    /// A new node at the end of the list.
    func appendChild() -> EncodingNode {
        let node = EncodingNode()
        append(.node(node))
        return node
    }

    /// What was encoded; `nil` if that is nothing.
    func value() throws -> AttributeValue? {
        if let failure { throw failure }
        switch kind {
        case .nothing:
            return nil
        case .single:
            return try slots.first?.value()
        case .map:
            var map = AttributeMap()
            // A part that encoded nothing is an empty map, as in Foundation's encoders.
            for (name, slot) in zip(names, slots) { map[name] = try slot.value() ?? .map([:]) }
            return .map(map)
        case .list:
            return .list(try slots.map { try $0.value() ?? .map([:]) })
        }
    }
}
