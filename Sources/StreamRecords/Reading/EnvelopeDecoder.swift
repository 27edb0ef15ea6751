// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Finds the records in indexed documents, whichever envelope they came in, and notes where their parts are.
///
/// The forms are those of AWS's own pages: [DynamoDB](https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html),
/// [CloudWatch Logs](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html),
/// [SQS](https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html), [Kinesis](https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html),
/// [EventBridge](https://docs.aws.amazon.com/eventbridge/latest/userguide/aws-events.html),
/// [exports](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html).
struct EnvelopeDecoder: ~Copyable {
    /// About how many decompressed bytes go into one batch.
    static let payloadBudget = 8 << 20
    /// How many lists and payloads may be open at once. AWS packs a subscription into a Kinesis record, and people collect events in a list; the rest
    /// is there to fill the stack.
    static let maximumNesting = 16

    private let offset: Int64
    private let payloadBudget: Int
    /// The first document was indexed without regard to the limit of depth, so each of its records is measured.
    private let measuresDepth: Bool
    let limits: RecordLimits
    var documents: [JSONDocument]
    var slots: [Slot] = []
    var sources = SourceTable()
    private var undecodable: [Undecodable] = []
    var controlMessages = 0
    var inflater: Inflater?
    /// Bytes that payloads took after decompression.
    var payloadBytes = 0
    /// The same before the payload that is open and lies in no other one.
    var payloadBytesBefore = 0
    /// How many records of the document were given with earlier batches, and how many have been gone past by now.
    private var given = 0
    private var passed = 0
    /// How many lists and payloads are open, how many of them are payloads, and how many objects and arrays the lists have opened.
    var nesting = 0
    var openPayloads = 0
    var levels = 0
    var logContext: LogContext?

    /// What the events of one subscription document share.
    struct LogContext {
        var document: Int32
        var node: JSONNode
        var source: Int32
        /// It holds no events of anybody's, but CloudWatch's own question whether the destination can be reached.
        var isControlMessage = false
    }

    /// A place in one of the batch's documents.
    struct Place {
        var document: Int32
        var node: JSONNode
    }

    /// - Parameters:
    ///   - payloadBudget: about how many bytes payloads may take, after decompression, before the batch is full.
    ///   - measuresDepth: the document may be nested deeper than the limits allow.
    init(
        _ document: JSONDocument, offset: Int64, limits: RecordLimits, payloadBudget: Int = EnvelopeDecoder.payloadBudget, measuresDepth: Bool = false
    ) {
        self.offset = offset
        self.limits = limits
        self.payloadBudget = payloadBudget
        self.measuresDepth = measuresDepth
        documents = [document]
        slots.reserveCapacity(document.count / 1024 + 8)
    }

    consuming func finish() -> RecordBatch.Storage {
        RecordBatch.Storage(
            RecordIndex(documents: documents, slots: slots, sources: sources, json: limits.json),
            undecodable: undecodable, controlMessages: controlMessages)
    }

    /// What to do with the record that comes next.
    private enum Turn { case decode, passOver, stop }

    /// A record may be left to the next batch, and one that an earlier batch had is passed over. What comes out of a payload belongs to the record that
    /// the payload came in, which is decoded to its end: nobody could go on inside it.
    private mutating func nextTurn() -> Turn {
        if openPayloads > 0 { return .decode }
        if passed < given {
            passed += 1
            return .passOver
        }
        if payloadBytes >= payloadBudget { return .stop }
        passed += 1
        return .decode
    }

    // MARK: Documents

    /// Decodes one document.
    ///
    /// - Parameter given: how many of its records were given with earlier batches. All that is packed into one record counts as that one.
    /// - Returns: how many of them are given now, where the batch is full before the document's end.
    mutating func decode(document node: JSONNode, from given: Int) -> Int? {
        self.given = given
        passed = 0
        return decode(Place(document: 0, node: node), position: nil) ? nil : passed
    }

    /// - Returns: false where the batch is full before the end. Inside a payload it never is.
    mutating func decode(_ place: Place, position: Place?) -> Bool {
        let document = documents[Int(place.document)]
        let view = document.view(place.node)
        // A list of documents, as people collect them in a file.
        if view.kind == .array { return decodeEach(of: place, levels: 1, position: position) }
        var members = view.members
        var records = JSONNode.none
        var payload = JSONNode.none
        var logEvents = JSONNode.none
        var fields = RecordFields()
        while members.next() {
            let key = members.key
            switch key.textCount {
            case 7 where FieldName.records.matches(key): records = members.value.node
            case 7 where FieldName.awslogs.matches(key): payload = members.value.node
            case 9 where FieldName.logEvents.matches(key): logEvents = members.value.node
            default: fields.note(key, members.value.node)
            }
        }
        let isList = !records.isNone && document.view(records).kind == .array
        if isList, nesting < Self.maximumNesting {
            return decodeEach(of: Place(document: place.document, node: records), levels: 2, position: position)
        }
        switch nextTurn() {
        case .passOver: return true
        case .stop: return false
        case .decode: break
        }
        if view.kind != .object {
            reject(place, RecordError(.unknownEnvelope, "neither an event nor a record: expected a JSON object"), position)
        } else if isList {
            reject(place, tooManyInside, position)
        } else if !records.isNone {
            reject(place, RecordError(.wrongShape, "Records is not an array"), position)
        } else if !payload.isNone {
            decode(awslogs: Place(document: place.document, node: payload), in: place, position)
        } else if !logEvents.isNone {
            decode(subscription: place, logEvents, position)
        } else {
            decode(record: place, fields, position)
        }
        return true
    }

    var tooManyInside: RecordError { RecordError(.tooLarge, "more than \(Self.maximumNesting) events and payloads inside one another") }

    /// - Parameter levels: how many objects and arrays the list opens.
    /// - Returns: false where the batch is full before the end.
    private mutating func decodeEach(of list: Place, levels: Int, position: Place?) -> Bool {
        nesting += 1
        self.levels += levels
        defer {
            nesting -= 1
            self.levels -= levels
        }
        let document = documents[Int(list.document)]
        var elements = document.view(list.node).elements
        while elements.next() {
            if !decode(element: Place(document: list.document, node: elements.value.node), position) { return false }
        }
        return true
    }

    /// Decodes one element of `Records`, read on its own. What is given and returned is the same as for a document.
    mutating func decode(record node: JSONNode, from given: Int) -> Int? {
        self.given = given
        passed = 0
        return decode(element: Place(document: 0, node: node), nil) ? nil : passed
    }

    /// Decodes a record of this kind from what it was received as, read on its own. Whatever else it holds, it is no envelope of other records.
    mutating func decode(raw node: JSONNode, of kind: Record.Kind) {
        switch kind {
        // A log event's is a subscription document.
        case .log: _ = decode(document: node, from: 0)
        case .message:
            let place = Place(document: 0, node: node)
            do throws(RecordError) {
                // A redaction may have made an event of its body.
                try decode(message: place, mayBeEvent: false)
            } catch {
                reject(place, error, nil)
            }
        case .change, .event: _ = decode(record: node, from: 0)
        }
    }

    /// An element of a list: a record, or, in a file's list, a whole document.
    /// - Returns: false where the batch is full before its end.
    private mutating func decode(element place: Place, _ position: Place?) -> Bool {
        let document = documents[Int(place.document)]
        let view = document.view(place.node)
        let isObject = view.kind == .object
        var fields = RecordFields()
        if isObject {
            var members = view.members
            while members.next() { fields.note(members.key, members.value.node) }
            if !fields.shape.isRecord { return decode(place, position: position) }
        }
        switch nextTurn() {
        case .passOver: return true
        case .stop: return false
        case .decode: break
        }
        if isObject {
            decode(record: place, fields, position)
        } else {
            reject(place, RecordError(.wrongShape, "a record that is not a JSON object"), position)
        }
        return true
    }

    private mutating func decode(record place: Place, _ fields: RecordFields, _ position: Place?) {
        let shape = fields.shape
        do throws(RecordError) {
            let document = documents[Int(place.document)]
            let view = document.view(place.node)
            if view.endOffset - view.offset > limits.record {
                throw RecordError(.tooLarge, "a record of more than \(limits.record) bytes")
            }
            try measure(place, levels)
            if shape.contains(.dynamodb) {
                try decode(change: place, fields, position)
            } else if shape.contains(.kinesis) {
                try decode(kinesis: place, position)
            } else if shape.contains(.messageId) && shape.contains(.body) {
                try decode(message: place)
            } else if shape.contains(.detail) && shape.contains(.detailType) {
                try decode(event: place, raw: place, position)
            } else if shape.contains(.metadata) && shape.contains(.keys) {
                try decode(export: place)
            } else {
                throw RecordError(
                    .unknownEnvelope,
                    "not a record that Sluice knows: expected a DynamoDB, Kinesis or SQS record, an EventBridge event, a CloudWatch Logs subscription or an export line")
            }
        } catch {
            reject(place, error, position)
        }
    }

    // MARK: Members

    /// A string that may be absent or null.
    func string(_ node: JSONNode, _ document: JSONDocument, _ name: StaticString) throws(RecordError) -> JSONNode {
        guard !node.isNone else { return .none }
        switch document.view(node).kind {
        case .string: return node
        case .null: return .none
        default: throw RecordError(.wrongShape, "\(name) is not a string")
        }
    }

    /// A moment that may be absent or null, as a number or a string, in any of the units AWS uses.
    func time(_ node: JSONNode, _ document: JSONDocument, _ name: StaticString) throws(RecordError) -> Int64 {
        guard !node.isNone else { return Slot.noTime }
        let view = document.view(node)
        switch view.kind {
        case .null:
            return Slot.noTime
        case .number, .string:
            // Ten digits are seconds, thirteen milliseconds: nearly all there are.
            if let digits = view.shortInteger {
                if view.textCount <= 11 { return digits * 1000 }
                if view.textCount <= 14 { return digits }
            }
            let text = view.number ?? view.string ?? ""
            guard let moment = Timestamp(epoch: text) ?? Timestamp(iso8601: text, anyDay: true) else {
                throw RecordError(.wrongShape, "\(name) is no moment: \(text.prefix(40))")
            }
            return moment.milliseconds
        default:
            throw RecordError(.wrongShape, "\(name) is neither a number nor a string")
        }
    }

    // MARK: What is no record

    /// - Parameter levels: how many objects and arrays are open around the place.
    func measure(_ place: Place, _ levels: Int) throws(RecordError) {
        guard measuresDepth, place.document == 0 else { return }
        let document = documents[0]
        if Self.isDeeper(document.view(place.node), than: limits.json.maximumDepth - levels) {
            throw RecordError(.tooLarge, "nested too deeply: more than \(limits.json.maximumDepth) objects and arrays open at once")
        }
    }

    private static func isDeeper(_ view: borrowing JSONView, than levels: Int) -> Bool {
        switch view.kind {
        case .object:
            if levels <= 0 { return true }
            var members = view.members
            while members.next() { if isDeeper(members.value, than: levels - 1) { return true } }
            return false
        case .array:
            if levels <= 0 { return true }
            var elements = view.elements
            while elements.next() { if isDeeper(elements.value, than: levels - 1) { return true } }
            return false
        default:
            return false
        }
    }

    mutating func reject(_ place: Place, _ error: RecordError, _ position: Place?) {
        let document = documents[Int(place.document)]
        let view = document.view(place.node)
        undecodable.append(
            Undecodable(
                error: error, rawBytes: document.copy(of: view.offset..<view.endOffset),
                offset: place.document == 0 ? offset + Int64(view.offset) : offset,
                position: self.position(of: place, position)))
    }

    /// What the source must be told about a record that could not be decoded, as far as that can be read.
    private func position(of place: Place, _ given: Place?) -> Position? {
        if let given {
            let document = documents[Int(given.document)]
            return document.view(given.node).string.map { Position(kind: .sequenceNumber, text: $0) }
        }
        let document = documents[Int(place.document)]
        let view = document.view(place.node)
        if let sequence = view.member("dynamodb")?.member("SequenceNumber")?.string { return Position(kind: .sequenceNumber, text: sequence) }
        if let sequence = view.member("kinesis")?.member("sequenceNumber")?.string { return Position(kind: .sequenceNumber, text: sequence) }
        if let id = view.member("messageId")?.string { return Position(kind: .messageID, text: id) }
        return nil
    }
}
