// SPDX-License-Identifier: Apache-2.0

internal import EventTable
internal import JSONTape
public import StreamRecords

/// An event that was brought in.
public struct IngestedEvent: Sendable, Hashable {
    /// As its sender named it, or made here.
    public let id: String
    /// When it came.
    public let time: Timestamp
    /// Who sent it, by the event's own word: `source` of EventBridge.
    public let source: String
    /// `detail-type` of EventBridge.
    public let type: String
    /// What was posted, an object, with its id: what the sender is answered.
    public let detail: String

    /// Takes what was posted. What is no object becomes one, `{"id":…,"data":…}`; so does an object whose `id` cannot be one.
    init(_ value: JSONValue, at time: Timestamp, source: String, type: String) {
        self.time = time
        self.source = source
        self.type = type
        if case .object(let members) = value {
            switch value["id"] {
            case .string(let told)? where (1...512).contains(told.utf8.count):
                id = told
                detail = value.text
                return
            case .number(let told)? where told.utf8.count <= 512:
                id = told
                detail = value.text
                return
            case nil, .null?:
                id = EventID.new(at: time)
                detail = JSONValue.object(
                    [JSONMember(name: "id", value: .string(id))] + members.filter { $0.name != "id" }
                ).text
                return
            default: break
            }
        }
        id = EventID.new(at: time)
        detail = JSONValue.object([JSONMember(name: "id", value: .string(id)), JSONMember(name: "data", value: value)]).text
    }

    /// The event as EventBridge hands it to its targets, so that routes, patterns and sinks see what they would see there.
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>
    public var json: String {
        var writer = JSONWriter(capacity: detail.utf8.count + 256)
        writer.write(raw: #"{"version":"0","id":"#)
        writer.write(string: id)
        writer.write(raw: #","detail-type":"#)
        writer.write(string: type)
        writer.write(raw: #","source":"#)
        writer.write(string: source)
        writer.write(raw: #","account":"","time":"#)
        writer.write(string: time.description)
        writer.write(raw: #","region":"","resources":[],"detail":"#)
        writer.write(raw: detail)
        writer.write(raw: "}")
        return String(decoding: writer.array, as: UTF8.self)
    }
}

/// What became of an event that was brought in.
public enum IngestAnswer: Sendable, Hashable {
    /// It is where it was to go, or was there before.
    case accepted
    /// It may succeed later.
    case retry(String, after: Duration? = nil)
    /// It can never succeed.
    case rejected(String)
}
