// SPDX-License-Identifier: Apache-2.0

import ReferenceDecoder
import TestSupport

/// Lambda events of CloudWatch Logs subscriptions, one a line: base64 of a gzip'd document with the log lines of some Lambda executions.
struct LogGenerator {
    private var random: SeededRandom
    private var document: [UInt8] = []
    private var compressed: [UInt8] = []
    private var milliseconds = 1_790_000_000_000
    private var eventNumber = 0

    private static let functions = ["products-api", "orders-api", "stream-to-search", "nightly-report", "image-resizer"]
        .map { Array($0.utf8) }

    /// What a function's statements say: a program has so many of them, and its lines differ in the figures.
    private var statements: [[UInt8]] = []

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        for _ in 0..<60 {
            let start = document.count
            appendWords(6...32)
            statements.append(Array(document[start...]))
        }
    }

    /// Appends one event and the line's end. Returns how long the document in it is, in bytes, before compression.
    @discardableResult
    mutating func appendEvent(to output: inout [UInt8]) throws -> Int {
        makeDocument()
        compressed.removeAll(keepingCapacity: true)
        try Zlib.compress(document, level: 6, into: &compressed)
        output.put(#"{"awslogs":{"data":""#)
        output.put(base64: compressed)
        output.put("\"}}\n")
        return document.count
    }

    private mutating func makeDocument() {
        let function = random.pick(Self.functions)
        document.removeAll(keepingCapacity: true)
        document.put(#"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/lambda/"#)
        document.put(function)
        document.put(#"","logStream":"2026/11/20/[$LATEST]"#)
        document.put(hexadecimal: 32, from: &random)
        document.put(#"","subscriptionFilters":["everything-to-sluice"],"logEvents":["#)
        let executions = random.chance(20) ? random.within(1...3) : random.within(10...120)
        var isFirst = true
        for _ in 0..<executions {
            appendExecution(function: function, isFirst: &isFirst)
        }
        document.put("]}")
    }

    /// START, some lines of the function's own, END and REPORT.
    private mutating func appendExecution(function: [UInt8], isFirst: inout Bool) {
        var requestID: [UInt8] = []
        requestID.put(uuidFrom: &random)

        openEvent(isFirst: &isFirst)
        document.put("START RequestId: ")
        document.put(requestID)
        document.put(#" Version: $LATEST\n"}"#)

        for _ in 0..<random.within(1...12) {
            openEvent(isFirst: &isFirst)
            switch random.below(100) {
            case 0..<38:
                appendJSONLine(requestID: requestID, function: function)
            case 38..<70:
                appendPythonLine(requestID: requestID)
            case 70..<94:
                appendNodeLine(requestID: requestID)
            default:
                appendTraceback(requestID: requestID)
            }
            document.put("\"}")
        }

        openEvent(isFirst: &isFirst)
        document.put("END RequestId: ")
        document.put(requestID)
        document.put(#"\n"}"#)

        openEvent(isFirst: &isFirst)
        appendReport(requestID: requestID)
        document.put("\"}")
    }

    private mutating func openEvent(isFirst: inout Bool) {
        if !isFirst {
            document.append(UInt8(ascii: ","))
        }
        isFirst = false
        eventNumber += 1
        milliseconds += random.below(40)
        document.put(#"{"id":"3928"#)
        document.put(decimal: milliseconds, width: 15)
        document.put(decimal: eventNumber, width: 27)
        document.put(digits: 10, from: &random)
        document.put(#"","timestamp":"#)
        document.put(decimal: milliseconds)
        document.put(#","message":""#)
    }

    private mutating func appendTime() {
        document.put("2026-11-20T")
        document.put(decimal: random.below(24), width: 2)
        document.put(":")
        document.put(decimal: random.below(60), width: 2)
        document.put(":")
        document.put(decimal: random.below(60), width: 2)
        document.put(".")
        document.put(decimal: random.below(1000), width: 3)
        document.put("Z")
    }

    /// As the Python runtime's logging handler writes.
    private mutating func appendPythonLine(requestID: [UInt8]) {
        document.put(random.pick(["[INFO]", "[INFO]", "[INFO]", "[WARNING]", "[ERROR]", "[DEBUG]"]))
        document.put(#"\t"#)
        appendTime()
        document.put(#"\t"#)
        document.put(requestID)
        document.put(#"\t"#)
        appendStatement()
        document.put(#"\n"#)
    }

    /// As console.log writes in the Node runtime.
    private mutating func appendNodeLine(requestID: [UInt8]) {
        appendTime()
        document.put(#"\t"#)
        document.put(requestID)
        document.put(#"\tINFO\t"#)
        appendStatement()
        document.put(#" { id: "#)
        document.put(decimal: random.below(100_000))
        document.put(#", state: '"#)
        document.put(random.pick(Vocabulary.states))
        document.put(#"', path: '/"#)
        document.put(random.pick(Vocabulary.words))
        document.put(#"' }\n"#)
    }

    /// A structured line: JSON in the message, so each of its quotation marks is escaped.
    private mutating func appendJSONLine(requestID: [UInt8], function: [UInt8]) {
        document.put(#"{\"level\":\""#)
        document.put(random.pick(["INFO", "INFO", "INFO", "WARN", "ERROR"]))
        document.put(#"\",\"location\":\""#)
        document.put(random.pick(Vocabulary.words))
        document.put(":")
        document.put(decimal: random.below(400))
        document.put(#"\",\"message\":\""#)
        appendStatement()
        document.put(#"\",\"timestamp\":\""#)
        appendTime()
        document.put(#"\",\"service\":\"shop\",\"cold_start\":"#)
        document.put(random.chance(10) ? "true" : "false")
        document.put(#",\"function_name\":\""#)
        document.put(function)
        document.put(#"\",\"function_memory_size\":\"256\",\"function_request_id\":\""#)
        document.put(requestID)
        document.put(#"\",\"order\":{\"id\":"#)
        document.put(decimal: random.below(1_000_000))
        document.put(#",\"total\":"#)
        document.put(decimal: random.below(1000))
        document.put(".")
        document.put(decimal: random.below(100), width: 2)
        document.put(#"}}\n"#)
    }

    private mutating func appendTraceback(requestID: [UInt8]) {
        document.put(#"[ERROR] KeyError: '"#)
        document.put(random.pick(Vocabulary.words))
        document.put(#"'\nTraceback (most recent call last):"#)
        for _ in 0..<random.within(1...5) {
            document.put(#"\n  File \"/var/task/"#)
            document.put(random.pick(Vocabulary.words))
            document.put(#".py\", line "#)
            document.put(decimal: random.below(600))
            document.put(", in ")
            document.put(random.pick(Vocabulary.words))
            document.put(#"\n    return "#)
            document.put(random.pick(Vocabulary.words))
            document.put(#"[\""#)
            document.put(random.pick(Vocabulary.words))
            document.put(#"\"]"#)
        }
    }

    private mutating func appendReport(requestID: [UInt8]) {
        let duration = random.within(80...90_000)
        document.put("REPORT RequestId: ")
        document.put(requestID)
        document.put(#"\tDuration: "#)
        document.put(decimal: duration / 100)
        document.put(".")
        document.put(decimal: duration % 100, width: 2)
        document.put(#" ms\tBilled Duration: "#)
        document.put(decimal: duration / 100 + 1)
        document.put(#" ms\tMemory Size: 256 MB\tMax Memory Used: "#)
        document.put(decimal: random.within(60...250))
        document.put(#" MB\t"#)
        if random.chance(8) {
            document.put("Init Duration: ")
            document.put(decimal: random.within(120...900))
            document.put(".")
            document.put(decimal: random.below(100), width: 2)
            document.put(#" ms\t"#)
        }
        document.put(#"\n"#)
    }

    private mutating func appendStatement() {
        if random.chance(4) {
            appendWords(5...24)
        } else {
            document.put(random.pick(statements))
            document.put(" ")
            document.put(decimal: random.below(10_000))
        }
    }

    private mutating func appendWords(_ count: ClosedRange<Int>) {
        for index in 0..<random.within(count) {
            if index > 0 {
                document.append(UInt8(ascii: " "))
            }
            let dice = random.below(200)
            if dice < 2 {
                document.put(random.pick(Vocabulary.unicode))
            } else if dice < 3 {
                document.put(random.pick(Vocabulary.escapes))
            } else if dice < 20 {
                document.put(decimal: random.below(10_000))
            } else {
                document.put(random.pick(Vocabulary.words))
            }
        }
    }
}
