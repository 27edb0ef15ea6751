// SPDX-License-Identifier: Apache-2.0

import Logging
import Sluice
import StreamRecords
import Testing

@testable import LambdaHost

@Suite("Configuration on Lambda")
struct LambdaConfigurationTests {
    private static var sinks: SinkRegistry {
        var sinks = SinkRegistry()
        sinks.register("log", LogSink.self)
        // As the event table's own sink will be registered: settings with a table.
        sinks.register("event-table") { _, _ in throw ConfigurationErrors([]) }
        return sinks
    }

    private func read(_ text: String, ownLogGroup: String? = nil, environment: [String: String] = [:]) throws -> Configuration {
        try LambdaConfiguration.read(
            ConfigurationNode(json: text, file: "sluice.json"), sinks: Self.sinks, environment: environment, ownLogGroup: ownLogGroup)
    }

    private func mistakes(_ text: String, ownLogGroup: String? = nil, environment: [String: String] = [:]) -> [String] {
        do {
            _ = try read(text, ownLogGroup: ownLogGroup, environment: environment)
            return []
        } catch {
            return (error as? ConfigurationErrors)?.mistakes.map(\.description) ?? ["\(error)"]
        }
    }

    @Test("one that keeps to the rules is read")
    func sound() throws {
        let configuration = try read(
            #"{"sinks":{"console":{"type":"log"}},"routes":[{"to":["console"]}],"rejected":{"block":true},"limits":{"depth":20}}"#)
        #expect(configuration.rejected.block && configuration.limits.depth == 20)
    }

    @Test("all that is wrong is told at once, each thing once")
    func allAtOnce() {
        let found = mistakes("""
            {"sinks":{"a":{"type":"file","path":"x"},
                      "b":{"type":"dir","path":"y"},
                      "c":{"type":"event-table","table":"sqlite:events.db"},
                      "d":{"type":"lgo"}},
             "routes":[{"group":["/aws/lambda/other","/aws/lambda/me"],"to":["a"]}]}
            """, ownLogGroup: "/aws/lambda/me")
        #expect(found.count == 6, "\(found.joined(separator: "\n"))")
        #expect(found.contains { $0.hasPrefix("sluice.json:1:23: sinks.a.type: ") && $0.contains("vanish") })
        #expect(found.contains { $0.hasPrefix("sluice.json:2:") && $0.contains("sinks.b.type") })
        #expect(found.contains { $0.hasPrefix("sluice.json:3:") && $0.contains("an event table in a file") })
        #expect(found.contains { $0.contains("sinks.d.type") && $0.contains("did you mean log?") })
        #expect(found.contains { $0.hasPrefix("sluice.json:5:") && $0.contains("routes[0].group") && $0.contains("own log group") })
        #expect(found.contains { $0.contains("\"rejected\"") })
    }

    @Test("rejected records need a place")
    func rejected() {
        #expect(mistakes(#"{"sinks":{"console":{"type":"log"}},"routes":[{"to":["console"]}]}"#).count == 1)
        #expect(mistakes(#"{"sinks":{"console":{"type":"log"}},"routes":[{"to":["console"]}],"rejected":{"to":"console"}}"#).isEmpty)
    }

    @Test("an API needs a table")
    func api() {
        let text = #"{"sinks":{"h":{"type":"event-table","table":"dynamodb:events"}},"routes":[{"to":["h"]}],"rejected":{"block":true},"api":{}}"#
        #expect(mistakes(text).isEmpty)
        let without = mistakes(#"{"sinks":{"c":{"type":"log"}},"routes":[{"to":["c"]}],"rejected":{"block":true},"api":{}}"#)
        #expect(without.count == 1 && without[0].contains("without a table"))
    }

    @Test("a route from the event table's own stream is refused")
    func ownTable() {
        let text = #"{"sinks":{"h":{"type":"event-table","table":"dynamodb:events"}},"routes":[{"table":"events","to":["h"]}],"rejected":{"block":true}}"#
        #expect(mistakes(text).count == 1 && mistakes(text)[0].contains("own event table"))
    }

    @Test("the event table and the log group are known however they are written", arguments: [
        ("dynamodb:${EVENT_TABLE}", "sluice-events"), ("dynamodb:sluice-events", "${EVENT_TABLE}"), ("${SINK}", "sluice-events"),
        ("dynamodb:arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-events", "sluice-events"), ("dynamodb:${TABLE_ARN}", "sluice-events"),
        ("dynamodb:${EVENT_TABLE}", "${TABLE_ARN}"), ("dynamodb:${NONE:-sluice-events}", "sluice-events"),
    ])
    func ownTableByVariable(_ table: String, _ source: String) {
        let environment = [
            "EVENT_TABLE": "sluice-events", "SINK": "dynamodb:sluice-events",
            "TABLE_ARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-events",
        ]
        func found(_ tables: String) -> [String] {
            mistakes(
                #"{"sinks":{"h":{"type":"event-table","table":"\#(table)"}},"routes":[{"table":\#(tables),"to":["h"]}],"rejected":{"block":true},"api":{}}"#,
                environment: environment)
        }
        let told = found(#"["Orders","\#(source)"]"#)
        #expect(told.count == 1 && told[0].contains("own event table") && told[0].contains("routes[0].table"), "\(told)")
        // What the variable stands for is not shown.
        #expect(told.first?.contains(source) == true)
        #expect(found(#"["Orders","sluice-events-2"]"#).isEmpty)
        let group = mistakes(
            #"{"sinks":{"c":{"type":"log"}},"routes":[{"group":"/aws/lambda/${NAME}","to":["c"]}],"rejected":{"block":true}}"#,
            ownLogGroup: "/aws/lambda/me", environment: ["NAME": "me"])
        #expect(group.count == 1 && group[0].contains("own log group"))
    }

    @Test("a table in a file is refused behind a variable too, and one without a value yet is only that")
    func tablesByVariable() {
        let text = #"{"sinks":{"h":{"type":"event-table","table":"${TABLE}"}},"routes":[{"table":"Orders","to":["h"]}],"rejected":{"block":true},"api":{}}"#
        let file = mistakes(text, environment: ["TABLE": "sqlite:events.db"])
        #expect(file.contains { $0.contains("an event table in a file") })
        let unset = mistakes(text)
        #expect(unset.count == 1 && unset[0].contains("${TABLE}, which is not set"), "\(unset)")
    }

    private func loop(_ guarding: LoopGuard, _ event: String) -> FunctionError? {
        RecordBatch.decode(Array(event.utf8)).lazy.compactMap { guarding.loop(in: $0) }.first
    }

    @Test("events of the function's own making are refused")
    func loops() throws {
        let configuration = try read(
            #"{"sinks":{"h":{"type":"event-table","table":"dynamodb:${TABLE}"}},"routes":[{"to":["h"]}],"rejected":{"block":true}}"#,
            environment: ["TABLE": "events"])
        let guarding = LoopGuard(configuration, logGroup: "/aws/lambda/me")
        #expect(loop(guarding, Events.logs(group: "/aws/lambda/me"))?.kind == .loop)
        #expect(loop(guarding, Events.logs(group: "/aws/lambda/me-too")) == nil)
        #expect(loop(guarding, Events.records([Events.change(1, table: "events")]))?.message.contains("events") == true)
        #expect(loop(guarding, Events.records([Events.change(1, table: "Things")])) == nil)
        #expect(loop(LoopGuard(configuration, logGroup: nil), Events.logs(group: "/aws/lambda/me")) == nil)
    }

    @Test("what has the same name in another account or region is no loop")
    func otherAccounts() async throws {
        let pipeline = try Pipeline(sinks: [("things", TestSink())], routes: [Route(name: "all", to: ["things"])])
        func isLoop(_ event: String, table: String = "dynamodb:events", in region: String = "eu-west-1", of account: String = "123456789012") async throws -> Bool {
            let configuration = try read(
                #"{"sinks":{"h":{"type":"event-table","table":"\#(table)"}},"routes":[{"to":["h"]}],"rejected":{"block":true}}"#)
            let host = EventHost(
                pipeline: pipeline, table: try .none(pipeline), limits: RecordLimits(), loops: LoopGuard(configuration, logGroup: "/aws/lambda/me"),
                settings: try HostSettings(["SLUICE_METRICS_NAMESPACE": "off"]), logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            let invocation = try Invocation.of(event, functionARN: "arn:aws:lambda:\(region):\(account):function:me:live")
            if case .failure(let error) = await host.handle(invocation).answer { return error.kind == .loop }
            return false
        }
        let logs = Events.logs(group: "/aws/lambda/me")
        #expect(try await isLoop(logs))
        #expect(try await !isLoop(logs, of: "999999999999"))
        #expect(try await !isLoop(Events.logs(group: "/aws/lambda/me", owner: "999999999999")))
        let changes = Events.records([Events.change(1, table: "events")])
        #expect(try await isLoop(changes))
        #expect(try await !isLoop(changes, in: "us-east-1"))
        #expect(try await !isLoop(changes, of: "999999999999"))
        // An ARN tells where the table is.
        let arn = "dynamodb:arn:aws:dynamodb:eu-west-1:123456789012:table/events"
        #expect(try await isLoop(changes, table: arn, in: "us-east-1", of: "999999999999"))
        #expect(try await !isLoop(changes, table: arn.replacing("eu-west-1", with: "us-east-1")))
        // What tells nothing of its place may be the function's own.
        #expect(try await isLoop(#"{"Records":[{"eventID":"1","eventSource":"aws:dynamodb","tableName":"events","dynamodb":{"Keys":{"Id":{"N":"1"}}}}]}"#))
    }

    @Test("a stream of the function's own making fails each time: a success would lose its records")
    func streamLoop() async throws {
        let sink = TestSink()
        let pipeline = try Pipeline(sinks: [("things", sink)], routes: [Route(name: "all", to: ["things"])])
        var loops = LoopGuard(Configuration(sinks: [], routes: []), logGroup: nil)
        loops.tables = [LoopGuard.Table(name: "events")]
        let host = EventHost(
            pipeline: pipeline, table: try .none(pipeline), limits: RecordLimits(), loops: loops, settings: try HostSettings([:]),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        for _ in 0..<3 {
            let answer = await host.handle(try Invocation.of(Events.records([Events.change(1, table: "events")]))).answer
            #expect(throws: FunctionError.self) { try answer.get() }
        }
        let other = await host.handle(try Invocation.of(Events.records([Events.change(1, table: "Things")]))).answer
        #expect(throws: Never.self) { try other.get() }
        #expect(sink.delivered == ["event-1"])
    }

    @Test("without a configuration the message says what to do")
    func missing() {
        let error = #expect(throws: FunctionError.self) {
            _ = try LambdaConfiguration.load([:], taskRoot: "/nonexistent", sinks: Self.sinks, ownLogGroup: nil)
        }
        #expect(error?.message.contains("scripts/package-lambda") == true && error?.message.contains("SLUICE_CONFIG") == true)
        let wrong = #expect(throws: FunctionError.self) {
            _ = try LambdaConfiguration.load(["SLUICE_CONFIG": "/nonexistent/s.json"], taskRoot: nil, sinks: Self.sinks, ownLogGroup: nil)
        }
        #expect(wrong?.message.contains("/nonexistent/s.json") == true)
    }

    @Test("settings of the environment")
    func settings() throws {
        let plain = try HostSettings([:])
        #expect(!plain.partialResponses && plain.metricsNamespace == "Sluice" && plain.deadlineMargin == .milliseconds(500))
        let set = try HostSettings([
            "SLUICE_PARTIAL_RESPONSES": "1", "SLUICE_METRICS_NAMESPACE": "Shop/Streams", "SLUICE_DEADLINE_MARGIN": "2s",
            "AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "WARN", "AWS_LAMBDA_FUNCTION_NAME": "me",
        ])
        #expect(set.partialResponses && set.metricsNamespace == "Shop/Streams" && set.deadlineMargin == .seconds(2))
        #expect(set.log.format == .json && set.log.level == .warning && set.functionName == "me")
        #expect(try HostSettings(["SLUICE_METRICS_NAMESPACE": "off"]).metricsNamespace == nil)
        #expect(try HostSettings(["SLUICE_METRICS_NAMESPACE": ""]).metricsNamespace == nil)
        for sound in ["My Shop", "a:b", String(repeating: "n", count: 255)] {
            #expect(try HostSettings(["SLUICE_METRICS_NAMESPACE": sound]).metricsNamespace == sound)
        }
        for wrong in ["  ", ":a", "größe", "a\tb", "AWS/Lambda", String(repeating: "n", count: 256)] {
            #expect(throws: FunctionError.self) { _ = try HostSettings(["SLUICE_METRICS_NAMESPACE": wrong]) }
        }
        let error = #expect(throws: FunctionError.self) {
            _ = try HostSettings([
                "SLUICE_PARTIAL_RESPONSES": "yes", "SLUICE_DEADLINE_MARGIN": "soon", "AWS_LAMBDA_LOG_FORMAT": "XML", "AWS_LAMBDA_LOG_LEVEL": "LOUD",
                "SLUICE_METRICS_NAMESPACE": "AWS/Lambda",
            ])
        }
        #expect(error?.trace.count == 5)
    }
}
