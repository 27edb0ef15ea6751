// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// What a Swift programmer writes first: Foundation's JSONDecoder, a Codable AttributeValue, plain lines by hand into a byte buffer.
struct BaselineJSONDecoder: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline-json-decoder",
        abstract: "DynamoDB events to plain lines with Foundation's JSONDecoder, event by event.")

    @Argument(help: "Lambda events, one a line.")
    var file: String

    func run() throws {
        var lines = try LineReader(path: file)
        let decoder = JSONDecoder()
        var output: [UInt8] = []
        while let line = try lines.next() {
            let event = try decoder.decode(StreamEvent.self, from: Data(line))
            for record in event.records {
                record.write(to: &output)
            }
            if output.count > 1 << 18 {
                try FileHandle.standardOutput.write(contentsOf: output)
                output.removeAll(keepingCapacity: true)
            }
        }
        try FileHandle.standardOutput.write(contentsOf: output)
    }
}

private struct StreamEvent: Decodable {
    let records: [StreamRecord]

    enum CodingKeys: String, CodingKey {
        case records = "Records"
    }
}

private struct StreamRecord: Decodable {
    struct Change: Decodable {
        let time: Double?
        let keys: [String: CodableAttributeValue]?
        let newImage: [String: CodableAttributeValue]?
        let oldImage: [String: CodableAttributeValue]?
        let sequenceNumber: String?

        enum CodingKeys: String, CodingKey {
            case time = "ApproximateCreationDateTime"
            case keys = "Keys"
            case newImage = "NewImage"
            case oldImage = "OldImage"
            case sequenceNumber = "SequenceNumber"
        }
    }

    struct Identity: Decodable {
        let type: String?
        let principalId: String?
    }

    let eventID: String
    let eventName: String
    let awsRegion: String?
    let dynamodb: Change
    let eventSourceARN: String?
    let userIdentity: Identity?

    func write(to output: inout [UInt8]) {
        output.put(#"{"kind":"change","id":"#)
        output.put(quoted: eventID)
        output.put(#","op":"#)
        output.put(quoted: eventName)
        let parts = eventSourceARN?.split(separator: ":", maxSplits: 5) ?? []
        if parts.count == 6 {
            output.put(#","table":"#)
            output.put(quoted: String(parts[5].split(separator: "/")[1]))
        }
        if let time = dynamodb.time {
            output.put(#","time":"#)
            output.put(quoted: Self.timeFormat.format(Date(timeIntervalSince1970: time)))
        }
        if let sequenceNumber = dynamodb.sequenceNumber {
            output.put(#","sequence":"#)
            output.put(quoted: sequenceNumber)
        }
        if let awsRegion {
            output.put(#","region":"#)
            output.put(quoted: awsRegion)
        }
        if parts.count == 6 {
            output.put(#","account":"#)
            output.put(quoted: String(parts[4]))
        }
        for (name, image) in [("keys", dynamodb.keys), ("old", dynamodb.oldImage), ("new", dynamodb.newImage)] {
            if let image {
                output.put(",\"")
                output.put(name)
                output.put("\":")
                CodableAttributeValue.map(image).write(to: &output)
            }
        }
        if eventName == "MODIFY", let new = dynamodb.newImage, let old = dynamodb.oldImage {
            output.put(#","changed":["#)
            var isFirst = true
            for name in new.keys.filter({ new[$0] != old[$0] }) + old.keys.filter({ new[$0] == nil }) {
                if !isFirst {
                    output.put(",")
                }
                isFirst = false
                output.put(quoted: name)
            }
            output.put("]")
        }
        if eventName == "REMOVE", userIdentity?.type == "Service", userIdentity?.principalId == "dynamodb.amazonaws.com" {
            output.put(#","expired":true"#)
        }
        output.put("}\n")
    }

    private static let timeFormat = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

private indirect enum CodableAttributeValue: Decodable, Hashable {
    case string(String)
    case number(String)
    case binary(String)
    case bool(Bool)
    case null
    case map([String: CodableAttributeValue])
    case list([CodableAttributeValue])
    case stringSet([String])
    case numberSet([String])
    case binarySet([String])

    enum CodingKeys: String, CodingKey {
        case S, N, B, BOOL, NULL, M, L, SS, NS, BS
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let key = container.allKeys.first, container.allKeys.count == 1 else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not one type"))
        }
        switch key {
        case .S: self = .string(try container.decode(String.self, forKey: key))
        case .N: self = .number(try container.decode(String.self, forKey: key))
        case .B: self = .binary(try container.decode(String.self, forKey: key))
        case .BOOL: self = .bool(try container.decode(Bool.self, forKey: key))
        case .NULL: self = .null
        case .M: self = .map(try container.decode([String: CodableAttributeValue].self, forKey: key))
        case .L: self = .list(try container.decode([CodableAttributeValue].self, forKey: key))
        case .SS: self = .stringSet(try container.decode([String].self, forKey: key))
        case .NS: self = .numberSet(try container.decode([String].self, forKey: key))
        case .BS: self = .binarySet(try container.decode([String].self, forKey: key))
        }
    }

    func write(to output: inout [UInt8]) {
        switch self {
        case .string(let text), .binary(let text):
            output.put(quoted: text)
        case .number(let text):
            output.put(text)
        case .bool(let flag):
            output.put(flag ? "true" : "false")
        case .null:
            output.put("null")
        case .map(let members):
            output.put("{")
            var isFirst = true
            for (name, value) in members {
                if !isFirst {
                    output.put(",")
                }
                isFirst = false
                output.put(quoted: name)
                output.put(":")
                value.write(to: &output)
            }
            output.put("}")
        case .list(let values):
            output.put("[")
            for (index, value) in values.enumerated() {
                if index > 0 {
                    output.put(",")
                }
                value.write(to: &output)
            }
            output.put("]")
        case .stringSet(let texts), .binarySet(let texts):
            output.put("[")
            for (index, text) in texts.enumerated() {
                if index > 0 {
                    output.put(",")
                }
                output.put(quoted: text)
            }
            output.put("]")
        case .numberSet(let texts):
            output.put("[")
            output.put(texts.joined(separator: ","))
            output.put("]")
        }
    }
}

extension [UInt8] {
    /// The text as a JSON string.
    fileprivate mutating func put(quoted text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20:
                put(#"\u00"#)
                append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
                append(contentsOf: String(byte & 15, radix: 16).utf8)
            default:
                append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
