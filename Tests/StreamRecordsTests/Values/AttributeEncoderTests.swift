// SPDX-License-Identifier: Apache-2.0

import StreamRecords
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct AttributeEncoderTests {
    let encoder = AttributeEncoder()

    /// The error's coding path and text, or a failed expectation.
    func failure<T: Encodable>(
        _ value: T, _ encoder: AttributeEncoder = .init(),
        _ location: SourceLocation = #_sourceLocation
    ) -> (path: String, text: String)? {
        do {
            _ = try encoder.encode(value)
            Issue.record("encoded", sourceLocation: location)
            return nil
        } catch EncodingError.invalidValue(_, let context) {
            return (context.codingPath.map(\.stringValue).joined(separator: "/"), context.debugDescription)
        } catch {
            Issue.record("\(error)", sourceLocation: location)
            return nil
        }
    }

    @Test func setsBecomeSetsInAscendingOrder() throws {
        #expect(try encoder.encode(Set(["b", "a", "é", "Z"])).stringSetValue == ["Z", "a", "b", "é"])
        #expect(try encoder.encode(Set([10, 9, -1])).numberSetValue?.map(\.text) == ["-1", "9", "10"])
        #expect(try encoder.encode(Set([1.5, 0.25])).numberSetValue?.map(\.text) == ["0.25", "1.5"])
        #expect(try encoder.encode(Set<Decimal>([2, 1])).numberSetValue?.map(\.text) == ["1", "2"])
        #expect(try encoder.encode(Set<DynamoDBNumber>([2, 1])).numberSetValue == [1, 2])
        #expect(try encoder.encode(Set<[UInt8]>([[2], [1, 5], []])).binarySetValue == [[], [1, 5], [2]])
        #expect(try encoder.encode(Set([Data([2]), Data([1])])).binarySetValue == [[1], [2]])
        #expect(try encoder.encode(Set<UInt8>([2, 1])).numberSetValue == [1, 2])
        #expect(try encoder.encode(Set([AttributeDecoderTests.Status.open])) == .stringSet(["open"]))
        #expect(try encoder.encode(Set([true])) == [true])
        #expect(try encoder.encode(Set<AttributeValue>([1, "a"])).listValue?.count == 2)
        #expect(try encoder.encode(["a": [Set([1])]]) == ["a": [.numberSet([1])]])
    }

    @Test func emptySetsAreWhatTheSettingSays() throws {
        struct Item: Codable, Equatable { var tags: Set<String> }
        let item = Item(tags: [])
        #expect(try encoder.encode(item) == ["tags": .null])
        let lists = AttributeEncoder(emptySets: .emptyList)
        #expect(try lists.encode(item) == ["tags": []])
        for value in [try encoder.encode(item), try lists.encode(item)] {
            #expect(try AttributeDecoder().decode(Item.self, from: value) == item)
        }
        let error = failure(item, AttributeEncoder(emptySets: .refused))
        #expect(error?.path == "tags")
        #expect(error?.text == "DynamoDB has no empty sets.")
    }

    @Test func bytesBecomeBinaryAndOtherArraysLists() throws {
        #expect(try encoder.encode([UInt8]([1, 2])) == .binary([1, 2]))
        #expect(try encoder.encode([UInt8]()) == .binary([]))
        #expect(try encoder.encode(Data([1, 2])) == .binary([1, 2]))
        #expect(try encoder.encode(ContiguousArray<UInt8>([1])) == .binary([1]))
        #expect(try encoder.encode([[UInt8]]([[1], []])) == [.binary([1]), .binary([])])
        #expect(try encoder.encode([Int]()) == [])
        #expect(try encoder.encode([String]()) == [])
        #expect(try encoder.encode([Int8]([1])) == [1])
        #expect(try encoder.encode(["a": [UInt8]([1])] as [String: [UInt8]?]) == ["a": .binary([1])])
    }

    @Test func nilIsLeftOutOrNull() throws {
        struct Item: Codable { var a: Int?; var b: [Int?]; var c: AttributeValue? }
        #expect(try encoder.encode(Item(a: nil, b: [1, nil], c: nil)) == ["b": [1, .null]])
        #expect(try encoder.encode(Item(a: 1, b: [], c: .some(.null))) == ["a": 1, "b": [], "c": .null])
        #expect(try encoder.encode(Int?.none) == .null)
        #expect(try encoder.encode(["a": Int?.none]) == ["a": .null])
    }

    @Test func numbersAreExactOrAnError() throws {
        #expect(try encoder.encode(0.1).numberValue?.text == "0.1")
        #expect(try encoder.encode(Float(0.1)).numberValue?.text == "0.1")
        #expect(try encoder.encode(UInt128.max).numberValue?.text == "340282366920938463463374607431768211455")
        let decimal = try #require(Decimal(string: "1234567890123456789012345678.9012345678"))
        #expect(try encoder.encode(decimal).numberValue?.text == "1234567890123456789012345678.9012345678")
        #expect(failure(Double.nan)?.path == "")
        let error = failure(["a": ["b": [1, Double.infinity]]])
        #expect(error?.path == "a/b/Index 1")
        #expect(error?.text == "DynamoDB has no number for inf.")
        #expect(failure([-Float.infinity])?.path == "Index 0")
        struct Item: Encodable { var x: Double; var d: Decimal }
        #expect(failure(Item(x: .nan, d: 1))?.path == "x")
        #expect(failure(Item(x: 1, d: .nan))?.path == "d")
        #expect(failure(Set([Double.infinity]))?.path == "Index 0")
    }

    @Test func itemsHaveNames() throws {
        struct Item: Encodable { var id = 5; var name = "Chair" }
        let map = try encoder.encodeAttributes(Item())
        #expect(map.names == ["id", "name"])
        #expect(map == ["id": 5, "name": "Chair"])
        #expect(throws: EncodingError.self) { try encoder.encodeAttributes([1]) }
        #expect(try encoder.encodeAttributes(["a": 1] as AttributeMap) == ["a": 1])
    }

    @Test func dictionariesBecomeMapsOrPairs() throws {
        #expect(try encoder.encode(["a": 1, "b": 2]) == ["a": 1, "b": 2])
        #expect(try encoder.encode([1: "a"]) == ["1": "a"])
        #expect(try encoder.encode([[1]: "a"]) == [[1], "a"])
    }

    @Test func valuesPassThroughWithoutLoss() throws {
        struct Wrapper: Encodable {
            var value: AttributeValue
            func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
        }
        struct Item: Encodable { var a: AttributeValue; var m: AttributeMap; var n: DynamoDBNumber; var w: Wrapper }
        let set = AttributeValue.numberSet([DynamoDBNumber("+1.50") ?? 0])
        let item = try encoder.encode(
            Item(a: set, m: ["z": 1, "a": set], n: DynamoDBNumber("01.0") ?? 0, w: Wrapper(value: set)))
        #expect(item["a"]?.numberSetValue?.map(\.text) == ["+1.50"])
        #expect(item["m"]?.mapValue?.names == ["z", "a"])
        #expect(item["n"]?.numberValue?.text == "01.0")
        #expect(item["w"]?.numberSetValue?.map(\.text) == ["+1.50"])
    }

    @Test func containersByHandAreComplete() throws {
        struct Item: Encodable {
            enum Key: String, CodingKey { case map, list, one, parent, null }
            func encode(to encoder: any Encoder) throws {
                var top = encoder.container(keyedBy: Key.self)
                var map = top.nestedContainer(keyedBy: Key.self, forKey: .map)
                var list = top.nestedUnkeyedContainer(forKey: .list)
                try list.encode(Int8(1))
                var inner = list.nestedContainer(keyedBy: Key.self)
                #expect(inner.codingPath.map(\.stringValue) == ["list", "Index 1"])
                try inner.encodeNil(forKey: .null)
                var nested = list.nestedUnkeyedContainer()
                try nested.encodeNil()
                try list.superEncoder().singleValueContainer().encodeTwice("x")
                #expect(list.count == 4)
                // Filled after others were begun, and asked for twice.
                try map.encode(true, forKey: .one)
                var again = top.nestedContainer(keyedBy: Key.self, forKey: .map)
                try again.encode(UInt32(2), forKey: .list)
                try top.encode("first", forKey: .one)
                try top.encode("second", forKey: .one)
                var parent = top.superEncoder(forKey: .parent).unkeyedContainer()
                try parent.encode(contentsOf: [1, 2])
                _ = top.superEncoder()
            }
        }
        #expect(
            try encoder.encode(Item()) == [
                "map": ["one": true, "list": 2], "list": [1, ["null": .null], [.null], "x"], "one": "second",
                "parent": [1, 2], "super": [:],
            ])
    }

    @Test func faultsOfATypeAreErrors() throws {
        struct Both: Encodable {
            func encode(to encoder: any Encoder) throws {
                var map = encoder.container(keyedBy: AttributeDecoderTests.Derived.CodingKeys.self)
                try map.encode(1, forKey: .name)
                var list = encoder.unkeyedContainer()
                try list.encode(1)
            }
        }
        struct Neither: Encodable {
            func encode(to encoder: any Encoder) throws {}
        }
        #expect(failure(["a": Both()])?.path == "a")
        #expect(failure(Neither())?.text == "The value encodes nothing.")
        #expect(try encoder.encode([Neither()]) == [[:]])
    }

    @Test func depthIsBounded() throws {
        final class Ring: Encodable {
            var next: Ring?
            enum CodingKeys: CodingKey { case next }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(next, forKey: .next)
            }
        }
        let ring = Ring()
        ring.next = ring
        #expect(failure(ring)?.text == "More than 256 levels are nested.")
        ring.next = nil
        struct Shaft: Encodable {
            func encode(to encoder: any Encoder) throws {
                var list = encoder.unkeyedContainer()
                for _ in 0..<1000 { list = list.nestedUnkeyedContainer() }
                try list.encode(1)
            }
        }
        #expect(failure(Shaft())?.text == "More than 256 levels are nested.")
    }
}

extension SingleValueEncodingContainer {
    /// The later value counts.
    fileprivate func encodeTwice(_ value: String) throws {
        var container = self
        try container.encode("earlier")
        try container.encode(value)
    }
}
