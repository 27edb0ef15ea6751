// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// What one line of a Lambda function's log tells of the execution that wrote it.
///
/// Both of Lambda's [log formats](https://docs.aws.amazon.com/lambda/latest/dg/monitoring-logs.html) are read, text and JSON, and what the Node.js and
/// Python runtimes put before a line.
public struct LambdaLogLine: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// An execution begins: START or platform.start.
        case start
        /// An execution ended: END or platform.runtimeDone.
        case end
        /// The figures of an execution: REPORT or platform.report.
        case report
        /// Everything else.
        case message
    }

    public let kind: Kind
    /// The execution; nil where the line doesn't name it.
    public let requestID: String?
    /// The bare name of the function; nil where neither the log group nor the stream tells it.
    public let function: String?
    /// There for a report.
    public let report: LambdaReport?
    /// `ERROR`, `INFO` and the like, as the runtime or the JSON line gives it.
    public let level: String?
    /// The function ran longer than it may.
    public let isTimeout: Bool
    /// The error's class, where the line reports one.
    public let errorType: String?
    public let errorMessage: String?

    /// Whether the line says that the execution failed.
    public var isFailure: Bool {
        isTimeout || errorType != nil || report?.failed == true
    }

    /// - Parameters:
    ///   - message: the text of the log event.
    ///   - group: the log group, `/aws/lambda/NAME` for most functions.
    ///   - stream: the log stream, `2026/11/20/[$LATEST]…`, or with the function's name before the bracket in a group of one's own.
    public init(_ message: String, group: String, stream: String) {
        function = LambdaLogLine.function(group: group, stream: stream)
        let line = message.drop { $0 == " " || $0 == "\n" || $0 == "\r\n" || $0 == "\t" }
        if line.hasPrefix("{"), let json = JSONLogLine(message) {
            kind = json.kind
            requestID = json.requestID
            report = json.report
            level = json.level
            isTimeout = json.isTimeout
            errorType = json.errorType
            errorMessage = json.errorMessage
            return
        }
        var text = TextLogLine()
        text.read(line)
        kind = text.kind
        requestID = text.requestID
        report = text.report
        level = text.level
        isTimeout = text.isTimeout
        errorType = text.errorType
        errorMessage = text.errorMessage
    }

    /// The function whose log this is.
    static func function(group: String, stream: String) -> String? {
        let prefix = "/aws/lambda/"
        if group.hasPrefix(prefix) && group.utf8.count > prefix.utf8.count { return String(group.dropFirst(prefix.count)) }
        // 2026/11/20/name[$LATEST]0123…: a function that logs into a group of the user's.
        let parts = stream.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
            parts[0...2].allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }),
            let bracket = parts[3].firstIndex(of: "["), bracket > parts[3].startIndex
        else { return nil }
        return String(parts[3][..<bracket])
    }

    /// Whether these 36 bytes are a request id: `8f507cfc-xmpl-4697-…`, digits and letters with four dashes.
    static func isRequestID(_ byte: (Int) -> UInt8) -> Bool {
        for place in 0..<36 {
            let letter = byte(place)
            switch place {
            case 8, 13, 18, 23: if letter != 0x2D { return false }
            default:
                let isDigit = letter &- 0x30 < 10
                let isLetter = (letter | 0x20) &- 0x61 < 26
                if !isDigit && !isLetter { return false }
            }
        }
        return true
    }
}

/// The figures of one execution, from the REPORT line or platform.report.
public struct LambdaReport: Sendable, Hashable {
    /// In milliseconds.
    public var duration: Double
    /// In milliseconds.
    public var billedDuration: Double
    /// In MB.
    public var memorySize: Int?
    /// In MB.
    public var maxMemoryUsed: Int?
    /// In milliseconds; there for a cold start.
    public var initDuration: Double?
    /// `success`, `error`, `timeout`, where the report tells.
    public var status: String?
    public var errorType: String?

    var failed: Bool { status.map { $0 != "success" } ?? (errorType != nil) }
}

/// A line in Lambda's text format.
private struct TextLogLine {
    var kind = LambdaLogLine.Kind.message
    var requestID: String?
    var report: LambdaReport?
    var level: String?
    var isTimeout = false
    var errorType: String?
    var errorMessage: String?

    mutating func read(_ line: Substring) {
        if let rest = after("START RequestId: ", line) {
            take(rest, as: .start)
        } else if let rest = after("END RequestId: ", line) {
            take(rest, as: .end)
        } else if let rest = after("REPORT RequestId: ", line) {
            take(rest, as: .report)
            if requestID != nil { readReport(rest) }
        } else if let rest = after("RequestId: ", line) {
            // RequestId: … Error: Runtime exited with error: exit status 1
            take(rest, as: .message)
            if let message = after(" Error: ", rest.dropFirst(36)) {
                errorType = "Runtime.ExitError"
                errorMessage = firstLine(message)
            }
        } else if line.first == "[" {
            // Python: [INFO]<tab>2026-11-20T15:00:00.000Z<tab>id<tab>…, and for what was not caught [ERROR] KeyError: 'id'
            let parts = line.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false)
            if let end = parts[0].firstIndex(of: "]") { level = String(parts[0][parts[0].index(after: parts[0].startIndex)..<end]) }
            if parts.count >= 3 { take(parts[2], as: .message) }
            if level == "ERROR", requestID == nil, let rest = after("[ERROR] ", line) { readError(rest) }
        } else if line.utf8.count > 25, line.first?.isNumber == true {
            // Node.js: 2026-11-20T15:00:00.000Z<tab>id<tab>INFO<tab>…; and the platform: 2026-11-20T15:00:00.000Z id Task timed out after 3.00 seconds
            let parts = line.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false)
            if parts.count >= 3, Timestamp(iso8601: String(parts[0])) != nil {
                take(parts[1], as: .message)
                if requestID != nil { level = String(parts[2]) }
                if level == "ERROR", parts.count > 3, let rest = after("Invoke Error", parts[3]) { readInvokeError(rest) }
            } else {
                let words = line.split(separator: " ", maxSplits: 2)
                if words.count == 3, Timestamp(iso8601: String(words[0])) != nil {
                    take(words[1], as: .message)
                    if requestID != nil && words[2].hasPrefix("Task timed out after") {
                        isTimeout = true
                        errorMessage = firstLine(words[2])
                    }
                }
            }
        }
    }

    private func after(_ prefix: String, _ line: Substring) -> Substring? {
        line.hasPrefix(prefix) ? line.dropFirst(prefix.count) : nil
    }

    private func firstLine(_ text: Substring) -> String {
        String(text.prefix { !$0.isNewline })
    }

    private mutating func take(_ text: Substring, as kind: LambdaLogLine.Kind) {
        let id = Array(text.utf8.prefix(36))
        guard id.count == 36, LambdaLogLine.isRequestID({ id[$0] }) else { return }
        requestID = String(decoding: id, as: UTF8.self)
        self.kind = kind
    }

    /// KeyError: 'id'
    private mutating func readError(_ text: Substring) {
        let line = firstLine(text)
        let parts = line.split(separator: ":", maxSplits: 1)
        guard let type = parts.first, !type.isEmpty, !type.contains(" ") else { return }
        errorType = String(type)
        if parts.count > 1 { errorMessage = String(parts[1].drop { $0 == " " }) }
    }

    /// Node.js: <tab>{"errorType":"TypeError","errorMessage":"…","stack":[…]}
    private mutating func readInvokeError(_ text: Substring) {
        guard let start = text.firstIndex(of: "{"), let value = try? JSONValue(parsing: String(text[start...])) else { return }
        errorType = value["errorType"]?.stringValue ?? "Error"
        errorMessage = value["errorMessage"]?.stringValue
    }

    /// Duration: 102.25 ms<tab>Billed Duration: 103 ms<tab>Memory Size: 128 MB<tab>Max Memory Used: 70 MB<tab>Init Duration: 250.61 ms
    private mutating func readReport(_ text: Substring) {
        var fields: [Substring: Substring] = [:]
        for part in text.split(whereSeparator: { $0 == "\t" || $0.isNewline }) {
            guard let colon = part.firstIndex(of: ":") else { continue }
            fields[part[..<colon]] = part[part.index(after: colon)...].drop { $0 == " " }
        }
        func figure(_ name: Substring) -> Double? {
            fields[name]?.split(separator: " ").first.flatMap { Double($0) }
        }
        guard let duration = figure("Duration") else { return }
        report = LambdaReport(
            duration: duration, billedDuration: figure("Billed Duration") ?? duration.rounded(.up),
            memorySize: figure("Memory Size").flatMap { Int(exactly: $0) }, maxMemoryUsed: figure("Max Memory Used").flatMap { Int(exactly: $0) },
            initDuration: figure("Init Duration"), status: fields["Status"].map(String.init), errorType: fields["Error Type"].map(String.init))
        if report?.status == "timeout" { isTimeout = true }
        errorType = report?.errorType
    }
}

/// A line in Lambda's JSON format, the platform's or the function's own.
private struct JSONLogLine {
    var kind = LambdaLogLine.Kind.message
    var requestID: String?
    var report: LambdaReport?
    var level: String?
    var isTimeout = false
    var errorType: String?
    var errorMessage: String?

    /// Nil where it is not JSON.
    init?(_ message: String) {
        guard let document = try? JSONDocument(message) else { return nil }
        let root = document.view(document.root)
        guard root.kind == .object else { return nil }
        level = root.member("level")?.string ?? root.member("log_level")?.string ?? root.member("severity")?.string
        requestID = RequestIDFinder.requestID(in: document).flatMap { document.view($0).string }
        errorType = root.member("errorType")?.string
        errorMessage = root.member("errorMessage")?.string
        guard let type = root.member("type")?.string, type.hasPrefix("platform."), let record = root.member("record") else { return }
        let status = record.member("status")?.string
        switch type {
        case "platform.start": kind = .start
        case "platform.runtimeDone": kind = .end
        case "platform.report":
            kind = .report
            func figure(_ name: StaticString) -> Double? { record.member("metrics")?.member(name)?.number.flatMap { Double($0) } }
            if let duration = figure("durationMs") {
                report = LambdaReport(
                    duration: duration, billedDuration: figure("billedDurationMs") ?? duration.rounded(.up),
                    memorySize: figure("memorySizeMB").flatMap { Int(exactly: $0) }, maxMemoryUsed: figure("maxMemoryUsedMB").flatMap { Int(exactly: $0) },
                    initDuration: figure("initDurationMs"), status: status, errorType: record.member("errorType")?.string)
            }
        default: break
        }
        isTimeout = status == "timeout"
        errorType = record.member("errorType")?.string ?? errorType
        if errorType == nil, let status, status == "error" || status == "failure" { errorType = "error" }
    }
}

/// Finds the id of the execution in a line without making strings: done for each log event that is rendered.
enum RequestIDFinder {
    /// Where the 36 bytes are in the text of the message, as it was written; nil where a line in text format doesn't name an execution.
    static func inText(_ message: borrowing JSONText) -> Int? {
        let place: Int
        switch message.byte(at: 0) {
        case 0x53 where message.has("START RequestId: "): place = 17
        case 0x45 where message.has("END RequestId: "): place = 15
        case 0x52 where message.has("REPORT RequestId: "): place = 18
        case 0x52 where message.has("RequestId: "): place = 11
        case 0x5B:
            // [INFO]\t2026-11-20T15:00:00.000Z\tid\t with the tabs as JSON writes them
            var bracket = 1
            while bracket < 12 && message.byte(at: bracket) != 0x5D { bracket += 1 }
            guard message.has("]\\t", at: bracket), message.has("Z\\t", at: bracket + 26) else { return nil }
            place = bracket + 29
        case 0x30...0x39:
            guard message.byte(at: 23) == 0x5A else { return nil }
            if message.has("\\t", at: 24) {
                place = 26
            } else if message.byte(at: 24) == 0x20 {
                place = 25
            } else {
                return nil
            }
        default: return nil
        }
        return message.hasGroupedID(at: place) ? place : nil
    }

    /// Whether the line may be JSON that names an execution.
    static func mayBeJSON(_ message: borrowing JSONText) -> Bool {
        message.byte(at: 0) == 0x7B && message.contains("equest", anchor: 1)
    }

    /// Whether a member of this name, without escapes, names the execution in a JSON line.
    static func isRequestIDName(_ name: borrowing JSONTranscriber, _ count: Int) -> Bool {
        switch count {
        case 9: name.isNext(FieldName.requestId.text)
        case 12: name.isNext(FieldName.awsRequestId.text)
        case 14: name.isNext(FieldName.snakeAWSRequestId.text)
        case 19: name.isNext(FieldName.functionRequestId.text)
        default: false
        }
    }

    /// The member that names the execution in a JSON line: Lambda's own `requestId`, that of the platform's records, and the names that the Java
    /// runtime and well-known loggers use.
    static func requestID(in document: JSONDocument) -> JSONNode? {
        let root = document.view(document.root)
        guard root.kind == .object else { return nil }
        var found: JSONNode?
        var members = root.members
        while members.next() {
            let key = members.key
            guard members.value.kind == .string else {
                if FieldName.record.matches(key), found == nil, let id = members.value.member("requestId"), id.kind == .string { found = id.node }
                continue
            }
            if FieldName.requestId.matches(key) || FieldName.awsRequestId.matches(key) || FieldName.snakeAWSRequestId.matches(key)
                || FieldName.functionRequestId.matches(key)
            {
                found = members.value.node
            }
        }
        return found
    }
}
