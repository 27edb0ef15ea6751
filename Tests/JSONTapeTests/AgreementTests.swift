// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import ReferenceDecoder
import Testing
import TestSupport

/// Random texts, sound and damaged, read by other readers as well.
@Suite("Agreement with other readers") struct AgreementTests {
    static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6, 7, 8]
    private static let rounds = 2500

    @Test("Foundation's JSONSerialization gives the same verdict and the same value", arguments: seeds)
    func foundation(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        var accepted = 0
        for round in 0..<Self.rounds {
            let sound = random.text()
            let text = round % 4 == 0 ? sound : random.mutation(of: sound)
            guard Self.canCompare(text) else { continue }
            let theirs = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
            let (ours, error) = Self.read(text)
            if let ours, Self.holdsNumberBeyondDouble(ours) { continue }
            if let error, Self.isCommaBeforeBrace(error, in: text) { continue }
            let comment: Comment = "seed \(seed), round \(round): \(String(decoding: text, as: UTF8.self).debugDescription)"
            #expect((ours == nil) == (theirs == nil), comment)
            if let ours, let theirs {
                accepted += 1
                #expect(Self.areEqual(ours, theirs), comment)
            }
            if round % 4 == 0 {
                #expect(ours != nil, comment)
            }
        }
        #expect(accepted > Self.rounds / 4)
    }

    /// Left out is what Foundation reads otherwise, by design or by mistake: texts in UTF-16 or UTF-32, which it finds by byte order marks and
    /// by zero bytes among the first four; and U+FEFF anywhere, which it drops from strings.
    private static func canCompare(_ text: [UInt8]) -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return !text.prefix(4).contains(0) && !text.starts(with: [0xFE, 0xFF]) && !text.starts(with: [0xFF, 0xFE])
            && !text.indices.contains { text[$0...].starts(with: mark) }
    }

    private static func read(_ text: [UInt8]) -> (JSONValue?, JSONError?) {
        do {
            return (try JSONValue(parsing: text), nil)
        } catch {
            return (nil, error)
        }
    }

    /// Foundation refuses numbers that no Double holds, which JSON's grammar does not.
    private static func holdsNumberBeyondDouble(_ value: JSONValue) -> Bool {
        switch value {
        case .number(let text): !(Double(text)?.isFinite ?? false)
        case .array(let elements): elements.contains(where: holdsNumberBeyondDouble)
        case .object(let members): members.contains { holdsNumberBeyondDouble($0.value) }
        default: false
        }
    }

    /// Foundation lets a comma stand before an object's closing brace, which JSON's grammar does not.
    private static func isCommaBeforeBrace(_ error: JSONError, in text: [UInt8]) -> Bool {
        guard error.offset < text.count, text[error.offset] == UInt8(ascii: "}") else { return false }
        return text[..<error.offset].last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: ",")
    }

    private static func areEqual(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours {
        case .null:
            return theirs is NSNull
        case .string(let text):
            return (theirs as? String).map { Array($0.utf8) == Array(text.utf8) } ?? false
        case .bool(let flag):
            return (theirs as? Bool) == flag
        case .number(let text):
            guard let number = (theirs as? NSNumber)?.doubleValue, let expected = Double(text) else { return false }
            return number == expected
        case .array(let elements):
            guard let others = theirs as? [Any], others.count == elements.count else { return false }
            return zip(elements, others).allSatisfy { areEqual($0, $1) }
        case .object(let members):
            // Foundation keeps one member of a name, and does not say which.
            guard let others = theirs as? [String: Any] else { return false }
            let names = Set(members.map(\.name))
            return names.count == others.count
                && names.allSatisfy { name in
                    members.contains { member in member.name == name && others[name].map { areEqual(member.value, $0) } ?? false }
                }
        }
    }

    @Test("The slow parser of the tests gives the same verdict, byte for byte the same strings and numbers", arguments: seeds)
    func slowParser(seed: UInt64) throws {
        var random = RandomJSON(seed: seed &+ 1000)
        for round in 0..<Self.rounds {
            let text = random.mutation(of: random.text())
            let comment: Comment = "seed \(seed), round \(round): \(String(decoding: text, as: UTF8.self).debugDescription)"
            let theirs = try? TreeParser.parse(text)
            let ours = try? JSONValue(parsing: text)
            #expect((ours == nil) == (theirs == nil), comment)
            if let ours, let theirs {
                #expect(Self.areEqual(ours, theirs), comment)
            }
        }
    }

    private static func areEqual(_ ours: JSONValue, _ theirs: Tree) -> Bool {
        switch (ours, theirs.content) {
        case (.null, .null):
            return true
        case (.bool(let one), .bool(let other)):
            return one == other
        case (.number(let text), .number(let bytes)):
            return Array(text.utf8) == bytes
        case (.string(let text), .string):
            return theirs.string.map { Array($0.utf8) == Array(text.utf8) } ?? false
        case (.array(let elements), .array(let others)):
            return elements.count == others.count && zip(elements, others).allSatisfy { areEqual($0, $1) }
        case (.object(let members), .object(let others)):
            return members.count == others.count
                && zip(members, others).allSatisfy { Array($0.name.utf8) == $1.unescapedName && areEqual($0.value, $1.value) }
        default:
            return false
        }
    }

    @Test("Written and read again, a value is the same", arguments: seeds)
    func roundTrip(seed: UInt64) throws {
        var random = RandomJSON(seed: seed &+ 2000)
        for round in 0..<Self.rounds {
            let text = random.text()
            let value = try JSONValue(parsing: text)
            var writer = JSONWriter()
            value.write(into: &writer)
            let written = writer.array
            #expect(try JSONValue(parsing: written) == value, "seed \(seed), round \(round)")
            // Copying views keeps each value's own bytes, so the copy of a copy is the copy.
            let document = try JSONDocument(text)
            var copier = JSONWriter()
            copier.copy(document.view(document.root))
            #expect(try JSONValue(parsing: copier.array) == value, "seed \(seed), round \(round)")
        }
    }
}
