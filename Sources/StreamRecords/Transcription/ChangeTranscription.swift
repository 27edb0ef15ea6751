// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Takes a piece of a recording from the bytes received to plain lines in one pass, where it holds nothing but changes as Lambda hands them out.
///
/// What it does not take is left to the long way through index, check and rendering, which takes anything and says what is wrong: so there is
/// nothing here but the sound case, and whatever it makes is what the long way makes. `TranscriptionTests` hold one against the other.
struct ChangeTranscription: ~Copyable {
    private let text: JSONBytes
    private let limits: RecordLimits
    private var lines: JSONWriter
    private var offsets: [UInt32] = [0]
    private var briefs: [RecordBrief] = []
    private var sources = SourceTable()
    private let memory: JSONMemory?
    private var images = ImagePair()
    private var outline: OutlineNotes
    private var lastSource = (arn: Part(), table: Part(), region: Part(), index: Int32(-1))
    private var lastTime = (milliseconds: Slot.noTime, text: SIMD32<UInt8>(repeating: 0))

    /// A part of the text, or of what was made of it. None where the count is zero.
    private struct Part {
        var place = 0
        var count = 0

        /// A string with its quotes.
        var isThere: Bool { count > 0 }
    }

    /// The members of one record.
    private struct Fields {
        var id = Part()
        var operation = Slot.OperationCode.none
        var name = Part()
        var region = Part()
        var arn = Part()
        var table = Part()
        var sequence = Part()
        var time = Slot.noTime
        var keys = Part()
        /// The same as they were received.
        var typedKeys = Part()
        var new = Part()
        var old = Part()
        var newIsFirst = false
        var isByService = false
        var hasStream = false
    }

    /// Whether a piece may be one, by how it begins.
    static func mayTake(_ text: JSONBytes) -> Bool {
        text.byte(at: 0) == 0x7B && text.byte(at: 1) == 0x22 && (text.byte(at: 2) == 0x65 || (text.byte(at: 2) == 0x52 && text.byte(at: 12) == 0x7B))
    }

    /// - Parameter outlining: which members of the records to note the places of.
    init(_ text: JSONBytes, limits: RecordLimits, memory: JSONMemory?, outlining: OutlineInterest? = nil) {
        self.text = text
        self.limits = limits
        // Plain lines are about as long as the typed records that they are made from.
        lines = JSONWriter(capacity: text.count, memory: memory)
        self.memory = memory
        outline = OutlineNotes(outlining, byteCount: text.count)
        offsets.reserveCapacity(text.count / 1024 + 8)
        briefs.reserveCapacity(text.count / 1024 + 8)
    }

    /// All of the piece; nil where there is anything in it that is left to the long way.
    consuming func run() -> TranscribedLines? {
        guard limits.json.maximumDepth > 4 * AttributeTranscription.maximumDepth, text.count <= limits.json.maximumBytes,
            text.count <= limits.document
        else { return nil }
        // Keys and images of the record at hand, in plain JSON.
        var parts = JSONWriter(capacity: 16 << 10, memory: memory)
        var place = 0
        while true {
            while [0x0A, 0x0D, 0x20, 0x09].contains(text.byte(at: place)) { place += 1 }
            if place == text.count { break }
            guard let end = document(at: place, &parts) else { return nil }
            place = end
        }
        guard !briefs.isEmpty else { return nil }
        return TranscribedLines(
            lines: lines.finish(), offsets: offsets, briefs: briefs, sources: sources, outlines: outline.finish(text))
    }

    /// One document: an event, or a bare record.
    /// - Returns: where it ends.
    private mutating func document(at start: Int, _ parts: inout JSONWriter) -> Int? {
        // {"Records":[
        guard text.byte(at: start + 2) == 0x52 else { return record(at: start, &parts) }
        var place = start
        for byte in #"{"Records":["#.utf8 {
            guard text.byte(at: place) == byte else { return nil }
            place += 1
        }
        while true {
            guard let end = record(at: place, &parts) else { return nil }
            place = end
            guard text.byte(at: place) == 0x2C else { break }
            place += 1
        }
        guard text.byte(at: place) == 0x5D && text.byte(at: place + 1) == 0x7D else { return nil }
        return place + 2
    }

    private mutating func record(at start: Int, _ parts: inout JSONWriter) -> Int? {
        parts.removeAll()
        images.clear()
        var fields = Fields()
        // Plain values are never longer than the typed ones that they are made from.
        let end = parts.transcribe(text, from: start, room: text.count - start) { t in
            let origin = t
            t.expect(0x7B)
            while true {
                member(&t, origin, start, &fields)
                guard t.take(0x2C) else { break }
            }
            t.expect(0x7D)
            if fields.new.isThere && fields.old.isThere && images.isAmbiguous(origin) { t.fail() }
        }
        guard let end, end - start <= limits.record, fields.id.isThere, fields.hasStream, fields.operation != .none else { return nil }
        guard write(fields, parts, start, end - start) else { return nil }
        outline.end(images, at: start, newIsFirst: fields.newIsFirst || !fields.old.isThere)
        return end
    }

    // MARK: Members

    /// A string with its quotes, which may not have come before.
    @inline(__always)
    @_lifetime(t: copy t)
    private func string(_ t: inout JSONTranscriber, _ origin: borrowing JSONTranscriber, _ start: Int, _ part: inout Part) {
        if part.isThere { t.fail() }
        let from = t
        _ = t.skipString()
        part = Part(place: start &+ from.read(since: origin), count: t.read(since: from))
    }

    /// One member of a record.
    @inline(__always)
    @_lifetime(t: copy t)
    private mutating func member(_ t: inout JSONTranscriber, _ origin: borrowing JSONTranscriber, _ start: Int, _ fields: inout Fields) {
        let name = t
        if t.skipName() { return t.fail() }
        let count = t.read(since: name) - 3
        let word = name.word(behind: 1)
        if word != FieldName.dynamodb.word {
            outline.noteRecord(start &+ name.read(since: origin), count &+ 3, word)
        } else if count > 8 {
            // To a pattern dynamodb.NewImage is a member of dynamodb.
            return t.fail()
        }
        switch (count, word) {
        case (7, _) where word & 0x00FF_FFFF_FFFF_FFFF == FieldName.eventID.word:
            string(&t, origin, start, &fields.id)
        case (8, FieldName.dynamodb.word):
            if fields.hasStream { return t.fail() }
            fields.hasStream = true
            stream(&t, origin, start, &fields)
        case (9, FieldName.eventName.word) where name.ahead(1).isNext(FieldName.eventName.text):
            if fields.operation != .none { return t.fail() }
            operation(&t, origin, start, &fields)
        case (9, FieldName.awsRegion.word) where name.ahead(1).isNext(FieldName.awsRegion.text):
            string(&t, origin, start, &fields.region)
        case (9, FieldName.tableName.word) where name.ahead(1).isNext(FieldName.tableName.text):
            string(&t, origin, start, &fields.table)
        case (14, FieldName.eventSourceARN.word) where name.ahead(1).isNext(FieldName.eventSourceARN.text):
            string(&t, origin, start, &fields.arn)
        case (12, FieldName.userIdentity.word) where name.ahead(1).isNext(FieldName.userIdentity.text):
            identity(&t, &fields)
        case (7, _) where word & 0x00FF_FFFF_FFFF_FFFF == FieldName.records.word || word & 0x00FF_FFFF_FFFF_FFFF == FieldName.awslogs.word,
            (9, FieldName.logEvents.word):
            // Another kind of document.
            t.fail()
        default:
            if t.byte == 0x22 { _ = t.skipString() } else { t.skipValue() }
        }
    }

    @inline(__always)
    @_lifetime(t: copy t)
    private func operation(_ t: inout JSONTranscriber, _ origin: borrowing JSONTranscriber, _ start: Int, _ fields: inout Fields) {
        let from = t
        if t.skipString() { return t.fail() }
        // "MODIFY" and so on, which all have six letters.
        switch (t.read(since: from), from.word) {
        case (8, 0x2259_4649_444F_4D22): fields.operation = .modify
        case (8, 0x2254_5245_534E_4922): fields.operation = .insert
        case (8, 0x2245_564F_4D45_5222): fields.operation = .remove
        default:
            fields.operation = .other
            fields.name = Part(place: start &+ from.read(since: origin), count: t.read(since: from))
        }
    }

    /// [TTL removals](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html) are those by the service itself.
    @_lifetime(t: copy t)
    private func identity(_ t: inout JSONTranscriber, _ fields: inout Fields) {
        guard t.byte == 0x7B else {
            t.expect(0x6C6C_756E, count: 4)  // null
            return
        }
        t.skip(1)
        var byService = false
        var byDynamoDB = false
        while true {
            let name = t
            if t.skipName() { return t.fail() }
            let value = t
            if t.byte != 0x22 { t.skipValue() } else if t.skipString() { return t.fail() }
            switch name.text(upTo: value) {
            case #""type":"#, #""Type":"#: byService = value.text(upTo: t) == #""Service""#
            case #""principalId":"#, #""PrincipalId":"#: byDynamoDB = value.text(upTo: t) == #""dynamodb.amazonaws.com""#
            default: break
            }
            guard t.take(0x2C) else { break }
        }
        t.expect(0x7D)
        fields.isByService = byService && byDynamoDB
    }

    /// The members of `dynamodb`.
    @_lifetime(t: copy t)
    private mutating func stream(_ t: inout JSONTranscriber, _ origin: borrowing JSONTranscriber, _ start: Int, _ fields: inout Fields) {
        t.expect(0x7B)
        while true {
            let name = t
            if t.skipName() { return t.fail() }
            let count = t.read(since: name) - 3
            let word = name.word(behind: 1)
            if word != FieldName.newImage.word && word != FieldName.oldImage.word {
                outline.noteStream(start &+ name.read(since: origin), count &+ 3, word)
            } else if count > 8 {
                return t.fail()
            }
            switch (count, word) {
            case (4, _) where word & 0xFFFF_FFFF == FieldName.keys.word:
                if fields.keys.isThere || t.byte != 0x7B { return t.fail() }
                let from = t
                t = AttributeTranscription.map(t, AttributeTranscription.maximumDepth)
                fields.keys = Part(place: from.written(since: origin), count: t.written(since: from))
                fields.typedKeys = Part(place: start &+ from.read(since: origin), count: t.read(since: from))
            case (8, FieldName.newImage.word):
                if fields.new.isThere { return t.fail() }
                fields.newIsFirst = !fields.old.isThere
                fields.new = image(&t, origin, isFirst: fields.newIsFirst)
            case (8, FieldName.oldImage.word):
                if fields.old.isThere { return t.fail() }
                fields.old = image(&t, origin, isFirst: !fields.new.isThere)
            case (14, FieldName.sequenceNumber.word) where name.ahead(1).isNext(FieldName.sequenceNumber.text):
                string(&t, origin, start, &fields.sequence)
            case (27, FieldName.creationTime.word) where name.ahead(1).isNext(FieldName.creationTime.text):
                if fields.time != Slot.noTime { return t.fail() }
                fields.time = ChangeTranscription.time(&t)
            default:
                if t.byte == 0x22 { _ = t.skipString() } else { t.skipValue() }
            }
            guard t.take(0x2C) else { break }
        }
        t.expect(0x7D)
    }

    @inline(__always)
    @_lifetime(t: copy t)
    private mutating func image(_ t: inout JSONTranscriber, _ origin: borrowing JSONTranscriber, isFirst: Bool) -> Part {
        // Null is left to the long way.
        let from = t
        if isFirst { images.first(&t, origin) } else { images.second(&t, origin) }
        return Part(place: from.written(since: origin), count: t.written(since: from))
    }

    /// A moment, which is a number; in other forms it is left to the long way.
    @_lifetime(t: copy t)
    private static func time(_ t: inout JSONTranscriber) -> Int64 {
        let from = t
        t.skipNumber()
        let count = t.read(since: from)
        var value: Int64 = 0
        if count <= 16 {
            for place in 0..<count {
                let digit = UInt8(truncatingIfNeeded: from.word(behind: place)) &- 0x30
                if digit > 9 { break }
                value = value &* 10 &+ Int64(digit)
                if place == count - 1 {
                    // Ten digits are seconds, thirteen milliseconds: nearly all there are.
                    if count <= 11 { return value * 1000 }
                    if count <= 14 { return value }
                }
            }
        }
        guard !t.isAtEnd, let moment = Timestamp(epoch: from.text(upTo: t)) else {
            t.fail()
            return Slot.noTime
        }
        return moment.milliseconds
    }

    // MARK: Lines

    /// Writes a record's line.
    private mutating func write(_ fields: Fields, _ parts: borrowing JSONWriter, _ start: Int, _ count: Int) -> Bool {
        let index = source(arn: fields.arn, table: fields.table, region: fields.region)
        let source = sources.entries[Int(index)]
        let isExpired = fields.isByService && fields.operation == .remove
        if fields.time != Slot.noTime && lastTime.milliseconds != fields.time {
            lastTime = (fields.time, Timestamp(milliseconds: fields.time).iso8601)
        }
        // The names of changed attributes come on top of their images.
        let room = 2 * count + source.name.count + source.place.count + 256
        let hasRoom = lines.write(room: room) { pen in
            pen.write(raw: "{\"kind\":\"change\",\"id\":")
            pen.copy(text, from: fields.id.place, count: fields.id.count)
            switch fields.operation {
            case .modify: pen.write(raw: ",\"op\":\"MODIFY\"")
            case .insert: pen.write(raw: ",\"op\":\"INSERT\"")
            case .remove: pen.write(raw: ",\"op\":\"REMOVE\"")
            default:
                pen.write(raw: ",\"op\":")
                pen.copy(text, from: fields.name.place, count: fields.name.count)
            }
            pen.copy(source.name)
            if fields.time != Slot.noTime {
                pen.write(raw: ",\"time\":\"")
                pen.write(lastTime.text, count: 24)
                pen.write(byte: 0x22)
            }
            if fields.sequence.isThere {
                pen.write(raw: ",\"sequence\":")
                pen.copy(text, from: fields.sequence.place, count: fields.sequence.count)
            }
            pen.copy(source.place)
            if fields.keys.isThere {
                pen.write(raw: ",\"keys\":")
                pen.copy(parts, from: fields.keys.place, count: fields.keys.count)
            }
            if fields.old.isThere {
                pen.write(raw: ",\"old\":")
                pen.copy(parts, from: fields.old.place, count: fields.old.count)
            }
            if fields.new.isThere {
                pen.write(raw: ",\"new\":")
                pen.copy(parts, from: fields.new.place, count: fields.new.count)
            }
            if fields.operation == .modify && fields.old.isThere && fields.new.isThere {
                pen.write(raw: ",\"changed\":[")
                images.writeNames(newIsFirst: fields.newIsFirst, text, start, into: &pen)
                pen.write(byte: 0x5D)
            }
            if isExpired { pen.write(raw: ",\"expired\":true") }
            pen.write(0x0A7D, count: 2)
        }
        offsets.append(UInt32(truncatingIfNeeded: lines.count))
        briefs.append(RecordBrief(
            kind: .change, operation: fields.operation, hasOrderingKey: fields.keys.isThere, source: index,
            keysPlace: UInt32(truncatingIfNeeded: fields.typedKeys.place), keysCount: UInt32(truncatingIfNeeded: fields.typedKeys.count)))
        return hasRoom
    }

    /// Records of one stream come one after another.
    private mutating func source(arn: Part, table: Part, region: Part) -> Int32 {
        if lastSource.index >= 0, isSame(arn, lastSource.arn), isSame(table, lastSource.table), isSame(region, lastSource.region) {
            return lastSource.index
        }
        let index = sources.table(arn: string(arn), table: string(table), region: string(region))
        lastSource = (arn, table, region, index)
        return index
    }

    private func isSame(_ a: Part, _ b: Part) -> Bool {
        a.count == b.count && text.isSame(a.place, b.place, count: a.count)
    }

    /// The content of a string of the text.
    private func string(_ part: Part) -> String? {
        guard part.isThere, let document = try? JSONDocument(text[part.place..<part.place + part.count]) else { return nil }
        return document.view(document.root).string
    }
}
