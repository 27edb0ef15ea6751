// SPDX-License-Identifier: Apache-2.0

#if AWS

/// A queue that gives the lowest number first.
struct IndexHeap: Sendable, Hashable {
    private var items: [Int] = []

    init() {}

    /// - Parameter ascending: numbers in order, which are a heap already.
    init(ascending: [Int]) { items = ascending }

    var isEmpty: Bool { items.isEmpty }
    var first: Int? { items.first }

    mutating func push(_ item: Int) {
        items.append(item)
        var place = items.count - 1
        while place > 0, items[place] < items[(place - 1) / 2] {
            items.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func pop() -> Int? {
        guard let last = items.popLast() else { return nil }
        guard let first = items.first else { return last }
        items[0] = last
        var place = 0
        while true {
            let children = (2 * place + 1)..<min(2 * place + 3, max(items.count, 2 * place + 1))
            guard let least = children.min(by: { items[$0] < items[$1] }), items[least] < items[place] else { return first }
            items.swapAt(place, least)
            place = least
        }
    }

    /// All that is left, in no order.
    mutating func removeAll() -> [Int] {
        defer { items = [] }
        return items
    }
}
#endif
