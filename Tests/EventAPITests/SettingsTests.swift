// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import Sluice
import Testing

@testable import EventAPI

struct SettingsTests {
    private static func read(_ json: String) throws -> APISettings {
        try APISettings(try ConfigurationNode(json: json, file: "sluice.json"))
    }

    @Test("All settings are read")
    func all() throws {
        let hash = APIKey.sha256(of: "secret")
        let settings = try Self.read(
            """
            {"keys": [{"name": "a", "sha256": "\(hash)", "scopes": ["read", "judge"], "rate": 2.5, "burst": 10, "quota": 1000},
              {"name": "b", "sha256": "\(APIKey.sha256(of: "other").uppercased())", "scopes": []}],
             "cors": {"origins": ["https://example.org"], "max_age": "1h"}, "numbers": "string", "max_body": "1 MiB", "retention": "90d", "wait": true}
            """)
        #expect(settings.keys.map(\.name) == ["a", "b"])
        #expect(settings.keys.first?.scopes == [.read, .judge])
        #expect(settings.keys.first?.plan == APIPlan(rate: 2.5, burst: 10, quota: 1000))
        #expect(settings.keys.first?.plan.capacity == 10)
        #expect(settings.numbers == .string)
        #expect(settings.maximumBody.bytes == 1 << 20)
        #expect(settings.retentionSeconds == 7_776_000)
        #expect(settings.waits)
        #expect(KeyRing(keys: settings.keys).place(of: "secret") == 0)
        #expect(KeyRing(keys: settings.keys).place(of: "other") == 1)
        #expect(KeyRing(keys: settings.keys).place(of: "") == nil)
    }

    @Test(
        "Mistakes are told",
        arguments: [
            (#"{"kyes": []}"#, "kyes"), (#"{"keys": [{"name": "a", "sha256": "abc", "scopes": []}]}"#, "64 hexadecimal digits"),
            (#"{"numbers": "exakt"}"#, "exact"), (#"{"cors": {}}"#, "origins"),
            (#"{"keys": [{"name": "a", "sha256": "\#(APIKey.sha256(of: "a"))", "scopes": ["reed"]}]}"#, "read"),
            (#"{"keys": [{"name": "a", "sha256": "\#(APIKey.sha256(of: "a"))", "scopes": [], "burst": 5}]}"#, "a rate beside a burst"),
            (#"{"keys": [{"name": "a", "sha256": "\#(APIKey.sha256(of: "a"))", "scopes": [], "rate": 0}]}"#, "a rate above 0"),
        ])
    func mistakes(json: String, words: String) {
        #expect {
            _ = try Self.read(json)
        } throws: { error in
            "\(error)".contains(words)
        }
    }

    @Test("A configuration has them under api, and rerun.allow beside them")
    func configuration() throws {
        let root = try ConfigurationNode(
            json: #"{"sinks":{"a":{"type":"log"}},"routes":[{"to":["a"]}],"rerun":{"allow":["orders","mails-*"]},"api":{"numbers":"double"}}"#,
            file: "sluice.json")
        let configuration = try Configuration(reading: root, registry: .standard())
        #expect(configuration.rerun.allow == ["orders", "mails-*"])
        #expect(try APISettings(configuration.api).numbers == .double)
        #expect(try APISettings(nil).numbers == .exact)
    }
}

#endif
