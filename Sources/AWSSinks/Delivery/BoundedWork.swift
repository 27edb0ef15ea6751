// SPDX-License-Identifier: Apache-2.0

#if AWS

/// Does something with each of some things, a bounded number of them at the same time, and gives the results in the things' order.
func concurrently<Element: Sendable, Result: Sendable>(
    _ elements: [Element], atOnce limit: Int, _ body: @escaping @Sendable (Element) async -> Result
) async -> [Result] {
    if elements.count == 1 || limit <= 1 {
        var results: [Result] = []
        for element in elements { results.append(await body(element)) }
        return results
    }
    return await withTaskGroup(of: (Int, Result).self) { group in
        var results = [Result?](repeating: nil, count: elements.count)
        var next = 0
        func start() {
            guard next < elements.count else { return }
            let index = next
            let element = elements[index]
            group.addTask { (index, await body(element)) }
            next += 1
        }
        for _ in 0..<limit { start() }
        while let (index, result) = await group.next() {
            results[index] = result
            start()
        }
        return results.compactMap { $0 }
    }
}

#endif
