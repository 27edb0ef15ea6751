// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice

/// What a sink reaches AWS with.
struct SinkClient: Sendable {
    let services: AWSServices
    /// Whether the connections are the sink's own, and end with it.
    let isOwn: Bool
    /// Waits for that long, or until the task is cancelled. Tests don't wait.
    let pause: @Sendable (Duration) async -> Void

    /// - Parameter services: shared with others; they outlive the sink.
    init(_ services: AWSServices, isOwn: Bool = false, pause: @escaping @Sendable (Duration) async -> Void = SinkClient.wait) {
        self.services = services
        self.isOwn = isOwn
        self.pause = pause
    }

    static let wait: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }

    func shutdown() async { if isOwn { await services.shutdown() } }
}

/// A sink that calls a service of AWS's.
protocol AWSSink: Sink {
    var client: SinkClient { get }
    init(_ settings: Settings, _ context: SinkContext, _ client: SinkClient) async throws
}

extension AWSSink {
    /// With connections of its own.
    init(_ settings: Settings, _ context: SinkContext) async throws {
        let client = SinkClient(AWSServices(AWSConfiguration(environment: context.environment, logger: context.logger)), isOwn: true)
        do {
            try await self.init(settings, context, client)
        } catch {
            await client.shutdown()
            throw error
        }
    }

    func shutdown() async throws { await client.shutdown() }
}

extension SinkRegistry {
    /// Registers a sink whose connections others have too.
    mutating func register<S: AWSSink>(_ name: String, _ type: S.Type, _ services: AWSServices, _ shorthands: SinkShorthand...) {
        register(name, settings: S.Settings.self, shorthands: shorthands) { settings, context in
            try await S(settings, context, SinkClient(services))
        }
    }
}
#endif
