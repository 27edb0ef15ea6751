// SPDX-License-Identifier: Apache-2.0

internal import Sluice
internal import StreamRecords

/// Knows what the function itself writes, which it must not read: each record would cause the next one, for ever.
struct LoopGuard: Sendable {
    /// The log group that the function's own lines go to.
    var logGroup: String?
    /// The tables that its event table sinks write to.
    var tables: Set<Table> = []

    /// A table, by its name alone or with what an ARN tells of its place. What it doesn't tell is the same as of the function.
    struct Table: Hashable {
        var name: String
        var place = AccountAndRegion()
    }

    /// - Parameter logGroup: `AWS_LAMBDA_LOG_GROUP_NAME`.
    init(_ configuration: Configuration, logGroup: String?) {
        self.logGroup = logGroup
        for sink in configuration.sinks where sink.type == "event-table" {
            guard let table = sink.settings["table"]?.string, let name = LoopGuard.tableName(table) else { continue }
            tables.insert(Table(name: name, place: AccountAndRegion(arn: String(table.dropFirst(LoopGuard.scheme.count)))))
        }
    }

    private static let scheme = "dynamodb:"

    /// The name of the table that `dynamodb:TABLE` stands for; nil where it is no table of DynamoDB's.
    static func tableName(_ setting: String) -> String? {
        setting.hasPrefix(scheme) ? lastPart(String(setting.dropFirst(scheme.count))) : nil
    }

    /// A table is named by its name or its ARN, and ends with its name in both.
    static func lastPart(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? "" }

    /// The error for a batch of the function's own making. What has the same name in another account or region is somebody else's, and no loop.
    ///
    /// - Parameter home: where the function is, as far as that is known.
    func loop(in batch: RecordBatch, home: AccountAndRegion = AccountAndRegion()) -> FunctionError? {
        for source in batch.sources {
            let place = AccountAndRegion(account: source.account, region: source.region)
            if source.kind == .log, let logGroup, source.name == logGroup, home.mayBe(place) {
                return error("its own log group \(logGroup): take the subscription filter away")
            }
            if source.kind == .change, tables.contains(where: { $0.name == source.name && $0.place.completed(by: home).mayBe(place) }) {
                return error("the stream of its own event table \(source.name): take the event source mapping away")
            }
        }
        return nil
    }

    private func error(_ what: String) -> FunctionError {
        FunctionError(
            kind: .loop, message: "refused, since it would go round for ever: the function is invoked with records of \(what)")
    }
}

/// An account and a region, as far as they are known.
struct AccountAndRegion: Sendable, Hashable {
    var account: String?
    var region: String?

    init(account: String? = nil, region: String? = nil) {
        self.account = account
        self.region = region
    }

    /// Of what an ARN names; nothing is known where the text is none.
    init(arn: String?) {
        let arn = ARN(arn)
        self.init(account: arn?.account, region: arn?.region)
    }

    /// Whether nothing that is known of the two tells them apart.
    func mayBe(_ other: AccountAndRegion) -> Bool {
        func agree(_ a: String?, _ b: String?) -> Bool { a == nil || b == nil || a == b }
        return agree(account, other.account) && agree(region, other.region)
    }

    /// With what another place knows and this one doesn't.
    func completed(by other: AccountAndRegion) -> AccountAndRegion { AccountAndRegion(account: account ?? other.account, region: region ?? other.region) }
}
