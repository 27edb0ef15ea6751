// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSTestSupport
import JSONTape
import Synchronization

/// A function of Lambda's in memory, which answers as a test says.
final class FakeFunction: Sendable {
    enum Answer: Sendable {
        case success(JSONValue)
        /// An answer that need not be JSON.
        case text(String)
        case failure(String)
    }

    private let name: String
    private let handler: @Sendable (JSONValue) -> Answer
    private let state = Mutex<(events: [JSONValue], sizes: [Int])>(([], []))

    init(name: String = "worker", handler: @escaping @Sendable (JSONValue) -> Answer = { _ in .success(.null) }) {
        self.name = name
        self.handler = handler
    }

    /// The events of all invocations.
    var events: [JSONValue] { state.withLock { $0.events } }
    /// How many bytes each event had.
    var sizes: [Int] { state.withLock { $0.sizes } }
    /// The ids of the records of all invocations, in order.
    var ids: [String] { events.flatMap { $0["records"]?.elements ?? [$0] }.compactMap { $0["id"]?.stringValue } }

    func answer(_ request: ProxiedRequest) -> ProxiedAnswer {
        guard request.target.hasPrefix("/2015-03-31/functions/\(name)/invocations") else {
            return .error(404, "ResourceNotFoundException", "Function not found: \(request.target)")
        }
        let type = request.header("x-amz-invocation-type")
        if type == "DryRun" { return ProxiedAnswer(status: 204) }
        if request.body.count > (type == "Event" ? 1 << 20 : 6 << 20) {
            return .error(413, "RequestTooLargeException", "Request must be smaller than the limit for the InvokeFunction operation")
        }
        guard let event = request.json else { return .error(400, "InvalidRequestContentException", "Could not parse request body into json") }
        state.withLock { state in
            state.events.append(event)
            state.sizes.append(request.body.count)
        }
        if type == "Event" { return ProxiedAnswer(status: 202) }
        switch handler(event) {
        case .success(let value): return ProxiedAnswer(headers: [("x-amz-executed-version", "$LATEST")], value)
        case .text(let text): return ProxiedAnswer(headers: [("x-amz-executed-version", "$LATEST")], body: Array(text.utf8))
        case .failure(let message):
            return ProxiedAnswer(headers: [("x-amz-function-error", "Unhandled")], ["errorMessage": .string(message), "errorType": "Oops"])
        }
    }
}
#endif
