// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// The sources of a batch's records, each once, with what rendering writes for it.
struct SourceTable: Sendable {
    final class Entry: Sendable {
        let source: RecordSource
        /// `,"table":"Products"` and the like, which follows the id or the operation; empty where the name is not known.
        let name: JSONBytes
        /// `,"region":"…","account":"…"`.
        let place: JSONBytes
        /// What a log group or stream tells of a function: `,"function":"…"`.
        let function: JSONBytes
        let functionName: String?

        init(source: RecordSource, name: [UInt8], place: [UInt8], function: [UInt8], functionName: String?) {
            self.source = source
            self.name = JSONBytes(name)
            self.place = JSONBytes(place)
            self.function = JSONBytes(function)
            self.functionName = functionName
        }
    }

    private(set) var entries: [Entry] = []
    private var indexes: [RecordSource: Int32] = [:]

    /// The stream ARN, table name and region that came last: records of one stream come one after another.
    private var lastDocument: JSONDocument?
    private var last: (arn: JSONNode, table: JSONNode, region: JSONNode, index: Int32) = (.none, .none, .none, 0)

    private func same(_ node: JSONNode, _ other: JSONNode, _ document: JSONDocument, _ otherDocument: JSONDocument) -> Bool {
        if node.isNone || other.isNone { return node.isNone && other.isNone }
        return document.view(node).sourceEquals(otherDocument.view(other))
    }

    mutating func table(_ document: JSONDocument, arn: JSONNode, table: JSONNode, region: JSONNode) -> Int32 {
        if let lastDocument, same(arn, last.arn, document, lastDocument), same(table, last.table, document, lastDocument),
            same(region, last.region, document, lastDocument)
        {
            return last.index
        }
        let index = self.table(
            arn: arn.isNone ? nil : document.view(arn).string, table: table.isNone ? nil : document.view(table).string,
            region: region.isNone ? nil : document.view(region).string)
        lastDocument = document
        last = (arn, table, region, index)
        return index
    }

    mutating func table(arn: String?, table: String?, region: String?) -> Int32 {
        // arn:aws:dynamodb:us-east-1:123456789012:table/Products/stream/2026-11-01T00:00:00.000
        let parts = ARN(arn)
        var name = table ?? ""
        if name.isEmpty, let resource = parts?.resource.split(separator: "/", omittingEmptySubsequences: false), resource.count >= 2, resource[0] == "table" {
            name = String(resource[1])
        }
        return intern(RecordSource(kind: .change, name: name, arn: arn, region: region ?? parts?.region, account: parts?.account))
    }

    mutating func log(_ header: LogHeader) -> Int32 {
        intern(RecordSource(kind: .log, name: header.group, logStream: header.stream, account: header.owner))
    }

    mutating func queue(_ document: JSONDocument, arn: JSONNode, region: JSONNode) -> Int32 {
        if let lastDocument, lastDocument === document, same(arn, last.arn, document, lastDocument), last.table == .none { return last.index }
        let text = arn.isNone ? nil : document.view(arn).string
        let parts = ARN(text)
        let index = intern(
            RecordSource(
                kind: .message, name: parts?.resource ?? "", arn: text,
                region: region.isNone ? parts?.region : document.view(region).string, account: parts?.account))
        lastDocument = document
        last = (arn, .none, .none, index)
        return index
    }

    mutating func bus(_ document: JSONDocument, account: JSONNode, region: JSONNode) -> Int32 {
        // The event doesn't say which bus it was sent to.
        intern(
            RecordSource(
                kind: .event, name: "", region: region.isNone ? nil : document.view(region).string,
                account: account.isNone ? nil : document.view(account).string))
    }

    private mutating func intern(_ source: RecordSource) -> Int32 {
        if let index = indexes[source] { return index }
        func member(_ name: StaticString, _ value: String?) -> [UInt8] {
            guard let value, !value.isEmpty else { return [] }
            var writer = JSONWriter()
            writer.write(raw: ",\"")
            writer.write(raw: name)
            writer.write(raw: "\":")
            writer.write(string: value)
            return writer.array
        }
        let name: [UInt8]
        var place: [UInt8] = []
        var function: String?
        switch source.kind {
        case .change:
            name = member("table", source.name)
            place = member("region", source.region) + member("account", source.account)
        case .log:
            name = member("group", source.name) + member("stream", source.logStream)
            place = member("account", source.account)
            function = LambdaLogLine.function(group: source.name, stream: source.logStream ?? "")
        case .message:
            name = member("queue", source.name)
        case .event:
            name = member("bus", source.name)
        }
        let index = Int32(entries.count)
        entries.append(Entry(source: source, name: name, place: place, function: member("function", function), functionName: function))
        indexes[source] = index
        return index
    }
}
