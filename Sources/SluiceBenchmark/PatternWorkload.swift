// SPDX-License-Identifier: Apache-2.0

/// Patterns over the generated changes: of one kind, or of every kind that filters are made of.
enum PatternWorkload {
    private static let names: [String] = Vocabulary.attributes.map { String(decoding: $0, as: UTF8.self) }
        .filter { !$0.contains(".") && !$0.contains("\\") }
    private static let states = Vocabulary.states.map { String(decoding: $0, as: UTF8.self) }
    private static let words = Vocabulary.words.map { String(decoding: $0, as: UTF8.self) }

    /// One attribute of the new image each, with one value.
    static func oneField(_ count: Int) -> [String] {
        (0..<count).map { number in
            #"{"dynamodb":{"NewImage":{"\#(names[number % names.count])":{"S":["\#(number < names.count ? states[number % states.count] : words[number % words.count])"]}}}}"#
        }
    }

    /// Several fields and all operators.
    static func mixed(_ count: Int) -> [String] {
        (0..<count).map { number in
            let name = names[(number * 7) % names.count]
            let state = states[number % states.count]
            let word = words[(number * 3) % words.count]
            return switch number % 10 {
            case 0: #"{"eventName":["MODIFY"],"dynamodb":{"NewImage":{"status":{"S":["\#(state)"]}},"OldImage":{"status":{"S":[{"anything-but":"\#(state)"}]}}}}"#
            case 1: #"{"eventSourceARN":[{"wildcard":"*:table/\#(number % 20 == 1 ? "Products" : "orders-*")/*"}],"eventName":["INSERT"]}"#
            case 2: #"{"dynamodb":{"NewImage":{"\#(name)":{"S":[{"prefix":"\#(word)"}]}}}}"#
            case 3: #"{"dynamodb":{"NewImage":{"\#(name)":{"S":[{"suffix":"\#(word)"},{"equals-ignore-case":"\#(state)"}]}}}}"#
            case 4: #"{"dynamodb":{"NewImage":{"\#(name)":{"S":[{"exists":true}]},"deleted":{"BOOL":[true]}}}}"#
            case 5: #"{"dynamodb":{"SizeBytes":[{"numeric":[">",\#(number * 10),"<=",\#(number * 10 + 400)]}],"NewImage":{"\#(name)":{"N":[{"prefix":"\#(number % 10)"}]}}}}"#
            case 6: #"{"userIdentity":{"type":["Service"],"principalId":["dynamodb.amazonaws.com"]},"dynamodb":{"OldImage":{"\#(name)":{"S":[{"wildcard":"*\#(word)*"}]}}}}"#
            case 7: #"{"$or":[{"eventName":["REMOVE"]},{"dynamodb":{"NewImage":{"\#(name)":{"S":["\#(state)","\#(word)"]}}}}],"awsRegion":["eu-central-1"]}"#
            case 8: #"{"dynamodb":{"Keys":{"Id":{"N":["\#(number * 17)"]}},"OldImage":{"\#(name)":{"NULL":[{"exists":false}]}}}}"#
            default: #"{"dynamodb":{"NewImage":{"address":{"M":{"\#(name)":{"S":[{"anything-but":["\#(state)","\#(word)"]}]}}},"tags":{"SS":["\#(word)"]}}}}"#
            }
        }
    }

    /// A configuration whose routes have these patterns; the last one takes every record, so that the same lines are written whatever they match.
    static func configuration(_ patterns: [String]) -> String {
        let routes = patterns.map { #"{"when":\#($0),"to":["out"]}"# } + [#"{"to":["out"]}"#]
        return #"{"sinks":{"out":{"type":"log","format":"json"}},"routes":[\#(routes.joined(separator: ","))]}"#
    }
}
