// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import StreamRecords

/// Writes the parts of large texts.
///
/// Parts bear the hash of what they are parts of, so what stands under a part's key is the same whoever puts it. Only when it goes may differ: rows of
/// one id share parts, and one row is told again with another retention. So that time only ever moves on, and never is forever made an end: a part that
/// nobody reads any more costs a little, one that is gone too early is lost.
struct PartWriter: Sendable {
    let store: DynamoDBEventStore

    /// Puts the parts that are not there, or would go earlier than these.
    func put(_ parts: [AttributeMap], deadline: ContinuousClock.Instant) async throws(AWSError) {
        for part in parts {
            let goesEarlier = part[TableLayout.expiry].map { Condition.less(TableLayout.expiry, than: $0) } ?? .not(.absent(TableLayout.expiry))
            var writer = ExpressionWriter()
            let condition = writer.condition(.any([.absent(TableLayout.id), goesEarlier]))
            do throws(AWSError) {
                _ = try await store.dynamoDB.putItem(
                    .init(table: store.table, item: part, condition: condition, parts: writer.parts), deadline: deadline)
            } catch {
                // What is there stays as long, and is the same.
                guard error.isConditionFailed else { throw error }
            }
        }
    }

    /// Lets parts that are there last until a time at least.
    func extend(_ texts: [PartsReference], of id: String, until time: Int64, deadline: ContinuousClock.Instant) async throws(AWSError) {
        let time = AttributeValue.number(DynamoDBNumber(time))
        for key in texts.flatMap({ $0.keys(of: id) }) {
            var writer = ExpressionWriter()
            let update = "SET \(writer.name(TableLayout.expiry)) = \(writer.value(time))"
            // What has no end is left so, and what is gone is not made anew without its data.
            let condition = writer.condition(.less(TableLayout.expiry, than: time))
            do throws(AWSError) {
                _ = try await store.dynamoDB.updateItem(
                    .init(table: store.table, key: key, update: update, condition: condition, parts: writer.parts), deadline: deadline)
            } catch {
                guard error.isConditionFailed else { throw error }
            }
        }
    }
}

#endif
