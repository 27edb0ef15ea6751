// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Sluice
internal import StreamRecords

/// Which records of a batch go into one object, and which objects may be put at the same time.
///
/// Records go together by the name that they have without their ids. Of one ordering key no record is in an earlier object than the one before it,
/// so objects that are put in turn keep the order.
struct ObjectPlan: Sendable, Hashable {
    /// One turn after another, in each the records of its objects, by their places in the batch. No ordering key is in two objects of a turn.
    private(set) var turns: [[[Int]]] = []

    /// - Parameters:
    ///   - most: how many bytes of lines an object may have, unless it has only one record.
    ///   - name: what the records of an object have in common.
    init(_ batch: DeliveryBatch, mostBytes most: Int, name: (Record) -> String) {
        let names = batch.map { name($0.record) }
        // Keys take long to make. With one object, which is usual, there is nothing to keep in order.
        guard batch.lineBytes > most || names.contains(where: { $0 != names[0] }) else {
            if !batch.isEmpty { turns = [[Array(batch.indices)]] }
            return
        }
        let (objects, keys) = ObjectPlan.objects(batch, names, mostBytes: most)
        /// In which turn a key was last, from 1.
        var last: [OrderingKey: Int] = [:]
        for (records, keys) in zip(objects, keys) {
            let turn = keys.reduce(0) { max($0, last[$1] ?? 0) }
            for key in keys { last[key] = turn + 1 }
            if turn == turns.count { turns.append([]) }
            turns[turn].append(records)
        }
    }

    /// The records of each object, and their keys.
    private static func objects(_ batch: DeliveryBatch, _ names: [String], mostBytes most: Int) -> (records: [[Int]], keys: [Set<OrderingKey>]) {
        var records: [[Int]] = []
        var keys: [Set<OrderingKey>] = []
        var sizes: [Int] = []
        /// The object that further records of a name go into.
        var open: [String: Int] = [:]
        /// The last object with a record of a key.
        var last: [OrderingKey: Int] = [:]
        for (index, delivery) in batch.enumerated() {
            let bytes = delivery.payloadPart.range.count + 1
            let key = delivery.orderingKey
            var place = records.count
            if let object = open[names[index]], sizes[object] + bytes <= most, key.map({ last[$0] ?? 0 <= object }) ?? true { place = object }
            if place == records.count {
                open[names[index]] = place
                records.append([])
                keys.append([])
                sizes.append(0)
            }
            records[place].append(index)
            sizes[place] += bytes
            if let key {
                keys[place].insert(key)
                last[key] = place
            }
        }
        return (records, keys)
    }
}
#endif
