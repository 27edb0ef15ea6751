// SPDX-License-Identifier: Apache-2.0

public import EventTable
public import Sluice

/// The setting `api`: who may ask, from which pages, and in which form the answers are.
///
///     api:
///       keys:
///         - { name: dashboard, sha256: "…", scopes: [read, judge], rate: 20, burst: 40, quota: 100000 }
///       cors: { origins: ["https://example.org"] }
///       numbers: exact
///       max_body: 6 MiB
///       retention: 90d
public struct APISettings: Sendable, Decodable {
    /// No keys: everybody may do everything. A server then lets in nobody but its own machine.
    public var keys: [APIKey]
    /// Which pages of other origins may ask; absent: none.
    public var cors: CORS?
    /// How numbers in items, params and responses are written.
    public var numbers: EventRowWriter.Numbers
    /// The most bytes that a body may have.
    public var maximumBody: ByteCount
    /// How long what is saved or brought in is kept; absent: for ever.
    public var retention: Duration?
    /// A rerun is waited for unless the request says otherwise. Behind API Gateway, which waits 29 seconds, it never is.
    public var waits: Bool
    /// How an HTTP server of our own serves it.
    public var server: ServerSettings

    /// Cross-origin requests: <https://fetch.spec.whatwg.org/#http-cors-protocol>
    public struct CORS: Sendable, Hashable, Decodable {
        /// `https://example.org`, or `*` for all.
        public var origins: [String]
        /// How long a browser may keep what it was told; 10 minutes unless told.
        public var maxAge: Duration?

        private enum CodingKeys: String, CodingKey {
            case origins
            case maxAge = "max_age"
        }

        public init(origins: [String], maxAge: Duration? = nil) {
            self.origins = origins
            self.maxAge = maxAge
        }

        func allows(_ origin: String) -> Bool { origins.contains("*") || origins.contains(origin) }
    }

    public static let usualBody = ByteCount(6 << 20)

    public init(
        keys: [APIKey] = [], cors: CORS? = nil, numbers: EventRowWriter.Numbers = .exact, maximumBody: ByteCount = Self.usualBody,
        retention: Duration? = nil, waits: Bool = false, server: ServerSettings = ServerSettings()
    ) {
        self.keys = keys
        self.cors = cors
        self.numbers = numbers
        self.maximumBody = maximumBody
        self.retention = retention
        self.waits = waits
        self.server = server
    }

    /// Reads a configuration's `api`; the usual settings where it has none.
    public init(_ node: ConfigurationNode?) throws(ConfigurationErrors) {
        guard let node else {
            self.init()
            return
        }
        self = try node.decode(APISettings.self, path: "api")
    }

    private enum CodingKeys: String, CodingKey {
        case keys, cors, numbers, retention, server
        case maximumBody = "max_body"
        case waits = "wait"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let keys = try container.decodeIfPresent([KeySetting].self, forKey: .keys) ?? []
        if Set(keys.map(\.key.name)).count != keys.count { throw ConfigurationValueError(expected: "keys with different names") }
        self.init(
            keys: keys.map(\.key), cors: try container.decodeIfPresent(CORS.self, forKey: .cors),
            numbers: try container.decodeIfPresent(EventRowWriter.Numbers.self, forKey: .numbers) ?? .exact,
            maximumBody: try container.decodeIfPresent(ByteCount.self, forKey: .maximumBody) ?? Self.usualBody,
            retention: try container.decodeIfPresent(Duration.self, forKey: .retention),
            waits: try container.decodeIfPresent(Bool.self, forKey: .waits) ?? false,
            server: try container.decodeIfPresent(ServerSettings.self, forKey: .server) ?? ServerSettings())
    }

    /// How long what is written is kept, in seconds.
    var retentionSeconds: Int64? { retention?.components.seconds }
}

/// A key as a configuration names it.
private struct KeySetting: Decodable {
    let key: APIKey

    private enum CodingKeys: String, CodingKey {
        case name, sha256, scopes, rate, burst, quota
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .name)
        let hash = try container.decode(String.self, forKey: .sha256)
        let scopes = try container.decode([APIScope].self, forKey: .scopes)
        let plan = APIPlan(
            rate: try container.decodeIfPresent(Double.self, forKey: .rate), burst: try container.decodeIfPresent(Int.self, forKey: .burst),
            quota: try container.decodeIfPresent(Int.self, forKey: .quota))
        if let flaw = plan.flaw { throw ConfigurationValueError(expected: flaw) }
        guard let key = APIKey(name: name, sha256: hash, scopes: Set(scopes), plan: plan) else {
            throw ConfigurationValueError(expected: "in sha256 the SHA-256 of the key, 64 hexadecimal digits: printf %s KEY | sha256sum")
        }
        self.key = key
    }
}
