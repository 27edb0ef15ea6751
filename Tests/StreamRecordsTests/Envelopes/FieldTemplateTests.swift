// SPDX-License-Identifier: Apache-2.0

import JSONTape
import StreamRecords
import Testing

@Suite struct FieldTemplateTests {
    private func line(_ record: String, _ fields: [(String, String)], numbers: Envelope.Numbers = .json) throws -> String {
        let template = FieldTemplate(try fields.map { ($0.0, .path(try RecordPath($0.1))) })
        return try EnvelopeRecords.record(record).line(Envelope(numbers: numbers, fields: template))
    }

    @Test func partsOfAChange() throws {
        #expect(try line(EnvelopeRecords.modify, [
            ("orderId", "keys.Id"), ("price", "new.price"), ("was", "old.price"), ("name", "new.customer.name"), ("second", "new.lines.1.sku"),
            ("tags", "new.tags"), ("gone", "new.gone"), ("missing", "new.nothing"), ("changed", "changed"), ("at", "time"), ("op", "op"),
            ("table", "table"), ("seq", "sequence"), ("expired", "expired"), ("line", "new.lines.7"), ("deep", "new.price.x"),
        ]) == """
            {"orderId":5,"price":49.50,"was":54,"name":"Åsa \\"A\\"","second":"x2","tags":["b","a"],"gone":null,\
            "changed":["price","customer","lines","raw","gone"],"at":"2026-09-21T14:13:20.500Z","op":"MODIFY","table":"Orders",\
            "seq":"4521600000000032029701364"}
            """)
        #expect(try line(EnvelopeRecords.modify, [("price", "new.price"), ("lines", "new.lines")], numbers: .string)
            == #"{"price":"49.50","lines":[{"sku":"x1","count":"2"},{"sku":"x2","count":"1"}]}"#)
        #expect(try line(EnvelopeRecords.expiry, [("x", "expired"), ("new", "new.a")]) == #"{"x":true}"#)
        #expect(try line(EnvelopeRecords.expiry, [("new", "new.a")]) == "{}")
    }

    @Test func partsOfOtherRecords() throws {
        #expect(try line(EnvelopeRecords.log, [
            ("who", "message.user.email"), ("ip", "fields.ip"), ("fn", "function"), ("req", "request_id"), ("g", "group"), ("k", "kind"), ("body", "body"),
        ]) == #"{"who":"asa@example.com","ip":"192.0.2.7","fn":"shop#1","req":"641919a2-cf49-485e-8236-3fd7fbcf5859","g":"/aws/lambda/shop#1","k":"log"}"#)
        #expect(try line(EnvelopeRecords.message, [("id", "body.order.id"), ("q", "queue")]) == #"{"id":7,"q":"orders.fifo"}"#)
        #expect(try line(EnvelopeRecords.text, [("all", "body"), ("part", "body.x")]) == #"{"all":"hello ☕"}"#)
        #expect(try line(EnvelopeRecords.notification, [("email", "body.email")]) == #"{"email":"asa@example.com"}"#)
        #expect(try line(EnvelopeRecords.event, [("second", "detail.lines.1"), ("from", "source"), ("what", "type")])
            == #"{"second":{"sku":"x2"},"from":"shop.orders","what":"Order Placed"}"#)
    }

    /// Whatever the parts are, they are those of the plain line.
    @Test(arguments: [EnvelopeRecords.modify, EnvelopeRecords.insert, EnvelopeRecords.log, EnvelopeRecords.message, EnvelopeRecords.text, EnvelopeRecords.event])
    func everyPartIsThatOfThePlainLine(_ text: String) throws {
        let plain = try JSONValue(parsing: EnvelopeRecords.record(text).line(.plain))
        for root in RecordPath.Root.allCases {
            let picked = try JSONValue(parsing: line(text, [("x", root.rawValue)]))["x"]
            #expect(picked == plain[root.rawValue], "\(root)")
        }
    }

    @Test func namesWithDotsAndFieldsInFields() throws {
        let dotted = EnvelopeRecords.modify.replacing(#""price":{"N":"49.50"}"#, with: #""a.b":{"S":"dotted"},"a":{"M":{"b":{"S":"nested"},"c.d":{"S":"both"}}}"#)
        #expect(try line(dotted, [("x", "new.a.b"), ("y", "new.a.c.d")]) == #"{"x":"dotted","y":"both"}"#)
        let inner = FieldTemplate([("at \"x\"", .path(try RecordPath("time"))), ("n", .constant(.number("1.50")))])
        let template = FieldTemplate([("kind", .constant(.string("=a\"b"))), ("in", .fields(inner)), ("t", .constant(.bool(true)))])
        #expect(try EnvelopeRecords.record(EnvelopeRecords.text).line(Envelope(fields: template)) == #"{"kind":"=a\"b","in":{"n":1.50},"t":true}"#)
    }

    @Test(arguments: ["", "nwe.price", "new..price", "new.price.", ".new", "id.x", "changed.0", "kind.a"])
    func whatIsNoPath(_ text: String) {
        #expect(throws: RecordPath.Mistake.self) { try RecordPath(text) }
    }
}
