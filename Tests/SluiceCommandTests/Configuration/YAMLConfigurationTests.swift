// SPDX-License-Identifier: Apache-2.0

import Sluice
@testable import SluiceCommand
import Testing

@Suite struct YAMLConfigurationTests {
    func mistakes(_ yaml: String) -> [String] {
        do {
            let node = try ConfigurationNode(yaml: yaml, file: "sluice.yaml")
            _ = try Configuration(reading: node, registry: .standard())
            return []
        } catch {
            return error.mistakes.map(\.description)
        }
    }

    @Test func scalarsMeanWhatTheyMeanInJSON() throws {
        let node = try ConfigurationNode(yaml: """
            a: [no, yes, on, ~, 0x10, 012, 1_000, .5, +1, 2001-01-01, "1", 'true', !!str 5, NULL, True]
            b: [null, true, false, 0, -1.5e3, 12345678901234567890123]
            c:
            """, file: "f")
        let texts = try #require(node["a"])
        guard case .list(let strings) = texts.value else {
            Issue.record("no list")
            return
        }
        #expect(strings.map(\.string) == [
            "no", "yes", "on", "~", "0x10", "012", "1_000", ".5", "+1", "2001-01-01", "1", "true", "5", "NULL", "True",
        ])
        guard case .list(let others)? = node["b"]?.value else {
            Issue.record("no list")
            return
        }
        #expect(others.map(\.value) == [
            .null, .bool(true), .bool(false), .number("0"), .number("-1.5e3"), .number("12345678901234567890123"),
        ])
        #expect(node["c"]?.value == .null)
    }

    @Test func saysTheSameAsJSON() throws {
        let yaml = try ConfigurationNode(yaml: """
            # a comment
            sinks:
              console: &log { type: log }
              again: *log
              other:
                <<: *log
                format: json
            routes:
            - to: [console, again]
            """, file: "f")
        let json = try ConfigurationNode(json: """
            {"sinks": {"console": {"type": "log"}, "again": {"type": "log"}, "other": {"format": "json", "type": "log"}},
             "routes": [{"to": ["console", "again"]}]}
            """, file: "f")
        #expect(plain(yaml) == plain(json))
        _ = try Configuration(reading: yaml, registry: .standard())
    }

    private func plain(_ node: ConfigurationNode) -> String {
        switch node.value {
        case .list(let elements): "[\(elements.map(plain).joined(separator: ","))]"
        case .object(let members): "{\(members.map { "\($0.name):\(plain($0.node))" }.joined(separator: ","))}"
        default: "\(node.value)"
        }
    }

    @Test func marksAreOfLinesAndColumns() {
        #expect(mistakes("""
            sinks:
              console: { type: log, colour: never }
            routes:
              - name: all
                to: [consoel]
            """) == [
            #"sluice.yaml:2:25: sinks.console: found the unknown key "colour", expected type, format or color; did you mean color?"#,
            #"sluice.yaml:5:10: routes[0].to[0]: found the unknown sink "consoel", expected console; did you mean console?"#,
        ])
    }

    @Test(arguments: [
        ("sinks: [", "sluice.yaml:2:1: found a text that is not YAML"), ("a: 1\na: 2", "sluice.yaml:1:1: found the key \"a\" a second time"),
        ("a: *b", "sluice.yaml:1:4: found a text that is not YAML"), ("", "sluice.yaml:1:1: found an empty object"),
        ("- a", "sluice.yaml:1:1: found a list"), ("? [a]\n: b", "sluice.yaml:1:3: found a key that is a list"),
    ])
    func tellsWhatIsNoConfiguration(_ yaml: String, _ start: String) throws {
        let found = mistakes(yaml)
        #expect(try #require(found.first).hasPrefix(start), "\(found)")
    }

    @Test func aliasesThatGrowWithoutEndAreRefused() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(list)]\n"
        }
        let found = mistakes(yaml)
        #expect(found.count == 1)
        #expect(found.first?.contains("too many values") == true, "\(found)")
    }
}
