// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Records that were received together, in their order, with what could not be decoded.
///
/// A batch keeps the bytes it was decoded from; its records are places in it. Whoever keeps a single record for long takes ``Record/detached()``.
public struct RecordBatch: Sendable, RandomAccessCollection {
    final class Storage: Sendable {
        let documents: [JSONDocument]
        let slots: [Slot]
        let sources: SourceTable
        let undecodable: [Undecodable]
        let controlMessages: Int

        init(documents: [JSONDocument], slots: [Slot], sources: SourceTable, undecodable: [Undecodable], controlMessages: Int) {
            self.documents = documents
            self.slots = slots
            self.sources = sources
            self.undecodable = undecodable
            self.controlMessages = controlMessages
        }

        convenience init(undecodable: Undecodable) {
            self.init(documents: [], slots: [], sources: SourceTable(), undecodable: [undecodable], controlMessages: 0)
        }
    }

    let storage: Storage

    init(_ storage: Storage) { self.storage = storage }

    /// Decodes everything in `bytes`: any envelope, one or many documents, compressed or not.
    ///
    /// Never fails for the content: what cannot be decoded is in the batches' ``undecodable``. Broken compression is told there as well.
    public static func decode(_ bytes: [UInt8], limits: RecordLimits = RecordLimits()) -> [RecordBatch] {
        var reader = RecordReader(MemorySource(bytes), limits: limits)
        var batches: [RecordBatch] = []
        while true {
            do throws(ReadError) {
                guard var chunk = try reader.next() else { return batches }
                while let batch = chunk.nextBatch() { batches.append(batch) }
            } catch {
                let error = Undecodable(error: RecordError(.brokenPayload, error.message), rawBytes: bytes, offset: reader.bytesRead)
                batches.append(RecordBatch(Storage(undecodable: error)))
                return batches
            }
        }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { storage.slots.count }
    public subscript(index: Int) -> Record { Record(storage: storage, index: index) }

    /// What was received and is no record, in order.
    public var undecodable: [Undecodable] { storage.undecodable }

    /// How many CONTROL_MESSAGE documents were skipped: CloudWatch Logs sends them to check that the destination is there.
    public var controlMessages: Int { storage.controlMessages }

    // MARK: Without making a record

    /// The sources of the records, each once.
    public var sources: [RecordSource] { storage.sources.entries.map(\.source) }

    /// Which of ``sources`` a record comes from.
    @inline(__always)
    public func sourceIndex(at index: Int) -> Int { Int(storage.slots[index].source) }

    /// What happened to the item: 0 nothing that is known, 1 INSERT, 2 MODIFY, 3 REMOVE, 4 something else, which ``Record/operation`` names.
    @inline(__always)
    public func operationCode(at index: Int) -> UInt8 { storage.slots[index].operation.rawValue }

    /// What happened to the item of a change.
    public func operation(at index: Int) -> Operation? { self[index].operation }

    /// In which order the record has to stay with others.
    public func orderingKey(at index: Int) -> OrderingKey? { self[index].orderingKey }

    /// Whether the record has to keep its place behind others of the same key.
    public func hasOrderingKey(at index: Int) -> Bool {
        let slot = storage.slots[index]
        switch slot.kind {
        case .change: return !slot.keys.isNone
        case .log: return true
        case .message: return !slot.group.isNone
        case .event: return false
        }
    }

    /// How many bytes of the input its documents cover.
    public var byteCount: Int { storage.documents.reduce(0) { $0 + $1.count } }
}
