// SPDX-License-Identifier: Apache-2.0

/// The types of sinks that a configuration can name. A value: make one, register what you have, hand it on.
public struct SinkRegistry: Sendable {
    typealias Check = @Sendable (ConfigurationNode, ConfigurationPath, inout [ConfigurationMistake]) -> Void
    typealias Make = @Sendable (ConfigurationNode, SinkContext) async throws -> any Sink

    struct Entry: Sendable {
        var shorthands: [SinkShorthand]
        var check: Check
        var make: Make
        /// The setting that names a file which such a sink writes as a whole.
        var fileSetting: String?
    }

    private var entries: [String: Entry] = [:]

    /// The short names of Sluice's own sinks, with the sinks' types. Those that nobody registered are refused by name.
    private static let reserved = [
        "log": "log", "stdout": "log", "sqlite": "event-table", "dynamodb": "event-table", "s3": "s3-json", "sqs": "sqs",
        "eventbridge": "eventbridge", "dir": "dir", "file": "file", "exec": "exec",
    ]

    /// A registry with nothing in it. ``standard`` is the one with the sinks of this library.
    public init() {}

    /// Registers a type of sink under a name. A second registration of a name replaces the first.
    ///
    /// - Parameters:
    ///   - name: what `type:` says in a configuration.
    ///   - shorthands: the forms in which a command line can name such a sink.
    public mutating func register<S: Sink>(_ name: String, _ type: S.Type, shorthands: [SinkShorthand] = []) {
        register(name, settings: S.Settings.self, shorthands: shorthands) { settings, context in
            try await S(settings, context)
        }
    }

    /// Registers a sink that is made by a closure: the way for clients and stores to reach it.
    ///
    /// - Parameter settings: what the configuration of such a sink is decoded into.
    public mutating func register<Settings: Decodable & Sendable>(
        _ name: String, settings: Settings.Type, shorthands: [SinkShorthand] = [],
        factory: @escaping @Sendable (Settings, SinkContext) async throws -> any Sink
    ) {
        entries[name] = Entry(
            shorthands: shorthands,
            check: { node, path, mistakes in
                _ = node.decode(Settings.self, known: ["type"], path: path, mistakes: &mistakes)
            },
            make: { node, context in
                try await factory(node.decode(Settings.self, known: ["type"], path: "sinks.\(context.name)"), context)
            })
    }

    /// Registers a sink that reads its settings from the tree itself; they are not checked before it is made.
    public mutating func register(
        _ name: String, shorthands: [SinkShorthand] = [],
        factory: @escaping @Sendable (ConfigurationNode, SinkContext) async throws -> any Sink
    ) {
        entries[name] = Entry(shorthands: shorthands, check: { _, _, _ in }, make: factory)
    }

    /// Notes that sinks of a type write a file as a whole, so that no two may have the same one.
    ///
    /// - Parameter setting: the setting that names it.
    mutating func setFile(of name: String, setting: String) { entries[name]?.fileSetting = setting }

    /// A mistake for each sink that writes the same file as one before it: the last would put its lines in the place of all others.
    func sharedFiles(_ sinks: [Configuration.SinkDeclaration]) -> [ConfigurationMistake] {
        var mistakes: [ConfigurationMistake] = []
        var writers: [String: String] = [:]
        let files = sinks.compactMap { sink in
            self[sink.type]?.fileSetting.flatMap { setting in sink.settings[setting].map { (sink: sink, setting: setting, node: $0) } }
        }
        if files.count < 2 { return [] }
        for (sink, setting, node) in files {
            guard let path = node.string, !path.isEmpty, Files.isFileOrAbsent(path) else { continue }
            let place = Files.place(of: path)
            guard let writer = writers[place] else {
                writers[place] = sink.name
                continue
            }
            // A sink of the command line is called by the words that stand there, not by a path.
            mistakes.append(ConfigurationMistake(
                .conflict, at: node.mark, path: node.mark.line == 0 ? "" : "sinks.\(sink.name).\(setting)",
                found: "\(path.quotedForMessage), which the sink \(writer.quotedForMessage) writes", expected: "a file of its own"))
        }
        return mistakes
    }

    /// The names of the registered types, sorted.
    public var names: [String] { entries.keys.sorted() }

    /// How sinks can be named in short: `dir:PATH`, `log:`. Sorted.
    public var shortForms: [String] { entries.values.flatMap(\.shorthands).map(\.form).sorted() }

    subscript(name: String) -> Entry? { entries[name] }

    func unknownType(_ name: String, at node: ConfigurationNode, _ path: ConfigurationPath) -> ConfigurationMistake {
        let later = Self.reserved.values.contains(name)
        return ConfigurationMistake(
            later ? .notAvailable : .unknownName, at: node.mark, path: path.description,
            found: later
                ? "the type \(name.quotedForMessage), which is not available here"
                : "the unknown type \(name.quotedForMessage)",
            expected: oneOf(names), suggestion: later ? nil : nearestName(to: name, among: names))
    }

    /// Reads a short name: `file:PATH`. Reports one that stands for nothing, or whose settings are wrong.
    func declaration(
        short text: String, origin: String, mistakes: inout [ConfigurationMistake]
    ) -> Configuration.SinkDeclaration? {
        let mark = SourceMark(file: "\(origin) \(text)", line: 0, column: 0)
        func wrong(_ code: ConfigurationMistake.Code, _ found: String, _ near: String? = nil) {
            mistakes.append(ConfigurationMistake(
                code, at: nil, path: origin, found: found, expected: oneOf(shortForms), suggestion: near))
        }
        let scheme = String(text.prefix { $0 != ":" })
        let schemes = entries.values.flatMap(\.shorthands).map(\.scheme).sorted()
        guard text.contains(":"), schemes.contains(scheme) else {
            if text.contains(":"), let type = Self.reserved[scheme] {
                wrong(.notAvailable, "\(text.quotedForMessage), and a sink of type \(type) is not available here")
            } else {
                wrong(.unknownName, "the unknown sink \(text.quotedForMessage)",
                    nearestName(to: scheme, among: schemes).map { "\($0):" })
            }
            return nil
        }
        for (type, entry) in entries {
            for shorthand in entry.shorthands where shorthand.scheme == scheme {
                let rest = String(text.dropFirst(scheme.count + 1))
                guard let settings = shorthand.expand(rest) else {
                    wrong(.badValue, text.quotedForMessage, shorthand.form)
                    return nil
                }
                let members = [("type", type)] + settings.map { ($0.key, $0.value) }
                let node = ConfigurationNode(
                    .object(members.map { name, value in
                        ConfigurationNode.Member(
                            name: name, mark: mark, node: ConfigurationNode(.string(value), at: mark))
                    }), at: mark)
                let before = mistakes.count
                entry.check(node, ConfigurationPath(), &mistakes)
                return mistakes.count == before
                    ? Configuration.SinkDeclaration(name: text, type: type, settings: node) : nil
            }
        }
        return nil
    }
}

/// A form in which a command line names a sink: a scheme, a colon, and what follows it.
public struct SinkShorthand: Sendable {
    /// What stands before the colon.
    public let scheme: String
    /// What follows, for messages and help: `PATH`.
    public let argument: String
    let expand: @Sendable (String) -> KeyValuePairs<String, String>?

    /// - Parameter expand: gives the sink's settings for what follows the colon; absent where that makes no sense.
    public init(
        _ scheme: String, argument: String = "",
        expand: @escaping @Sendable (String) -> KeyValuePairs<String, String>?
    ) {
        self.scheme = scheme
        self.argument = argument
        self.expand = expand
    }

    /// `scheme:` alone, without settings.
    public init(_ scheme: String) {
        self.init(scheme) { $0.isEmpty ? [:] : nil }
    }

    /// `scheme:ARGUMENT`, which becomes one setting.
    public init(_ scheme: String, argument: String, setting: String) {
        self.init(scheme, argument: argument) { $0.isEmpty ? nil : [setting: $0] }
    }

    var form: String { "\(scheme):\(argument)" }
}
