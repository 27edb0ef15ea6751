// SPDX-License-Identifier: Apache-2.0

import JSONTape
public import StreamRecords

/// What a run of Sluice is told: the sinks, the routes to them, and what becomes of records that can't be delivered.
public struct Configuration: Sendable {
    /// A sink as configured, not yet started.
    public struct SinkDeclaration: Sendable, Hashable {
        /// The name that routes use.
        public var name: String
        /// The name of its type in the ``SinkRegistry``.
        public var type: String
        /// An object with the sink's own settings; its key `type` is not among them.
        public var settings: ConfigurationNode

        public init(name: String, type: String, settings: ConfigurationNode) {
            self.name = name
            self.type = type
            self.settings = settings
        }
    }

    /// What becomes of records that a sink has rejected.
    public struct Rejected: Sendable, Hashable {
        /// The sinks they are parked in. Empty: nowhere.
        public var to: [String]
        /// A rejected record counts as one to be retried.
        public var block: Bool
        /// A record of at least this age that must be retried is parked instead.
        public var parkAfter: Duration?

        public init(to: [String] = [], block: Bool = false, parkAfter: Duration? = nil) {
            self.to = to
            self.block = block
            self.parkAfter = parkAfter
        }
    }

    /// How large an input may be, where the configuration says so. Absent values keep the reader's safe defaults.
    public struct Limits: Sendable, Hashable {
        /// The most bytes one compressed batch may grow to.
        public var decompressed: ByteCount?
        /// The most bytes of one document.
        public var document: ByteCount?
        /// The most bytes of one record.
        public var record: ByteCount?
        /// How many JSON objects and arrays may be open at once: at most as many as the reader allows where nothing is said.
        public var depth: Int?

        public init() {}

        /// For the reader: these, and its defaults for the others.
        public var recordLimits: RecordLimits {
            var limits = RecordLimits()
            if let decompressed { limits.decompressed = decompressed.bytes }
            if let document { limits.document = document.bytes }
            if let record { limits.record = record.bytes }
            if let depth { limits.json.maximumDepth = depth }
            return limits
        }
    }

    /// What may be run again.
    public struct Rerun: Sendable, Hashable {
        /// Names of functions, with `*` for any characters.
        public var allow: [String] = []

        public init() {}
    }

    public var sinks: [SinkDeclaration]
    public var routes: [Route]
    public var rejected: Rejected
    public var limits: Limits
    public var rerun = Rerun()
    /// The HTTP API's settings, as they stand: whoever serves it reads them.
    public var api: ConfigurationNode?
    /// What is no mistake, and hardly meant.
    var patternWarnings: [ConfigurationWarning] = []
    /// What `sluice check` tries.
    public var tests: [ConfigurationTest] = []

    public init(
        sinks: [SinkDeclaration], routes: [Route], rejected: Rejected = Rejected(), limits: Limits = Limits()
    ) {
        self.sinks = sinks
        self.routes = routes
        self.rejected = rejected
        self.limits = limits
    }

    /// Reads a configuration, with the settings of every sink, and tells all its mistakes at once.
    ///
    /// - Parameters:
    ///   - root: what the file holds.
    ///   - registry: the types of sinks there are.
    ///   - environment: what `${NAME}` takes its values from.
    public init(
        reading root: ConfigurationNode, registry: SinkRegistry, environment: [String: String] = [:]
    ) throws(ConfigurationErrors) {
        var mistakes: [ConfigurationMistake] = []
        let root = root.substituting(environment, mistakes: &mistakes)
        // A variable that is not set leaves a value that means nothing: that is one mistake and not two.
        let unset = Set(mistakes.compactMap(\.mark))
        var reader = ConfigurationReader(registry: registry)
        let configuration = reader.read(root)
        mistakes += reader.mistakes.filter { mistake in mistake.mark.map { !unset.contains($0) } ?? true }
        guard mistakes.isEmpty else { throw ConfigurationErrors(mistakes) }
        self = configuration
    }

    /// The configuration that `--to` stands for: one route for every record to these sinks, named in short
    /// (`log:`, `dir:PATH`).
    ///
    /// - Parameter origin: what messages call the place (`--to`).
    public init(
        sendingEverythingTo short: [String], envelope: Envelope = .plain, registry: SinkRegistry,
        origin: String = "--to"
    ) throws(ConfigurationErrors) {
        var mistakes: [ConfigurationMistake] = []
        var sinks: [SinkDeclaration] = []
        for name in short where !sinks.contains(where: { $0.name == name }) {
            if let sink = registry.declaration(short: name, origin: origin, mistakes: &mistakes) { sinks.append(sink) }
        }
        mistakes += registry.sharedFiles(sinks)
        guard mistakes.isEmpty else { throw ConfigurationErrors(mistakes) }
        var route = Route(name: "everything", envelope: envelope, to: sinks.map(\.name))
        if envelope.isForChangesOnly { route.conditions.append(.kind([.change])) }
        self.init(sinks: sinks, routes: [route])
    }
}
