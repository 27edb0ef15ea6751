// SPDX-License-Identifier: Apache-2.0

/// Recorded streams to plain lines the slow and obvious way: a tree of everything, one rule after the other.
public struct Reference {
    /// The plain envelopes, one a line, without the line's end.
    public private(set) var lines: [[UInt8]] = []
    /// How many records had the wrong shape.
    public private(set) var undecodable = 0
    /// How many CONTROL_MESSAGE documents were skipped.
    public private(set) var controlMessages = 0

    public init() {}

    /// All plain lines of a recording, each with its line's end.
    public var text: [UInt8] {
        var text: [UInt8] = []
        for line in lines {
            text += line
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    /// Reads one document or many, one after the other with or without white space between, gzip'd or not.
    public mutating func read(_ input: [UInt8]) throws {
        let bytes = isCompressed(input) ? try Zlib.gunzip(input) : input
        var parser = TreeParser(bytes)
        while !parser.isAtEnd() {
            read(document: try parser.value())
        }
    }

    private func isCompressed(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x1F, 0x8B])
    }

    private mutating func read(document: Tree) {
        if let documents = document.elements {
            for document in documents {
                read(document: document)
            }
        } else if let records = document["Records"]?.elements {
            for record in records {
                read(record: record)
            }
        } else if let data = document["awslogs"]?["data"]?.rawString {
            readSubscription(base64: data)
        } else if document["logEvents"] != nil {
            read(subscription: document)
        } else {
            read(record: document)
        }
    }

    private mutating func read(record: Tree) {
        if record["dynamodb"] != nil {
            add { () throws(WrongShape) in try ChangeRecord.line(of: record) }
        } else if record["kinesis"] != nil {
            read(kinesis: record)
        } else if record["messageId"] != nil, record["body"] != nil {
            add { () throws(WrongShape) in try MessageRecord.line(of: record) }
        } else if record["detail"] != nil, record["detail-type"] != nil {
            add { () throws(WrongShape) in try EventRecord.line(of: record) }
        } else if record["Metadata"] != nil, record["Keys"] != nil {
            add { () throws(WrongShape) in try ChangeRecord.line(ofExport: record) }
        } else {
            undecodable += 1
        }
    }

    /// A Kinesis record's data holds a document of its own.
    private mutating func read(kinesis record: Tree) {
        guard let data = record["kinesis"]?["data"]?.rawString.flatMap(Base64.decode),
            let text = isCompressed(data) ? try? Zlib.gunzip(data) : data, let document = try? TreeParser.parse(text)
        else {
            undecodable += 1
            return
        }
        read(document: document)
    }

    private mutating func readSubscription(base64: [UInt8]) {
        guard let data = Base64.decode(base64), let text = try? Zlib.gunzip(data), let document = try? TreeParser.parse(text) else {
            undecodable += 1
            return
        }
        read(subscription: document)
    }

    private mutating func read(subscription: Tree) {
        guard subscription["messageType"]?.string != "CONTROL_MESSAGE" else {
            controlMessages += 1
            return
        }
        for event in subscription["logEvents"]?.elements ?? [] {
            add { () throws(WrongShape) in try LogRecord.line(of: event, in: subscription) }
        }
    }

    private mutating func add(_ line: () throws(WrongShape) -> [UInt8]) {
        do {
            lines.append(try line())
        } catch {
            undecodable += 1
        }
    }
}

/// A JSON object put together member by member; what is absent is left out.
struct LineBuilder {
    private var members: [[UInt8]] = []

    mutating func add(_ name: String, json: [UInt8]?) {
        if let json {
            members.append(Array("\"\(name)\":".utf8) + json)
        }
    }

    /// A text whose bytes need no escape; an empty one names nothing and is left out.
    mutating func add(_ name: String, text: String?) {
        if let text, !text.isEmpty {
            add(name, json: Array("\"\(text)\"".utf8))
        }
    }

    /// A string of the input, its bytes as received; with `unlessEmpty` an empty one names nothing and is left out.
    mutating func add(_ name: String, string: Tree?, unlessEmpty: Bool = false) throws(WrongShape) {
        guard let string, !string.isNull else { return }
        guard let bytes = string.rawString else { throw WrongShape("\(name) is no string") }
        if !bytes.isEmpty || !unlessEmpty {
            add(name, json: string.raw)
        }
    }

    var line: [UInt8] {
        Array("{".utf8) + members.joined(separator: Array(",".utf8)) + Array("}".utf8)
    }
}
