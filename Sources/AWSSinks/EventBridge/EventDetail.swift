// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient

/// Why a record's text cannot be an event's detail.
struct DetailError: Error, Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ text: String) { description = text }
}

/// Makes a record's text into what EventBridge takes as a detail: a JSON object, not too deep, without integers beyond 64 bits.
enum EventDetail {
    /// - Parameter json: valid JSON.
    /// - Returns: the same text, with quotes around integers beyond 64 bits; nothing else is changed.
    static func text(of json: [UInt8]) throws(DetailError) -> String {
        var output: [UInt8] = []
        /// Up to where the text is in the output.
        var copied = 0
        var place = 0
        var depth = 0
        var isObject = false
        while place < json.count {
            switch json[place] {
            case UInt8(ascii: "\""): place = end(ofString: json, from: place)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 0 { isObject = json[place] == UInt8(ascii: "{") }
                depth += 1
                if depth > EventBridge.Limits.depth {
                    throw DetailError("objects and arrays are more than \(EventBridge.Limits.depth) deep, and EventBridge takes no more")
                }
                place += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                place += 1
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let number = place..<end(ofNumber: json, from: place)
                place = number.upperBound
                if isBeyond64Bits(json[number]) {
                    output += json[copied..<number.lowerBound]
                    output.append(UInt8(ascii: "\""))
                    output += json[number]
                    output.append(UInt8(ascii: "\""))
                    copied = number.upperBound
                }
            default: place += 1
            }
        }
        if !isObject { throw DetailError("the record's text is no JSON object, and EventBridge takes nothing else as a detail") }
        if copied == 0 { return String(decoding: json, as: UTF8.self) }
        return String(decoding: output + json[copied...], as: UTF8.self)
    }

    private static func end(ofString json: [UInt8], from start: Int) -> Int {
        var place = start + 1
        while place < json.count, json[place] != UInt8(ascii: "\"") { place += json[place] == UInt8(ascii: "\\") ? 2 : 1 }
        return place + 1
    }

    private static func end(ofNumber json: [UInt8], from start: Int) -> Int {
        json[start...].firstIndex { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): false
            default: true
            }
        } ?? json.count
    }

    private static func isBeyond64Bits(_ number: ArraySlice<UInt8>) -> Bool {
        // No integer of 18 digits is too large, and most numbers are shorter.
        guard number.count > 18 else { return false }
        let isInteger = number.allSatisfy { $0 == UInt8(ascii: "-") || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) }
        return isInteger && Int64(String(decoding: number, as: UTF8.self)) == nil
    }
}
#endif
