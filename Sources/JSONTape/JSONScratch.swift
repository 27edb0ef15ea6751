// SPDX-License-Identifier: Apache-2.0

/// A fixed number of plain values that are written over and over: an array without a look at who else holds it.
@safe
public struct JSONScratch<Element: BitwiseCopyable>: ~Copyable {
    // Invariant: `start` is the start of memory for `count` elements, all of them initialised, which nobody else holds.
    @usableFromInline let start: UnsafeMutablePointer<Element>
    public let count: Int

    public init(repeating element: Element, count: Int) {
        self.count = max(count, 0)
        unsafe start = .allocate(capacity: self.count)
        unsafe start.initialize(repeating: element, count: self.count)
    }

    deinit { unsafe start.deallocate() }

    /// Gives all elements one value.
    public mutating func fill(_ element: Element) { unsafe start.update(repeating: element, count: count) }

    /// - Precondition: the place is one of the `count`.
    @inlinable @inline(__always)
    public subscript(place: Int) -> Element {
        get {
            precondition(UInt(bitPattern: place) < UInt(bitPattern: count), "no such place")
            return unsafe start[place]
        }
        set {
            precondition(UInt(bitPattern: place) < UInt(bitPattern: count), "no such place")
            unsafe start[place] = newValue
        }
    }
}
