// SPDX-License-Identifier: Apache-2.0

import Foundation
import StreamRecords
import Testing
import TestSupport

@Suite("sluice match")
struct MatchTests {
    private let folder: TemporaryFolder
    private let sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
        try folder.write("events.ndjson", (1...6).map(Self.event).joined(separator: "\n") + "\n")
    }

    private static func event(_ number: Int) -> String {
        #"{"version":"0","id":"e\#(number)","detail-type":"order \#(number % 2 == 0 ? "placed" : "paid")","source":"shop","account":"123456789012","#
            + #""time":"2026-11-20T15:00:0\#(number)Z","region":"eu-west-1","resources":[],"detail":{"number":\#(number),"total":\#(number * 10).50}}"#
    }

    private func ids(_ result: Command.Result) -> [String] {
        result.lines.compactMap { line in line.firstRange(of: #""id":""#).map { String(line[$0.upperBound...].prefix(2)) } }
    }

    @Test("the records that match come out, in their order, as process writes them")
    func matching() async throws {
        let result = try await sluice("match", #"{"detail-type":["order paid"]}"#, "events.ndjson")
        #expect(result.status == 0 && result.errors.isEmpty && ids(result) == ["e1", "e3", "e5"])
        let all = try await sluice("process", "events.ndjson")
        #expect(result.lines == all.lines.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
        let typed = try await sluice("match", #"{"detail":{"total":[{"numeric":[">",40]}]}}"#, "events.ndjson", "--envelope", "typed")
        #expect(typed.lines == [4, 5, 6].map(Self.event))
    }

    @Test("--invert takes the others, --count counts, and both together")
    func invertAndCount() async throws {
        let pattern = #"{"detail":{"number":[{"numeric":["<=",2]}]}}"#
        #expect(try await ids(sluice("match", "-v", pattern, "events.ndjson")) == ["e3", "e4", "e5", "e6"])
        #expect(try await sluice("match", "--count", pattern, "events.ndjson").text == "2\n")
        #expect(try await sluice("match", "-c", "-v", pattern, "events.ndjson").text == "4\n")
    }

    @Test("a form that only changes have takes changes only")
    func debezium() async throws {
        try folder.write("mixed.ndjson", Recordings.change(1) + "\n" + Self.event(2) + "\n")
        let pattern = #"{"$or":[{"eventName":["INSERT"]},{"source":["shop"]}]}"#
        #expect(try await sluice("match", pattern, "mixed.ndjson").lines.count == 2)
        let result = try await sluice("match", pattern, "mixed.ndjson", "--envelope", "debezium")
        #expect(result.status == 0 && result.lines.count == 1 && result.text.contains("\"after\""), "\(result.text)")
        let others = try await sluice("match", "-v", #"{"source":["elsewhere"]}"#, "mixed.ndjson", "--envelope", "debezium")
        #expect(others.lines == result.lines)
    }

    @Test("nothing found is status 1, and a count of 0")
    func nothing() async throws {
        let result = try await sluice("match", #"{"detail":{"number":[7]}}"#, "events.ndjson")
        #expect(result.status == 1 && result.text.isEmpty && result.errors.isEmpty)
        let count = try await sluice("match", "-c", #"{"detail":{"number":[7]}}"#, "events.ndjson")
        #expect(count.status == 1 && count.text == "0\n")
    }

    @Test("without a path it reads standard input, and the pattern may be a file")
    func standardInput() async throws {
        try folder.write("pattern.json", "\n{ \"id\": [ \"e2\", \"e6\" ] }\n")
        let result = try await sluice("match", "pattern.json", input: folder.bytes("events.ndjson"))
        #expect(result.status == 0 && ids(result) == ["e2", "e6"])
    }

    @Test("a pattern that is wrong is told with its place, with status 2")
    func wrongPattern() async throws {
        let result = try await sluice("match", #"{"a":[{"prefx":"b"}]}"#, "events.ndjson")
        #expect(result.status == 2 && result.text.isEmpty)
        #expect(result.errors.hasPrefix("the pattern: a[0] at byte 7: found the unknown comparison \"prefx\"") && result.errors.hasSuffix("did you mean prefix?\n"), "\(result.errors)")
        #expect(try await sluice("match", "no such pattern", "events.ndjson").status == 2)
    }

    @Test("a comparison that can never match is warned about")
    func warning() async throws {
        let result = try await sluice("match", #"{"dynamodb":{"NewImage":{"price":{"N":[{"numeric":[">",5]}]}}}}"#, "events.ndjson")
        #expect(result.status == 1 && result.errors.contains("warning: dynamodb.NewImage.price.N: never matches"), "\(result.errors)")
    }

    @Test("an input that is not there is status 3; what cannot be decoded is told, with status 1")
    func inputs() async throws {
        #expect(try await sluice("match", #"{"id":["e1"]}"#, "events.ndjson", "gone.json").status == 3)
        try folder.write("broken.ndjson", Self.event(1) + "\n{\"id\": \n" + Self.event(2) + "\n")
        let result = try await sluice("match", #"{"source":["shop"]}"#, "broken.ndjson")
        #expect(result.status == 1 && ids(result) == ["e1", "e2"] && result.errors.contains("broken.ndjson: rejected"), "\(result.errors)")
    }
}

@Suite("sluice check: --explain and tests")
struct ExplainTests {
    private let folder: TemporaryFolder
    private let sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
    }

    private static let configuration = """
        sinks:
          console: { type: log }
          orders: { type: file, path: orders.ndjson }
        routes:
          - name: everything
            op: ["*"]
            to: [console]
          - name: paid orders
            when: { eventName: [MODIFY], dynamodb: { NewImage: { status: { S: [paid] } } } }
            changed: [status]
            was: { status: [open] }
            becomes: { total: [ { numeric: [ ">", 12345678901234567.8 ] } ] }
            to: [orders]

        """

    private static func change(_ status: String, total: String = "12345678901234567.9") -> String {
        #"{"eventID":"e1","eventName":"MODIFY","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"eu-west-1","dynamodb":{"ApproximateCreationDateTime":1790000000,"#
            + #""Keys":{"Id":{"N":"1"}},"NewImage":{"Id":{"N":"1"},"status":{"S":"\#(status)"},"total":{"N":"\#(total)"}},"OldImage":{"Id":{"N":"1"},"status":{"S":"open"}},"#
            + #""SequenceNumber":"100000000000000000000001","SizeBytes":20,"StreamViewType":"NEW_AND_OLD_IMAGES"},"eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/Orders/stream/2026"}"#
    }

    @Test("--explain tells for each route whether it is taken, or the first condition that failed with what it saw")
    func explain() async throws {
        try folder.write("sluice.yaml", Self.configuration)
        try folder.write("event.json", "{\"Records\":[\(Self.change("paid")),\(Self.change("open")),\(Self.change("paid", total: "5"))]}")
        let result = try await sluice("check", "--explain", "event.json")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.text == """
            MODIFY Orders#{"Id":1} e1
              everything: taken, to console
              paid orders: taken, to orders
            MODIFY Orders#{"Id":1} e1
              everything: taken, to console
              paid orders: not taken: when.dynamodb.NewImage.status.S: expected ["paid"], found "open"
            MODIFY Orders#{"Id":1} e1
              everything: taken, to console
              paid orders: not taken: becomes.total: expected [{"numeric":[">",12345678901234567.8]}], found 5

            """)
        // Standard input does as well; records that no route takes are told so.
        let log = #"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":[],"logEvents":[{"id":"l1","timestamp":1790000000000,"message":"x"}]}"#
        let other = try await sluice("check", "--explain", "-", input: Array(log.utf8))
        #expect(other.status == 0 && other.text.hasSuffix("  filtered: no route takes it\n") && other.text.contains("everything: not taken: op: expected *, found a record of the kind log"), "\(other.text)")
        #expect(try await sluice("check", "--explain", "gone.json").status == 3)
        #expect(try await sluice("check", "--explain", "-", input: Array("{\"a\":".utf8)).status == 1)
    }

    @Test("the routes do in process what the explanation says")
    func process() async throws {
        try folder.write("sluice.yaml", Self.configuration)
        try folder.write("event.json", "{\"Records\":[\(Self.change("paid")),\(Self.change("open")),\(Self.change("paid", total: "5"))]}")
        let result = try await sluice("process", "event.json")
        #expect(result.status == 0 && result.lines.count == 3)
        let orders = try folder.text("orders.ndjson").split(separator: "\n")
        #expect(orders.count == 1 && orders[0].contains(#""total":12345678901234567.9"#))
    }

    @Test("tests in the configuration that pass are counted")
    func passing() async throws {
        try folder.write("event.json", Self.change("paid"))
        try folder.write("sluice.yaml", Self.configuration + """
            tests:
              - name: a paid order
                event: event.json
                routes: [everything, paid orders]
                sinks: [orders, console]
                fields: { op: MODIFY, new: { status: paid, total: 12345678901234567.90 }, changed: [ status ], "old.total": [ { exists: false } ] }
              - event: { version: "0", id: "e", detail-type: t, source: s, account: "1", time: "2026-11-20T15:00:00Z", region: r, resources: [], detail: {} }
                routes: []
                sinks: []

            """)
        let result = try await sluice("check")
        #expect(result.status == 0 && result.errors == "sluice.yaml: no mistakes: 2 sinks, 2 routes\n2 tests passed\n", "\(result.errors)")
        // Nothing was delivered anywhere.
        #expect(throws: (any Error).self) { try folder.text("orders.ndjson") }
    }

    @Test("tests that fail tell what was expected and what was found, with status 1")
    func failing() async throws {
        try folder.write("event.json", Self.change("open"))
        try folder.write("sluice.yaml", Self.configuration + """
            tests:
              - name: a paid order
                event: event.json
                routes: [paid orders]
                sinks: [orders]
                fields: { new: { status: paid } }
              - name: gone
                event: gone.json
                routes: []

            """)
        let result = try await sluice("check")
        #expect(result.status == 1)
        #expect(result.errors.contains("""
            sluice.yaml:15:5: a paid order: failed
              expected the routes paid orders, found everything
              paid orders: not taken: when.dynamodb.NewImage.status.S: expected ["paid"], found "open"
              expected the sinks orders, found console
              console, by the route everything: new.status: expected ["paid"], found "open"
            sluice.yaml:20:5: gone: failed
              gone.json: cannot be read
            2 of 2 tests failed
            """), "\(result.errors)")
    }

    @Test("--json runs the tests too: it writes what passes them, and nothing else to standard output")
    func testsBeforeJSON() async throws {
        func write(_ routes: String) throws {
            try folder.write("sluice.yaml", Self.configuration + "tests:\n  - { event: event.json, routes: [\(routes)] }\n")
        }
        try folder.write("event.json", Self.change("open"))
        try write("everything")
        let passing = try await sluice("check", "--json")
        #expect(passing.status == 0 && passing.text.hasPrefix("{") && passing.text.contains("\"sinks\"") && passing.errors == "1 test passed\n", "\(passing.errors)")
        try write("paid orders")
        let failing = try await sluice("check", "--json")
        #expect(failing.status == 1 && failing.text.isEmpty && failing.errors.hasSuffix("1 of 1 test failed\n"), "\(failing.errors)")
        try write("unpaid orders")
        let wrong = try await sluice("check", "--json")
        #expect(wrong.status == 2 && wrong.text.isEmpty && wrong.errors.contains("the unknown route"), "\(wrong.errors)")
    }

    private func unset(_ table: String, routes: String) -> String {
        """
        sinks: { a: { type: exec, command: [cat], env: { TOKEN: "${SURELY_NOT_SET}" } } }
        routes: [{ name: r, table: ["\(table)"], to: a }]
        rejected: { block: true }
        tests: [{ event: event.json, routes: [\(routes)] }]

        """
    }

    @Test("tests and --explain do without variables of sinks")
    func unsetVariablesOfSinks() async throws {
        try folder.write("event.json", Self.change("open"))
        try folder.write("sluice.yaml", unset("Orders", routes: "r"))
        let passing = try await sluice("check", "--lambda", "--json")
        #expect(passing.status == 0 && passing.errors.hasSuffix("1 test passed\n") && passing.text.contains("${SURELY_NOT_SET}"), "\(passing.errors)")
        #expect(try await sluice("check", "--lambda", "--explain", "event.json").text.contains("r: taken, to a"))
        try folder.write("sluice.yaml", unset("Orders", routes: ""))
        let failing = try await sluice("check", "--lambda", "--json")
        #expect(failing.status == 1 && failing.text.isEmpty, "\(failing.errors)")
    }

    @Test("tests and --explain that need variables that are not set are not left out in silence")
    func unsetVariablesOfRoutes() async throws {
        try folder.write("event.json", Self.change("open"))
        try folder.write("sluice.yaml", unset("${NOR_THIS_ONE}", routes: "r"))
        for arguments in [["--json"], []] {
            let result = try await sluice.run(["check", "--lambda"] + arguments)
            #expect(result.status == 0 && result.text.isEmpty == arguments.isEmpty)
            #expect(result.errors.contains("routes[0].table[0]: found ${NOR_THIS_ONE}, which is not set") && !result.errors.contains("SURELY_NOT_SET"), "\(result.errors)")
            #expect(result.errors.contains("sluice.yaml: 1 test not run"), "\(result.errors)")
        }
        let explain = try await sluice("check", "--lambda", "--explain", "event.json")
        #expect(explain.status == 2 && explain.text.isEmpty && explain.errors.contains("NOR_THIS_ONE"), "\(explain.errors)")
        var sluice = sluice
        sluice.environment["NOR_THIS_ONE"] = "Orders"
        #expect(try await sluice("check", "--lambda").errors.hasSuffix("1 test passed\n"))
        #expect(try await sluice("check", "--json", "--explain", "event.json").status == 2)
    }

    @Test("mistakes in tests are told with their places")
    func mistakes() async throws {
        try folder.write("sluice.yaml", Self.configuration + """
            tests:
              - { name: x, event: event.json, routes: [everythin], sinks: [order], fields: { a: [ { is: 1 } ] }, extra: 1 }
              - { event: 5 }

            """)
        let result = try await sluice("check")
        #expect(result.status == 2)
        for part in ["did you mean everything?", "did you mean orders?", "tests[0].fields.a[0]: found the unknown comparison \"is\"", "the unknown key \"extra\"", "tests[1].event: found the number 5"] {
            #expect(result.errors.contains(part), "\(part): \(result.errors)")
        }
    }

    @Test("check warns about what can never match")
    func warning() async throws {
        try folder.write("sluice.yaml", "sinks:\n  a: { type: log }\nroutes:\n  - when: { dynamodb: { NewImage: { price: { N: [ { numeric: [ \">\", 5 ] } ] } } } }\n    to: a\n")
        let result = try await sluice("check")
        #expect(result.status == 0 && result.errors.hasPrefix("sluice.yaml:4:49: warning: routes[0].when.dynamodb.NewImage.price.N: never matches"), "\(result.errors)")
    }
}
