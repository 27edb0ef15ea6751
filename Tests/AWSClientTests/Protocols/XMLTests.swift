// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import AWSTestSupport
import Testing
import TestSupport

@Suite("XML of answers") struct XMLTests {
    @Test("Elements, text, references, CDATA, comments and prefixes are read") func elementsTextReferencesCDATACommentsAnd() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- before --><s:Root xmlns:s="http://example.com/" a='1 &lt; 2'>
              <Key>a &amp; b &#233;&#x2615; &quot;&apos;&gt;</Key><Empty/><s:Key><![CDATA[<raw> & more]]></s:Key><?target data?>
              tail
            </s:Root><!-- behind -->
            """
        let root = try XMLElement(parsing: Array(text.utf8))
        #expect(root.name == "Root")
        #expect(root.children.map(\.name) == ["Key", "Empty", "Key"])
        #expect(root.children("Key").map(\.text) == ["a & b é☕ \"'>", "<raw> & more"])
        #expect(root.text(of: "Empty") == "")
        #expect(root.child("Other") == nil)
        #expect(root.text.trimmed == "tail")
    }

    @Test("Line ends are made one") func lineEndsAreMadeOne() throws {
        #expect(try XMLElement(parsing: Array("<a>1\r\n2\r3\n4</a>".utf8)).text == "1\n2\n3\n4")
    }

    @Test("What is no XML, or has a document type, is an error", arguments: [
        "", " ", "text", "<", "<a", "<a>", "<a></b>", "<a></a", "<a/><b/>", "<a/>text", "<a b></a>", "<a b=c/>", "<a b='1' b='2'/>", "<a b='1'c='2'/>",
        "<a b='<'/>", "<a>&unknown;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#;</a>", "<a>&</a>", "<a>]]></a>", "<a>\u{1}</a>", "<1/>",
        "<a><!-- -- --></a>", "<a><![CDATA[x</a>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<!DOCTYPE a><a/>", "<a><?x</a>", "< a/>", "<a b='&lt'/>",
    ])
    func whatIsNoXMLOrHas(_ text: String) {
        #expect(throws: XMLError.self) { try XMLElement(parsing: Array(text.utf8)) }
    }

    @Test("Bytes that are no UTF-8 are an error") func bytesThatAreNoUTF8() {
        #expect(throws: XMLError.self) { try XMLElement(parsing: Array("<a>".utf8) + [0xFF] + Array("</a>".utf8)) }
    }

    @Test("Nesting ends somewhere") func nestingEndsSomewhere() throws {
        func nested(_ depth: Int) -> [UInt8] { Array((String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8) }
        _ = try XMLElement(parsing: nested(100))
        #expect(throws: XMLError.self) { try XMLElement(parsing: nested(101)) }
        #expect(throws: XMLError.self) { try XMLElement(parsing: nested(500_000)) }
    }

    @Test("A random document is read as it was made, and no part of it is a document", arguments: 0..<30)
    func aRandomDocumentIsReadAs(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let made = XMLTests.element(&random, depth: 0)
        let text = Array(XMLTests.text(made, &random).utf8)
        #expect(try XMLElement(parsing: text) == made, "seed \(seed)")
        for _ in 0..<50 {
            let end = Int.random(in: 0..<text.count, using: &random)
            #expect(throws: XMLError.self, "seed \(seed), the first \(end) bytes") { try XMLElement(parsing: Array(text[..<end])) }
        }
    }

    /// Bytes changed at random: an element or an error, never a trap.
    @Test("Damage is told", arguments: 0..<20)
    func damageIsTold(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let text = Array(XMLTests.text(XMLTests.element(&random, depth: 0), &random).utf8)
        for _ in 0..<200 {
            var damaged = text
            for _ in 0..<3 { damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            if let read = try? XMLElement(parsing: damaged) { #expect(!read.name.isEmpty, "seed \(seed)") }
        }
    }

    private static func element(_ random: inout SeededRandom, depth: Int) -> XMLElement {
        let letters = ["a", "Key", "é", "x-1", "_b"]
        let texts = ["", "plain", "a & b < c > d", "\"'", "☕\u{10FFFF}", "]]", "line\nline\t"]
        var children: [XMLElement] = []
        for _ in 0..<(depth > 4 ? 0 : Int.random(in: 0...3, using: &random)) { children.append(element(&random, depth: depth + 1)) }
        return XMLElement(
            name: letters[Int.random(in: 0..<letters.count, using: &random)], text: texts[Int.random(in: 0..<texts.count, using: &random)],
            children: children)
    }

    private static func text(_ element: XMLElement, _ random: inout SeededRandom) -> String {
        var text = "<\(element.name)\(Bool.random(using: &random) ? " id=\"1&amp;\"" : "")>"
        let children = element.children.map { self.text($0, &random) }
        text += children.joined(separator: Bool.random(using: &random) ? "<!-- c -->" : "")
        for scalar in element.text.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            default: text += Bool.random(using: &random) ? "&#\(scalar.value);" : String(scalar)
            }
        }
        return text + "</\(element.name)>"
    }
}

#endif
