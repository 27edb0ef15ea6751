// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Takes a piece of a recording from the bytes received to plain lines in one pass, where it holds nothing but log subscriptions as Lambda hands them
/// out: base64, gzip, and what CloudWatch Logs writes.
///
/// Payloads are decompressed into one buffer again and again, which stays in a core's cache. As with ``ChangeTranscription``, what it does not take is
/// left to the long way.
struct LogTranscription: ~Copyable {
    private let limits: RecordLimits
    private var lines: JSONWriter
    private var offsets: [UInt32] = [0]
    private var briefs: [RecordBrief] = []
    private var sources = SourceTable()
    /// The id of the execution that a line names, where it does not stand in the message as it is.
    private var line: JSONBuffer
    private let memory: JSONMemory?
    private var lastTime = (milliseconds: Int64(0), text: Timestamp(milliseconds: 0).iso8601)

    /// Whether a piece may be one, by how it begins.
    static func mayTake(_ text: JSONBytes) -> Bool { text.starts(with: opening, at: 0) }

    private static var opening: StaticString { #"{"awslogs":{"data":""# }

    init(limits: RecordLimits, memory: JSONMemory?) {
        self.limits = limits
        self.memory = memory
        lines = JSONWriter(memory: memory)
        line = JSONBuffer(capacity: 1 << 10)
    }

    /// All of the piece; nil where there is anything in it that is left to the long way.
    consuming func run(_ text: JSONBytes) -> TranscribedLines? {
        guard limits.json.maximumDepth > 4 * AttributeTranscription.maximumDepth, text.count <= min(limits.json.maximumBytes, limits.document)
        else { return nil }
        let opening = LogTranscription.opening.utf8CodeUnitCount
        var inflater = Inflater()
        var packed = JSONBuffer(memory: memory)
        var payload = JSONBuffer(memory: memory)
        var payloadBytes = 0
        var place = 0
        while true {
            while [0x0A, 0x0D, 0x20, 0x09].contains(text.byte(at: place)) { place += 1 }
            if place == text.count { break }
            guard text.starts(with: LogTranscription.opening, at: place), let end = text.firstIndex(of: 0x22, from: place + opening),
                text.starts(with: "\"}}", at: end), end - place <= limits.record
            else { return nil }
            packed.removeAll()
            payload.removeAll()
            guard packed.append(base64: text.span.extracting(place + opening..<end)), packed.count >= 2, Inflater.recognises(packed[0], packed[1]),
                (try? inflater.inflateAll(packed.bytes, into: &payload, limit: limits.decompressed)) != nil
            else { return nil }
            payloadBytes += payload.count
            guard payloadBytes < EnvelopeDecoder.payloadBudget, payload.count <= limits.json.maximumBytes else { return nil }
            if lines.count == 0 {
                // What one document makes, all of them make about as much more.
                lines = JSONWriter(capacity: payload.count * 3 / 2 * max(1, text.count / (end - place)), memory: memory)
            }
            guard document(&payload) else { return nil }
            place = end + 3
        }
        guard !briefs.isEmpty else { return nil }
        return TranscribedLines(lines: lines.finish(), offsets: offsets, briefs: briefs, sources: sources)
    }

    /// The lines of one subscription document, behind which a line feed was put so that its end can be told from a step that failed.
    private mutating func document(_ payload: inout JSONBuffer) -> Bool {
        payload.append(0x0A)
        var isSound = false
        payload.read { t in
            var header = LogHeader()
            var hasEvents = false
            t.expect(0x7B)
            while true {
                let name = t
                if t.skipName() { return }
                let count = t.read(since: name) - 3
                if count == 9 && name.ahead(1).isNext(FieldName.logEvents.text) {
                    // What the events share has to come before them.
                    guard !hasEvents, !header.isControlMessage, !header.group.isEmpty || !header.stream.isEmpty else { return }
                    hasEvents = true
                    events(&t, sources.log(header))
                } else {
                    let value = t
                    t.skipValue()
                    guard note(name.text(upTo: value), value.text(upTo: t), &header, isLate: hasEvents) else { return }
                }
                guard t.take(0x2C) else { break }
            }
            t.expect(0x7D)
            isSound = hasEvents && t.byte == 0x0A && t.ahead(1).isAtEnd
        }
        return isSound
    }

    /// Takes notice of a member of the document.
    /// - Returns: false where it is left to the long way: escapes, null, and what comes behind the events that it belongs to.
    private func note(_ name: String, _ value: String, _ header: inout LogHeader, isLate: Bool) -> Bool {
        guard [#""messageType":"#, #""logGroup":"#, #""logStream":"#, #""owner":"#].contains(name) else { return true }
        guard !isLate, value.utf8.first == 0x22, !value.utf8.contains(0x5C) else { return false }
        let content = String(value.dropFirst().dropLast())
        switch name {
        case #""messageType":"#: header.isControlMessage = content == "CONTROL_MESSAGE"
        case #""logGroup":"#: header.group = content
        case #""logStream":"#: header.stream = content
        default: header.owner = content
        }
        return true
    }

    // MARK: Events

    @_lifetime(t: copy t)
    private mutating func events(_ t: inout JSONTranscriber, _ index: Int32) {
        let source = sources.entries[Int(index)]
        t.expect(0x5B)
        if t.byte == 0x5D {
            t.skip(1)
            return
        }
        while true {
            event(&t, source, index)
            guard t.take(0x2C) else { break }
        }
        t.expect(0x5D)
    }

    /// One event: its id, its time and its message, each once and in this order, and its fields where the filter takes some out.
    @_lifetime(t: copy t)
    private mutating func event(_ t: inout JSONTranscriber, _ source: SourceTable.Entry, _ index: Int32) {
        let start = t
        t.expect(0x3A22_6469_227B, count: 6)  // {"id":
        let id = t
        _ = t.skipString()
        let behindID = t
        t.expect(0x7365_6D69_7422_2C, count: 7)  // ,"times
        t.expect(0x3A22_706D_6174, count: 6)  // tamp":
        let time = milliseconds(&t)
        t.expect(0x6761_7373_656D_222C, count: 8)  // ,"messag
        t.expect(0x3A22_65, count: 3)  // e":
        let message = t
        var requestID = RequestID.none
        if t.word & 0xFFFF_FFFF == 0x225C_7B22, let end = jsonLine(t, &requestID) {  // "{\"
            t.skip(end)
        } else {
            let isEscaped = t.skipString()
            requestID = self.requestID(JSONTranscriber.text(message, upTo: t, isEscaped: isEscaped))
        }
        let behindMessage = t
        var fields = t
        if t.byte == 0x2C {
            t.skip(1)
            guard t.isNext(#""extractedFields":{"#) else { return t.fail() }
            t.skip(18)
            fields = t
            t.skipValue()
        }
        let behindFields = t
        t.expect(0x7D)
        guard !t.isAtEnd, t.read(since: start) <= limits.record else { return t.fail() }
        note(time)
        let room = t.read(since: start) + source.name.count + source.place.count + source.function.count + line.count + 256
        let hasRoom = lines.write(room: room) { pen in
            pen.write(raw: "{\"kind\":\"log\",\"id\":")
            pen.copy(id, upTo: behindID)
            pen.write(raw: ",\"time\":\"")
            pen.write(lastTime.text, count: 24)
            pen.write(byte: 0x22)
            pen.copy(source.name)
            pen.copy(source.place)
            pen.write(raw: ",\"message\":")
            pen.copy(message, upTo: behindMessage)
            if behindFields.read(since: fields) > 0 {
                pen.write(raw: ",\"fields\":")
                pen.copy(fields, upTo: behindFields)
            }
            switch requestID {
            case .none: break
            case .inText(let place, let count):
                pen.write(raw: ",\"request_id\":\"")
                pen.copy(message.ahead(place), upTo: message.ahead(place + count))
                pen.write(byte: 0x22)
            case .inLine:
                pen.write(raw: ",\"request_id\":\"")
                pen.copy(line, from: 0, count: line.count)
                pen.write(byte: 0x22)
            }
            pen.copy(source.function)
            pen.write(0x0A7D, count: 2)
        }
        guard hasRoom else { return t.fail() }
        offsets.append(UInt32(truncatingIfNeeded: lines.count))
        briefs.append(RecordBrief(kind: .log, operation: .none, hasOrderingKey: true, source: index))
    }

    /// A moment in milliseconds; in other forms it is left to the long way.
    @inline(__always)
    @_lifetime(t: copy t)
    private func milliseconds(_ t: inout JSONTranscriber) -> Int64 {
        // Thirteen digits: from 2001 to 2286.
        var value: Int64 = 0
        let (first, second) = (t.word, t.word(behind: 8))
        for place in 0..<13 {
            let digit = UInt8(truncatingIfNeeded: (place < 8 ? first : second) &>> UInt64(8 &* (place & 7))) &- 0x30
            if digit > 9 || (place == 0 && digit == 0) {
                t.fail()
                return 0
            }
            value = value &* 10 &+ Int64(digit)
        }
        t.skip(13)
        return value
    }

    /// Most events come within a second of the one before.
    private mutating func note(_ time: Int64) {
        // Both have thirteen digits, or it is the first one.
        let difference = time - lastTime.milliseconds
        let milliseconds = lastTime.milliseconds % 1000 + difference
        if difference != 0 && milliseconds >= 0 && milliseconds < 1000 {
            lastTime.text[20] = UInt8(truncatingIfNeeded: 0x30 + milliseconds / 100)
            lastTime.text[21] = UInt8(truncatingIfNeeded: 0x30 + milliseconds / 10 % 10)
            lastTime.text[22] = UInt8(truncatingIfNeeded: 0x30 + milliseconds % 10)
            lastTime.milliseconds = time
        } else if difference != 0 {
            lastTime = (time, Timestamp(milliseconds: time).iso8601)
        }
    }

    // MARK: The execution that a line names

    private enum RequestID {
        case none
        /// A place in the message and its length, counted from the opening quote.
        case inText(Int, Int)
        /// What `line` holds.
        case inLine
    }

    /// Goes over a message that is JSON without white space and without escapes of its own.
    /// - Returns: how long it is with its quotes; nil where it is of another form.
    private func jsonLine(_ message: borrowing JSONTranscriber, _ id: inout RequestID) -> Int? {
        var t = copy message
        t.skip(2)
        var found = RequestID.none
        while true {
            let name = t
            t.skipEscapedString()
            let count = t.read(since: name) - 4
            t.expect(0x3A)
            let value = t
            if t.byte == 0x5C {
                t.skipEscapedString()
                if RequestIDFinder.isRequestIDName(name.ahead(2), count) {
                    found = .inText(value.read(since: message) + 2, t.read(since: value) - 4)
                }
            } else {
                // The platform's own lines have the id inside, which is left to the long way.
                if count == 6 && name.ahead(2).isNext(FieldName.record.text) { return nil }
                t.skipEscapedValue()
            }
            guard t.take(0x2C) else { break }
        }
        t.expect(0x7D)
        if t.word & 0xFFFF == 0x6E5C { t.skip(2) }  // \n
        t.expect(0x22)
        guard !t.isAtEnd else { return nil }
        id = found
        return t.read(since: message)
    }

    /// What any other line names.
    private mutating func requestID(_ text: borrowing JSONText) -> RequestID {
        if let place = RequestIDFinder.inText(text) { return .inText(place + 1, 36) }
        guard RequestIDFinder.mayBeJSON(text) else { return .none }
        var whole = JSONBuffer(capacity: text.count, memory: memory)
        whole.append(contentOf: text)
        guard let document = try? JSONDocument(indexing: whole), let id = RequestIDFinder.requestID(in: document) else { return .none }
        line.removeAll()
        line.append(document.view(id).text)
        return .inLine
    }
}
