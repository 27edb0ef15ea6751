// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Sluice
import StreamRecords
import Testing

/// `envelope` and `redact` of a configuration.
@Suite struct RouteFormTests {
    private func read(_ route: String, top: String = "", _ environment: [String: String] = [:]) throws(ConfigurationErrors) -> Configuration {
        let json = #"{"sinks":{"a":{"type":"log"}},\#(top)"routes":[{\#(route),"to":"a"}]}"#
        return try Configuration(reading: ConfigurationNode(json: json, file: "f"), registry: .standard(), environment: environment)
    }

    private func mistakes(_ route: String, top: String = "", _ environment: [String: String] = [:]) -> [String] {
        do throws(ConfigurationErrors) {
            _ = try read(route, top: top, environment)
            return []
        } catch {
            return error.mistakes.map { String($0.description.drop { $0 != " " }.dropFirst()) }
        }
    }

    @Test func envelopes() throws {
        #expect(try read(#""envelope":"cloudevents""#).routes[0].envelope == .cloudEvents)
        #expect(try read(#""kind":"change""#, top: #""envelope":"debezium","#).routes[0] == Route(
            name: "route 1", conditions: [.kind([.change])], envelope: .debezium, to: ["a"]))
    }

    @Test func debeziumIsForChanges() throws {
        // It says itself that it is for changes only.
        let route = try read(#""envelope":"debezium""#).routes[0]
        #expect(route.conditions == [.kind([.change])] && route.possibleKinds == [.change])
        #expect(try read(#""envelope":"debezium","kind":["change","log"]"#).routes[0].possibleKinds == [.change])
        #expect(try read(#""envelope":"debezium","table":"T""#).routes[0].conditions.count == 1)
        #expect(mistakes(#""envelope":"debezium","kind":["log","event"]"#) == [
            "routes[0].envelope: found debezium on a route for logs and events, expected a route for changes: only they have that form"
        ])
        #expect(mistakes(#""envelope":"debezium","queue":"q""#).count == 1)
        // On the command line as well.
        let configuration = try Configuration(sendingEverythingTo: ["log:"], envelope: .debezium, registry: .standard())
        #expect(configuration.routes[0].conditions == [.kind([.change])])
    }

    @Test func fieldsOfOnesOwn() throws {
        let envelope = try read(#""envelope":{"fields":{"orderId":"keys.Id","what":"=order","v":2,"new":{"status":"new.status","ok":true}}}"#).routes[0].envelope
        let inner = FieldTemplate([("status", .path(try RecordPath("new.status"))), ("ok", .constant(.bool(true)))])
        #expect(envelope == Envelope(fields: FieldTemplate([
            ("orderId", .path(try RecordPath("keys.Id"))), ("what", .constant(.string("order"))), ("v", .constant(.number("2"))), ("new", .fields(inner)),
        ])))
        // A route's own form counts before the one at the top.
        #expect(try read(#""envelope":"plain""#, top: #""envelope":{"fields":{"a":"id"}},"#).routes[0].envelope == .plain)
        #expect(try read(#""op":"INSERT""#, top: #""envelope":{"fields":{"a":"id"}},"#).routes[0].envelope.fields != nil)
    }

    @Test func mistakesInFields() {
        #expect(mistakes(#""envelope":{"fields":{"a":"id"},"field":1}"#) == [
            #"routes[0].envelope: found the unknown key "field", expected fields"#
        ])
        let found = mistakes(#""envelope":{"fields":{"a":"nwe.status","b":"new..x","c":[],"d":{},"e":"id.x"}}"#)
        #expect(found.count == 5)
        #expect(found.first?.hasSuffix("did you mean new?") == true, "\(found)")
        #expect(found.first?.contains(#"routes[0].envelope.fields.a: found the text "nwe.status", expected a path that begins with one of kind, id"#) == true)
        #expect(mistakes(#""envelope":{}"#) == [#"routes[0].envelope: found an empty object, expected the key "fields" in it"#])
        #expect(mistakes(#""kind":"log","envelope":{"fields":{"a":{"b":"new.x"},"c":"message.x"}}"#) == [
            #"routes[0].envelope.fields.a.b: found "new.x", which no record of this route has: it takes logs, expected a part that they have: kind, id, time, account, group, stream, message, fields, request_id or function"#
        ])
    }

    @Test func redaction() throws {
        let list = try read(#""redact":["new.customer.email","old.customer.email"]"#).routes[0].redaction
        #expect(list?.rules.map(\.path.description) == ["new.customer.email", "old.customer.email"] && list?.rules.map(\.method) == [.removed, .removed])
        let object = try read(
            #""redact":{"hashed":["new.id"],"masked":"message.user","removed":["detail"]}"#, top: #""redact_key":"${KEY}","#,
            ["KEY": "0123456789abcdef"]).routes[0].redaction
        #expect(object?.rules.map { "\($0.method) \($0.path)" } == ["removed detail", "masked message.user", "hashed new.id"])
    }

    @Test func mistakesInRedaction() {
        #expect(mistakes(#""redact":["nwe.x"]"#).first?.hasSuffix("did you mean new?") == true)
        #expect(mistakes(#""redact":["time"]"#) == [
            #"routes[0].redact[0]: found the text "time", expected a path that begins with one of keys, old, new, message, fields, body, detail"#
        ])
        #expect(mistakes(#""redact":{"hashed":"new.x"}"#) == [
            #"routes[0].redact.hashed: found hashed values without a key, expected the key "redact_key" at the top of the configuration, which values are hashed with"#
        ])
        #expect(mistakes(#""redact":{"hidden":"new.x"}"#).count == 1 && mistakes(#""redact":{}"#).count == 1 && mistakes(#""redact":[]"#).count == 1)
        #expect(mistakes(#""kind":"log","redact":["new.x"]"#).count == 1)
        // The key does not show itself, even where it is wrong.
        let short = mistakes(#""redact":{"hashed":"new.x"}"#, top: #""redact_key":"hunter2","#)
        #expect(short == ["redact_key: found a text of 7 bytes, expected 16 bytes or more: what is hashed with a short key can be guessed"])
        #expect(mistakes(#""redact":"new.x""#, top: #""redact_key":12345678901234567890,"#).first?.contains("12345") == false)
    }
}
