// SPDX-License-Identifier: Apache-2.0

/// DynamoDB's changes.
enum ChangeRecord {
    /// A stream record; with `kinesis`, the one that DynamoDB put into that Kinesis record.
    static func line(of record: Tree, kinesis: Tree?) throws(WrongShape) -> [UInt8] {
        guard let change = record["dynamodb"], change.members != nil else { throw WrongShape("dynamodb is no object") }
        guard let eventID = record["eventID"] else { throw WrongShape("no eventID") }
        guard let operation = record["eventName"] else { throw WrongShape("no eventName") }
        let arn = record["eventSourceARN"]?.string ?? kinesis.flatMap { _ in nil }
        let parts = (arn ?? "").split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)

        var builder = LineBuilder()
        builder.add("kind", text: "change")
        try builder.add("id", string: eventID)
        try builder.add("op", string: operation)
        if let table = record["tableName"] {
            try builder.add("table", string: table)
        } else if parts.count == 6 {
            builder.add("table", text: parts[5].split(separator: "/").dropFirst().first.map(String.init))
        }
        if let time = change["ApproximateCreationDateTime"] {
            let unit = kinesis == nil ? 0 : change["ApproximateCreationDateTimePrecision"]?.string == "MICROSECOND" ? -6 : -3
            builder.add("time", text: try Time.text(time, powerOfTen: unit))
        }
        try builder.add("sequence", string: change["SequenceNumber"])
        if let region = record["awsRegion"] {
            try builder.add("region", string: region)
        } else if parts.count == 6 {
            builder.add("region", text: String(parts[3]))
        }
        if parts.count == 6 {
            builder.add("account", text: String(parts[4]))
        }
        try addImages(of: change, isModification: operation.string == "MODIFY", to: &builder)
        let identity = record["userIdentity"]
        if operation.string == "REMOVE", (identity?["type"] ?? identity?["Type"])?.string == "Service",
            (identity?["principalId"] ?? identity?["PrincipalId"])?.string == "dynamodb.amazonaws.com"
        {
            builder.add("expired", json: Array("true".utf8))
        }
        return builder.line
    }

    /// A line of an incremental export.
    static func line(ofExport record: Tree) throws(WrongShape) -> [UInt8] {
        guard let written = record["Metadata"]?["WriteTimestampMicros"]?["N"] else { throw WrongShape("no WriteTimestampMicros") }
        let new = record["NewImage"]
        let old = record["OldImage"]
        let operation = new == nil ? "REMOVE" : old == nil ? "INSERT" : "MODIFY"
        var builder = LineBuilder()
        builder.add("kind", text: "change")
        builder.add("op", text: operation)
        builder.add("time", text: try Time.text(written, powerOfTen: -6))
        try addImages(of: record, isModification: operation == "MODIFY", to: &builder)
        return builder.line
    }

    private static func addImages(of change: Tree, isModification: Bool, to builder: inout LineBuilder) throws(WrongShape) {
        let present = { (name: String) -> Tree? in change[name].flatMap { $0.isNull ? nil : $0 } }
        let new = present("NewImage")
        let old = present("OldImage")
        if let keys = present("Keys") {
            builder.add("keys", json: try TypedValue.plainMap(keys))
        }
        if let old {
            builder.add("old", json: try TypedValue.plainMap(old))
        }
        if let new {
            builder.add("new", json: try TypedValue.plainMap(new))
        }
        if isModification, let newMembers = new?.members, let oldMembers = old?.members {
            builder.add("changed", json: try changed(from: oldMembers, to: newMembers))
        }
    }

    /// The names of what differs: in the new image's order, then what only the old one had.
    private static func changed(from old: [Tree.Member], to new: [Tree.Member]) throws(WrongShape) -> [UInt8] {
        var names: [[UInt8]] = []
        for member in new {
            if let before = old.last(where: { Tree.unescape($0.name) == Tree.unescape(member.name) }) {
                if try !TypedValue.areEqual(before.value, member.value) {
                    names.append(TypedValue.quoted(member.name))
                }
            } else {
                names.append(TypedValue.quoted(member.name))
            }
        }
        for member in old where !new.contains(where: { Tree.unescape($0.name) == Tree.unescape(member.name) }) {
            names.append(TypedValue.quoted(member.name))
        }
        return Array("[".utf8) + names.joined(separator: Array(",".utf8)) + Array("]".utf8)
    }
}

/// The events of a log subscription.
enum LogRecord {
    static func line(of event: Tree, in subscription: Tree) throws(WrongShape) -> [UInt8] {
        guard let id = event["id"], let message = event["message"]?.rawString, let timestamp = event["timestamp"] else {
            throw WrongShape("a log event has id, timestamp and message")
        }
        var builder = LineBuilder()
        builder.add("kind", text: "log")
        try builder.add("id", string: id)
        builder.add("time", text: try Time.text(timestamp, powerOfTen: -3))
        try builder.add("group", string: subscription["logGroup"])
        try builder.add("stream", string: subscription["logStream"])
        try builder.add("account", string: subscription["owner"])
        builder.add("message", json: TypedValue.quoted(message))
        if let fields = event["extractedFields"], !fields.isNull {
            builder.add("fields", json: fields.raw)
        }
        if let requestID = LambdaLine.requestID(in: Tree.unescape(message)) {
            builder.add("request_id", text: requestID)
            if let group = subscription["logGroup"]?.string, group.hasPrefix("/aws/lambda/") {
                builder.add("function", text: String(group.dropFirst("/aws/lambda/".count)))
            }
        }
        return builder.line
    }
}

/// What a Lambda log line tells about the execution it belongs to.
enum LambdaLine {
    static func requestID(in message: [UInt8]) -> String? {
        let text = String(decoding: message, as: UTF8.self)
        for word in ["START", "END", "REPORT"] where text.hasPrefix("\(word) RequestId: ") {
            let rest = text.dropFirst(word.count + 12)
            return uuid(rest.prefix { !$0.isWhitespace })
        }
        if text.hasPrefix("{"), let tree = try? TreeParser.parse(message) {
            for name in ["requestId", "AWSRequestId", "function_request_id", "request_id", "aws_request_id"] {
                if let id = tree[name]?.string ?? tree["record"]?[name]?.string {
                    return id
                }
            }
            return nil
        }
        // `[INFO]\t2026-11-20T15:00:00.000Z\tID\t…` of Python, `2026-11-20T15:00:00.000Z\tID\tINFO\t…` of Node.
        let columns = text.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false)
        guard columns.count >= 3 else { return nil }
        return columns[0].hasPrefix("[") ? uuid(columns[2]) : uuid(columns[1])
    }

    private static func uuid(_ text: Substring) -> String? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [8, 4, 4, 4, 12], parts.joined().allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
        return String(text)
    }
}

/// Messages of a queue.
enum MessageRecord {
    static func line(of record: Tree) throws(WrongShape) -> [UInt8] {
        guard let body = record["body"] ?? record["Body"], body.rawString != nil else { throw WrongShape("a message has a body") }
        var builder = LineBuilder()
        builder.add("kind", text: "message")
        try builder.add("id", string: record["messageId"] ?? record["MessageId"])
        if let sent = (record["attributes"] ?? record["Attributes"])?["SentTimestamp"] {
            builder.add("time", text: try Time.text(sent, powerOfTen: -3))
        }
        builder.add("queue", text: record["eventSourceARN"]?.string?.split(separator: ":").last.map(String.init))
        builder.add("body", json: body.raw)
        return builder.line
    }
}

/// Events of a bus.
enum EventRecord {
    static func line(of record: Tree) throws(WrongShape) -> [UInt8] {
        guard let id = record["id"] else { throw WrongShape("an event has an id") }
        var builder = LineBuilder()
        builder.add("kind", text: "event")
        try builder.add("id", string: id)
        if let time = record["time"] {
            builder.add("time", text: try Time.text(time, powerOfTen: 0))
        }
        try builder.add("source", string: record["source"])
        try builder.add("type", string: record["detail-type"])
        builder.add("detail", json: record["detail"]?.raw)
        return builder.line
    }
}
