// SPDX-License-Identifier: Apache-2.0

import JSONTape
import StreamRecords

// A libFuzzer entry: any bytes may come in as a recording. See scripts/fuzz.

/// Stops the fuzzer, which keeps the input that led here.
private func violated(_ invariant: String) -> Never {
    fatalError(invariant)
}

private let limits = RecordLimits(document: 1 << 20, record: 1 << 18, decompressed: 1 << 20, json: JSONLimits(maximumDepth: 200))

/// Gives a few bytes at a time.
private struct SlowSource: ByteSource {
    let bytes: [UInt8]
    let step: Int
    var offset = 0

    mutating func read(into buffer: inout JSONBuffer, upTo maximum: Int) throws(ReadError) -> Int {
        let count = min(maximum, step, bytes.count - offset)
        buffer.append(bytes[offset..<offset + count])
        offset += count
        return count
    }
}

private func line(_ record: Record, _ envelope: Envelope) -> [UInt8] {
    var writer = JSONWriter()
    record.write(envelope, into: &writer)
    let line = writer.array
    guard !line.contains(0x0A), !line.contains(0x0D) else { violated("a line break in a line") }
    guard (try? JSONDocument(line)) != nil else { violated("a line that is not JSON: \(String(decoding: line, as: UTF8.self))") }
    return line
}

/// Everything that can be asked of a record.
private func touch(_ record: Record) {
    _ = record.id
    _ = record.position
    _ = record.orderingKey
    _ = record.subject
    _ = record.time?.description
    _ = record.operation
    _ = record.changedAttributes
    _ = record.keys?.attributes
    _ = record.newImage?.attributes
    _ = record.oldImage?.attributes
    _ = record.lambda
    _ = record.extractedFields
    _ = record.jsonBody
    _ = record.detail
    let detached = record.detached()
    guard detached.id == record.id, detached.kind == record.kind else { violated("detached, a record is another one") }
}

/// What hides much of every record.
private let redaction: Redaction = {
    let paths = ["new.*", "old.price", "keys.Id", "message.requestId", "fields", "body.*", "detail.*.*"]
    let methods = Redaction.Method.allCases
    let rules = paths.enumerated().compactMap { number, path in
        (try? RecordPath(path)).flatMap { try? Redaction.Rule($0, methods[number % methods.count]) }
    }
    guard rules.count == paths.count else { violated("a path that is none") }
    return Redaction(rules, key: Redaction.Key(Array("a key of sixteen".utf8)))
}()

/// Redacted, records are as many, the same ones, and whole.
private func hide(_ batch: RecordBatch) {
    let hidden = batch.redacted(batch.indices.map { ($0, redaction) })
    guard hidden.count == batch.count else { violated("\(hidden.count) redacted of \(batch.count) records") }
    let again = batch.redacted(batch.indices.map { ($0, redaction) })
    for (place, (before, after)) in zip(batch, hidden).enumerated() {
        guard after.kind == before.kind else { violated("redacted, a \(before.kind) is a \(after.kind)") }
        // An id that is a hash of the record's parts becomes a digest by the key where they are hidden, the same each time.
        let isDigest = before.id.id.utf8.count == 32 && after.id.id.utf8.count == 64 && after.id.source == before.id.source
        guard after.id == before.id || isDigest else { violated("redacted, a record has the id \(after.id), not \(before.id)") }
        guard again[place].id == after.id else { violated("redacted once more, a record has the id \(again[place].id), not \(after.id)") }
        guard after.position == before.position else { violated("redacted, a record has another position: \(after.position)") }
        guard after.time == before.time else { violated("redacted, a record has another time") }
        guard after.operation == before.operation else { violated("redacted, a record has another operation") }
        for form in Envelope.Form.allCases { _ = line(after, Envelope(form)) }
        // Keys are hashed wherever they stand; all else of a new image is removed.
        let keys = Set(before.keys?.names ?? [])
        guard (after.newImage?.names ?? []).allSatisfy({ keys.contains($0) }) else { violated("a new image that is not hidden") }
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    var lines: [[UInt8]] = []
    for batch in RecordBatch.decode(bytes, limits: limits) {
        for record in batch {
            // A few are enough of many alike: speed finds more.
            if lines.count < 6 {
                touch(record)
            }
            lines.append(line(record, .plain))
            _ = line(record, Envelope(.plain, numbers: .string))
            _ = line(record, .typed)
            _ = line(record, .cloudEvents)
            _ = line(record, .debezium)
        }
        hide(batch)
        for undecodable in batch.undecodable where undecodable.reason.isEmpty {
            violated("no reason given")
        }
    }

    // In pieces, the same records come out, and so they do in one pass from bytes to lines.
    for rendering in [nil, Envelope.plain] {
        guard lines == inPieces(bytes, rendering) else { violated("other records in pieces than at once, rendering: \(rendering != nil)") }
    }
    return 0
}

private func inPieces(_ bytes: [UInt8], _ rendering: Envelope?) -> [[UInt8]] {
    let source = SlowSource(bytes: bytes, step: 1 + bytes.count % 97)
    var reader = RecordReader(source, limits: limits, chunkSize: 4096, rendering: rendering)
    var inPieces: [[UInt8]] = []
    do throws(ReadError) {
        while var chunk = try reader.next() {
            while let batch = chunk.nextBatch() {
                for record in batch {
                    inPieces.append(line(record, .plain))
                }
            }
        }
    } catch {
        // Broken compression: what was read before counts.
    }
    return inPieces
}
