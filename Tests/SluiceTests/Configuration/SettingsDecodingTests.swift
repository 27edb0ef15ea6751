// SPDX-License-Identifier: Apache-2.0

import Sluice
import Testing

/// What a sink author's `Decodable` settings are told.
@Suite struct SettingsDecodingTests {
    struct Settings: Decodable, Equatable {
        enum Mode: String, Decodable, CaseIterable { case fast, careful }
        struct Server: Decodable, Equatable {
            var host: String
            var port: UInt16
        }

        var name: String
        var mode: Mode
        var servers: [Server]
        var labels: [String: Int]?
        var timeout: Duration?
        var size: ByteCount?
        var ratio: Double?
        var isOn: Bool?
    }

    func decode<T: Decodable>(_ type: T.Type, _ json: String) throws(ConfigurationErrors) -> T {
        try ConfigurationNode(json: json, file: "f").decode(type, path: "sinks.x")
    }

    func mistakes<T: Decodable>(_ type: T.Type, _ json: String) -> [String] {
        do {
            _ = try decode(type, json)
            return []
        } catch {
            return error.mistakes.map(\.description)
        }
    }

    @Test func decodesWhatIsRight() throws {
        let settings = try decode(Settings.self, """
            {"name": "n", "mode": "careful", "servers": [{"host": "h", "port": 80}], "labels": {"a": 1},
             "timeout": "2s", "size": "1 KiB", "ratio": 0.5, "isOn": null}
            """)
        #expect(settings == Settings(
            name: "n", mode: .careful, servers: [.init(host: "h", port: 80)], labels: ["a": 1], timeout: .seconds(2),
            size: ByteCount(1024), ratio: 0.5, isOn: nil))
    }

    @Test func goesOnAfterEachMistake() {
        let found = mistakes(Settings.self, """
            {"nam": 1, "mode": "carful",
             "servers": [{"host": 5, "port": 70000}, "x", {"hst": "h"}],
             "labels": {"a": "b"}, "timeout": "2 s",
             "size": true, "ratio": "0.5"}
            """)
        #expect(found == [
            #"f:1:1: sinks.x: found an object, expected the key "name" in it"#,
            #"f:1:2: sinks.x: found the unknown key "nam", expected name, mode, servers, labels, timeout, size, ratio or isOn; did you mean name?"#,
            #"f:1:20: sinks.x.mode: found the text "carful", expected fast or careful; did you mean careful?"#,
            #"f:2:23: sinks.x.servers[0].host: found the number 5, expected text"#,
            #"f:2:34: sinks.x.servers[0].port: found the number 70000, expected a whole number from 0 to 65535"#,
            #"f:2:42: sinks.x.servers[1]: found the text "x", expected an object"#,
            #"f:2:47: sinks.x.servers[2]: found an object, expected the key "host" in it"#,
            #"f:2:47: sinks.x.servers[2]: found an object, expected the key "port" in it"#,
            #"f:2:48: sinks.x.servers[2]: found the unknown key "hst", expected host or port; did you mean host?"#,
            #"f:3:18: sinks.x.labels.a: found the text "b", expected a whole number"#,
            #"f:3:35: sinks.x.timeout: found the text "2 s", expected a duration such as 15m, 1h30m or 500ms"#,
            #"f:4:10: sinks.x.size: found true, expected a size such as 64 MiB, 256 KB or 1000"#,
            #"f:4:25: sinks.x.ratio: found the text "0.5", expected a number"#,
        ])
    }

    @Test func aSinkWithoutSettingsTakesNone() {
        #expect(mistakes(NoSettings.self, #"{"colour": "red"}"#)
            == [#"f:1:2: sinks.x: found the unknown key "colour", expected no settings"#])
        #expect(mistakes(NoSettings.self, "{}").isEmpty)
    }

    struct Checked: Decodable {
        var template: NameTemplate
        var level: Level
        enum Level: Int, Decodable { case one = 1 }
    }

    @Test func typesThatCheckThemselvesSpeakForThemselves() {
        #expect(mistakes(Checked.self, #"{"template": "{kind}/{tabel}/{id}", "level": 1}"#) == [
            #"f:1:14: sinks.x.template: found the text "{kind}/{tabel}/{id}", expected kind, id, source, account, region, date, hour, year, month, day, table, op, group, stream, queue, bus or key.NAME between { and }, not "tabel"; did you mean {table}?"#
        ])
        let found = mistakes(Checked.self, #"{"template": "{id}", "level": 2}"#)
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("f:1:31: sinks.x.level: found the number 2, expected a value for Level"), "\(found)")
    }
}
