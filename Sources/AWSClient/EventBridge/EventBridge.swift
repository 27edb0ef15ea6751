// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape
internal import StreamRecords

/// The calls to EventBridge that Sluice makes.
///
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/Welcome.html>
public struct EventBridge: Sendable, JSONService {
    static let target = "AWSEvents"
    static let jsonVersion = "1.1"
    let caller: ServiceCaller

    /// What EventBridge takes.
    ///
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>
    public enum Limits {
        /// Of one call.
        public static let entries = 10
        /// Of all entries together. The API's reference says so; accounts may have more, see ``PutEventsRequest/maximumBytes``.
        public static let bytes = 256 << 10
        /// Of a detail type.
        public static let detailTypeLength = 128
        /// Objects and arrays inside one another in a detail.
        public static let depth = 1000
    }

    /// How many bytes EventBridge counts for an entry.
    ///
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html>
    public static func size(of entry: PutEventsEntry) -> Int {
        entry.resources.reduce(
            (entry.time == nil ? 0 : 14) + entry.source.utf8.count + entry.detailType.utf8.count + entry.detail.utf8.count
        ) { $0 + $1.utf8.count }
    }

    /// Puts up to ten events, each for itself: an answer without error still may hold failures. An unknown bus takes events and drops them, so look it up before.
    public func putEvents(_ request: PutEventsRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> PutEventsResult {
        try await send("PutEvents", deadline, body: try request.body()) { try $0.putEvents(request.entries.count) }
    }

    /// Tells whether there is a bus; one that is not is ``AWSError/isNotFound``.
    ///
    /// - Parameter bus: name or ARN.
    public func describeEventBus(_ bus: String, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> BusDescription {
        try await send("DescribeEventBus", deadline, body: JSONComposer.object { $0.member("Name", bus) }) {
            let answer = try $0.json()
            return BusDescription(name: try answer.text("Name") ?? bus, arn: try answer.text("Arn"))
        }
    }

    /// What EventBridge may not do a moment later.
    static let passingFailures: Set<String> = FailureClassifier.throttlingCodes.union(FailureClassifier.transientCodes).union(["InternalException"])
}

extension EventBridge.PutEventsRequest {
    fileprivate func body() throws(AWSError) -> [UInt8] {
        try check()
        return JSONComposer.object { composer in
            composer.list("Entries") { for entry in entries { entry.write(into: &$0) } }
        }
    }

    private func check() throws(AWSError) {
        try RequestCheck.count(entries.count, of: "entries", in: 1...EventBridge.Limits.entries)
        for entry in entries { try entry.check() }
        try RequestCheck.size(entries.reduce(0) { $0 + EventBridge.size(of: $1) }, of: "the entries together", atMost: maximumBytes)
    }
}

extension EventBridge.PutEventsEntry {
    fileprivate func check() throws(AWSError) {
        try RequestCheck.require(!source.isEmpty, "an event needs a source")
        try RequestCheck.require(!source.hasPrefix("aws."), "\(source.prefix(100)): sources that begin with aws. are AWS's own")
        try RequestCheck.count(detailType.count, of: "characters in a detail type", in: 1...EventBridge.Limits.detailTypeLength)
        var isObject = false
        do throws(JSONError) {
            let document = try JSONDocument(detail, limits: JSONLimits(maximumDepth: EventBridge.Limits.depth))
            isObject = document.view(document.root).kind == .object
        } catch {
            throw AWSError(.invalidRequest, "a detail is a JSON object, and this one is no JSON: \(error)")
        }
        try RequestCheck.require(isObject, "a detail is a JSON object")
    }

    fileprivate func write(into composer: inout JSONComposer) {
        composer.object { composer in
            composer.member("EventBusName", bus)
            composer.member("Source", source)
            composer.member("DetailType", detailType)
            composer.member("Detail", detail)
            if !resources.isEmpty { composer.member("Resources", array: resources) }
            // In whole seconds, which is what events show.
            composer.member("Time", time.map { Int($0.milliseconds / 1000) })
            composer.member("TraceHeader", traceHeader)
        }
    }
}

extension HTTPResponse {
    fileprivate func putEvents(_ count: Int) throws(AnswerError) -> EventBridge.PutEventsResult {
        let answer = try json()
        let entries = try answer.objects("Entries")
        guard entries.count == count else { throw AnswerError(at: "Entries", expected: "\(count) of them, one for each event, and not \(entries.count)") }
        var results: [Result<String, EventBridge.EntryFailure>] = []
        var failures = 0
        var untold = 0
        for entry in entries {
            if let code = try entry.text("ErrorCode") {
                failures += 1
                results.append(.failure(.init(code: code, message: try entry.text("ErrorMessage"))))
            } else if let id = try entry.text("EventId") {
                results.append(.success(id))
            } else {
                untold += 1
                results.append(.failure(.init(code: "InternalFailure", message: "the answer tells neither an id nor an error")))
            }
        }
        // Whether an entry of which nothing is told counts is EventBridge's to say. Where it counts more, one that has an id may have failed.
        if let told = try answer.int("FailedEntryCount"), !(failures...(failures + untold)).contains(told) {
            throw AnswerError(at: "FailedEntryCount", expected: "\(failures), as many as the failures among the entries, and not \(told)")
        }
        return EventBridge.PutEventsResult(entries: results)
    }
}

#endif
