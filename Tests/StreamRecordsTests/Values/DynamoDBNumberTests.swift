// SPDX-License-Identifier: Apache-2.0

import StreamRecords
import Testing
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct DynamoDBNumberTests {
    static let accepted = [
        "0", "-0", "+0", "00", "1", "-1", "+1", "007", "1.0", "1.", ".5", "-.5", "+.5", "0.5", "1e5",
        "1E5", "1e+5", "1E-05", "1.e5", ".5e-3", "12345678901234567890123456789012345678",
        "1E-130", "9.9999999999999999999999999999999999999E+125", "1e00000000000000000000000000005",
        "1e99999999999999999", "-1e-99999999999999999",
    ]

    @Test(arguments: accepted)
    func keepsTheTextAsReceived(_ text: String) throws {
        let number = try #require(DynamoDBNumber(text))
        #expect(number.text == text)
        #expect(number.description == text)
    }

    @Test(arguments: [
        "", " ", "-", "+", ".", "-.", "e5", ".e5", "1e", "1e+", "1e-", "1e5.0", "1e5e5", "1..2", "1.2.3", " 1",
        "1 ", "1\n", "--1", "+-1", "1-", "1_000", "1,000", "NaN", "nan", "Infinity", "-inf", "inf", "0x10",
        "0x1p3", "١", "１", "1\u{301}", "1e999999999999999999", "a", "1a", "1e٣", "1\u{0}", "1f", "½",
    ])
    func refuses(_ text: String) {
        #expect(DynamoDBNumber(text) == nil)
    }

    @Test(arguments: [
        ("1.0", "1"), ("+05", "5"), (".5", "0.5"), ("-0", "0"), ("0e5", "0"), ("-.0", "0"), ("5.", "5"),
        ("1E0", "1"), ("100", "100"), ("1e2", "100"), ("1.50e1", "15"), ("12.340", "12.34"),
        ("-0.0010", "-0.001"), ("1e-3", "0.001"), ("123e-2", "1.23"), ("0.1e1", "1"),
        ("1e126", "1e126"), ("1e125", "1" + String(repeating: "0", count: 125)),
        ("1E-130", "0." + String(repeating: "0", count: 129) + "1"), ("1e-131", "1e-131"),
        ("12.5e200", "1.25e201"), ("-12.5e-200", "-1.25e-199"), ("1e999999999", "1e999999999"),
        ("-00.10e-999999999", "-1e-1000000000"), ("1e99999999999999999", "1e99999999999999999"),
    ])
    func hasOneCanonicalText(_ text: String, _ canonical: String) throws {
        #expect(try #require(DynamoDBNumber(text)).canonical == canonical)
    }

    @Test(arguments: [
        ("1", "1"), ("-0", "-0"), ("0", "0"), ("1.50", "1.50"), ("1E+05", "1E+05"), ("-1.0e-0", "-1.0e-0"),
        ("+5", "5"), ("05", "5"), ("-007.10", "-7.10"), ("00", "0"), ("-00", "-0"), (".50", "0.50"),
        ("-.5", "-0.5"), ("5.", "5"), ("5.e3", "5e3"), ("+0.10E5", "0.10E5"), ("000.e+07", "0e+07"),
        ("0e1", "0e1"), ("+1e5", "1e5"),
    ])
    func becomesJSONWithTheLeastChange(_ text: String, _ json: String) throws {
        let number = try #require(DynamoDBNumber(text))
        #expect(number.jsonText == json)
        #expect(number.isJSONNumber == (text == json))
    }

    @Test func comparesByValue() throws {
        let one = ["1", "1.0", "1E0", "+01.", "0.1e1", "10e-1", "1.00000000000000000000000000000000000000000"]
        let numbers = try one.map { try #require(DynamoDBNumber($0)) }
        #expect(Set(numbers).count == 1)
        #expect(numbers.allSatisfy { $0 == 1 })
        let ascending = [
            "-1e99999999999999999", "-1e126", "-10", "-9.99", "-1", "-0.1", "-1e-130", "0", "1e-99999999999999999",
            "1e-130", "0.1", "0.11", "0.2", "1", "1.00000000000000000000000000000000000000000001", "1.01",
            "9", "10", "11", "99", "100", "9e125", "1e126",
        ].compactMap(DynamoDBNumber.init)
        #expect(ascending.count == 23)
        for (i, left) in ascending.enumerated() {
            for (j, right) in ascending.enumerated() {
                #expect((left < right) == (i < j), "\(left) < \(right)")
                #expect((left == right) == (i == j), "\(left) == \(right)")
            }
        }
    }

    @Test func knowsWhatDynamoDBStores() {
        #expect(DynamoDBNumber("9.9999999999999999999999999999999999999E+125")?.isStorable == true)
        #expect(DynamoDBNumber("1E-130")?.isStorable == true)
        #expect(DynamoDBNumber("0e999")?.isStorable == true)
        #expect(DynamoDBNumber("9e-131")?.isStorable == false)
        #expect(DynamoDBNumber("1e126")?.isStorable == false)
        #expect(DynamoDBNumber("123456789012345678901234567890123456789")?.isStorable == false)
        #expect(DynamoDBNumber("1234567890123456789012345678901234567800000")?.isStorable == true)
        #expect(DynamoDBNumber("0012300.00")?.significantDigits == 3)
        #expect(DynamoDBNumber("-0.000")?.significantDigits == 1)
        #expect(DynamoDBNumber("-0.000")?.isNegative == false)
    }

    @Test func convertsToIntegersExactlyOrNot() {
        func both<T: FixedWidthInteger>(_ type: T.Type) {
            for value in [T.min, T.max, 0, 1, T.max / 2] {
                #expect(T(exactly: DynamoDBNumber(value)) == value)
            }
            let above = DynamoDBNumber(String(T.max).dropLast() + "9")
            #expect(above.flatMap { T(exactly: $0) } == nil, "\(type)")
            if T.isSigned {
                let below = DynamoDBNumber(String(T.min).dropLast() + "9")
                #expect(below.flatMap { T(exactly: $0) } == nil, "\(type)")
            } else {
                #expect(T(exactly: DynamoDBNumber(-1)) == nil)
            }
        }
        both(Int.self); both(Int8.self); both(Int16.self); both(Int32.self); both(Int64.self)
        both(Int128.self); both(UInt.self); both(UInt8.self); both(UInt16.self); both(UInt32.self)
        both(UInt64.self); both(UInt128.self)
        #expect(DynamoDBNumber("1.50e1").flatMap { Int(exactly: $0) } == 15)
        #expect(DynamoDBNumber("-0.0").flatMap { UInt8(exactly: $0) } == 0)
        #expect(DynamoDBNumber("1.5").flatMap { Int(exactly: $0) } == nil)
        #expect(DynamoDBNumber("1e99999999999999999").flatMap { Int128(exactly: $0) } == nil)
        // The standard library's own conversions are still chosen where they apply.
        #expect(Int(exactly: 5.0) == 5)
        #expect(Int8(exactly: 300) == nil)
    }

    @Test func convertsToAndFromBinaryFractions() throws {
        #expect(DynamoDBNumber(0.1)?.text == "0.1")
        #expect(DynamoDBNumber(5.0)?.text == "5")
        #expect(DynamoDBNumber(1e20)?.text == "100000000000000000000")
        #expect(DynamoDBNumber(1e-7)?.text == "0.0000001")
        #expect(DynamoDBNumber(-0.0)?.text == "0")
        #expect(DynamoDBNumber(1e300)?.text == "1e300")
        #expect(DynamoDBNumber(Float(0.1))?.text == "0.1")
        #expect(DynamoDBNumber(Double.nan) == nil)
        #expect(DynamoDBNumber(Double.infinity) == nil)
        #expect(DynamoDBNumber(-Float.infinity) == nil)
        #expect(Double(nearestTo: 9_007_199_254_740_993) == 9_007_199_254_740_992)
        #expect(Double(nearestTo: try #require(DynamoDBNumber("+.1"))) == 0.1)
        #expect(Double(nearestTo: try #require(DynamoDBNumber("1e400"))) == .infinity)
        #expect(Double(nearestTo: try #require(DynamoDBNumber("-1e99999999999999999"))) == -.infinity)
        #expect(Double(nearestTo: try #require(DynamoDBNumber("1e-99999999999999999"))) == 0)
        #expect(Float(nearestTo: try #require(DynamoDBNumber("1e39"))) == .infinity)
    }

    @Test func convertsToAndFromDecimalExactlyOrNot() throws {
        for text in [
            "0", "1", "-1", "0.1", "12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678",
            "1e127", "1e-128", "-99999999999999999999999999999999999999e100", "1e150", "+007.50",
        ] {
            let number = try #require(DynamoDBNumber(text))
            let decimal = try #require(Decimal(exactly: number), "\(text)")
            #expect(DynamoDBNumber(decimal) == number)
        }
        #expect(Decimal(exactly: try #require(DynamoDBNumber("12.5"))) == Decimal(125) / 10)
        for text in [
            "1e-130", "1e-129", "1.5e-128", "1e170", "1e99999999999999999", "-1e-99999999999999999",
            "1234567890123456789012345678901234567890123", "999999999999999999999999999999999999999",
        ] {
            #expect(Decimal(exactly: try #require(DynamoDBNumber(text))) == nil, "\(text)")
        }
        #expect(DynamoDBNumber(Decimal.nan) == nil)
    }

    @Test func isTextInOtherCoders() throws {
        let number = try #require(DynamoDBNumber("+1.50"))
        #expect(try JSONEncoder().encode([number]) == Data(#"["+1.50"]"#.utf8))
        func decode(_ text: String) throws -> [DynamoDBNumber] {
            try JSONDecoder().decode([DynamoDBNumber].self, from: Data(text.utf8))
        }
        #expect(try decode(#"["1.50"]"#).map(\.text) == ["1.50"])
        #expect(try decode("[-5, 18446744073709551615]").map(\.text) == ["-5", "18446744073709551615"])
        #expect(throws: DecodingError.self) { try decode(#"["one"]"#) }
        #expect(throws: DecodingError.self) { try decode("[1.5]") }
        #expect(throws: DecodingError.self) { try decode("[true]") }
    }

    // MARK: Against the slow decimal

    @Test func agreesWithWrittenOutDecimals() throws {
        var random = SeededRandom(announcing: #function)
        for _ in 0..<1500 {
            let leftText = random.numberText()
            let left = try #require(DynamoDBNumber(leftText), "\(leftText), seed \(random.seed)")
            let right = random.chance(30) ? random.respelled(left) : random.number()
            let (slowLeft, slowRight) = (SlowDecimal(left.text), SlowDecimal(right.text))
            let comment: Comment = "\(left) and \(right), seed \(random.seed)"
            #expect((left == right) == (slowLeft == slowRight), comment)
            #expect((left < right) == (slowLeft < slowRight), comment)
            #expect((right < left) == (slowRight < slowLeft), comment)
            #expect(left.significantDigits == slowLeft.significantDigits, comment)
            #expect((left.canonical == right.canonical) == (slowLeft == slowRight), comment)
            if left == right { #expect(left.hashValue == right.hashValue, comment) }
        }
    }

    /// RFC 8259, section 6, as a pattern. (Foundation's parser is no judge: it refuses `0e1`.)
    static func isJSON(_ text: String) throws -> Bool {
        try /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/.wholeMatch(in: text) != nil
    }

    @Test func normalFormsLoseNothing() throws {
        var random = SeededRandom(announcing: #function)
        for _ in 0..<1500 {
            let number = random.number()
            let comment: Comment = "\(number), seed \(random.seed)"
            for text in [number.canonical, number.jsonText] {
                let again = try #require(DynamoDBNumber(text), comment)
                #expect(again.isJSONNumber, comment)
                #expect(SlowDecimal(text) == SlowDecimal(number.text), comment)
                #expect(text.utf8.count <= number.text.utf8.count + 132, comment)
                #expect(try Self.isJSON(text), comment)
            }
            let canonical = number.canonical
            #expect(DynamoDBNumber(canonical)?.canonical == canonical, comment)
            #expect(number.isJSONNumber == (try Self.isJSON(number.text)), comment)
        }
    }

    @Test func randomIntegersAndFractionsComeBack() throws {
        var random = SeededRandom(announcing: #function)
        for _ in 0..<1500 {
            let integer = Int128.random(in: .min ... .max, using: &random) >> Int128(random.next() % 128)
            let number = DynamoDBNumber(integer)
            #expect(Int128(exactly: number) == integer, "seed \(random.seed)")
            #expect(Int64(exactly: number) == Int64(exactly: integer), "seed \(random.seed)")
            #expect(UInt16(exactly: number) == UInt16(exactly: integer), "seed \(random.seed)")
            let double = Double(bitPattern: random.next())
            if double.isFinite {
                let number = try #require(DynamoDBNumber(double))
                #expect(Double(nearestTo: number) == double, "seed \(random.seed)")
            }
        }
    }

    @Test func randomDecimalsAreExactOrNil() throws {
        var random = SeededRandom(announcing: #function)
        var exact = 0
        for _ in 0..<1500 {
            let number = random.number()
            guard let decimal = Decimal(exactly: number) else {
                // All that DynamoDB's digits and Decimal's exponents allow must be taken.
                let slow = SlowDecimal(number.text)
                let last = slow.row.lastIndex { $0 != 0 } ?? SlowDecimal.reach
                #expect(
                    number.significantDigits > 38 || last - SlowDecimal.reach >= 128
                        || last < SlowDecimal.reach - 127, "\(number), seed \(random.seed)")
                continue
            }
            exact += 1
            #expect(
                SlowDecimal(decimal.description) == SlowDecimal(number.text),
                "\(number), seed \(random.seed)")
        }
        #expect(exact > 500)
    }
}
