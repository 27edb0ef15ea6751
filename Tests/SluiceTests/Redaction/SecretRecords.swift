// SPDX-License-Identifier: Apache-2.0

import JSONTape
import StreamRecords
import TestSupport

/// Random records of all kinds with values in them that nobody else has, some to be hidden and some not.
struct SecretRecords {
    private var random: SeededRandom
    private var count = 0
    /// What must never be seen again.
    private(set) var secrets: [String] = []
    /// Secrets whose own bytes stand in no record, but for example their base64.
    private(set) var disguised: Set<String> = []
    /// Digests of what must not be seen, by which a guess could be checked; some of them stand in records.
    private(set) var digests: [(text: String, isWritten: Bool)] = []
    /// Ids that are made of what must not be seen, in records that come without one: with a key nobody may see them.
    private(set) var madeIDs: [String] = []
    /// What must still be seen.
    private(set) var open: [(root: String, word: String)] = []
    /// The paths that lead to the secrets, for a configuration.
    private(set) var paths: Set<String> = []
    private(set) var records: [String] = []

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        for _ in 0..<Int.random(in: 3...9, using: &random) {
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1: change()
            case 2: log()
            case 3: message()
            case 4: event()
            default: broken()
            }
        }
    }

    /// A word that occurs nowhere else.
    private mutating func word(isSecret: Bool, in root: String = "") -> String {
        let letters = Array("bcdfghjklmnpqrstvwxyz")
        let word = String((0..<16).map { _ in letters[random.below(letters.count)] })
        if isSecret { secrets.append(word) } else { open.append((root, word)) }
        return word
    }

    /// Digits that occur nowhere else.
    private mutating func digits() -> String {
        let digits = "9" + String((0..<19).map { _ in "123456789".randomElement(using: &random) ?? "1" })
        secrets.append(digits)
        return digits
    }

    private static let names = ["a", "email", "customer", "x.y", "ключ", "quo\"te", "back\\slash", "0", "emoji 🫘", "Id"]

    private mutating func name() -> String { Self.names[random.below(Self.names.count)] }

    private func quoted(_ text: String) -> String { JSONValue.string(text).text }

    // MARK: Changes

    /// An attribute that holds a secret somewhere, and the path to it.
    private mutating func attribute(depth: Int, path: inout String) -> String {
        switch random.below(depth > 3 ? 6 : 9) {
        case 0: return #"{"N":"\#(digits())"}"#
        case 1: return #"{"SS":[\#(quoted(word(isSecret: true))),"other"]}"#
        case 2: return #"{"B":"\#(encoded(word(isSecret: true)))"}"#
        case 3, 4: return #"{"S":\#(quoted(word(isSecret: true)))}"#
        case 5:
            // The path leads into a text, or into bytes.
            path += ".inner"
            if random.below(3) == 0 {
                let word = word(isSecret: true)
                disguised.insert(word)
                return #"{"B":"\#(base64(#"{"inner":"\#(word)"}"#))"}"#
            }
            let text = quoted(hidden() + #"{"inner":"\#(word(isSecret: true))"}"#)
            return random.below(3) == 0 ? #"{"SS":["other",\#(text)]}"# : #"{"S":\#(text)}"#
        case 6:
            let inner = name()
            if inner.contains(".") || random.below(2) == 0 { path += "." + inner } else { path += ".*" }
            return #"{"M":{\#(quoted(inner)):\#(attribute(depth: depth + 1, path: &path))}}"#
        case 7:
            // The path goes through the list.
            return #"{"L":[\#(attribute(depth: depth + 1, path: &path))]}"#
        default:
            return #"{"M":{"secret":\#(quotedSecretAttribute()),"more":\#(quotedSecretAttribute())}}"#
        }
    }

    private mutating func quotedSecretAttribute() -> String { #"{"S":\#(quoted(word(isSecret: true)))}"# }

    private mutating func encoded(_ word: String) -> String {
        disguised.insert(word)
        return base64(word)
    }

    private mutating func base64(_ content: String) -> String {
        let text = String(decoding: Base64.encodeText(Array(content.utf8)), as: UTF8.self)
        secrets.append(text)
        return text
    }

    /// What may stand before JSON and does not show, mostly nothing.
    private mutating func hidden() -> String {
        let marks = ["\u{FEFF}", "\u{200B}", "\u{0}", "\u{FFFD}\u{1}", " \u{301}\t"]
        return random.below(2) == 0 ? "" : marks[random.below(marks.count)]
    }

    private mutating func image(_ root: String, _ key: String) -> String {
        var members = [key, #""open":{"S":"\#(word(isSecret: false, in: root))"}"#]
        for number in 0..<random.below(4) {
            let name = "\(self.name())\(number)"
            var path = "\(root).\(name)"
            members.append("\(quoted(name)):\(attribute(depth: 0, path: &path))")
            paths.insert(path)
        }
        members.shuffle(using: &random)
        return "{\(members.joined(separator: ","))}"
    }

    private mutating func change() {
        count += 1
        // At times the key is a secret too, named in one of the three places where it stands.
        var key = #""Key":{"S":"k\#(count)"}"#
        let isSecret = random.below(2) == 0
        if isSecret {
            let isText = random.below(2) == 0
            let word = word(isSecret: true)
            key = #""SecretKey":{"S":\#(quoted(isText ? hidden() + #"{"inner":"\#(word)"}"# : word))}"#
            paths.insert(["keys", "new", "old"][random.below(3)] + ".SecretKey" + (isText ? ".inner" : ""))
        }
        let operation = ["INSERT", "MODIFY", "REMOVE", "ARCHIVE"][random.below(4)]
        let form = random.below(4)
        let new = operation == "REMOVE" ? "" : #""NewImage":\#(image("new", key)),"#
        let old = operation == "INSERT" ? "" : #""OldImage":\#(image("old", key)),"#
        if form == 0 {
            // An export tells no id: one is made of the keys, and must not give them away.
            let record = #"{"Metadata":{"WriteTimestampMicros":{"N":"17900000000000\#(10 + count)"}},\#(new)\#(old)"Keys":{\#(key)}}"#
            if isSecret { noteMadeID(of: record) }
            return records.append(record)
        }
        let record =
            #"{"eventID":"id-\#(count)","eventName":"\#(operation)","awsRegion":"eu-west-1","dynamodb":{"ApproximateCreationDateTime":1790000000,"#
                + #""Keys":{\#(key)},\#(new)\#(old)"SequenceNumber":"\#(1_000_000 + count)"},"#
                + #""eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/Things/stream/1"}"#
        guard form == 1 else { return records.append(record) }
        let data = String(decoding: Base64.encodeText(Array(record.utf8)), as: UTF8.self)
        records.append(
            #"{"kinesis":{"data":"\#(data)","sequenceNumber":"\#(2_000_000 + count)"},"eventSource":"aws:kinesis","#
                + #""eventSourceARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/things"}"#)
    }

    private mutating func noteMadeID(of record: String) {
        for batch in RecordBatch.decode(Array(record.utf8)) { madeIDs += batch.map(\.idText) }
    }

    // MARK: Others

    /// JSON that holds a secret somewhere, and the path to it.
    private mutating func value(depth: Int, path: inout String) -> String {
        switch random.below(depth > 3 ? 2 : 6) {
        case 0: return digits()
        case 1: return quoted(word(isSecret: true))
        case 2:
            let inner = name()
            path += "." + inner
            return "{\(quoted(inner)):\(value(depth: depth + 1, path: &path))}"
        case 3, 4:
            // JSON in a text, whole or cut.
            let inner = name()
            path += "." + inner
            let text = hidden() + "{\(quoted(inner)):\(value(depth: depth + 1, path: &path))}"
            return quoted(random.below(3) == 0 ? String(text.dropLast()) : text)
        default: return "[\(value(depth: depth + 1, path: &path))]"
        }
    }

    /// - Parameter isOpen: there is a word in it that must still be seen.
    private mutating func object(_ root: String, isOpen: Bool = true) -> String {
        var members = isOpen ? [#""open":"\#(word(isSecret: false, in: root))""#] : []
        for number in 0..<1 + random.below(3) {
            let name = "\(self.name())\(number)"
            var path = "\(root).\(name)"
            members.append("\(quoted(name)):\(value(depth: 0, path: &path))")
            paths.insert(path)
        }
        members.shuffle(using: &random)
        return "{\(members.joined(separator: ","))}"
    }

    private mutating func log() {
        count += 1
        let message = text("message")
        let fields = random.below(2) == 0 ? "" : #","extractedFields":\#(object("fields"))"#
        records.append(
            #"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/lambda/things","logStream":"2026/11/20/[$LATEST]0a","#
                + #""subscriptionFilters":["f"],"logEvents":[{"id":"log-\#(count)","timestamp":1790000000000,"message":\#(quoted(message))\#(fields)}]}"#)
    }

    /// A text with a secret in it: JSON, as it is, in a JSON string, cut or behind something that does not show; or none.
    private mutating func text(_ root: String) -> String {
        switch random.below(8) {
        case 0, 1: return plainSecret(root)
        case 2: return "\u{FEFF}" + object(root, isOpen: false)
        case 3: return hidden() + "\u{200B}" + quoted(object(root, isOpen: false))
        case 4: return String(object(root, isOpen: false).dropLast())
        case 5: return quoted(object(root))
        default: return object(root)
        }
    }

    private mutating func plainSecret(_ path: String) -> String {
        paths.insert(path)
        return "text with \(word(isSecret: true)) in it"
    }

    private mutating func message() {
        count += 1
        let body = text("body")
        guard random.below(3) == 0 else { return records.append(queued(body)) }
        let notification = #"{"Type":"Notification","TopicArn":"arn:aws:sns:eu-west-1:123456789012:t","Subject":"\#(word(isSecret: true))","#
            + #""Message":\#(quoted(body)),"MessageAttributes":{"a":{"Type":"String","Value":"\#(word(isSecret: true))"}},"#
            + #""Signature":"\#(word(isSecret: true))"}"#
        records.append(queued(notification, published: body))
    }

    /// A queue's message, with what its sender and SQS say beside its body.
    ///
    /// - Parameter published: what a topic was sent, where the body is its notification.
    private mutating func queued(_ body: String, published: String? = nil) -> String {
        // With deduplication by content the id is a digest of what was sent, to the topic or to the queue.
        let isOfTopic = published != nil && random.below(2) == 0
        let deduplication = sha256(isOfTopic ? published ?? body : body)
        let written = [MD5.hexadecimal(body), deduplication]
        let all = [body, published ?? body].flatMap { [MD5.hexadecimal($0), sha256($0)] }
        for digest in Set(all) { digests.append((digest, written.contains(digest))) }
        return #"{"messageId":"message-\#(count)","body":\#(quoted(body)),"md5OfBody":"\#(MD5.hexadecimal(body))","#
            + #""attributes":{"MessageGroupId":"g","MessageDeduplicationId":"\#(deduplication)"},"#
            + #""messageAttributes":{"a":{"stringValue":"\#(word(isSecret: true))","dataType":"String"}},"#
            + #""eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:q.fifo","awsRegion":"eu-west-1"}"#
    }

    private func sha256(_ text: String) -> String { SHA256.hexadecimal(SHA256.digest(text.utf8)) }

    private mutating func event() {
        count += 1
        let hasID = random.below(3) > 0
        // One whose time is none is a message, if a queue carries it: a path to bodies hides all of it.
        let isEvent = random.below(4) > 0
        let event = #"{"version":"0",\#(hasID ? #""id":"event-\#(count)","# : "")"detail-type":"Thing","source":"shop","account":"123456789012","#
            + #""time":"\#(isEvent ? "2026-11-20T15:00:00Z" : "then")","region":"eu-west-1","resources":[],"detail":\#(object("detail", isOpen: isEvent))}"#
        let record = isEvent && random.below(2) == 0 ? event : queued(event)
        if isEvent && !hasID { noteMadeID(of: record) }
        records.append(record)
    }

    /// What is not of the right shape, so that nobody knows where in it the secret is.
    private mutating func broken() {
        count += 1
        records.append(
            random.below(2) == 0
                ? #"{"eventID":"id-\#(count)","eventName":"MODIFY","dynamodb":{"Keys":{"Id":{"N":"not \#(word(isSecret: true))"}},"SequenceNumber":"1"}}"#
                : #"{"unknown":"\#(word(isSecret: true))"}"#)
    }
}

private enum Base64 {
    static func encodeText(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var out: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(3 - group.count) * 8
            for digit in 0..<4 { out.append(digit <= group.count ? alphabet[Int(bits >> (18 - 6 * UInt32(digit)) & 63)] : UInt8(ascii: "=")) }
        }
        return out
    }
}
