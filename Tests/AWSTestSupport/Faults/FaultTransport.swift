// SPDX-License-Identifier: Apache-2.0

#if AWS
public import AWSClient
import AWSSigner
internal import Synchronization

/// A transport between the client and a service in the test's own memory, in which things go wrong as a schedule says. No sockets, and no waiting: an
/// answer that does not come is a time-out at once. So thousands of schedules take seconds; what sockets do to a request is ``FaultProxy``'s part.
public final class FaultTransport: HTTPTransport {
    private struct State {
        var exchanges: [FaultProxy.Exchange] = []
        var skew = 0
    }

    private let service: @Sendable (ProxiedRequest) -> ProxiedAnswer
    private let schedule: FaultSchedule
    private let state = Mutex(State())

    public init(_ service: @escaping @Sendable (ProxiedRequest) -> ProxiedAnswer, _ schedule: FaultSchedule = .none) {
        self.service = service
        self.schedule = schedule
    }

    /// All that has been so far, in the order in which the requests came in.
    public var exchanges: [FaultProxy.Exchange] { state.withLock { $0.exchanges } }

    public func send(
        _ request: HTTPRequest, timeout: Duration, maximumAnswer maximum: Int
    ) async throws(HTTPTransportError) -> HTTPResponse {
        let proxied = ProxiedRequest(
            method: request.method, target: request.query.isEmpty ? request.path : "\(request.path)?\(request.query)",
            headers: request.headers.map { ($0.name, $0.value) }, body: request.body)
        // Others come in between, as they do on a wire.
        await Task.yield()
        let (fault, place, skew) = state.withLock { state in
            let fault = schedule.next(proxied)
            if case .skewedClock(let seconds) = fault { state.skew = seconds }
            state.exchanges.append(.init(request: proxied, fault: fault))
            return (fault, state.exchanges.count - 1, state.skew)
        }
        func perform(_ request: ProxiedRequest) -> ProxiedAnswer {
            let answer = service(request)
            state.withLock { $0.exchanges[place].answer = answer }
            return answer
        }
        let answer: ProxiedAnswer
        if let refusal = proxied.refusal(byClock: skew) {
            answer = refusal
        } else {
            switch fault {
            case .none, .skewedClock, .trickle, .slow: answer = perform(proxied)
            case .error(let status, let code): answer = proxied.refusal(status, code)
            case .errorAfterwards(let status, let code):
                _ = perform(proxied)
                answer = proxied.refusal(status, code)
            case .resetBefore: throw HTTPTransportError(.connection, "the connection was reset")
            case .resetAfter, .halfBody:
                _ = perform(proxied)
                throw HTTPTransportError(.connection, "the answer broke off")
            case .stall(let isDone):
                if isDone { _ = perform(proxied) }
                throw HTTPTransportError(.timeout, "no answer in time")
            case .garbage: answer = ProxiedAnswer(status: perform(proxied).status, body: Array("<html>not what was asked for".utf8))
            case .expiredCredentials: answer = proxied.refusal(400, proxied.isForS3 ? "ExpiredToken" : "ExpiredTokenException")
            case .entries(let faults):
                do {
                    answer = try await EntryFaults(faults: faults).answer(proxied) { perform($0) }
                } catch {
                    throw HTTPTransportError(.connection, "\(error)")
                }
            }
        }
        await Task.yield()
        return HTTPResponse(
            status: answer.status,
            headers: answer.headers.map { HTTPHeader($0.name, $0.value) } + [HTTPHeader("date", HTTPTime.now(skew: skew).text)],
            body: answer.body)
    }

    public func shutdown() async {}
}
#endif
