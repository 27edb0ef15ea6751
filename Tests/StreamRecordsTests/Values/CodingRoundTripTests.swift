// SPDX-License-Identifier: Apache-2.0

import StreamRecords
import Testing
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One of everything that the coders know.
private struct Everything: Codable, Equatable {
    enum Kind: String, Codable, CaseIterable { case chair, table, lamp }
    indirect enum Tree: Codable, Equatable {
        case leaf(Double), text(String), node([Tree]), both(left: Tree, right: Tree)
    }
    struct Inner: Codable, Hashable {
        var id: Int64
        var note: String?
    }

    var bool: Bool
    var string: String
    var int: Int
    var int8: Int8, int16: Int16, int32: Int32, int64: Int64, int128: Int128
    var uint: UInt
    var uint8: UInt8, uint16: UInt16, uint32: UInt32, uint64: UInt64, uint128: UInt128
    var double: Double
    var float: Float
    var decimal: Decimal
    var date: Date
    var uuid: UUID
    var bytes: [UInt8]
    var data: Data
    var number: DynamoDBNumber
    var value: AttributeValue
    var maybeValue: AttributeValue?
    var map: AttributeMap
    var strings: Set<String>
    var numbers: Set<Int>
    var decimals: Set<Decimal>
    var exact: Set<DynamoDBNumber>
    var binaries: Set<[UInt8]>
    var structs: Set<Inner>
    var list: [Double]
    var listOfBytes: [[UInt8]]
    var optionals: [Int?]
    var dictionary: [String: Inner]
    var byNumber: [Int: [String]]
    var byStruct: [Inner: Bool]
    var kind: Kind
    var kinds: Set<Kind>
    var tree: Tree
    var inner: Inner
    var maybe: Inner?
    var maybeSet: Set<String>?
}

extension SeededRandom {
    fileprivate mutating func integer<T: FixedWidthInteger>() -> T {
        chance(20) ? pick([T.min, T.max, 0, 1]) : T.random(in: .min ... .max, using: &self)
    }

    fileprivate mutating func double() -> Double {
        let double = Double(bitPattern: next())
        return chance(50) && double.isFinite ? double : Double(Int16(truncatingIfNeeded: next())) / 8
    }

    fileprivate mutating func decimal() -> Decimal {
        Decimal(exactly: number()) ?? Decimal(Int.random(in: -1000...1000, using: &self))
    }

    fileprivate mutating func inner() -> Everything.Inner {
        Everything.Inner(id: integer(), note: chance(50) ? string() : nil)
    }

    fileprivate mutating func tree(_ depth: Int) -> Everything.Tree {
        switch Int.random(in: 0..<(depth > 0 ? 4 : 2), using: &self) {
        case 0: return .leaf(double())
        case 1: return .text(string())
        case 2: return .node(some(from: 0) { $0.tree(depth - 1) })
        default: return .both(left: tree(depth - 1), right: tree(depth - 1))
        }
    }

    fileprivate mutating func everything() -> Everything {
        var dictionary: [String: Everything.Inner] = [:]
        for name in some(from: 0, { $0.string() }) { dictionary[name] = inner() }
        var byNumber: [Int: [String]] = [:]
        for number: Int in some(from: 0, { $0.integer() }) { byNumber[number] = some { $0.string() } }
        var byStruct: [Everything.Inner: Bool] = [:]
        for key in some(from: 0, { $0.inner() }) { byStruct[key] = chance(50) }
        return Everything(
            bool: chance(50), string: string(), int: integer(), int8: integer(), int16: integer(),
            int32: integer(), int64: integer(), int128: integer(), uint: integer(), uint8: integer(),
            uint16: integer(), uint32: integer(), uint64: integer(), uint128: integer(), double: double(),
            float: Float(Int16(truncatingIfNeeded: next())) / 7, decimal: decimal(),
            date: Date(timeIntervalSinceReferenceDate: Double(Int32(truncatingIfNeeded: next())) / 1000),
            uuid: UUID(uuidString: "0000\(1000 + next() % 9000)-C36C-495A-93FC-0C247A3E6E5F") ?? UUID(),
            bytes: bytes(), data: Data(bytes()), number: number(), value: value(depth: 3),
            maybeValue: chance(50) ? value(depth: 2) : nil, map: map(depth: 3),
            strings: Set(some(from: 0) { $0.string() }), numbers: Set(some(from: 0) { $0.integer() }),
            decimals: Set(some(from: 0) { $0.decimal() }), exact: Set(some(from: 0) { $0.number() }),
            binaries: Set(some(from: 0) { $0.bytes() }), structs: Set(some(from: 0) { $0.inner() }),
            list: some(from: 0) { $0.double() }, listOfBytes: some(from: 0) { $0.bytes() },
            optionals: some(from: 0) { $0.chance(50) ? $0.integer() : nil }, dictionary: dictionary,
            byNumber: byNumber, byStruct: byStruct, kind: pick(Everything.Kind.allCases),
            kinds: Set(some(from: 0) { $0.pick(Everything.Kind.allCases) }), tree: tree(4), inner: inner(),
            maybe: chance(50) ? inner() : nil, maybeSet: chance(50) ? Set(some { $0.string() }) : nil)
    }
}

@Suite struct CodingRoundTripTests {
    @Test func everyTypeComesBack() throws {
        var random = SeededRandom(announcing: #function)
        for round in 0..<200 {
            let before = random.everything()
            let encoder = AttributeEncoder(emptySets: round % 2 == 0 ? .null : .emptyList)
            let encoded = try encoder.encodeAttributes(before)
            let after = try AttributeDecoder().decode(Everything.self, fromAttributes: encoded)
            #expect(after == before, "seed \(random.seed)")
            // The order of members in sets and maps is the sender's affair.
            let respelled = random.respelled(.map(encoded))
            #expect(
                try AttributeDecoder().decode(Everything.self, from: respelled) == before,
                "seed \(random.seed)")
        }
    }

    @Test func valuesComeBackWithTheirTextsAndOrder() throws {
        var random = SeededRandom(announcing: #function)
        for _ in 0..<300 {
            let value = random.value(depth: 5)
            let encoded = try AttributeEncoder().encode(["k": [value]])
            let decoded = try AttributeDecoder().decode([String: [AttributeValue]].self, from: encoded)
            // Descriptions tell texts and orders apart, equality does not.
            #expect(decoded["k"]?.first?.description == value.description, "seed \(random.seed)")
            #expect(decoded["k"] == [value], "seed \(random.seed)")
        }
    }

    /// Whatever a value holds, decoding some type from it gives a value or a `DecodingError`.
    @Test func randomValuesAreDecodedOrRefused() {
        var random = SeededRandom(announcing: #function)
        var refused = 0
        func attempt<T: Decodable>(_ type: T.Type, _ value: AttributeValue) {
            do {
                _ = try AttributeDecoder().decode(type, from: value)
            } catch is DecodingError {
                refused += 1
            } catch {
                Issue.record("\(error), seed \(random.seed)")
            }
        }
        for _ in 0..<500 {
            let value = random.value(depth: 3)
            attempt(Everything.self, value)
            attempt([UInt8].self, value)
            attempt(Set<Double>.self, value)
            attempt([String: [Decimal?]].self, value)
            attempt([Everything.Tree].self, value)
            attempt(Data.self, value)
            attempt(Date.self, value)
        }
        #expect(refused > 500)
    }
}
