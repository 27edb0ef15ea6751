// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Whether two attribute values whose bytes differ are the same by DynamoDB's equality all the same: 1 and 1.0, sets in another order, other escapes.
///
/// Both were gone over before, so they are sound and compact. ``ImageDifference`` says the same of indexed values.
enum AttributeSameness {
    /// - Parameters: each stands on the brace of its value.
    static func isSame(_ a: borrowing JSONTranscriber, _ b: borrowing JSONTranscriber) -> Bool {
        let (first, second) = (a.word, b.word)
        // {"?": of both
        let tag: UInt64 = 0x0000_00FF_FFFF_FFFF
        guard first & tag == second & tag else {
            // Two sets, or two of BOOL, share no more than their names' first letters.
            return false
        }
        switch first & tag {
        case 0x0000_003A_2253_227B: return isSameString(a.ahead(5), b.ahead(5))
        case 0x0000_003A_2242_227B: return isSameString(a.ahead(5), b.ahead(5))
        case 0x0000_003A_224E_227B: return isSameNumber(a.ahead(5), b.ahead(5))
        case 0x0000_003A_224D_227B: return isSameMap(a, b)
        case 0x0000_003A_224C_227B: return isSameList(a, b)
        // {"BOO and {"NUL
        case 0x0000_004F_4F42_227B: return first == second && a.word(behind: 8) & 0xFF == b.word(behind: 8) & 0xFF
        case 0x0000_004C_554E_227B: return true
        default: return isSameValue(a, b)
        }
    }

    private static func isSameString(_ a: JSONTranscriber, _ b: JSONTranscriber) -> Bool {
        var (behindA, behindB) = (a, b)
        let isEscaped = behindA.skipString()
        let isOtherEscaped = behindB.skipString()
        let count = behindA.read(since: a)
        if count == behindB.read(since: b) && b.repeats(a, count: count) { return true }
        return (isEscaped || isOtherEscaped) && JSONTranscriber.isSameContent(a, b)
    }

    private static func isSameNumber(_ a: JSONTranscriber, _ b: JSONTranscriber) -> Bool {
        guard let first = DynamoDBNumber(text(a)), let second = DynamoDBNumber(text(b)) else { return false }
        return first == second
    }

    /// What stands between quotes.
    private static func text(_ quoted: borrowing JSONTranscriber) -> String {
        var behind = copy quoted
        _ = behind.skipString()
        return String(quoted.text(upTo: behind).dropFirst().dropLast())
    }

    /// Members in the same order; another order is left to the slow way.
    private static func isSameMap(_ a: borrowing JSONTranscriber, _ b: borrowing JSONTranscriber) -> Bool {
        var (x, y) = (a.ahead(5), b.ahead(5))
        x.expect(0x7B)
        y.expect(0x7B)
        while true {
            if x.byte == 0x7D || y.byte == 0x7D { return x.byte == y.byte || isSameValue(a, b) }
            let (nameX, nameY) = (x, y)
            _ = x.skipName()
            _ = y.skipName()
            guard isSameString(nameX, nameY) else { return isSameValue(a, b) }
            if !isSame(x, y) { return false }
            x.skipValue()
            y.skipValue()
            if x.byte == 0x2C { x.skip(1) }
            if y.byte == 0x2C { y.skip(1) }
            if x.isAtEnd || y.isAtEnd { return false }
        }
    }

    private static func isSameList(_ a: borrowing JSONTranscriber, _ b: borrowing JSONTranscriber) -> Bool {
        var (x, y) = (a.ahead(5), b.ahead(5))
        x.expect(0x5B)
        y.expect(0x5B)
        while true {
            if x.byte == 0x5D || y.byte == 0x5D { return x.byte == y.byte }
            if !isSame(x, y) { return false }
            x.skipValue()
            y.skipValue()
            if x.byte == 0x2C { x.skip(1) }
            if y.byte == 0x2C { y.skip(1) }
            if x.isAtEnd || y.isAtEnd { return false }
        }
    }

    private static func isSameValue(_ a: borrowing JSONTranscriber, _ b: borrowing JSONTranscriber) -> Bool {
        guard let first = value(a), let second = value(b) else { return false }
        return first == second
    }

    private static func value(_ start: borrowing JSONTranscriber) -> AttributeValue? {
        var behind = copy start
        behind.skipValue(depth: 2 * AttributeTranscription.maximumDepth)
        guard let document = try? JSONDocument(start.text(upTo: behind)) else { return nil }
        return AttributeValue(document.view(document.root))
    }
}
