// SPDX-License-Identifier: Apache-2.0

#if Server

public import CoreMetrics
public import EventAPI
internal import HummingbirdCore
internal import HummingbirdTLS
public import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import ServiceLifecycle
internal import UnixSignals

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The event table's questions over HTTP/1.1, with TLS where there is a certificate.
///
///     let server = try EventServer(api, settings: settings.server, at: .usual, logger: logger)
///     try await server.run { print("listening on \($0)") }
public struct EventServer: Sendable {
    private let settings: ServerSettings
    private let address: ListenAddress
    private let tls: TLSConfiguration?
    private let answering: Answering
    private let logger: Logger

    /// - Parameter metrics: where the server's numbers go: by default where the program's metrics go (`MetricsSystem.bootstrap`, which has to be
    ///   called before).
    /// - Throws: ``EventServerError`` where there is no key and the address can be reached from elsewhere, and where the certificate is no good.
    public init(
        _ api: EventAPI, settings: ServerSettings, at address: ListenAddress, logger: Logger, metrics: any MetricsFactory = MetricsSystem.factory
    ) throws(EventServerError) {
        guard !api.isOpen || address.isLoopback else {
            throw EventServerError(
                .open, "no key is configured, so everybody who gets to \(address) could do everything: set api.keys, or listen on 127.0.0.1")
        }
        self.settings = settings
        self.address = address
        self.logger = logger
        answering = Answering(api, metrics: ServerMetrics(metrics), logger: logger)
        tls = try Self.tls(settings)
    }

    /// Serves until SIGTERM or SIGINT comes, and comes back when what was in flight has been answered.
    /// - Parameter onListening: is told where, `http://127.0.0.1:8080`, once requests are taken.
    /// - Throws: ``EventServerError`` where the address cannot be had.
    public func run(onListening: @escaping @Sendable (String) -> Void) async throws(EventServerError) {
        let times = ConnectionTimes(
            header: TimeAmount(settings.headerTimeout), body: TimeAmount(settings.bodyTimeout), idle: TimeAmount(settings.idleTimeout))
        let scheme = tls == nil ? "http" : "https"
        let host = address.host
        do {
            let connection = GuardedChannel(times: times, answering: answering)
            let configuration = ServerConfiguration(
                address: .hostname(host, port: address.port), backlog: 1024,
                availableConnectionsDelegate: .maximum(Self.connections(atMost: settings.connections), logger: logger))
            let onRunning: @Sendable (any Channel) async -> Void = { channel in
                let port = channel.localAddress?.port ?? 0
                onListening("\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)")
            }
            let group = MultiThreadedEventLoopGroup.singleton
            let server: any Service =
                if let tls {
                    try TLSChannel(connection, tlsConfiguration: tls)
                        .server(configuration: configuration, onServerRunning: onRunning, eventLoopGroup: group, logger: logger)
                } else {
                    connection.server(configuration: configuration, onServerRunning: onRunning, eventLoopGroup: group, logger: logger)
                }
            var services = ServiceGroupConfiguration(
                services: [.init(service: server)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            services.maximumGracefulShutdownDuration = settings.shutdownTimeout
            try await ServiceGroup(configuration: services).run()
        } catch {
            throw Self.meaning(error, at: address)
        }
    }

    /// Some descriptors are left for the table, and for what the server asks elsewhere.
    private static func connections(atMost wanted: Int) -> Int {
        let descriptors = Int(sysconf(Int32(_SC_OPEN_MAX)))
        return descriptors > 0 ? max(1, min(wanted, descriptors - 64)) : wanted
    }

    private static func tls(_ settings: ServerSettings) throws(EventServerError) -> TLSConfiguration? {
        switch (settings.certificate, settings.key) {
        case (nil, nil): return nil
        case (nil, _), (_, nil): throw EventServerError(.certificate, "TLS needs a certificate and its key: only one of them is set")
        case (let certificate?, let key?):
            let chain: [NIOSSLCertificate]
            do { chain = try NIOSSLCertificate.fromPEMFile(certificate) } catch {
                throw EventServerError(.certificate, "\(certificate) cannot be read as certificates in PEM: \(error)")
            }
            let privateKey: NIOSSLPrivateKey
            do { privateKey = try NIOSSLPrivateKey(file: key, format: .pem) } catch {
                throw EventServerError(.certificate, "\(key) cannot be read as a private key in PEM: \(error)")
            }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            do { _ = try NIOSSLContext(configuration: configuration) } catch {
                throw EventServerError(.certificate, "the certificate \(certificate) and the key \(key) cannot be used together: \(error)")
            }
            return configuration
        }
    }

    private static func meaning(_ error: any Error, at address: ListenAddress) -> EventServerError {
        switch error {
        case let error as EventServerError: error
        case let error as IOError where error.errnoCode == EADDRINUSE:
            EventServerError(.cannotListen, "cannot listen on \(address): somebody else does already; --listen names another port, 0 takes a free one")
        case let error as IOError where error.errnoCode == EACCES:
            EventServerError(.cannotListen, "cannot listen on \(address): this user may not; ports below 1024 need a privilege")
        case let error as IOError: EventServerError(.cannotListen, "cannot listen on \(address): \(error)")
        case let error as SocketAddressError: EventServerError(.cannotListen, "cannot listen on \(address): \(error)")
        default: EventServerError(.failed, "the server broke off: \(error)")
        }
    }
}

#endif
