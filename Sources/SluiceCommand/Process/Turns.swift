// SPDX-License-Identifier: Apache-2.0

/// Puts in order what several tasks make: each element has a number, and they are handed on one after another, from zero on.
///
/// No task of its own does that. Who brings the element whose turn it is hands on whatever is ready by then, so that what a core has made is mostly
/// still in its cache. Who is far ahead waits, so that memory stays bounded.
actor Turns<Element: Sendable, Result: Sendable> {
    private let room: Int
    private let take: @Sendable (Element, inout Result) async -> Void
    private var ready: [Int: Element] = [:]
    private var next = 0
    /// Absent while somebody hands on.
    private var result: Result?
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - room: how many elements may wait for their turn before whoever brings one more has to wait as well.
    ///   - result: what `take` changes.
    ///   - take: is given one element at a time.
    init(room: Int, _ result: Result, take: @escaping @Sendable (Element, inout Result) async -> Void) {
        self.room = room
        self.result = result
        self.take = take
    }

    /// Adds an element. Each number comes once; one that is missing holds up all that follow it.
    func add(_ element: Element, number: Int) async {
        ready[number] = element
        if ready[next] == nil || result == nil {
            // Somebody else hands on, or has the element that comes next and will not wait before it is added.
            if ready.count > room { await withCheckedContinuation { waiting.append($0) } }
            return
        }
        guard var result = result.take() else { return }
        while let element = ready.removeValue(forKey: next) {
            next += 1
            await take(element, &result)
            while ready.count <= room, !waiting.isEmpty { waiting.removeFirst().resume() }
        }
        self.result = result
    }

    /// What became of all elements; to be asked for when every one was added. Nil before that.
    func finish() -> Result? { result }
}
