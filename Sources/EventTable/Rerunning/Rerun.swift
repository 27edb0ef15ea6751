// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// A recorded execution that is run again: what the table knows of it under its idempotency key.
///
/// It is written before the function is invoked, and told its end afterwards. Where that never happens (the process ended in between) it reads
/// as ``State/unknown`` as soon as no execution could still be under way, and never as a success.
public struct Rerun: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It is to be run; nobody has begun.
        case accepted
        /// Somebody is at it.
        case started
        /// It has run, well or not, and its row is there.
        case done
        /// It was not run: the function is not there, may not be invoked, or there was no room. The same key may be used again.
        case refused
        /// Nobody can tell whether it ran.
        case unknown
    }

    /// The idempotency key. It counts for one execution.
    public var key: String
    /// The execution that is run again.
    public var original: EventKey
    /// What is invoked: the function's name, with the alias or version that the permission tells.
    public var function: FunctionName
    /// As it was written last. Who reads it asks for ``state(at:)``.
    public var state: State
    public var startedAt: Timestamp
    public var endedAt: Timestamp?
    /// The id of the new execution, once it is done.
    public var newID: String?
    /// Why it was refused, or why nothing is known.
    public var note: String?
    /// When it may be forgotten, in seconds since 1970.
    public var expiresAt: Int64?

    public init(
        key: String, original: EventKey, function: FunctionName, state: State, startedAt: Timestamp, endedAt: Timestamp? = nil,
        newID: String? = nil, note: String? = nil, expiresAt: Int64? = nil
    ) {
        self.key = key
        self.original = original
        self.function = function
        self.state = state
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.newID = newID
        self.note = note
        self.expiresAt = expiresAt
    }

    /// The state as seen at a time. An execution takes 15 minutes at most; a minute more is for what is around it.
    public func state(at now: Timestamp) -> State {
        guard state == .started || state == .accepted else { return state }
        return now.milliseconds - startedAt.milliseconds > Invocation.longest + 60_000 ? .unknown : state
    }

    /// The most bytes of a key.
    public static let longestKey = 255

    /// Why a text cannot be an idempotency key; absent where it can.
    public static func flaw(inKey key: String) -> String? {
        if key.isEmpty { return "an idempotency key must not be empty" }
        return key.utf8.count > longestKey ? "the idempotency key has \(key.utf8.count) bytes; at most \(longestKey) are allowed" : nil
    }
}

/// What became of a rerun that was to begin.
public enum RerunStart: Sendable, Hashable {
    /// It is this one that is to be run.
    case begun
    /// The key was used before, for this.
    case alreadyThere(Rerun)
}
