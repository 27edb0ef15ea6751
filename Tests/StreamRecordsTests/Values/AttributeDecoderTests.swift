// SPDX-License-Identifier: Apache-2.0

import StreamRecords
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct AttributeDecoderTests {
    let decoder = AttributeDecoder()

    static func number(_ text: String) -> AttributeValue {
        DynamoDBNumber(text).map(AttributeValue.number) ?? .null
    }

    /// The error's coding path and text, or a failed expectation.
    func failure<T: Decodable>(
        _ type: T.Type, from value: AttributeValue, _ location: SourceLocation = #_sourceLocation
    ) -> (path: String, text: String)? {
        do {
            _ = try decoder.decode(type, from: value)
            Issue.record("decoded", sourceLocation: location)
            return nil
        } catch DecodingError.typeMismatch(_, let context), DecodingError.dataCorrupted(let context),
            DecodingError.valueNotFound(_, let context)
        {
            return (context.codingPath.map(\.stringValue).joined(separator: "/"), context.debugDescription)
        } catch DecodingError.keyNotFound(let key, let context) {
            let path = context.codingPath + [key]
            return (path.map(\.stringValue).joined(separator: "/"), context.debugDescription)
        } catch {
            Issue.record("\(error)", sourceLocation: location)
            return nil
        }
    }

    // MARK: Scalars

    @Test func integersAreExactOrAnError() throws {
        #expect(try decoder.decode(Int.self, from: Self.number("1.50e1")) == 15)
        #expect(try decoder.decode([Int8].self, from: [-128, 127]) == [-128, 127])
        #expect(try decoder.decode(UInt64.self, from: Self.number("18446744073709551615.0")) == .max)
        #expect(
            try decoder.decode(Int128.self, from: Self.number("-99999999999999999999999999999999999999"))
                == -99_999_999_999_999_999_999_999_999_999_999_999_999)
        struct Item: Decodable { var count: UInt8 }
        for text in ["256", "-1", "1.5", "1e99999999999999999"] {
            let error = failure(Item.self, from: ["count": Self.number(text)])
            #expect(error?.path == "count")
            #expect(error?.text == "UInt8 cannot hold the number \(text) exactly.")
        }
        let error = failure([[Int]].self, from: [[1], [2, "x"]])
        #expect(error?.path == "Index 1/Index 1")
        #expect(error?.text == "Expected a number for Int, found a string (S).")
        let long = failure(Int.self, from: Self.number(String(repeating: "9", count: 10_000)))
        #expect((long?.text.count ?? 0) < 120)
    }

    @Test func fractionsAreNearestOrAnError() throws {
        #expect(try decoder.decode(Double.self, from: Self.number("0.1")) == 0.1)
        #expect(try decoder.decode(Float.self, from: Self.number("0.1")) == Float(0.1))
        #expect(try decoder.decode([Double].self, from: .numberSet([1, 2])) == [1, 2])
        #expect(failure([Double].self, from: [Self.number("1e400")])?.path == "Index 0")
        #expect(failure(Float.self, from: Self.number("1e39"))?.text == "The number 1e39 is too large for Float.")
        #expect(failure(Double.self, from: "1") != nil)
    }

    @Test func decimalsAreExactOrAnError() throws {
        struct Item: Codable, Equatable { var price: Decimal }
        let text = "-1234567890123456789012345678.9012345678"
        let item = try decoder.decode(Item.self, from: ["price": Self.number(text)])
        #expect(item.price.description == text)
        let error = failure(Item.self, from: ["price": Self.number("1e-130")])
        #expect(error?.path == "price")
        #expect(error?.text == "Decimal cannot hold the number 1e-130 exactly.")
        #expect(failure(Item.self, from: ["price": "1"])?.path == "price")
        #expect(failure([Decimal].self, from: [.null])?.path == "Index 0")
    }

    @Test func otherTypesAreNotTaken() {
        #expect(failure(String.self, from: 1)?.text == "Expected a string for String, found a number (N).")
        #expect(failure(Bool.self, from: 1)?.text == "Expected a truth value for Bool, found a number (N).")
        #expect(failure(Int.self, from: true) != nil)
        #expect(failure(String.self, from: .null)?.text == "Expected a string for String, found NULL.")
        #expect(failure([Int].self, from: .binary([1])) != nil)
        #expect(failure([String].self, from: ["a": 1]) != nil)
        #expect(failure([String: Int].self, from: [1]) != nil)
        #expect(failure(Data.self, from: [1]) != nil)
    }

    // MARK: Collections

    @Test func arraysAndSetsComeFromListsAndSets() throws {
        #expect(try decoder.decode([String].self, from: .stringSet(["b", "a", "b"])) == ["b", "a", "b"])
        #expect(try decoder.decode(Set<String>.self, from: .stringSet(["b", "a", "b"])) == ["a", "b"])
        #expect(try decoder.decode(Set<Int>.self, from: [1, 2, 1]) == [1, 2])
        #expect(try decoder.decode(Set<Decimal>.self, from: .numberSet([1, 2])) == [1, 2])
        #expect(try decoder.decode(Set<DynamoDBNumber>.self, from: .numberSet([1, 2])) == [1, 2])
        #expect(try decoder.decode([[UInt8]].self, from: .binarySet([[1], []])) == [[1], []])
        #expect(try decoder.decode(Set<[UInt8]>.self, from: .binarySet([[1], []])) == [[1], []])
        #expect(try decoder.decode(Set<Data>.self, from: .binarySet([[1]])) == [Data([1])])
        #expect(try decoder.decode(Set<String>.self, from: .null) == [])
        #expect(try decoder.decode(Set<String>?.self, from: .null) == nil)
        #expect(failure(Set<Int>.self, from: .numberSet([1, Self.number("1.5").numberValue ?? 0]))?.path == "Index 1")
        #expect(failure(Set<Int>.self, from: "a") != nil)
    }

    @Test func binaryComesAsBytes() throws {
        #expect(try decoder.decode([UInt8].self, from: .binary([1, 255])) == [1, 255])
        #expect(try decoder.decode(ContiguousArray<UInt8>.self, from: .binary([1])) == [1])
        #expect(try decoder.decode(Data.self, from: .binary([1, 255])) == Data([1, 255]))
        #expect(try decoder.decode([UInt8].self, from: [1, 255]) == [1, 255])
        #expect(try decoder.decode([UInt8].self, from: .numberSet([1, 255])) == [1, 255])
        #expect(failure([UInt8].self, from: [1, 256])?.path == "Index 1")
        struct Item: Decodable { var data: [UInt8]?; var list: [[UInt8]] }
        let item = try decoder.decode(Item.self, from: ["data": .binary([7]), "list": [.binary([8])]])
        #expect(item.data == [7])
        #expect(item.list == [[8]])
    }

    @Test func dictionariesComeFromMapsOrPairs() throws {
        #expect(try decoder.decode([String: Int].self, from: ["a": 1, "b": 2]) == ["a": 1, "b": 2])
        #expect(try decoder.decode([Int: String].self, from: ["1": "a"]) == [1: "a"])
        struct Pair: Hashable, Codable { var x: Int }
        #expect(
            try decoder.decode([Pair: String].self, from: [["x": 1], "a", ["x": 2], "b"])
                == [Pair(x: 1): "a", Pair(x: 2): "b"])
        #expect(failure([Pair: String].self, from: [["x": 1]]) != nil)
        #expect(failure([String: Int].self, from: ["a": ["b": 1]])?.path == "a")
    }

    // MARK: Optionals

    @Test func optionalsAreNilWhereMissingOrNull() throws {
        struct Item: Decodable, Equatable {
            var missing: Int?
            var null: String?
            var there: Bool?
            var list: [Int?]
            var value: AttributeValue?
            var noValue: AttributeValue?
        }
        let item = try decoder.decode(
            Item.self, from: ["null": .null, "there": true, "list": [1, .null], "value": .null])
        #expect(
            item
                == Item(
                    missing: nil, null: nil, there: true, list: [1, nil], value: .some(.null), noValue: nil))
        struct Needs: Decodable { var inner: [String: Strict] }
        struct Strict: Decodable { var id: Int }
        let missing = failure(Needs.self, from: ["inner": ["a": [:]]])
        #expect(missing?.path == "inner/a/id")
        #expect(missing?.text == "There is no attribute \"id\".")
        #expect(failure(Needs.self, from: ["inner": ["a": ["id": .null]]])?.path == "inner/a/id")
    }

    // MARK: Enums, classes, containers by hand

    enum Status: String, Codable { case open, closed }
    enum Level: Int, Codable { case low = 1, high }
    enum Shape: Codable, Equatable { case circle(radius: Double), square(Int), none }

    @Test func enumsAreRead() throws {
        #expect(try decoder.decode([Status].self, from: .stringSet(["open", "closed"])) == [.open, .closed])
        #expect(try decoder.decode(Level.self, from: Self.number("2.0")) == .high)
        #expect(try decoder.decode([String: Status].self, from: ["a": "open"]) == ["a": .open])
        #expect(
            try decoder.decode(
                [Shape].self, from: [["circle": ["radius": 2]], ["square": ["_0": 3]], ["none": [:]]])
                == [.circle(radius: 2), .square(3), .none])
        #expect(failure([Status].self, from: ["gone"])?.path == "Index 0")
        #expect(failure(Shape.self, from: ["oval": [:]]) != nil)
    }

    class Base: Codable {
        var id: Int
        init(id: Int) { self.id = id }
    }

    final class Derived: Base {
        var name: String

        init(id: Int, name: String) {
            self.name = name
            super.init(id: id)
        }

        enum CodingKeys: String, CodingKey { case name, base }

        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            name = try container.decode(String.self, forKey: .name)
            let inner =
                container.contains(.base)
                ? try container.superDecoder(forKey: .base) : try container.superDecoder()
            try super.init(from: inner)
        }

        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try super.encode(to: container.superEncoder())
        }
    }

    @Test func superclassesHaveTheirOwnPlace() throws {
        let item = try decoder.decode(Derived.self, from: ["name": "a", "super": ["id": 5]])
        #expect(item.id == 5)
        #expect(try decoder.decode(Derived.self, from: ["name": "a", "base": ["id": 6]]).id == 6)
        #expect(failure(Derived.self, from: ["name": "a"])?.path == "super")
        #expect(failure(Derived.self, from: ["name": "a", "super": ["id": "x"]])?.path == "super/id")
        let encoded = try AttributeEncoder().encode(Derived(id: 5, name: "a"))
        #expect(encoded == ["name": "a", "super": ["id": 5]])
    }

    @Test func nestedContainersAndPlacesAreComplete() throws {
        struct Probe: Decodable {
            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                #expect(list.count == 5)
                #expect(throws: DecodingError.self) { try list.decode(String.self) }
                #expect(list.currentIndex == 0, "an element that is refused is not passed")
                #expect(try list.decodeNil() == false)
                let map = try list.nestedContainer(keyedBy: Key.self)
                #expect(map.codingPath.map(\.intValue) == [0])
                #expect(map.allKeys.map(\.rawValue) == ["b", "a"])
                #expect(map.contains(.a) && !map.contains(.c))
                #expect(try map.decodeNil(forKey: .b))
                #expect(throws: DecodingError.self) { try map.decodeNil(forKey: .c) }
                var inner = try map.nestedUnkeyedContainer(forKey: .a)
                #expect(inner.codingPath.map(\.stringValue) == ["Index 0", "a"])
                #expect(try inner.decode(Int.self) == 1)
                #expect(inner.isAtEnd)
                #expect(throws: DecodingError.self) { try inner.decode(Int.self) }
                #expect(throws: DecodingError.self) { try inner.decodeNil() }
                var nested = try list.nestedUnkeyedContainer()
                #expect(try nested.decode(Bool.self))
                #expect(try list.decodeNil())
                let single = try list.superDecoder().singleValueContainer()
                #expect(single.decodeNil() == false)
                #expect(try single.decode(UInt16.self) == 7)
                #expect(single.codingPath.map(\.intValue) == [3])
                #expect(try list.decodeIfPresent(String.self) == nil)
                #expect(list.isAtEnd)
            }

            enum Key: String, CodingKey { case a, b, c }
        }
        _ = try decoder.decode(Probe.self, from: [["b": .null, "a": [1], "d": 0], [true], .null, 7, .null])
    }

    // MARK: Values as they are

    @Test func valuesAndNumbersPassThroughWithoutLoss() throws {
        struct Wrapper: Codable, Equatable {
            var value: AttributeValue
            init(from decoder: any Decoder) throws { value = try AttributeValue(from: decoder) }
        }
        struct Item: Decodable {
            var number: DynamoDBNumber
            var numbers: [DynamoDBNumber]
            var any: AttributeValue
            var map: AttributeMap
            var byName: [String: AttributeValue]
            var wrapped: Wrapper
            var list: [AttributeMap]
        }
        let set = AttributeValue.numberSet([Self.number("+01.50").numberValue ?? 0, 2])
        let item = try decoder.decode(
            Item.self,
            from: [
                "number": Self.number("+01.50"), "numbers": set, "any": set, "map": ["z": set, "a": .null],
                "byName": ["x": set, "y": .null], "wrapped": set, "list": [["k": set]],
            ])
        #expect(item.number.text == "+01.50")
        #expect(item.numbers.map(\.text) == ["+01.50", "2"])
        #expect(item.any.numberSetValue?.map(\.text) == ["+01.50", "2"])
        #expect(item.map.names == ["z", "a"])
        #expect(item.map["a"] == .null)
        #expect(item.byName == ["x": set, "y": .null])
        #expect(item.wrapped.value == set)
        #expect(item.list == [["k": set]])
        #expect(failure(AttributeMap.self, from: 1) != nil)
        #expect(failure([DynamoDBNumber].self, from: ["1"])?.path == "Index 0")
    }

    @Test func userInfoReachesTheTypes() throws {
        struct Told: Codable {
            static let key = CodingUserInfoKey(rawValue: "greeting")
            var greeting: String?
            init(from decoder: any Decoder) throws {
                greeting = Self.key.flatMap { decoder.userInfo[$0] as? String }
            }
            init() {}
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                try container.encode(Self.key.flatMap { encoder.userInfo[$0] as? String })
            }
        }
        let key = try #require(Told.key)
        let told = try AttributeDecoder(userInfo: [key: "hello"]).decode([Told].self, from: [1])
        #expect(told.first?.greeting == "hello")
        #expect(try AttributeEncoder(userInfo: [key: "hello"]).encode(["a": Told()]) == ["a": "hello"])
    }

    @Test func depthIsBounded() throws {
        final class Tree: Codable { var child: Tree? }
        func tower(_ levels: Int) -> AttributeValue {
            var value: AttributeValue = [:]
            for _ in 0..<levels { value = ["child": value] }
            return value
        }
        var tree = try decoder.decode(Tree.self, from: tower(200))
        var levels = 0
        while let child = tree.child { (tree, levels) = (child, levels + 1) }
        #expect(levels == 200)
        #expect(failure(Tree.self, from: tower(1000))?.text == "More than 256 levels are nested.")
        struct Endless: Decodable {
            init(from decoder: any Decoder) throws {
                self = try decoder.singleValueContainer().decode(Endless.self)
            }
        }
        #expect(failure(Endless.self, from: 1)?.text == "More than 256 levels are nested.")
    }
}
