// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// A place in the tree of a set's paths, for whoever finds an event's members by themselves.
public struct PatternPlace: Sendable {
    let number: Int
    /// Without the children that are left out.
    let node: PatternTables.Node
    private let leftOut: (Int32, Int32)

    init(_ number: Int, _ node: PatternTables.Node, leavingOut leftOut: (Int32, Int32) = (-1, -1)) {
        self.number = number
        self.node = node
        self.leftOut = leftOut
    }

    /// Which members of an object at this place patterns look for.
    public var names: JSONNameFilter {
        var names = node.names
        names.insertEscaped()
        return names
    }

    @inline(__always)
    func leavesOut(_ child: Int) -> Bool { child == Int(leftOut.0) || child == Int(leftOut.1) }
}

extension PatternSet {
    /// The place of an object with these names on the way to it.
    ///
    /// - Parameter others: up to two of its members that are left out, since they come by themselves.
    /// - Returns: nil where no pattern asks for anything in it.
    public func place(_ names: [String], except others: [String] = []) -> PatternPlace? {
        var number = 0
        for name in names {
            number = child(of: number, named: name)
            if number < 0 { return nil }
        }
        let leftOut = others.prefix(2).map { child(of: number, named: $0) }
        return tables.place(number, leavingOut: (leftOut.first ?? -1, leftOut.dropFirst().first ?? -1))
    }

    private func child(of parent: Int, named name: String) -> Int {
        let bytes = JSONBytes(name.utf8)
        return tables.node(below: parent, parts: bytes.text(0..<bytes.count))
    }
}

extension PatternTables {
    fileprivate func place(_ number: Int, leavingOut leftOut: (Int, Int)) -> PatternPlace? {
        guard leftOut.0 >= 0 || leftOut.1 >= 0 else { return nodes[number].hasChildren ? PatternPlace(number, nodes[number]) : nil }
        var node = Node()
        node.salt = nodes[number].salt
        for edge in edges where Int(edge.parent) == number && Int(edge.child) != leftOut.0 && Int(edge.child) != leftOut.1 {
            node.lead(to: nodes[Int(edge.child)], edge.word, count: Int(edge.name.count))
        }
        return node.hasChildren ? PatternPlace(number, node, leavingOut: (Int32(max(leftOut.0, -1)), Int32(max(leftOut.1, -1)))) : nil
    }
}
