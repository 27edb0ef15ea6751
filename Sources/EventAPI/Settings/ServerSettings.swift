// SPDX-License-Identifier: Apache-2.0

internal import Sluice

/// The setting `api.server`: where an HTTP server of the API listens, and how patient it is. Behind API Gateway nobody asks for it.
///
///     api:
///       server:
///         listen: 0.0.0.0:8443
///         certificate: /etc/sluice/certificate.pem
///         key: /etc/sluice/key.pem
///         body_timeout: 30s
public struct ServerSettings: Sendable, Hashable, Decodable {
    /// `HOST:PORT`; absent: 127.0.0.1:8080.
    public var listen: String?
    /// A PEM file with the certificate and those above it. With one the server speaks TLS.
    public var certificate: String?
    /// A PEM file with the certificate's private key.
    public var key: String?
    /// How long the head of a request may take, from its first byte, and the first request of a connection in all.
    public var headerTimeout: Duration
    /// How long the body of a request may take, and how long a client may take nothing of an answer.
    public var bodyTimeout: Duration
    /// How long a connection without a request is kept.
    public var idleTimeout: Duration
    /// How long an order to stop waits for what is in flight.
    public var shutdownTimeout: Duration
    /// How many connections there may be at once; further ones wait for their turn.
    public var connections: Int

    public init(
        listen: String? = nil, certificate: String? = nil, key: String? = nil, headerTimeout: Duration = .seconds(10),
        bodyTimeout: Duration = .seconds(60), idleTimeout: Duration = .seconds(75), shutdownTimeout: Duration = .seconds(30),
        connections: Int = 4096
    ) {
        self.listen = listen
        self.certificate = certificate
        self.key = key
        self.headerTimeout = headerTimeout
        self.bodyTimeout = bodyTimeout
        self.idleTimeout = idleTimeout
        self.shutdownTimeout = shutdownTimeout
        self.connections = connections
    }

    private enum CodingKeys: String, CodingKey {
        case listen, certificate, key, connections
        case headerTimeout = "header_timeout"
        case bodyTimeout = "body_timeout"
        case idleTimeout = "idle_timeout"
        case shutdownTimeout = "shutdown_timeout"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func time(_ key: CodingKeys, _ usual: Duration) throws -> Duration {
            let time = try container.decodeIfPresent(Duration.self, forKey: key) ?? usual
            guard time >= .milliseconds(100), time <= .seconds(3600) else {
                throw ConfigurationValueError(expected: "in \(key.stringValue) a time from 100ms to 1h")
            }
            return time
        }
        let usual = ServerSettings()
        self.init(
            listen: try container.decodeIfPresent(String.self, forKey: .listen),
            certificate: try container.decodeIfPresent(String.self, forKey: .certificate),
            key: try container.decodeIfPresent(String.self, forKey: .key), headerTimeout: try time(.headerTimeout, usual.headerTimeout),
            bodyTimeout: try time(.bodyTimeout, usual.bodyTimeout), idleTimeout: try time(.idleTimeout, usual.idleTimeout),
            shutdownTimeout: try time(.shutdownTimeout, usual.shutdownTimeout),
            connections: try container.decodeIfPresent(Int.self, forKey: .connections) ?? usual.connections)
        guard connections >= 1 else { throw ConfigurationValueError(expected: "at least one connection") }
    }
}
