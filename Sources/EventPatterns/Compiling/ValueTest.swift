// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// One way in which a value can meet a condition. Texts are bytes: nothing is normalised.
indirect enum ValueTest: Sendable, Hashable {
    /// A string with this content.
    case text([UInt8])
    /// A string that is this address, however it is written.
    case address(IPAddress)
    case number(NumberLiteral)
    case bool(Bool)
    case null
    /// Any value at all.
    case exists
    case prefix([UInt8])
    case suffix([UInt8])
    case prefixIgnoringCase(CaseFolding)
    case suffixIgnoringCase(CaseFolding)
    case textIgnoringCase(CaseFolding)
    case wildcard(Wildcard)
    case range(NumberRange)
    case network(IPNetwork)
    /// Any value that meets none of these.
    case anythingBut([ValueTest])
}

/// A number as a pattern writes it.
struct NumberLiteral: Sendable, Hashable {
    /// As it was written, for values that have no number to compare with; empty where only the number counts.
    var text: [UInt8]
    /// Nil where the rule gives it none.
    var number: PatternNumber?
}

/// What a leaf of an event is.
enum LeafKind: UInt8, Sendable {
    case string, number, yes, no, null
}

extension ValueTest {
    /// Whether a leaf meets it.
    ///
    /// - Parameters:
    ///   - text: a string's content, with its escapes resolved, or a number as it was written.
    ///   - number: what a number is worth.
    func isMet(by kind: LeafKind, _ text: borrowing JSONText, _ number: PatternNumber?) -> Bool {
        switch self {
        case .exists: true
        case .bool(let value): kind == (value ? .yes : .no)
        case .null: kind == .null
        case .number(let literal):
            kind == .number && (number != nil ? number == literal.number : !literal.text.isEmpty && text.isSame(as: literal.text))
        case .range(let range): kind == .number && (number.map { range.contains($0) } ?? false)
        case .anythingBut(let tests): !tests.contains { $0.isMet(by: kind, text, number) }
        case .network(let network) where kind == .number:
            // EventBridge reads a number's digits on, as if they were those of an address.
            network.isEverything && text.byte(at: 0) != 0x2D
        default: kind == .string && isMet(byText: text)
        }
    }

    private func isMet(byText text: borrowing JSONText) -> Bool {
        switch self {
        case .text(let bytes): text.isSame(as: bytes)
        case .address(let address): IPAddress(text) == address
        case .prefix(let bytes): text.starts(with: bytes)
        case .suffix(let bytes): text.ends(with: bytes)
        case .prefixIgnoringCase(let folding): folding.begins(text)
        case .suffixIgnoringCase(let folding): folding.ends(text)
        case .textIgnoringCase(let folding): folding.matches(text)
        case .wildcard(let wildcard): wildcard.matches(text)
        case .network(let network): IPAddress(text).map { network.contains($0) } ?? false
        default: false
        }
    }

    /// Whether it asks what a number is worth.
    var needsNumber: Bool {
        switch self {
        case .number, .range: true
        case .anythingBut(let tests): tests.contains { $0.needsNumber }
        default: false
        }
    }
}
