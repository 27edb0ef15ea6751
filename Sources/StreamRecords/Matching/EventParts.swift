// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// An object in the stream record of a change.
public enum ChangePart: Int, Sendable, Hashable, CaseIterable {
    /// The stream record, without its member `dynamodb`.
    case record
    /// `dynamodb`, without its images.
    case stream
    case new
    case old

    /// The names on the way to it.
    public var path: [String] {
        switch self {
        case .record: []
        case .stream: ["dynamodb"]
        case .new: ["dynamodb", "NewImage"]
        case .old: ["dynamodb", "OldImage"]
        }
    }

    /// Members that are parts of their own.
    public var membersApart: [String] {
        switch self {
        case .record: ["dynamodb"]
        case .stream: ["NewImage", "OldImage"]
        case .new, .old: []
        }
    }
}

/// Some of the parts of a change.
public struct ChangeParts: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public init(_ part: ChangePart) { rawValue = 1 << UInt8(part.rawValue) }
}

/// Where a part of an event belongs, see ``RecordBatch/eachEventPart(at:wantsMessage:_:)``.
public enum EventPart: Sendable {
    /// It is an object, whose members are the event's own; one of them may be left out, since something else stands in its place.
    case members(except: StaticString?)
    /// It is one member of the event.
    case member(StaticString)
}

/// What a record is to an event pattern: what AWS sends, and would hold against a filter itself.
extension RecordBatch {
    /// Hands over the parts of what AWS sent of one record.
    ///
    /// A change is its stream record; a queue's message is its record, with its body as JSON where it is JSON; an event is itself, also where a
    /// queue carries it; a log event has its own fields, `owner`, `logGroup`, `logStream` and `subscriptionFilters`, and its message as JSON where it is JSON.
    /// See [what Lambda filters](https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html).
    ///
    /// - Parameter wantsMessage: whether anybody looks at a log event's message; looking whether it is JSON takes time.
    public func eachEventPart(at index: Int, wantsMessage: Bool = true, _ body: (borrowing JSONView, EventPart) -> Void) {
        let parts = storage.index
        let slot = parts.slots[index]
        let document = parts.documents[Int(slot.rawDocument)]
        switch slot.kind {
        case .change:
            body(document.view(slot.raw), .members(except: nil))
        case .event:
            // The event that a queue carries is a document of its own.
            let event = parts.documents[Int(slot.document)]
            body(event.view(slot.rawDocument == slot.document ? slot.raw : event.root), .members(except: nil))
        case .message:
            guard let inner = bodyDocument(slot) else {
                body(document.view(slot.raw), .members(except: nil))
                return
            }
            body(document.view(slot.raw), .members(except: "body"))
            let content = parts.documents[Int(inner)]
            body(content.view(content.root), .member("body"))
        case .log:
            let header = parts.documents[Int(slot.headerDocument)]
            let members = header.view(slot.header)
            if let owner = members.member("owner") { body(owner, .member("owner")) }
            if let group = members.member("logGroup") { body(group, .member("logGroup")) }
            if let stream = members.member("logStream") { body(stream, .member("logStream")) }
            if let filters = members.member("subscriptionFilters") { body(filters, .member("subscriptionFilters")) }
            let own = parts.documents[Int(slot.document)]
            guard wantsMessage, let content = RecordBatch.json(of: own.view(slot.message)) else {
                body(document.view(slot.raw), .members(except: nil))
                return
            }
            body(document.view(slot.raw), .members(except: "message"))
            body(content.view(content.root), .member("message"))
        }
    }

    /// The document that a message's body is, where it is JSON: that of a notification, too, and not what it carries.
    private func bodyDocument(_ slot: Slot) -> Int32? {
        if slot.messageDocument != slot.document { return slot.messageDocument }
        return slot.body.isNone ? nil : slot.bodyDocument
    }

    private static func json(of text: borrowing JSONView) -> JSONDocument? {
        // What JSON begins with; most lines of a log begin with something else.
        var place = 0
        let raw = text.rawText
        while [0x20, 0x09].contains(raw.byte(at: place)) { place += 1 }
        switch raw.byte(at: place) {
        case 0x7B, 0x5B, 0x5C, 0x2D, 0x30...0x39, 0x74, 0x66, 0x6E: break
        default: return nil
        }
        var buffer = JSONBuffer(capacity: text.textCount)
        buffer.append(contentOf: text)
        return try? JSONDocument(indexing: buffer)
    }
}
