// SPDX-License-Identifier: Apache-2.0

#if AWS

/// What goes wrong with one exchange.
public enum Fault: Sendable, Hashable {
    case none
    /// An error in place of an answer. The service never sees the request.
    case error(status: Int, code: String)
    /// The service does what it is asked for, and an error is told all the same.
    case errorAfterwards(status: Int, code: String)
    /// The connection is reset. The service never sees the request.
    case resetBefore
    /// The service does what it is asked for; after so many bytes of its answer the connection is reset.
    case resetAfter(bytes: Int)
    /// The service does what it is asked for; the answer's body ends half-way, with an orderly end of the connection.
    case halfBody
    /// No answer until the client goes away.
    case stall(isDone: Bool)
    /// The whole answer, byte by byte.
    case trickle
    /// The whole answer, after so long.
    case slow(Duration)
    /// The service does what it is asked for; a success is told whose body is none of the service's.
    case garbage
    /// The keys have expired: `ExpiredTokenException`, once.
    case expiredCredentials
    /// From now on the service's clock is so many seconds ahead of this machine's; what is signed more than five minutes away from it is refused.
    case skewedClock(seconds: Int)
    /// Single entries of a batch fail, by their places in the request: SQS's and EventBridge's sending, DynamoDB's batch writing.
    case entries([Int: EntryFault])

    /// Whether an exchange with that fault can only end with a whole, true answer.
    public var isHarmless: Bool {
        switch self {
        case .none, .trickle, .slow: true
        default: false
        }
    }
}

/// What goes wrong with one entry of a batch.
public enum EntryFault: Sendable, Hashable {
    /// Refused, and told so: SQS with that `SenderFault`, EventBridge with the code at the entry's place, DynamoDB among the `UnprocessedItems`.
    case failed(code: String, senderFault: Bool)
    /// The answer does not say what became of it: neither a success nor a failure has its name.
    case unnamed(isDone: Bool)
}

/// Which fault comes next. Asked once for each request, in the order in which they come in.
public struct FaultSchedule: Sendable {
    public let next: @Sendable (ProxiedRequest) -> Fault

    public init(_ next: @escaping @Sendable (ProxiedRequest) -> Fault) { self.next = next }

    public static let none = FaultSchedule { _ in .none }
}

#endif
