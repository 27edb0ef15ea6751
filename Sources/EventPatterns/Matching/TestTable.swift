// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// The tests of a set that no look-up decides. The common ones are plain numbers; what is left is a ``ValueTest``.
struct TestTable: Sendable {
    struct Test: Sendable, BitwiseCopyable {
        enum Kind: Sendable, BitwiseCopyable {
            /// A string that fits a wildcard, whose parts are the texts.
            case wildcard
            /// Anything but a string that is one of the texts.
            case otherThanTexts
            /// The value test of this number.
            case value(Int32)
        }
        var kind: Kind
        var condition: Int32
        /// Those in `texts`.
        var texts = PatternTables.Part()
        /// The rule that numbers are compared by.
        var isExact = false
    }

    let tests: [Test]
    fileprivate let texts: [PatternTables.Bytes]
    fileprivate let values: [ValueTest]

    /// - Parameter pool: gets the bytes of the texts.
    init(_ builder: TableBuilder, texts pool: inout [UInt8]) {
        var tests: [Test] = []
        var texts: [PatternTables.Bytes] = []
        var values: [ValueTest] = []
        for entry in builder.tests {
            var test = Test(kind: .value(Int32(values.count)), condition: Int32(entry.condition))
            test.isExact = builder.conditions[entry.condition].numbers == .exact
            let own: [[UInt8]]
            if case .wildcard(let wildcard) = entry.test {
                test.kind = .wildcard
                own = wildcard.parts
            } else if let others = entry.test.onlyTextsItIsNot {
                test.kind = .otherThanTexts
                own = others
            } else {
                values.append(entry.test)
                own = []
            }
            let start = UInt32(texts.count)
            for text in own {
                texts.append(PatternTables.Bytes(offset: UInt32(pool.count), count: UInt32(text.count)))
                pool += text
            }
            test.texts = PatternTables.Part(start: start, end: UInt32(texts.count))
            tests.append(test)
        }
        self.tests = tests
        self.texts = texts
        self.values = values
    }
}

// Of the tables as a whole, which are one object: a table by itself would have to be held for each test.
extension PatternTables {
    /// Whether a leaf meets a test, see ``ValueTest/isMet(by:_:_:)``.
    func isMet(_ test: TestTable.Test, by kind: LeafKind, _ text: borrowing JSONText, _ number: PatternNumber?) -> Bool {
        switch test.kind {
        case .wildcard: kind == .string && fits(text, test.texts.range)
        case .otherThanTexts: kind != .string || !isAny(text, test.texts.range)
        case .value(let place): tests.values[Int(place)].isMet(by: kind, text, number)
        }
    }

    private func isAny(_ text: borrowing JSONText, _ parts: Range<Int>) -> Bool {
        for place in parts {
            let part = tests.texts[place]
            if Int(part.count) == text.count && text.has(bytes, from: Int(part.offset), count: Int(part.count)) { return true }
        }
        return false
    }

    /// Whether the text begins with the first part, ends with the last one, and has the others in between, one behind the other.
    private func fits(_ text: borrowing JSONText, _ parts: Range<Int>) -> Bool {
        let first = tests.texts[parts.lowerBound]
        let last = tests.texts[parts.upperBound &- 1]
        let end = text.count &- Int(last.count)
        var place = Int(first.count)
        guard place <= end, text.has(bytes, from: Int(first.offset), count: place),
            text.has(bytes, from: Int(last.offset), count: Int(last.count), at: end)
        else { return false }
        for number in parts.lowerBound &+ 1..<parts.upperBound &- 1 {
            let part = tests.texts[number]
            // At its first place each part leaves the most room for the next one.
            guard let found = text.firstPlace(of: bytes, from: Int(part.offset), count: Int(part.count), in: place..<end) else { return false }
            place = found &+ Int(part.count)
        }
        return true
    }
}

extension ValueTest {
    /// The texts, where it is met by anything but a string that is one of them.
    fileprivate var onlyTextsItIsNot: [[UInt8]]? {
        guard case .anythingBut(let tests) = self else { return nil }
        let texts = tests.compactMap { test in if case .text(let bytes) = test { bytes } else { nil } }
        return texts.count == tests.count ? texts : nil
    }
}

/// A range of doubles, ends included: an open end is the next double, an absent one infinity.
struct DoubleRange: Sendable, BitwiseCopyable {
    private let low: Double
    private let high: Double
    let condition: Int32

    /// Nil where its ends are not doubles.
    init?(_ range: NumberRange, condition: Int32) {
        var low = -Double.infinity
        var high = Double.infinity
        if let bound = range.low {
            guard case .double(let number) = bound.number else { return nil }
            low = bound.isIncluded ? number : number.nextUp
        }
        if let bound = range.high {
            guard case .double(let number) = bound.number else { return nil }
            high = bound.isIncluded ? number : number.nextDown
        }
        self.low = low
        self.high = high
        self.condition = condition
    }

    @inline(__always)
    func contains(_ number: Double) -> Bool { low <= number && number <= high }
}
