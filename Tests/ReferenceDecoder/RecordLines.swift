// SPDX-License-Identifier: Apache-2.0

/// DynamoDB's changes.
enum ChangeRecord {
    /// A record of DynamoDB Streams, or the one that DynamoDB puts into Kinesis.
    static func line(of record: Tree) throws(WrongShape) -> [UInt8] {
        guard let change = record["dynamodb"], change.members != nil else { throw WrongShape("dynamodb is no object") }
        let arn = try text(record["eventSourceARN"], "eventSourceARN") ?? ""
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        let resource = parts.count == 6 ? parts[5].split(separator: "/") : []

        var builder = LineBuilder()
        builder.add("kind", text: "change")
        try builder.add("id", string: record["eventID"])
        let name = try text(record["eventName"], "eventName")
        if name != nil {
            try builder.add("op", string: record["eventName"])
        } else {
            builder.add("op", text: impliedOperation(change))
        }
        if try text(record["tableName"], "tableName") != nil {
            try builder.add("table", string: record["tableName"], unlessEmpty: true)
        } else if resource.count > 1, resource[0] == "table" {
            builder.add("table", text: String(resource[1]))
        }
        if let time = change["ApproximateCreationDateTime"], !time.isNull {
            builder.add("time", text: try Time.text(time))
        }
        try builder.add("sequence", string: change["SequenceNumber"])
        if try text(record["awsRegion"], "awsRegion") != nil {
            try builder.add("region", string: record["awsRegion"], unlessEmpty: true)
        } else if parts.count == 6 {
            builder.add("region", text: String(parts[3]))
        }
        if parts.count == 6 {
            builder.add("account", text: String(parts[4]))
        }
        let operation = name ?? impliedOperation(change)
        try addImages(of: change, isModification: operation == "MODIFY", to: &builder)
        let identity = record["userIdentity"]
        if operation == "REMOVE", (identity?["type"] ?? identity?["Type"])?.string == "Service",
            (identity?["principalId"] ?? identity?["PrincipalId"])?.string == "dynamodb.amazonaws.com"
        {
            builder.add("expired", json: Array("true".utf8))
        }
        return builder.line
    }

    /// A line of an incremental export: it tells neither the id nor the table.
    static func line(ofExport record: Tree) throws(WrongShape) -> [UInt8] {
        let operation = impliedOperation(record)
        var builder = LineBuilder()
        builder.add("kind", text: "change")
        builder.add("op", text: operation)
        if let written = record["Metadata"]?["WriteTimestampMicros"] {
            guard let number = written["N"], number.rawString != nil else { throw WrongShape("WriteTimestampMicros is no number") }
            builder.add("time", text: try Time.text(number))
        }
        try addImages(of: record, isModification: operation == "MODIFY", to: &builder)
        return builder.line
    }

    /// What the images tell where no name does.
    private static func impliedOperation(_ change: Tree) -> String? {
        let isThere = { (name: String) in change[name].map { !$0.isNull } ?? false }
        switch (isThere("OldImage"), isThere("NewImage")) {
        case (true, true): return "MODIFY"
        case (false, true): return "INSERT"
        case (true, false): return "REMOVE"
        case (false, false): return nil
        }
    }

    private static func text(_ tree: Tree?, _ name: String) throws(WrongShape) -> String? {
        guard let tree, !tree.isNull else { return nil }
        guard let text = tree.string else { throw WrongShape("\(name) is no string") }
        return text
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
        guard let message = event["message"]?.rawString else { throw WrongShape("a log event has a message") }
        var builder = LineBuilder()
        builder.add("kind", text: "log")
        try builder.add("id", string: event["id"])
        if let time = event["timestamp"], !time.isNull {
            builder.add("time", text: try Time.text(time))
        }
        try builder.add("group", string: subscription["logGroup"], unlessEmpty: true)
        try builder.add("stream", string: subscription["logStream"], unlessEmpty: true)
        try builder.add("account", string: subscription["owner"], unlessEmpty: true)
        builder.add("message", json: TypedValue.quoted(message))
        if let fields = event["extractedFields"], !fields.isNull {
            guard fields.members != nil else { throw WrongShape("extractedFields is no object") }
            builder.add("fields", json: fields.onOneLine)
        }
        builder.add("request_id", text: LambdaLine.requestID(in: Tree.unescape(message)))
        if let group = subscription["logGroup"]?.string, group.hasPrefix("/aws/lambda/") {
            builder.add("function", text: String(group.dropFirst("/aws/lambda/".count)))
        }
        return builder.line
    }
}

/// What a Lambda log line tells about the execution it belongs to.
enum LambdaLine {
    static func requestID(in message: [UInt8]) -> String? {
        let text = String(decoding: message, as: UTF8.self)
        for start in ["START RequestId: ", "END RequestId: ", "REPORT RequestId: ", "RequestId: "] where text.hasPrefix(start) {
            return uuid(text.dropFirst(start.count).prefix(36))
        }
        if text.hasPrefix("{") {
            guard let members = (try? TreeParser.parse(message))?.members else { return nil }
            let names = ["requestId", "AWSRequestId", "aws_request_id", "function_request_id"]
            let named = members.last { names.contains(String(decoding: $0.unescapedName, as: UTF8.self)) && $0.value.string != nil }
            return named?.value.string ?? members.last { $0.unescapedName == Array("record".utf8) }?.value["requestId"]?.string
        }
        // `[INFO]\t2026-11-20T15:00:00.000Z\tID\t…` of Python, `2026-11-20T15:00:00.000Z\tID\tINFO\t…` of Node.js.
        let columns = text.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false)
        if columns.count >= 3 {
            return columns[0].hasPrefix("[") ? uuid(columns[2]) : uuid(columns[1])
        }
        // `2026-11-20T15:00:00.000Z ID Task timed out after 3.00 seconds` of the platform.
        let words = text.split(separator: " ", maxSplits: 2)
        return words.count == 3 && words[0].hasSuffix("Z") ? uuid(words[1]) : nil
    }

    private static func uuid(_ text: Substring) -> String? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [8, 4, 4, 4, 12], parts.joined().allSatisfy({ $0.isASCII && ($0.isNumber || $0.isLetter) }) else { return nil }
        return String(text)
    }
}

/// Messages of a queue, and what they may carry.
enum MessageRecord {
    static func line(of record: Tree) throws(WrongShape) -> [UInt8] {
        guard let id = record["messageId"], id.rawString != nil, let body = record["body"], let text = body.string else {
            throw WrongShape("a message has an id and a body, both strings")
        }
        let sent = record["attributes"]?["SentTimestamp"]
        let inner = try? TreeParser.parse(Array(text.utf8))
        let looksLikeEvent = inner?["detail"] != nil && inner?["detail-type"] != nil && inner?["source"] != nil
        if looksLikeEvent, let inner, let line = try? EventRecord.line(of: inner) { return line }
        var builder = LineBuilder()
        builder.add("kind", text: "message")
        try builder.add("id", string: id)
        if let sent, !sent.isNull {
            builder.add("time", text: try Time.text(sent))
        }
        builder.add("queue", text: record["eventSourceARN"]?.string?.split(separator: ":").last.map(String.init))
        if !looksLikeEvent, let inner, inner["Type"]?.string == "Notification", inner["TopicArn"] != nil, let published = inner["Message"], published.string != nil {
            builder.add("body", json: json(of: published))
        } else {
            builder.add("body", json: json(of: body))
        }
        return builder.line
    }

    /// The JSON that a string holds, or the string itself.
    private static func json(of string: Tree) -> [UInt8] {
        guard let text = string.string, let tree = try? TreeParser.parse(Array(text.utf8)) else { return string.raw }
        return tree.onOneLine
    }
}

/// Events of a bus.
enum EventRecord {
    static func line(of record: Tree) throws(WrongShape) -> [UInt8] {
        var builder = LineBuilder()
        builder.add("kind", text: "event")
        try builder.add("id", string: record["id"])
        if let time = record["time"], !time.isNull {
            builder.add("time", text: try Time.text(time))
        }
        try builder.add("source", string: record["source"])
        try builder.add("type", string: record["detail-type"])
        builder.add("detail", json: record["detail"]?.onOneLine)
        return builder.line
    }
}
