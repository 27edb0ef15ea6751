// SPDX-License-Identifier: Apache-2.0

import JSONTape
import StreamRecords

/// Something that was rejected, with all that is needed to try it again.
struct RejectedItem: Sendable {
    /// Tells this rejection from all others: record, sink and time.
    var id: String
    /// What is remembered once it is parked.
    var recordID: Record.ID
    var isDecoded: Bool
    var source: RecordSource?
    var position: Position?
    var route: String?
    var sink: String?
    var reason: Reason
    var time: Timestamp
    var rawBytes: [UInt8]
    /// Not to be written, since nobody knows what in it must not be seen.
    var isWithheld = false

    /// What is remembered once it is in that sink.
    func parking(in parkingSink: String) -> Delivery.ID {
        Delivery.ID(record: recordID, sink: "\(sink ?? "") -> \(parkingSink)")
    }

    /// The line that is kept: one JSON object, without a line feed.
    ///
    /// The record stands under `record` as it was received where it is JSON, else under `record_base64`. On a route that redacts it is the
    /// redacted record. What could not be decoded is withheld where routes redact: `withheld_bytes` tells its size.
    func write(into writer: inout JSONWriter) {
        writer.write(raw: "{\"kind\":\"rejected\",\"id\":")
        writer.write(string: id)
        writer.write(raw: ",\"time\":")
        writer.write(string: time.description)
        writer.write(raw: ",\"reason\":")
        writer.write(string: reason.description)
        member("route", route, &writer)
        member("sink", sink, &writer)
        if let source {
            writer.write(raw: ",\"source\":{\"kind\":")
            writer.write(string: source.kind.rawValue)
            writer.write(raw: ",\"name\":")
            writer.write(string: source.name)
            member("arn", source.arn, &writer)
            member("region", source.region, &writer)
            member("account", source.account, &writer)
            writer.write(raw: "}")
        }
        if let position {
            writer.write(raw: ",\"position\":{\"kind\":")
            writer.write(string: position.kind == .sequenceNumber ? "sequence" : "message")
            writer.write(raw: ",\"value\":")
            writer.write(string: position.text)
            writer.write(raw: "}")
        }
        if isDecoded { member("record_id", recordID.id, &writer) }
        if isWithheld {
            writer.write(raw: ",\"withheld_bytes\":")
            writer.write(int: rawBytes.count)
        } else if isJSON {
            writer.write(raw: ",\"record\":")
            // A line feed in JSON can only be white space between tokens; here it would end the line.
            writer.write(raw: rawBytes.lazy.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
        } else {
            writer.write(raw: ",\"record_base64\":\"")
            writer.write(raw: Base64.encode(rawBytes))
            writer.write(raw: "\"")
        }
        writer.write(raw: "}")
    }

    /// The same as an event of a bus, so that any sink can take it: the record that comes with the line.
    func writeEvent(into writer: inout JSONWriter) {
        writer.write(raw: "{\"version\":\"0\",\"id\":")
        writer.write(string: id)
        writer.write(raw: ",\"detail-type\":\"Record Rejected\",\"source\":\"sluice\",\"account\":")
        writer.write(string: source?.account ?? "")
        writer.write(raw: ",\"time\":")
        writer.write(string: time.description)
        writer.write(raw: ",\"region\":")
        writer.write(string: source?.region ?? "")
        writer.write(raw: ",\"resources\":[],\"detail\":{\"reason\":")
        writer.write(string: reason.description)
        member("route", route, &writer)
        member("sink", sink, &writer)
        writer.write(raw: ",\"record_id\":")
        writer.write(string: isWithheld ? id : recordID.id)
        writer.write(raw: "}}\n")
    }

    private func member(_ name: StaticString, _ value: String?, _ writer: inout JSONWriter) {
        guard let value else { return }
        writer.write(raw: ",\"")
        writer.write(raw: name)
        writer.write(raw: "\":")
        writer.write(string: value)
    }

    private var isJSON: Bool { (try? JSONDocument(rawBytes)) != nil }
}

/// The rejected records as a sink for them is given them: a line for each, and with it an event record that says what
/// was rejected and why. Absent where that cannot be made.
func parkingBatches(_ items: [RejectedItem], sink: String, needsPayloads: Bool) -> [DeliveryBatch.Storage]? {
    var events = JSONWriter()
    for item in items { item.writeEvent(into: &events) }
    let batches = RecordBatch.decode(events.array, limits: RecordLimits())
    guard batches.reduce(0, { $0 + $1.count }) == items.count else { return nil }
    var rest = items[...]
    return batches.filter { !$0.isEmpty }.map { records in
        var lines = JSONWriter()
        var offsets: [UInt32] = [0]
        for item in rest.prefix(records.count) where needsPayloads {
            item.write(into: &lines)
            lines.write(byte: UInt8(ascii: "\n"))
            offsets.append(UInt32(lines.count))
        }
        rest = rest.dropFirst(records.count)
        return DeliveryBatch.Storage(
            records: records, sink: sink, slots: nil,
            rendered: needsPayloads ? RenderedLines(bytes: lines.finish(), offsets: offsets) : .none,
            routeNames: DeliveryBatch.RouteNames(plans: [], names: ["rejected"]), rejectionBlocks: false)
    }
}
