// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape
@testable import Sluice
import StreamRecords
import Testing

/// A stream record whose images are attribute values as JSON text.
private func record(_ operation: String, old: String? = nil, new: String? = nil, table: String = "Products", number: Int = 1) -> String {
    let images = [new.map { #""NewImage":\#($0)"# }, old.map { #""OldImage":\#($0)"# }].compactMap { $0 }
    return """
        {"eventID":"e\(number)","eventName":"\(operation)","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"eu-west-1",\
        "dynamodb":{"ApproximateCreationDateTime":1790000000,"Keys":{"Id":{"N":"\(number)"}},\((images + [#""SequenceNumber":"10000000000000000000000\#(number)""#]).joined(separator: ",")),\
        "SizeBytes":59,"StreamViewType":"NEW_AND_OLD_IMAGES"},\
        "eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/\(table)/stream/2026-11-01T00:00:00.000"}
        """
}

private func log(_ message: String) -> String {
    var writer = JSONWriter()
    writer.write(string: message)
    return """
        {"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/lambda/shop","logStream":"s1","subscriptionFilters":["all","errors"],\
        "logEvents":[{"id":"l1","timestamp":1790000000000,"message":\(String(decoding: writer.array, as: UTF8.self)),"extractedFields":{"level":"ERROR"}}]}
        """
}

private func message(_ body: String) -> String {
    var writer = JSONWriter()
    writer.write(string: body)
    return """
        {"Records":[{"messageId":"m1","receiptHandle":"r","body":\(String(decoding: writer.array, as: UTF8.self)),"attributes":{"SentTimestamp":"1790000000000"},\
        "messageAttributes":{},"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:orders","awsRegion":"eu-west-1"}]}
        """
}

/// The names of the routes that a configuration's routes take for each record of an event, by the pipeline and by the explanation, which must agree.
private func taken(_ routes: String, _ event: String, environment: [String: String] = [:]) async throws -> [[String]] {
    let text = #"{"sinks":{"a":{"type":"log"},"b":{"type":"log"},"c":{"type":"log"}},"routes":\#(routes)}"#
    let configuration = try Configuration(
        reading: ConfigurationNode(json: text, file: "sluice.json"), registry: SinkRegistry.standard(), environment: environment)
    let sinks = ["a", "b", "c"].map { (name: $0, sink: ScriptedSink()) }
    let pipeline = try Pipeline(sinks: sinks.map { ($0.name, $0.sink) }, routes: configuration.routes)
    var all: [[String]] = []
    for batch in RecordBatch.decode(Array(event.utf8)) {
        try #require(batch.undecodable.isEmpty)
        let report = try await pipeline.deliver(pipeline.prepare(batch))
        for index in batch.indices {
            let explanations = configuration.routes.map { $0.explanation(for: batch, at: index) }
            let names = explanations.filter(\.isTaken).map(\.route)
            #expect((report.fates[index] == .filtered) == names.isEmpty, "\(explanations)")
            all.append(names)
        }
    }
    return all
}

@Suite struct ValueConditionTests {
    private func takes(_ route: String, _ event: String) async throws -> Bool {
        let names = try await taken(#"[{"name":"r","to":["a"],\#(route)}]"#, event)
        try #require(names.count == 1)
        return names[0] == ["r"]
    }

    private let paid = record("MODIFY", old: #"{"status":{"S":"open"},"price":{"N":"10"}}"#, new: #"{"status":{"S":"paid"},"price":{"N":"10.0"}}"#)

    @Test func whenSeesWhatAWSSends() async throws {
        #expect(try await takes(#""when":{"eventName":["MODIFY"],"dynamodb":{"NewImage":{"status":{"S":["paid"]}}}}"#, paid))
        #expect(try await !takes(#""when":{"eventName":["MODIFY"],"dynamodb":{"NewImage":{"status":{"S":["open"]}}}}"#, paid))
        #expect(try await !takes(#""when":{"dynamodb":{"NewImage":{"price":{"N":[{"numeric":[">",1]}]}}}}"#, paid))
        #expect(try await takes(#""when":{"$or":[{"eventName":["INSERT"]},{"eventSourceARN":[{"wildcard":"*table/Products/*"}]}]}"#, paid))
    }

    @Test func whenSeesQueuesMessagesWithTheirBodies() async throws {
        #expect(try await takes(#""when":{"body":{"type":["order"]},"eventSource":["aws:sqs"]}"#, message(#"{"type":"order","n":1}"#)))
        #expect(try await !takes(#""when":{"body":[{"prefix":"{"}]}"#, message(#"{"type":"order","n":1}"#)))
        #expect(try await takes(#""when":{"body":["plain text"]}"#, message("plain text")))
        #expect(try await takes(#""when":{"body":{"Type":["Notification"]}}"#, message(
            #"{"Type":"Notification","MessageId":"x","TopicArn":"arn:aws:sns:eu-west-1:123456789012:t","Message":"{\"a\":1}","Timestamp":"2026-11-20T15:00:00.000Z"}"#)))
        #expect(try await takes(#""when":{"source":["shop"],"detail":{"n":[1]}}"#, message(
            #"{"version":"0","id":"e","detail-type":"t","source":"shop","account":"1","time":"2026-11-20T15:00:00Z","region":"eu-west-1","resources":[],"detail":{"n":1}}"#)))
    }

    @Test func whenSeesLogEventsWithTheirStream() async throws {
        #expect(try await takes(#""when":{"logGroup":["/aws/lambda/shop"],"logStream":["s1"],"owner":["123456789012"],"subscriptionFilters":["errors"]}"#, log("x")))
        #expect(try await takes(#""when":{"message":{"level":["error"]},"id":["l1"]}"#, log(#"{"level":"error"}"# + "\n")))
        #expect(try await takes(#""when":{"message":[{"prefix":"ERROR"}],"extractedFields":{"level":["ERROR"]}}"#, log("ERROR: broken\n")))
        #expect(try await !takes(#""when":{"message":[{"exists":true}]}"#, log(#"{"level":"error"}"#)))
        #expect(try await takes(#""when":{"message":["{\"level\""]}"#, log(#"{"level""#)))
    }

    @Test func whenSeesEvents() async throws {
        let event = #"{"version":"0","id":"e","detail-type":"t","source":"shop","account":"1","time":"2026-11-20T15:00:00Z","region":"eu-west-1","resources":["a","b"],"detail":{"n":1.50}}"#
        #expect(try await takes(#""when":{"resources":["b"],"detail":{"n":[1.5]}}"#, event))
        #expect(try await !takes(#""when":{"resources":["c"]}"#, event))
    }

    @Test func changedComparesByDynamoDBsEquality() async throws {
        #expect(try await takes(#""changed":["status"]"#, paid))
        #expect(try await takes(#""changed":"status""#, paid))
        // 10 and 10.0 are the same number.
        #expect(try await !takes(#""changed":["price"]"#, paid))
        #expect(try await takes(#""changed":["price","status"]"#, paid))
        #expect(try await !takes(#""changed":["nothing"]"#, paid))
        let nested = record(
            "MODIFY", old: #"{"a":{"M":{"city":{"S":"x"},"tags":{"SS":["1","2"]}}},"l":{"L":[{"S":"p"},{"M":{"q":{"N":"1"}}}]},"a.b":{"S":"1"}}"#,
            new: #"{"a":{"M":{"city":{"S":"y"},"tags":{"SS":["2","1"]}}},"l":{"L":[{"S":"p"},{"M":{"q":{"N":"2"}}}]},"a.b":{"S":"2"}}"#)
        #expect(try await takes(#""changed":["a.city"]"#, nested))
        #expect(try await takes(#""changed":["a"]"#, nested))
        #expect(try await !takes(#""changed":["a.tags"]"#, nested))
        #expect(try await takes(#""changed":["l.1.q"]"#, nested))
        #expect(try await !takes(#""changed":["l.0"]"#, nested))
        #expect(try await !takes(#""changed":["l.2"]"#, nested))
        #expect(try await takes(#""changed":["a.b"]"#, nested))
        let added = record("MODIFY", old: "{}", new: #"{"x":{"NULL":true}}"#)
        #expect(try await takes(#""changed":["x"]"#, added))
    }

    /// With both `a.b` and `b` in `a` in an item, each is compared with its own kind, whatever the order of the attributes.
    @Test func changedComparesEachReadingOfAPath() async throws {
        func image(_ whole: Int?, _ nested: Int?, isTurned: Bool = false) -> String {
            let members = [whole.map { #""a.b":{"N":"\#($0)"}"# }, nested.map { #""a":{"M":{"b":{"N":"\#($0)"}}}"# }].compactMap { $0 }
            return "{\((isTurned ? members.reversed() : members).joined(separator: ","))}"
        }
        for (old, new, isChanged) in [
            (image(1, 2), image(1, 2), false), (image(1, 2), image(1, 2, isTurned: true), false), (image(1, 2, isTurned: true), image(1, 2), false),
            // The same values, each in the other's place.
            (image(1, 2), image(2, 1, isTurned: true), true), (image(1, 2), image(2, 1), true),
            (image(1, 2), image(1, 3, isTurned: true), true), (image(1, 2), image(3, 2, isTurned: true), true), (image(1, 2, isTurned: true), image(1, 3), true),
            // One reading in one of the images alone.
            (image(1, 1), image(1, nil), true), (image(1, 1), image(nil, 1), true), (image(nil, 1), image(1, nil), true), (image(nil, 1), image(nil, 1), false),
        ] {
            #expect(try await takes(#""changed":["a.b"]"#, record("MODIFY", old: old, new: new)) == isChanged, "\(old) \(new)")
        }
        let deep = #"{"a.b.c":{"S":"1"},"a":{"M":{"b.c":{"S":"2"},"b":{"L":[{"S":"3"}]}}},"a.b":{"M":{"c":{"S":"4"}}}}"#
        for (was, becomes) in [("1", "x"), ("2", "x"), ("4", "x")] {
            let new = deep.replacing("\"\(was)\"", with: "\"\(becomes)\"")
            #expect(try await takes(#""changed":["a.b.c"]"#, record("MODIFY", old: deep, new: new)))
        }
        #expect(try await !takes(#""changed":["a.b.c"]"#, record("MODIFY", old: deep, new: deep.replacing("\"3\"", with: "\"x\""))))
        #expect(try await takes(#""changed":["a.b.0"]"#, record("MODIFY", old: deep, new: deep.replacing("\"3\"", with: "\"x\""))))
        // What is shown is the reading with the longest name.
        let route = Route(name: "r", conditions: [.changed([try #require(AttributePath("a.b"))])], to: [])
        for (old, new) in [(image(1, 2), image(1, 2)), (image(1, 2), image(1, 2, isTurned: true))] {
            let batch = try #require(RecordBatch.decode(Array(record("MODIFY", old: old, new: new).utf8)).first)
            #expect(route.explanation(for: batch, at: 0).failure == "changed: a.b is 1 in both images")
        }
    }

    @Test func changedAsksForBothImages() async throws {
        #expect(try await !takes(#""changed":["status"]"#, record("INSERT", new: #"{"status":{"S":"open"}}"#)))
        #expect(try await !takes(#""changed":["status"]"#, record("REMOVE", old: #"{"status":{"S":"open"}}"#)))
        #expect(try await !takes(#""changed":["status"]"#, record("MODIFY", new: #"{"status":{"S":"open"}}"#)))
        #expect(try await !takes(#""changed":["status"]"#, log("x")))
    }

    @Test func wasAndBecomesSeePlainValues() async throws {
        #expect(try await takes(#""was":{"status":["open"]},"becomes":{"status":["paid"]}"#, paid))
        #expect(try await !takes(#""was":{"status":["paid"]}"#, paid))
        #expect(try await !takes(#""becomes":{"status":{"S":["paid"]}}"#, paid))
        let all = record("MODIFY", old: "{}", new: #"{"s":{"S":"x"},"n":{"N":"5"},"b":{"B":"AQ=="},"t":{"BOOL":true},"z":{"NULL":true},"m":{"M":{"k":{"S":"v"}}},"l":{"L":[{"N":"1"},{"M":{"a":{"N":"1"},"b":{"N":"2"}}},{"M":{"a":{"N":"3"}}}]},"ss":{"SS":["p","q"]},"ns":{"NS":["7","8.0"]}}"#)
        for condition in [
            #"{"s":["x"]}"#, #"{"n":[5]}"#, #"{"n":[5.0]}"#, #"{"b":["AQ=="]}"#, #"{"t":[true]}"#, #"{"z":[null]}"#, #"{"m":{"k":["v"]}}"#, #"{"m.k":["v"]}"#, #"{"l":[1]}"#,
            #"{"l":{"a":[1],"b":[2]}}"#, #"{"ss":["q"]}"#, #"{"ns":[8]}"#, #"{"n":[{"numeric":[">=",5,"<",6]}]}"#, #"{"gone":[{"exists":false}]}"#, #"{"m":[{"exists":false}]}"#,
            #"{"n":[{"anything-but":[4]}]}"#, #"{"$or":[{"s":["y"]},{"n":[{"numeric":["=",5]}]}]}"#,
        ] {
            #expect(try await takes(#""becomes":\#(condition)"#, all), "\(condition)")
        }
        for condition in [
            #"{"n":["5"]}"#, #"{"s":[{"numeric":[">",0]}]}"#, #"{"l":{"a":[3],"b":[2]}}"#, #"{"t":[false]}"#, #"{"ss":["r"]}"#, #"{"ns":[9]}"#, #"{"n":[{"anything-but":[5.00]}]}"#,
        ] {
            #expect(try await !takes(#""becomes":\#(condition)"#, all), "\(condition)")
        }
    }

    @Test func numbersAreExactTo38Digits() async throws {
        let digits = "12345678901234567890123456789012345678"
        let event = record("MODIFY", old: #"{"n":{"N":"\#(digits)"},"e":{"N":"1E-130"},"f":{"N":"-9.9999999999999999999999999999999999999E+125"}}"#, new: "{}")
        for condition in [
            #"{"n":[\#(digits)]}"#, #"{"n":[\#(digits).0]}"#, #"{"n":[1.2345678901234567890123456789012345678e37]}"#, #"{"n":[{"numeric":[">",12345678901234567890123456789012345677]}]}"#,
            #"{"n":[{"numeric":[">=",\#(digits),"<",12345678901234567890123456789012345679]}]}"#, #"{"e":[{"numeric":[">",0,"<",1e-129]}]}"#, #"{"e":[0.1e-129]}"#,
            #"{"f":[{"numeric":["<",-9.9999999999999999999999999999999999998E+125]}]}"#,
        ] {
            #expect(try await takes(#""was":\#(condition)"#, event), "\(condition)")
        }
        for condition in [
            #"{"n":[12345678901234567890123456789012345679]}"#, #"{"n":[{"numeric":[">",\#(digits)]}]}"#, #"{"n":[1.2345678901234567e37]}"#, #"{"f":[{"numeric":[">=",-1]}]}"#,
        ] {
            #expect(try await !takes(#""was":\#(condition)"#, event), "\(condition)")
        }
    }

    @Test func anImageThatIsNotThereHasNoValues() async throws {
        let new = record("INSERT", new: #"{"status":{"S":"open"}}"#)
        #expect(try await !takes(#""was":{"status":["open"]}"#, new))
        #expect(try await takes(#""was":{"status":[{"exists":false}]},"becomes":{"status":["open"]}"#, new))
        let gone = record("REMOVE", old: #"{"status":{"S":"open"}}"#)
        #expect(try await takes(#""becomes":{"status":[{"exists":false}]}"#, gone))
        #expect(try await !takes(#""was":{"status":[{"exists":false}]}"#, log("x")))
    }

    @Test func manyRoutesDecideEachForItself() async throws {
        // More than one word of a bit set holds.
        let routes = (0..<150).map { #"{"name":"\#($0)","when":{"dynamodb":{"Keys":{"Id":{"N":[{"prefix":"\#($0)"}]}}}},"to":["\#(["a", "b", "c"][$0 % 3])"]}"# }
        let event = "{\"Records\":[" + (1...140).map { record("INSERT", new: "{}", number: $0) }.joined(separator: ",") + "]}"
        let found = try await taken("[\(routes.joined(separator: ","))]", event)
        #expect(found.count == 140)
        for (place, names) in found.enumerated() {
            #expect(names == (0..<150).map(String.init).filter { "\(place + 1)".hasPrefix($0) }, "\(place + 1)")
        }
    }

    @Test func conditionsOnSourcesComeFirst() async throws {
        let event = "{\"Records\":[" + [record("INSERT", new: #"{"x":{"S":"1"}}"#, table: "A", number: 1), record("INSERT", new: #"{"x":{"S":"1"}}"#, table: "B", number: 2)].joined(separator: ",") + "]}"
        let found = try await taken(
            #"[{"name":"a","table":["A"],"becomes":{"x":["1"]},"to":["a"]},{"name":"b","table":["B"],"becomes":{"x":["2"]},"to":["b"]},{"name":"rest","op":["INSERT"],"to":["c"]}]"#, event)
        #expect(found == [["a", "rest"], ["rest"]])
    }

    @Test func explanationsNameTheFirstConditionThatFailed() throws {
        func failure(_ route: String, _ event: String) throws -> String? {
            let text = #"{"sinks":{"a":{"type":"log"}},"routes":[{"to":["a"],\#(route)}]}"#
            let configuration = try Configuration(reading: ConfigurationNode(json: text, file: "x.json"), registry: SinkRegistry.standard())
            let batch = try #require(RecordBatch.decode(Array(event.utf8)).first)
            return configuration.routes[0].explanation(for: batch, at: 0).failure
        }
        #expect(try failure(#""kind":["log"]"#, paid) == "kind: expected log, found change")
        #expect(try failure(#""table":["Orders","Pro"]"#, paid) == "table: expected Orders or Pro, found Products")
        #expect(try failure(#""group":["x"]"#, paid) == "group: expected x, found a record of the kind change")
        #expect(try failure(#""op":["INSERT"]"#, paid) == "op: expected INSERT, found MODIFY")
        #expect(try failure(#""when":{"eventName":["MODIFY"],"dynamodb":{"NewImage":{"status":{"S":["open",{"prefix":"x"}]}}}}"#, paid)
            == #"when.dynamodb.NewImage.status.S: expected ["open",{"prefix":"x"}], found "paid""#)
        #expect(try failure(#""when":{"dynamodb":{"NewImage":{"status":["paid"]}}}"#, paid)
            == #"when.dynamodb.NewImage.status: expected ["paid"], found an object with S (values of DynamoDB stand below their type: name S in the pattern as well)"#)
        #expect(try failure(#""when":{"dynamodb":{"NewImage":{"gone":{"S":["x"]}}}}"#, paid)
            == #"when.dynamodb.NewImage.gone.S: expected ["x"], found nothing: dynamodb.NewImage has no gone"#)
        #expect(try failure(#""changed":["price"]"#, paid) == "changed: price is 10 in both images")
        #expect(try failure(#""changed":["status"]"#, record("INSERT", new: "{}")) == "changed: the record has no old image to compare with")
        #expect(try failure(#""was":{"status":["paid"]}"#, paid) == #"was.status: expected ["paid"], found "open""#)
        #expect(try failure(#""becomes":{"price":[{"numeric":[">",10]}]}"#, paid) == #"becomes.price: expected [{"numeric":[">",10]}], found 10.0"#)
        #expect(try failure(#""was":{"status":["paid"]}"#, record("INSERT", new: "{}")) == #"was.status: expected ["paid"], found no status: the record has no old image"#)
        #expect(try failure(#""was":{"l":{"a":[1],"b":[2]}}"#, record("MODIFY", old: #"{"l":{"L":[{"M":{"a":{"N":"1"}}},{"M":{"b":{"N":"2"}}}]}}"#, new: "{}"))
            == "was.l.a, l.b: expected all of them met in one element of an array, found each met, but in different elements")
        #expect(try failure(#""when":{"eventName":["MODIFY"]},"changed":["status"],"was":{"status":["open"]}"#, paid) == nil)
    }

    @Test func mistakesInConditionsAreToldWithTheirPlaces() throws {
        let text = """
            {
              "sinks": { "a": { "type": "log" } },
              "routes": [
                { "to": ["a"], "when": { "eventName": "MODIFY" } },
                { "to": ["a"], "when": { "a": { "b": [ { "prefx": "x" } ] } }, "changed": [] },
                { "to": ["a"], "was": { "p": [ { "numeric": ["<", 5, ">", 1] } ] }, "changed": ["a..b", 5] },
                { "to": ["a"], "becomes": [], "when": { "$or": [ { "a": [1] } ] } },
                { "to": ["a"], "becomes": { "p": [ { "prefix": "${SECRET}", "suffix": "x" } ] }, "was": { "w": [ { "wildcard": "${SECRET}" } ] } }
              ]
            }
            """
        do throws(ConfigurationErrors) {
            _ = try Configuration(
                reading: ConfigurationNode(json: text, file: "s.json"), registry: SinkRegistry.standard(), environment: ["SECRET": "pass**word"])
            Issue.record("it was taken")
        } catch {
            let found = error.mistakes.map(\.description)
            #expect(found == [
                #"s.json:4:43: routes[0].when.eventName: found the text "MODIFY", expected a list of values, such as ["MODIFY"], or an object of fields"#,
                #"s.json:5:46: routes[1].when.a.b[0]: found the unknown comparison "prefx", expected prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, exists, cidr or exactly; did you mean prefix?"#,
                #"s.json:5:79: routes[1].changed: found an empty list, expected the path of a value, such as address.city, or a list of such, at least one"#,
                #"s.json:6:58: routes[2].was.p[0].numeric[2]: found the text ">", expected nothing behind an upper bound: the lower one comes first"#,
                #"s.json:6:85: routes[2].changed[0]: found the text "a..b", expected names with points between them, such as address.city"#,
                #"s.json:6:93: routes[2].changed[1]: found the number 5, expected text"#,
                #"s.json:7:31: routes[3].becomes: found an empty list, expected an object of fields"#,
                #"s.json:7:52: routes[3].when.$or: found a list of one, expected a list of patterns, at least two"#,
                #"s.json:8:65: routes[4].becomes.p[0]: found a second comparison, "suffix", expected one comparison in an object; further ones stand in objects of their own"#,
                #"s.json:8:116: routes[4].was.w[0].wildcard: found the text "${SECRET}", expected single stars: two in a row say no more than one"#,
            ])
        }
    }

    @Test func numbersWhereTextsStandAreWarnedAbout() throws {
        let text = #"{"sinks":{"a":{"type":"log"}},"routes":[{"to":["a"],"when":{"dynamodb":{"NewImage":{"price":{"N":[{"numeric":[">",5]}]},"x":[{"exists":true}],"y":{"S":["1"]}}}},"becomes":{"price":[5]}}]}"#
        let configuration = try Configuration(reading: ConfigurationNode(json: text, file: "s.json"), registry: SinkRegistry.standard())
        #expect(configuration.patternWarnings.map(\.path) == ["routes[0].when.dynamodb.NewImage.price.N", "routes[0].when.dynamodb.NewImage.x"])
        #expect(configuration.patternWarnings[0].description.hasPrefix("s.json:1:98: warning: ") && configuration.patternWarnings[0].message.contains("never matches"))
        #expect(configuration.patternWarnings[1].message.contains("never matches: an attribute is an object"))
    }
}
