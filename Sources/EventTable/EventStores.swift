// SPDX-License-Identifier: Apache-2.0

internal import Sluice

/// The kinds of stores that a program has, by the scheme that a table's name begins with. A value: make one, register what there is, hand it on.
///
///     var stores = EventStores()
///     stores.registerSQLite()
///     let store = try await stores.open(EventTableName("sqlite:events.db"), for: .reading)
public struct EventStores: Sendable {
    /// What a table is opened for.
    public enum Access: Sendable, Hashable {
        /// To write and read. A store that is a file makes it where it is missing.
        case writing
        /// To write and read what is there: a store that is a file is not made.
        case changing
        /// To read only.
        case reading
    }

    /// How a store that is reached over a network makes its calls; what is absent is the store's own choice.
    public struct Options: Sendable, Hashable {
        /// How many calls may be under way at the same time.
        public var concurrency: Int?
        /// How often a call is tried before its writes must come again.
        public var attempts: Int?
        /// How long all tries of one call may take.
        public var timeout: Duration?

        public init(concurrency: Int? = nil, attempts: Int? = nil, timeout: Duration? = nil) {
            self.concurrency = concurrency
            self.attempts = attempts
            self.timeout = timeout
        }

        /// Nothing is set.
        public var isEmpty: Bool { self == Options() }
    }

    /// Opens a table by what stands behind the scheme.
    public typealias Open = @Sendable (String, Access, Options) async throws(EventStoreError) -> any EventStore

    private struct Entry: Sendable {
        let argument: String
        let open: Open
    }

    private var entries: [String: Entry] = [:]

    public init() {}

    /// Registers a kind of store. A second registration of a scheme replaces the first.
    /// - Parameters:
    ///   - scheme: what a table's name begins with: `sqlite`.
    ///   - argument: what follows the colon, for messages: `PATH`.
    public mutating func register(_ scheme: String, argument: String, open: @escaping Open) {
        entries[scheme] = Entry(argument: argument, open: open)
    }

    /// Each scheme with what follows its colon, sorted.
    var schemes: [(scheme: String, argument: String)] {
        entries.map { ($0.key, $0.value.argument) }.sorted { $0.0 < $1.0 }
    }

    /// Opens a table.
    /// - Throws: ``EventStoreError``; with ``EventStoreError/Code/badName`` where this program has no such store.
    public func open(
        _ name: EventTableName, for access: Access, _ options: Options = Options()
    ) async throws(EventStoreError) -> any EventStore {
        guard let entry = entries[name.scheme] else {
            let forms = schemes.map { "\($0.scheme):\($0.argument)" }.joined(separator: " or ")
            throw EventStoreError(
                .badName, "\(name): event tables of the kind \(name.scheme) are not available here\(forms.isEmpty ? "" : ", only \(forms)")")
        }
        return try await entry.open(name.place, access, options)
    }
}
