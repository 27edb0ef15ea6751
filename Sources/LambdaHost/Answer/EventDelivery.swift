// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import Sluice
internal import StreamRecords

/// Takes one event through the pipeline.
struct EventDelivery: Sendable {
    let pipeline: Pipeline
    let limits: RecordLimits
    let loops: LoopGuard
    /// Blocks that serve one event after the other.
    private let memory = JSONMemory()

    init(pipeline: Pipeline, limits: RecordLimits, loops: LoopGuard) {
        self.pipeline = pipeline
        self.limits = limits
        self.loops = loops
    }

    /// Delivers the event's records and adds up what became of them.
    ///
    /// Usually an event is one batch. Where compressed payloads hold much it is several; then, once something has to come again, the batches behind
    /// it are not begun, since the source sends them again as well, and records must not overtake each other. Messages of a queue hold no such
    /// payloads, so a queue's event is one batch.
    ///
    /// - Parameter home: where the function is, as far as that is known.
    /// - Throws: where the event must not be taken at all, or Sluice lost count.
    func deliver(
        _ event: JSONBytes, _ shape: EventShape, home: AccountAndRegion = AccountAndRegion(), before deadline: ContinuousClock.Instant?
    ) async throws(FunctionError) -> EventTally {
        var parts: EventMemory?
        do throws(FunctionError) {
            let tally = try await deliver(event, shape, home, &parts, before: deadline)
            if let parts { await pipeline.end(parts, comesAgain: tally.mustRetry) }
            return tally
        } catch {
            // It comes again, and what went out before must not.
            if let parts { await pipeline.end(parts, comesAgain: true) }
            throw error
        }
    }

    /// - Parameter parts: made where the event is several batches.
    private func deliver(
        _ event: JSONBytes, _ shape: EventShape, _ home: AccountAndRegion, _ parts: inout EventMemory?, before deadline: ContinuousClock.Instant?
    ) async throws(FunctionError) -> EventTally {
        var tally = EventTally()
        guard shape.records > 0 else { return tally }
        // One piece, whatever its size: order and account hold over what Lambda calls a batch.
        var reader = RecordReader(EventSource(event), limits: limits, memory: memory, chunkSize: event.count + 1)
        var bytes = 0
        while true {
            var chunk: RecordChunk
            do throws(ReadError) {
                guard let next = try reader.next() else { return tally }
                chunk = next
                bytes += next.byteCount
            } catch {
                throw FunctionError(kind: .unreadableEvent, message: "the event cannot be read: \(error)")
            }
            while let batch = chunk.nextBatch() {
                if let loop = loops.loop(in: batch, home: home) { throw loop }
                if let last = batch.lastTime { tally.lastTime = max(tally.lastTime ?? last, last) }
                if tally.mustRetry {
                    tally.add(untried: batch)
                    parts?.note(untried: batch)
                    continue
                }
                let isAll = chunk.isExhausted && bytes >= event.count
                if parts == nil, !isAll { parts = pipeline.eventMemory() }
                do throws(ConservationError) {
                    tally.add(try await pipeline.deliver(pipeline.prepare(batch), of: &parts, before: deadline))
                } catch {
                    throw FunctionError(kind: .internal, message: error.description)
                }
            }
        }
    }
}

/// Reads an event's bytes.
private struct EventSource: ByteSource {
    private let event: JSONBytes
    private var offset = 0

    init(_ event: JSONBytes) { self.event = event }

    mutating func read(into buffer: inout JSONBuffer, upTo maximum: Int) throws(ReadError) -> Int {
        let count = min(maximum, event.count - offset)
        buffer.append(event.span.extracting(offset..<offset + count))
        offset += count
        return count
    }
}
