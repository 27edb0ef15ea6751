// SPDX-License-Identifier: Apache-2.0

import Sluice
import StreamRecords
import Testing

@Suite struct ConfigurationTests {
    static let registry = SinkRegistry.standard()

    func read(_ json: String, _ environment: [String: String] = [:]) throws -> Configuration {
        try Configuration(
            reading: ConfigurationNode(json: json, file: "sluice.json"), registry: Self.registry, environment: environment)
    }

    func mistakes(_ json: String, _ environment: [String: String] = [:]) -> [String] {
        do {
            _ = try read(json, environment)
            return []
        } catch let errors as ConfigurationErrors {
            return errors.mistakes.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func readsEverythingThatDesignNames() throws {
        let configuration = try read("""
            { "sinks": { "console": { "type": "log" }, "parked": { "type": "file", "path": "${DIR:-out}/parked.ndjson" } },
              "numbers": "string",
              "routes": [
                { "name": "everything", "to": ["console"] },
                { "kind": "change", "table": ["Products", "Todo*"], "op": ["MODIFY"], "envelope": "typed",
                  "numbers": "json", "to": "console" } ],
              "rejected": { "to": ["parked"], "park_after": "1h30m" },
              "limits": { "decompressed": "64 MiB", "depth": 100 } }
            """)
        #expect(configuration.sinks.map(\.name) == ["console", "parked"])
        #expect(configuration.sinks[1].settings["path"]?.string == "out/parked.ndjson")
        #expect(configuration.routes[0] == Route(
            name: "everything", envelope: Envelope(.plain, numbers: .string), to: ["console"]))
        #expect(configuration.routes[1] == Route(
            name: "route 2",
            conditions: [
                .kind([.change]), .source(.change, [NamePattern("Products"), NamePattern("Todo*")]),
                .operation([NamePattern("MODIFY")]),
            ],
            envelope: Envelope(.typed, numbers: .json), to: ["console"]))
        #expect(configuration.rejected == .init(to: ["parked"], parkAfter: .seconds(5400)))
        #expect(configuration.limits.decompressed == ByteCount(64 << 20))
        #expect(configuration.limits.depth == 100)
    }

    @Test func tellsAllMistakesAtOnceWithTheirPlaces() {
        let found = mistakes("""
            {
              "sinks": {
                "console": { "type": "lgo" },
                "parked": { "type": "file", "pth": "x", "append": 3 },
                "queue": { "type": "sqs", "queue": "${QUEUE_URL}" }
              },
              "routes": [
                { "knd": ["change"], "op": ["insert"], "to": ["consol"] },
                { "when": { "eventName": ["MODIFY"] }, "envelope": "cloudevent", "to": [] },
                "all"
              ],
              "rejected": { "to": ["parked"], "park_after": "soon" },
              "limts": {}
            }
            """, ["QUEUE_URI": "x"])
        #expect(found == [
            #"sluice.json:3:26: sinks.console.type: found the unknown type "lgo", expected dir, exec, file or log; did you mean log?"#,
            #"sluice.json:4:15: sinks.parked: found an object, expected the key "path" in it"#,
            #"sluice.json:4:33: sinks.parked: found the unknown key "pth", expected type, path or append; did you mean path?"#,
            #"sluice.json:4:55: sinks.parked.append: found the number 3, expected true or false"#,
            #"sluice.json:5:24: sinks.queue.type: found the type "sqs", which is not available here, expected dir, exec, file or log"#,
            #"sluice.json:5:40: sinks.queue.queue: found ${QUEUE_URL}, which is not set, expected a variable of the environment, or a default: ${QUEUE_URL:-default}; did you mean QUEUE_URI?"#,
            #"sluice.json:8:7: routes[0]: found the unknown key "knd", expected name, kind, table, group, queue, bus, op, when, changed, was, becomes, envelope, numbers, redact or to; did you mean kind?"#,
            #"sluice.json:8:33: routes[0].op[0]: found the text "insert", expected INSERT, MODIFY or REMOVE; did you mean INSERT?"#,
            #"sluice.json:8:51: routes[0].to[0]: found the unknown sink "consol", expected console, parked or queue; did you mean console?"#,
            #"sluice.json:9:56: routes[1].envelope: found the text "cloudevent", expected plain, typed, cloudevents or debezium, or an object with the key "fields"; did you mean cloudevents?"#,
            #"sluice.json:9:76: routes[1].to: found an empty list, expected text or a list of texts, at least one"#,
            #"sluice.json:10:5: routes[2]: found the text "all", expected an object"#,
            #"sluice.json:12:49: rejected.park_after: found the text "soon", expected a duration such as 15m, 1h30m or 500ms"#,
            #"sluice.json:13:3: found the unknown key "limts", expected sinks, routes, rejected, envelope, numbers, redact_key, limits, tests, rerun or api; did you mean limits?"#,
        ])
    }

    @Test(arguments: [
        ("", "sluice.json:1:1"), (#"{"sinks": }"#, "sluice.json:1:11"), ("{\n  \"é\": 1,\n  \"é\": tru }", "sluice.json:3:11"),
    ])
    func tellsWhereTheTextIsNotJSON(_ json: String, _ place: String) throws {
        let found = mistakes(json)
        #expect(found.count == 1)
        #expect(try #require(found.first).hasPrefix(place + ": found a text that is not JSON"), "\(found)")
    }

    @Test func aKeyTwiceIsAMistakeAtItsSecondPlace() {
        #expect(mistakes(#"{"sinks": {}, "routes": [], "sinks": {}}"#)
            == [#"sluice.json:1:29: found the key "sinks" a second time, expected each key once"#])
    }

    @Test func columnsCountCharactersNotBytes() {
        let found = mistakes(#"{"sinks": {"日本": {"type": "log", "größe": 1}}, "routes": [{"to": "日本"}]}"#)
        #expect(found.map { String($0.prefix(21)) } == ["sluice.json:1:34: sin"])
    }

    @Test func conflictsAboutRejectedRecords() {
        let start = #"{"sinks":{"a":{"type":"log"}},"routes":[{"to":"a"}],"rejected":"#
        #expect(mistakes(start + #"{"to":"a","block":true}}"#).count == 1)
        #expect(mistakes(start + #"{"block":true,"park_after":"1m"}}"#).count == 1)
        #expect(mistakes(start + #"{"park_after":"1m"}}"#).count == 1)
        #expect(mistakes(start + #"{"block":true}}"#).isEmpty)
        #expect(mistakes(start + #"{"to":"a"}}"#).isEmpty)
    }

    @Test func nestingIsAllowedUpToWhatThreadsHaveStackFor() {
        let start = #"{"sinks":{"a":{"type":"log"}},"routes":[{"to":"a"}],"limits":{"depth":"#
        #expect(mistakes(start + "1024}}").isEmpty)
        #expect(mistakes(start + "1025}}") == ["sluice.json:1:71: limits.depth: found the number 1025, expected 1 to 1024"])
        #expect(mistakes(start + "0}}").count == 1)
    }

    @Test func variables() throws {
        let json = #"{"sinks":{"f":{"type":"file","path":"${A}/$${B}/${C:-c}/${D:-d}$","append":"${E}"}},"routes":[{"to":"f"}]}"#
        let configuration = try read(json, ["A": "a", "D": "", "E": "true"])
        #expect(configuration.sinks[0].settings["path"]?.string == "a/${B}/c/d$")
        // The value itself may be a secret: messages show the template.
        let found = mistakes(json, ["A": "a", "E": "hunter2"])
        #expect(found == [#"sluice.json:1:76: sinks.f.append: found the text "${E}", expected true or false"#])
        #expect(mistakes(json.replacing("${A}", with: "${A"), ["E": "true"]).count == 1)
        #expect(mistakes(json.replacing("${A}", with: "${a.b}"), ["E": "true"]).count == 1)
    }

    @Test func shortNames() throws {
        let configuration = try Configuration(
            sendingEverythingTo: ["log:", "file:out.ndjson", "dir:out/x", "log:"], registry: Self.registry)
        #expect(configuration.sinks.map(\.name) == ["log:", "file:out.ndjson", "dir:out/x"])
        #expect(configuration.sinks.map(\.type) == ["log", "file", "dir"])
        #expect(configuration.sinks[2].settings["path"]?.string == "out/x")
        #expect(configuration.routes[0].to == ["log:", "file:out.ndjson", "dir:out/x"])

        #expect(throws: ConfigurationErrors.self) {
            try Configuration(sendingEverythingTo: ["log:"], registry: SinkRegistry())
        }
        do {
            _ = try Configuration(
                sendingEverythingTo: ["s3://bucket/x", "fil:x", "dir:", "log"], registry: Self.registry)
            Issue.record("accepted")
        } catch {
            #expect(error.mistakes.map(\.description) == [
                #"--to: found "s3://bucket/x", and a sink of type s3-json is not available here, expected dir:PATH, exec:COMMAND, file:PATH, log: or stdout:"#,
                #"--to: found the unknown sink "fil:x", expected dir:PATH, exec:COMMAND, file:PATH, log: or stdout:; did you mean file:?"#,
                #"--to: found "dir:", expected dir:PATH, exec:COMMAND, file:PATH, log: or stdout:; did you mean dir:PATH?"#,
                #"--to: found the unknown sink "log", expected dir:PATH, exec:COMMAND, file:PATH, log: or stdout:; did you mean log:?"#,
            ])
        }
    }

    @Test func mistakesInTestsDoNotTellWhatVariablesHold() {
        let found = mistakes(
            """
            { "sinks": { "a": { "type": "log" } }, "routes": [{ "name": "r", "to": "a" }],
              "tests": [{ "event": { "x": 1 }, "routes": ["${SECRET}"], "fields": { "w": [{ "wildcard": "${SECRET}" }] } },
                { "event": { "x": 1 }, "fields": { "w": [{ "cidr": "${SECRET}" }] } }, { "event": { "x": 1 }, "fields": { } }] }
            """, ["SECRET": "pass**word"])
        #expect(found.count == 4 && !found.joined().contains("pass"), "\(found)")
        #expect(found.filter { $0.contains("${SECRET}") }.count == 3, "\(found)")
        #expect(found.last?.contains("tests[2].fields: found an empty object") == true, "\(found)")
    }

    @Test(arguments: [
        ("15m", 900_000), ("1h30m", 5_400_000), ("500ms", 500), ("2d", 172_800_000), ("0s", 0),
    ])
    func durations(_ text: String, _ milliseconds: Int) {
        #expect(Duration(configuration: text) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "15", "m", "1m1h", "1m 30s", "-1s", "1.5h", "1M", "99999999999999999999d", "9999999999999999d"])
    func noDurations(_ text: String) { #expect(Duration(configuration: text) == nil) }

    @Test(arguments: [("64 MiB", 64 << 20), ("256KB", 256_000), ("1000", 1000), ("1 GB", 1_000_000_000), ("0 B", 0)])
    func sizes(_ text: String, _ bytes: Int) { #expect(ByteCount(text: text) == ByteCount(bytes)) }

    @Test(arguments: ["", "MiB", "1.5 MiB", "-1", "1 mib", "99999999999 GiB", "9223372036854775808"])
    func noSizes(_ text: String) { #expect(ByteCount(text: text) == nil) }

    @Test(arguments: [
        ("Products", "Products", true), ("Products", "Products2", false), ("Prod*", "Products", true), ("*", "", true),
        ("*ts", "Products", true), ("P*d*s", "Products", true), ("P*x*s", "Products", false), ("a*a", "a", false),
        ("a*a", "aa", true), ("a*b*b", "ab", false), ("*ab*ab*", "xabab", true), ("*ab*ab*", "aab", false),
        ("/aws/lambda/products-*", "/aws/lambda/products-api", true),
    ])
    func wildcards(_ pattern: String, _ name: String, _ matches: Bool) {
        #expect(NamePattern(pattern).matches(name) == matches)
    }
}
