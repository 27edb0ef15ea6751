// SPDX-License-Identifier: Apache-2.0

import EventTable
import StreamRecords
import Testing

struct JSONDifferenceTests {
    private static func text(_ old: String?, _ new: String?) -> [String] {
        JSONDifference.differences(old, new).map { "\($0.path): \($0.old ?? "-") > \($0.new ?? "-")" }
    }

    @Test("What means the same is the same")
    func same() {
        for (old, new) in [
            ("1", "1.0"), ("1e2", "100"), (#"{"a":1,"b":2}"#, #"{ "b": 2, "a": 1 }"#), (#""ü""#, #""\u00fc""#), ("[]", "[ ]"),
            ("12345678901234567890123456789", "12345678901234567890123456789.0"), (#"{"a":1,"a":2}"#, #"{"a":2}"#),
        ] {
            #expect(Self.text(old, new) == [], "\(old) and \(new)")
        }
        #expect(Self.text(nil, nil) == [])
    }

    @Test("What differs is told with its place")
    func different() {
        #expect(Self.text("1", "2") == ["$: 1 > 2"])
        #expect(Self.text("12345678901234567890123456789", "12345678901234567890123456788").count == 1)
        #expect(Self.text(nil, "null") == ["$: - > null"])
        #expect(Self.text("no JSON", "1") == ["$: no JSON > 1"])
        #expect(Self.text("[1,2,3]", "[1,3]") == ["$[1]: 2 > 3", "$[2]: 3 > -"])
        #expect(Self.text(#"{"a":{"b":[{"c":1}]}}"#, #"{"a":{"b":[{"c":null}]}}"#) == ["$.a.b[0].c: 1 > null"])
        #expect(Self.text(#"{"a":1}"#, #"{"b":1}"#) == ["$.a: 1 > -", "$.b: - > 1"])
        #expect(Self.text("{}", "[]") == ["$: {} > []"])
    }

    @Test("Names that are no words are quoted")
    func names() {
        let found = JSONDifference.differences(#"{"odd name":1,"it's":1,"\\":1,"5":1,"":1,"_x9":1}"#, "{}").map(\.path)
        #expect(found == ["$['odd name']", #"$['it\'s']"#, #"$['\\']"#, "$['5']", "$['']", "$._x9"])
    }

    @Test("There are no more than asked for")
    func limit() {
        let many = "[" + (0..<500).map(String.init).joined(separator: ",") + "]"
        #expect(JSONDifference.differences(many, "[]").count == 100)
        #expect(JSONDifference.differences(many, "[]", limit: 7).count == 7)
    }
}

struct RerunPermissionTests {
    @Test("Only what is named may run, at the version that is named")
    func targets() {
        let permission = RerunPermission(["orders", "mails-*", "stock:live", "arn:aws:lambda:eu-west-1:123456789012:function:bills:7"])
        #expect(permission.target(of: "orders")?.description == "orders")
        #expect(permission.target(of: "mails-out")?.description == "mails-out")
        #expect(permission.target(of: "stock")?.description == "stock:live")
        #expect(permission.target(of: "bills")?.description == "bills:7")
        for name in ["order", "orders2", "Orders", "mails", "payments", ""] { #expect(permission.target(of: name) == nil, "\(name)") }
        #expect(RerunPermission.none.target(of: "orders") == nil)
        #expect(RerunPermission(["*"]).target(of: "anything") != nil)
    }
}

struct EventIDTests {
    @Test("An id is a UUID of version 7, of its moment")
    func form() {
        let id = EventID.new(at: Timestamp(milliseconds: 0x0192_3456_789A))
        #expect(id.hasPrefix("01923456-789a-7"))
        #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        #expect(Set((0..<1000).map { _ in EventID.new(at: Timestamp(milliseconds: 5)) }).count == 1000)
        #expect(EventID.new(at: Timestamp(milliseconds: 5)) < EventID.new(at: Timestamp(milliseconds: 6)))
    }

    @Test("A word for a place in a listing is read by nobody but who made it", arguments: ["", "abc", "W10", "ä", "WyJhIiwiYiJd", "====", "e30"])
    func tokens(word: String) { #expect(EventCursor(token: word) == nil) }
}
