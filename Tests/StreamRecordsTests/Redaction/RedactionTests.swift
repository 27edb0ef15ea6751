// SPDX-License-Identifier: Apache-2.0

import JSONTape
import StreamRecords
import Testing

@Suite struct RedactionTests {
    private static let key = Redaction.Key(Array("a key of sixteen".utf8))

    private func redaction(_ removed: [String], _ method: Redaction.Method = .removed, key: Redaction.Key? = RedactionTests.key) throws -> Redaction {
        Redaction(try removed.map { try Redaction.Rule(RecordPath($0), method) }, key: key)
    }

    private func redacted(_ text: String, _ paths: [String], _ method: Redaction.Method = .removed) throws -> Record {
        let batch = try EnvelopeRecords.batch(text)
        let result = batch.redacted([(0, try redaction(paths, method))])
        try #require(result.count == 1)
        return result[0]
    }

    private func plain(_ text: String, _ paths: [String], _ method: Redaction.Method = .removed) throws -> JSONValue {
        try JSONValue(parsing: redacted(text, paths, method).line(.plain))
    }

    @Test func nothingToHideChangesNothing() throws {
        for text in [
            EnvelopeRecords.modify, EnvelopeRecords.insert, EnvelopeRecords.expiry, EnvelopeRecords.export, EnvelopeRecords.log, EnvelopeRecords.message,
            EnvelopeRecords.text, EnvelopeRecords.event, EnvelopeRecords.notification, EnvelopeRecords.queuedEvent,
        ] {
            let before = try EnvelopeRecords.record(text)
            for paths in [[], ["new.nothing", "keys.nothing.at.all", "old.x", "message.none", "fields.x", "body.none", "detail.none"]] {
                let after = try redacted(text, paths)
                #expect(after.line(.plain) == before.line(.plain))
                #expect(after.id == before.id && after.position == before.position && after.source == before.source && after.time == before.time)
                #expect(after.kind == before.kind && after.operation == before.operation && after.changedAttributes == before.changedAttributes)
            }
        }
    }

    @Test func attributesAreRemovedMaskedAndHashed() throws {
        let removed = try plain(EnvelopeRecords.modify, ["new.customer.email", "old.customer.email", "new.price"])
        #expect(removed["new"]?["customer"]?.text == #"{"name":"Åsa \"A\""}"#)
        #expect(removed["old"]?["customer"]?.text == #"{"name":"Åsa \"A\""}"#)
        #expect(removed["new"]?["price"] == nil && removed["old"]?["price"] == .number("54"))
        // What changed may still be told.
        #expect(removed["changed"]?.text == #"["price","customer","lines","raw","gone"]"#)

        let masked = try plain(EnvelopeRecords.modify, ["new.price", "new.customer"], .masked)
        #expect(masked["new"]?["price"] == .string("***") && masked["new"]?["customer"] == .string("***"))

        // By another implementation: hmac.new(b"a key of sixteen", b"asa@example.com", sha256)
        let hashed = try plain(EnvelopeRecords.modify, ["new.customer.email", "new.price", "old.price"], .hashed)
        #expect(hashed["new"]?["customer"]?["email"] == .string("7a46ccd98586b461b4ecff58460b97e6c785eb4d0e24fb3227e9f31276fc49cc"))
        #expect(hashed["new"]?["price"] == .string("536861993affdfa9373eb2803232c7e6ef94601b51e388690f16420b9e3a316c"))
    }

    @Test func equalValuesHaveEqualHashes() throws {
        let other = EnvelopeRecords.modify.replacing(#"{"N":"49.50"}"#, with: #"{"N":"4.95e1"}"#)
        let first = try plain(EnvelopeRecords.modify, ["new.price", "new.tags"], .hashed)["new"]
        let second = try plain(other, ["new.price", "old.tags"], .hashed)
        #expect(first?["price"] == second["new"]?["price"])
        // Sets are equal in whatever order.
        #expect(first?["tags"] == second["old"]?["tags"])
    }

    @Test func pathsGoThroughLists() throws {
        #expect(try plain(EnvelopeRecords.modify, ["new.lines.sku"])["new"]?["lines"]?.text == #"[{"count":2},{"count":1}]"#)
        #expect(try plain(EnvelopeRecords.modify, ["new.lines.1.sku"])["new"]?["lines"]?.text == #"[{"sku":"x1","count":2},{"count":1}]"#)
        #expect(try plain(EnvelopeRecords.modify, ["new.lines.0"])["new"]?["lines"]?.text == #"[{"sku":"x2","count":1}]"#)
        #expect(try plain(EnvelopeRecords.modify, ["new.*.email"])["new"]?["customer"]?.text == #"{"name":"Åsa \"A\""}"#)
        #expect(try plain(EnvelopeRecords.event, ["detail.lines.sku"])["detail"]?["lines"]?.text == "[{},{}]")
    }

    @Test func keysAreHiddenWhereverTheyStand() throws {
        for path in ["keys.Id", "new.Id", "old.Id"] {
            let record = try redacted(EnvelopeRecords.modify, [path])
            let line = try JSONValue(parsing: record.line(.plain))
            #expect(line["keys"]?.text == "{}" && line["new"]?["Id"] == nil && line["old"]?["Id"] == nil)
            #expect(record.subject == "Orders#{}")
            let original = try EnvelopeRecords.record(EnvelopeRecords.modify)
            #expect(record.orderingKey != original.orderingKey && record.orderingKey?.text.hasSuffix("#{}") == false)
        }
        // Items are still told from each other, and one is the same each time.
        let other = EnvelopeRecords.modify.replacing(#"{"N":"5"}"#, with: #"{"N":"6"}"#)
        #expect(try redacted(EnvelopeRecords.modify, ["keys.Id"]).orderingKey == redacted(EnvelopeRecords.modify, ["keys.Id"]).orderingKey)
        #expect(try redacted(EnvelopeRecords.modify, ["keys.Id"]).orderingKey != redacted(other, ["keys.Id"]).orderingKey)
        #expect(try redacted(EnvelopeRecords.modify, ["keys"]).line(.plain).contains(#""keys":{}"#))
    }

    @Test func wholeImages() throws {
        let line = try plain(EnvelopeRecords.modify, ["old"])
        #expect(line["old"]?.text == "{}" && line["new"]?["price"] == .number("49.50") && line["op"] == .string("MODIFY"))
        // Its keys stood in the old image, and that says so.
        #expect(line["keys"]?.text == "{}")
    }

    @Test func exports() throws {
        let record = try redacted(EnvelopeRecords.export, ["new.price"])
        #expect(record.line(.plain).hasSuffix(#""keys":{"Id":5},"new":{"Id":5}}"#))
        #expect(try record.id == EnvelopeRecords.record(EnvelopeRecords.export).id)
        #expect(record.line(.typed).hasPrefix(#"{"Metadata":{"WriteTimestampMicros":"#))
    }

    /// An id that is made of parts would show a right guess at those that are hidden.
    @Test func idsThatAreMadeOfHiddenPartsAreKeyed() throws {
        let event = EnvelopeRecords.event.replacing(#""id":"b1","#, with: "")
        let log = EnvelopeRecords.log.replacing(#""id":"l1","#, with: "")
        for (text, path) in [
            (EnvelopeRecords.export, "keys.Id"), (EnvelopeRecords.export, "new.Id"), (EnvelopeRecords.export, "keys"),
            (event, "detail.customer.email"), (event, "detail"), (log, "message.user.email"), (log, "message"),
        ] {
            let original = try EnvelopeRecords.record(text)
            let hidden = try redacted(text, [path])
            #expect(hidden.idText != original.idText && hidden.id.source == original.id.source, "\(path)")
            #expect(try hidden.idText == redacted(text, [path]).idText)
            for form in Envelope.Form.allCases { #expect(!hidden.line(Envelope(form)).contains(original.idText)) }
            #expect(hidden.line(.plain).contains(hidden.idText) && hidden.detached().idText == hidden.idText)
            let batch = try EnvelopeRecords.batch(text)
            let other = Redaction.Key(Array("a key of another".utf8))
            #expect(try batch.redacted([(0, redaction([path], key: other))])[0].idText != hidden.idText)
            // Nothing better can be made without a key.
            #expect(try batch.redacted([(0, redaction([path], key: nil))])[0].idText == original.idText)
        }
        let second = EnvelopeRecords.export.replacing(#"{"N":"5"}"#, with: #"{"N":"6"}"#)
        #expect(try redacted(second, ["keys.Id"]).idText != redacted(EnvelopeRecords.export, ["keys.Id"]).idText)
    }

    /// The data of a Kinesis record is the record; its place is told by the record around it.
    @Test func kinesis() throws {
        let data = Base64.encodeToString(Array(EnvelopeRecords.modify.utf8))
        let text = #"{"Records":[{"kinesis":{"data":"\#(data)","sequenceNumber":"4242"},"eventSource":"aws:kinesis"}]}"#
        let record = try redacted(text, ["new.customer", "old.customer"])
        #expect(record.position?.text == "4242" && record.idText == "e1" && record.newImage?["customer"] == nil)
        #expect(!record.line(.typed).contains("example.com"))
    }

    @Test func logLines() throws {
        let line = try plain(EnvelopeRecords.log, ["message.user.email", "fields.ip"])
        #expect(line["message"] == .string(#"{"level":"INFO","user":{},"requestId":"641919a2-cf49-485e-8236-3fd7fbcf5859"}"#))
        #expect(line["fields"]?.text == #"{"path":"/"}"# && line["request_id"] != nil)
        let whole = try plain(EnvelopeRecords.log, ["message", "fields"], .masked)
        #expect(whole["message"] == .string("***") && whole["fields"]?.text == #"{"ip":"***","path":"***"}"# && whole["request_id"] == nil)
        #expect(try plain(EnvelopeRecords.log, ["message"])["message"] == .string(""))
    }

    /// A line that was cut is JSON no more, and nobody can tell what is in it.
    @Test func brokenJSONIsHiddenWhole() throws {
        let cut = EnvelopeRecords.log.replacing(#"\"requestId\":\"641919a2-cf49-485e-8236-3fd7fbcf5859\"}"#, with: "")
        #expect(try plain(cut, ["message.user.email"])["message"] == .string(""))
        let text = EnvelopeRecords.text.replacing("hello", with: "{hello")
        #expect(try plain(text, ["body.a"], .masked)["body"] == .string("***"))
        #expect(try plain(EnvelopeRecords.text, ["body.a"])["body"] == .string("hello ☕"))
    }

    private func queued(_ body: String) -> String {
        EnvelopeRecords.text.replacing(#""hello ☕""#, with: JSONValue.string(body).text)
    }

    /// What does not show does not make a text of JSON, for whoever leaves it out.
    @Test(arguments: [
        "\u{FEFF}", "\u{200B}", "\u{0}", "\u{1}\t", "\u{2060}\u{AD}", "\u{301}", "\u{FFFD}\u{FFFD}", "\u{EF}\u{BB}\u{BF}", "\u{2028} ", "\u{E000}", "\u{3164}",
    ])
    func whatStandsBeforeJSON(_ start: String) throws {
        let json = #"{"customer":{"email":"asa@"},"n":1}"#
        for json in [json, "[\(json)]", JSONValue.string(json).text, "{\u{200D}" + json.dropFirst()] {
            #expect(try plain(queued(start + json), ["body.customer.email"], .masked)["body"] == .string("***"))
            #expect(try !redacted(queued(start + json), ["body.customer.email"]).line(.typed).contains("asa@"))
            let log = EnvelopeRecords.log.replacing(#""message":"{"#, with: #""message":\#(JSONValue.string(start + json).text),"more":"{"#)
            #expect(try plain(log, ["message.customer.email"])["message"] == .string(""))
        }
        // It was never JSON.
        let text = start + "asa@ {}"
        #expect(try plain(queued(text), ["body.customer.email"])["body"] == .string(text))
    }

    /// A text of JSON in JSON is followed as far as it can be.
    @Test func textsInTexts() throws {
        let json = #"{"customer":{"email":"asa@"},"n":1}"#
        let string = JSONValue.string(json).text
        let email = ["body.customer.email"]
        #expect(try plain(queued(string), email)["body"] == .string(#"{"customer":{},"n":1}"#))
        #expect(try plain(queued(#""hello""#), email)["body"] == .string("hello"))
        #expect(try plain(queued(String(string.dropLast())), email)["body"] == .string(""))
        #expect(try plain(queued(#"{"a":[\#(string)],"b":"text"}"#), ["body.a.customer.email", "body.b.c"])["body"]?.text
            == #"{"a":["{\"customer\":{},\"n\":1}"],"b":"text"}"#)
        #expect(try plain(queued(#"{"a":"{\"customer\"","n":1}"#), ["body.a.b"], .masked)["body"]?.text == #"{"a":"***","n":1}"#)
        // However many there are, and however deep.
        var many = json
        for _ in 0..<8 { many = JSONValue.string(many).text }
        #expect(try !redacted(queued(many), email).line(.typed).contains("asa@"))
        let deep = JSONValue.string(String(repeating: "[", count: 500) + json + String(repeating: "]", count: 500)).text
        #expect(try plain(queued(#"{"a":\#(deep)}"#), ["body.a.customer.email"])["body"]?.text == #"{"a":""}"#)

        let event = EnvelopeRecords.event.replacing(#"{"email":"asa@example.com"}"#, with: JSONValue.string(json).text)
        #expect(try plain(event, ["detail.customer.customer"])["detail"]?["customer"] == .string(#"{"n":1}"#))
        let fields = EnvelopeRecords.log.replacing(#""192.0.2.7""#, with: string)
        #expect(try plain(fields, ["fields.ip.customer"])["fields"]?["ip"] == .string(#"{"n":1}"#))
    }

    @Test func textsInAttributes() throws {
        let json = #"{"customer":{"email":"asa@"},"n":1}"#
        let string = JSONValue.string(json).text
        let binary = Base64.encodeToString(Array(json.utf8))
        let text = EnvelopeRecords.modify
            .replacing(#"{"SS":["b","a"]}"#, with: #"{"SS":["b",\#(string)]}"#).replacing(#"{"B":"AQI="}"#, with: #"{"B":"\#(binary)"}"#)
            .replacing(#"{"S":"x1"}"#, with: #"{"S":\#(string)}"#)
        let new = try plain(text, ["new.lines.sku.customer.email", "new.tags.x", "new.raw.x", "new.price.x", "new.gone.x", "new.customer.name.x"])["new"]
        #expect(new?["lines"]?.text == #"[{"sku":"{\"customer\":{},\"n\":1}","count":2},{"sku":"x2","count":1}]"#)
        #expect(new?["tags"] == .string("") && new?["raw"] == .string("") && new?["price"] == .number("49.50") && new?["gone"] == .null)
        #expect(new?["customer"]?["name"] == .string(#"Åsa "A""#))
        #expect(try plain(text, ["new.*.customer"], .masked)["new"]?["tags"] == .string("***"))
    }

    /// What a key holds stands in the images too, and an id may be made of it.
    @Test func textsInKeys() throws {
        let string = JSONValue.string(#"{"email":"asa@","n":1}"#).text
        for path in ["keys.Id.email", "new.Id.email", "old.*.email"] {
            let text = EnvelopeRecords.modify.replacing(#"{"N":"5"}"#, with: #"{"S":\#(string)}"#)
            let line = try plain(text, [path])
            for image in ["keys", "new", "old"] { #expect(line[image]?["Id"] == .string(#"{"n":1}"#), "\(path) \(image)") }
            #expect(try redacted(text, [path]).subject?.contains("asa@") == false)
            // Of other attributes only those are hidden that the path leads to.
            #expect(line["new"]?["customer"]?["email"] == .string("asa@example.com"))
            let export = EnvelopeRecords.export.replacing(#"{"N":"5"}"#, with: #"{"S":\#(string)}"#)
            #expect(try redacted(export, [path]).idText != EnvelopeRecords.record(export).idText)
        }
        #expect(try redacted(EnvelopeRecords.export, ["keys.Id.email"]).idText == EnvelopeRecords.record(EnvelopeRecords.export).idText)
    }

    @Test func messagesAndWhatTheyCarry() throws {
        let message = try redacted(EnvelopeRecords.message, ["body.order.email"])
        #expect(try JSONValue(parsing: message.line(.plain))["body"]?.text == #"{"order":{"id":7}}"#)
        // The checksum of the body would tell when somebody guessed right.
        #expect(!message.line(.typed).contains("md5OfBody") && !message.line(.typed).contains("asa@"))
        #expect(message.messageGroup == "g" && message.position?.text == "m1")
        #expect(try plain(EnvelopeRecords.notification, ["body.email"])["body"]?.text == #"{"n":1}"#)
        #expect(try !redacted(EnvelopeRecords.notification, ["body.email"]).line(.typed).contains("asa@"))
        #expect(try plain(EnvelopeRecords.notification, ["body"])["body"] == .string(""))
        #expect(try plain(EnvelopeRecords.message, ["body"])["body"] == .string(""))
    }

    /// With deduplication by content the deduplication id is the SHA-256 of the body, by which a guess can be checked.
    @Test func whatTellsOfAHiddenBodyGoesWithIt() throws {
        let attributes = #""MessageDeduplicationId":"1f3a","SenderId":"s""#
        let queue = EnvelopeRecords.message
            .replacing(#""MessageGroupId":"g""#, with: #""MessageGroupId":"g",\#(attributes)"#)
            .replacing(#""messageAttributes":{}"#, with: #""messageAttributes":{"mail":{"stringValue":"asa@","dataType":"String"}},"md5OfMessageAttributes":"2e4b""#)
        let typed = try redacted(queue, ["body.order.email"]).line(.typed)
        for hidden in ["MessageDeduplicationId", "1f3a", "messageAttributes", "md5OfMessageAttributes", "md5OfBody", "asa@"] { #expect(!typed.contains(hidden)) }
        let kept = try JSONValue(parsing: typed)
        #expect(kept["attributes"]?.text == #"{"SentTimestamp":"1790000005000","MessageGroupId":"g","SenderId":"s"}"# && kept["receiptHandle"] == .string("r"))
        // In a text that is not JSON a path leads nowhere, so its digests may stay; what a sender says beside it may not.
        let other = EnvelopeRecords.text.replacing(#""attributes":{}"#, with: #""messageAttributes":{"m":{}},"md5OfBody":"00","attributes":{\#(attributes)}"#)
        let line = try redacted(other, ["body.nothing"]).line(.typed)
        #expect(line.contains("1f3a") && line.contains("md5OfBody") && line.contains("hello") && !line.contains("messageAttributes"))
        #expect(try redacted(queue, ["new.price"]).line(.typed) == EnvelopeRecords.record(queue).line(.typed))

        let event = EnvelopeRecords.queuedEvent.replacing(#""attributes":{}"#, with: #""messageAttributes":{"m":{"stringValue":"asa@"}},"attributes":{\#(attributes)}"#)
        let sent = try redacted(event, ["detail.customer.email"]).line(.typed)
        #expect(!sent.contains("1f3a") && !sent.contains("asa@") && sent.contains(#""attributes":{"SenderId":"s"}"#))
    }

    @Test func whatTellsOfAHiddenNotificationGoesWithIt() throws {
        let more = #"\"Subject\":\"asa@\",\"Signature\":\"asa@\",\"MessageAttributes\":{\"m\":{\"Type\":\"String\",\"Value\":\"asa@\"}},\"Timestamp\":\"t\""#
        let text = EnvelopeRecords.notification.replacing(#"{\"Type\":"#, with: #"{\#(more),\"Type\":"#)
        #expect(text.contains("Subject"))
        for path in ["body.email", "body"] {
            let line = try redacted(text, [path]).line(.typed)
            #expect(!line.contains("asa@") && line.contains(#"\"Timestamp\":\"t\""#) && !line.contains("md5OfBody"))
        }
        // The attributes are in the body of the message, whose checksum goes with them.
        let other = try redacted(text, ["body.nothing"])
        #expect(other.body == #"{"email":"asa@example.com","n":1}"# && !other.line(.typed).contains("Subject") && !other.line(.typed).contains("md5OfBody"))
    }

    @Test func eventsOfBusesAndInQueues() throws {
        for text in [EnvelopeRecords.event, EnvelopeRecords.queuedEvent] {
            let record = try redacted(text, ["detail.customer.email"])
            #expect(try JSONValue(parsing: record.line(.plain))["detail"]?["customer"]?.text == "{}")
            #expect(!record.line(.typed).contains("asa@"))
            #expect(try record.position == EnvelopeRecords.record(text).position)
            #expect(try plain(text, ["detail"])["detail"]?.text == "{}")
            #expect(try plain(text, ["detail"], .masked)["detail"] == .string("***"))
        }
    }

    @Test func membersThatComeTwiceAreHiddenTwice() throws {
        let twice = EnvelopeRecords.modify
            .replacing(#""NewImage":{"#, with: #""NewImage":{"price":{"N":"777001"}},"NewImage":{"price":{"N":"777002"},"#)
            .replacing(#""dynamodb":{"#, with: #""dynamodb":{"NewImage":{"price":{"N":"777003"}}},"dynamodb":{"#)
        let record = try redacted(twice, ["new.price"])
        #expect(!record.line(.typed).contains("77700") && !record.line(.typed).contains("49.5"), "\(record.line(.typed))")
    }

    @Test func namesInEscapesAreTheSameNames() throws {
        let escaped = EnvelopeRecords.modify.replacing(#""email":{"S":"asa"#, with: #""\u0065mail":{"S":"asa"#)
            .replacing("\"NewImage\"", with: #""New\u0049mage""#)
        #expect(try !redacted(escaped, ["new.customer.email"]).line(.typed).contains("asa@"))
    }

    /// In a list an element that has the members of a record is one, whatever other members it has.
    @Test(arguments: ["Records", "awslogs", "logEvents"])
    func aRecordWithAMemberThatEnvelopesHaveStaysTheRecord(_ name: String) throws {
        let inner = name == "awslogs" ? #"{"data":"eyJhIjoxfQ=="}"# : "[\(EnvelopeRecords.insert)]"
        for text in [EnvelopeRecords.modify, EnvelopeRecords.message, EnvelopeRecords.event, EnvelopeRecords.export] {
            let nested = "\(text.dropLast()),\"\(name)\":\(inner)}"
            let batch = try EnvelopeRecords.batch("{\"Records\":[\(nested)]}")
            let record = try #require(batch.first)
            let hidden = batch.redacted([(0, try redaction(["new.price", "body.order", "detail.customer"], .masked))])
            #expect(hidden.map(\.time) == [record.time] && hidden.map(\.kind) == [record.kind])
            #expect(!hidden[0].line(.plain).isEmpty && hidden[0].line(.typed).contains("***"))
            let detached = record.detached()
            #expect(detached.time == record.time && detached.rawBytes == record.rawBytes && detached.line(.plain) == record.line(.plain))
        }
    }

    /// What is nested too deep to be read as JSON is a text, before and after.
    @Test func whatWasATextForItsDepthStaysOne() throws {
        let body = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let batch = try EnvelopeRecords.batch(#"{"messageId":"m1","body":"\#(body)","eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:q"}"#)
        #expect(batch[0].jsonBody == nil)
        let hidden = batch.redacted([(0, try redaction(["new.price"]))])
        #expect(hidden.count == 1 && hidden[0].jsonBody == nil && hidden[0].detached().jsonBody == nil)
    }

    @Test func manyRecordsSomeOfThemHidden() throws {
        let batch = try EnvelopeRecords.batch("{\"Records\":[\(EnvelopeRecords.modify),\(EnvelopeRecords.insert),\(EnvelopeRecords.modify),\(EnvelopeRecords.expiry)]}")
        let hidden = try redaction(["new.price"])
        let result = batch.redacted([(0, hidden), (2, .none), (3, hidden)])
        #expect(result.map(\.idText) == ["e1", "e1", "e3"])
        #expect(result[0].newImage?["price"] == nil && result[1].newImage?["price"] != nil)
        // A path may lead to a key, so all of the batch have digests, the same for the same item.
        #expect(result[0].orderingKey == result[1].orderingKey && result[0].orderingKey != batch[0].orderingKey)
        // In a batch where nothing is hidden they have the same, where somebody says so.
        let open = batch.redacted([(2, .none)], orderedBy: hidden)
        #expect(open[0].orderingKey == result[0].orderingKey && open[0].line(.plain) == batch[2].line(.plain))
        #expect(batch.redacted([(2, .none)])[0].orderingKey == batch[2].orderingKey)
    }

    @Test func withoutAKeyWhatShouldBeHashedIsRemoved() throws {
        let batch = try EnvelopeRecords.batch(EnvelopeRecords.modify)
        let result = batch.redacted([(0, try redaction(["new.price"], .hashed, key: nil))])
        #expect(result[0].newImage?["price"] == nil)
    }
}
