// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import JSONTape
internal import Sluice
internal import StreamRecords

/// A record as it goes into a function's event.
struct FunctionRecord: Sendable {
    let json: [UInt8]
    /// By which the function may name it.
    let id: String
}

/// Makes events for a function and invokes it.
struct RecordInvoker: Sendable {
    let lambda: Lambda
    let function: String
    /// Lambda answers when it has queued the event, not when the function has ended.
    let isQueued: Bool
    /// The event is one record, not many in `records`.
    let sendsSingly: Bool
    let pause: @Sendable (Duration) async -> Void

    /// Of calls that Lambda has too much to do for.
    private static let retries = RetryPolicy(attempts: 3)

    private static let opening = Array(#"{"records":["#.utf8)
    private static let closing = Array("]}".utf8)

    /// For the records of an event, each with a comma.
    var maximumBytes: Int {
        let limit = isQueued ? Lambda.Limits.eventBytes : Lambda.Limits.requestBytes
        // The last record has no comma.
        return sendsSingly ? limit : limit - RecordInvoker.opening.count - RecordInvoker.closing.count + 1
    }

    /// Asks Lambda whether the function could be invoked. That can be asked again and again.
    func lookUp(_ lambda: Lambda) async throws {
        do throws(AWSError) {
            _ = try await lambda.invoke(.init(function: function, payload: Array("{}".utf8), type: .dryRun))
        } catch {
            if error.isNotFound { throw AWSSinkError(.notFound, "there is no function \(function): \(error)", underlying: error) }
            if error.isAccessDenied {
                throw AWSSinkError(.accessDenied, "the function \(function) may not be invoked: allow lambda:InvokeFunction: \(error)", underlying: error)
            }
            throw AWSSinkError(.unavailable, "the function \(function) cannot be looked up: \(error)", underlying: error)
        }
    }

    func compose(_ delivery: Delivery) -> Preparation<FunctionRecord> {
        let json = delivery.payloadBytes
        if json.isEmpty { return .rejected("the record's text is empty, which is no JSON") }
        let bytes = json.count + (sendsSingly ? 0 : 1)
        if bytes > maximumBytes { return .rejected("the record has \(json.count) bytes; Lambda takes an event of at most \(isQueued ? "1 MiB" : "6 MiB")") }
        return .ready(FunctionRecord(json: json, id: delivery.record.idText), bytes: bytes)
    }

    // MARK: One call

    func invoke(_ parcels: [Parcel<FunctionRecord>], _ deadline: ContinuousClock.Instant) async -> CallResult {
        do throws(AWSError) {
            let request = Lambda.InvokeRequest(function: function, payload: event(parcels), type: isQueued ? .event : .requestResponse)
            let result = try await invoke(request, deadline)
            if let error = result.functionError {
                return .answered(parcels.map { _ in .again(RecordInvoker.reason(error, result.payload)) })
            }
            if !isLambdas(result) {
                return .failed("an answer with status \(result.status) that is neither Lambda's nor JSON", after: nil, isLasting: false)
            }
            return .answered(isQueued ? parcels.map { _ in .settled(.delivered) } : FunctionAnswer.fates(of: result.payload, parcels))
        } catch {
            return CallResult(error, sizeCodes: ["RequestTooLargeException"], contentCodes: ["InvalidRequestContentException"])
        }
    }

    /// Whether Lambda said so, and not a proxy on the way, whose page tells nothing of the records. For an event that was queued Lambda answers 202 and
    /// nothing more, for one that was waited for 200 and the function's version; stand-ins for it may say less, but they say JSON.
    private func isLambdas(_ result: Lambda.InvokeResult) -> Bool {
        guard result.status == (isQueued ? 202 : 200) else { return false }
        return (isQueued ? result.payload.isEmpty : result.executedVersion != nil) || (try? JSONValue(parsing: result.payload)) != nil
    }

    /// Invokes, once more only where the function was certainly not reached: an answer of Lambda's own that there are too many requests.
    private func invoke(_ request: Lambda.InvokeRequest, _ deadline: ContinuousClock.Instant) async throws(AWSError) -> Lambda.InvokeResult {
        var attempt = 1
        while true {
            do throws(AWSError) {
                return try await lambda.invoke(request, deadline: deadline)
            } catch {
                guard error.isThrottling, error.httpStatus.map({ (400..<500).contains($0) }) ?? false, !Task.isCancelled,
                    let delay = RecordInvoker.retries.delay(after: attempt, asked: error.retryAfter), ContinuousClock.now + delay < deadline
                else { throw error }
                await pause(delay)
            }
            attempt += 1
        }
    }

    private func event(_ parcels: [Parcel<FunctionRecord>]) -> [UInt8] {
        if sendsSingly, let only = parcels.first { return only.entry.json }
        var bytes = RecordInvoker.opening
        bytes.reserveCapacity(parcels.reduce(32) { $0 + $1.bytes })
        for (place, parcel) in parcels.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += parcel.entry.json
        }
        return bytes + RecordInvoker.closing
    }

    private static func reason(_ kind: String, _ payload: [UInt8]) -> Reason {
        let answer = try? JSONValue(parsing: payload)
        let parts = [answer?["errorType"]?.stringValue, answer?["errorMessage"]?.stringValue].compactMap { $0 }
        return Reason("the function failed (\(kind))\(parts.isEmpty ? "" : ": ")\(parts.joined(separator: ": ").prefix(1000))")
    }
}

/// Reads what a function says of the records it was given.
enum FunctionAnswer {
    static func fates(of payload: [UInt8], _ parcels: [Parcel<FunctionRecord>]) -> [EntryFate] {
        // A function may have nothing to say.
        if payload.isEmpty { return parcels.map { _ in .settled(.delivered) } }
        let answer: JSONValue
        do throws(JSONError) {
            answer = try JSONValue(parsing: payload)
        } catch {
            return all(parcels, "the function's answer cannot be read, so it may have named any record as failed: \(error)")
        }
        guard let list = answer["batchItemFailures"], list != .null else { return parcels.map { _ in .settled(.delivered) } }
        guard case .array(let failures) = list else { return all(parcels, "the function answered batchItemFailures that are no list") }
        var failed: Set<Int> = []
        if !failures.isEmpty {
            let named = Dictionary(grouping: parcels.indices) { parcels[$0].entry.id }
            for failure in failures {
                let places = places(of: failure["itemIdentifier"], named, count: parcels.count)
                if places.isEmpty {
                    return all(parcels, "the function named a record that it was not given: \(String((failure["itemIdentifier"] ?? .null).text.prefix(200)))")
                }
                failed.formUnion(places)
            }
        }
        var closed: Set<Int> = []
        return parcels.enumerated().map { place, parcel in
            if failed.contains(place) {
                if let key = parcel.key { closed.insert(key) }
                return .again("the function reported this record as failed")
            }
            // It comes again after the one that failed, as the order wants it.
            return parcel.key.map { closed.contains($0) } ?? false
                ? .again("an earlier record of its key was reported as failed") : .settled(.delivered)
        }
    }

    private static func all(_ parcels: [Parcel<FunctionRecord>], _ reason: Reason) -> [EntryFate] { parcels.map { _ in .again(reason) } }

    /// By id where some have it, for ids may be digits; else by place. Records of two sources can share an id: then nobody knows which was meant, and it
    /// is all of them.
    private static func places(of identifier: JSONValue?, _ named: [String: [Int]], count: Int) -> [Int] {
        let text: String
        switch identifier {
        case .string(let value)?:
            if let places = named[value] { return places }
            text = value
        case .number(let value)?: text = value
        default: return []
        }
        guard let place = Int(text), (0..<count).contains(place) else { return [] }
        return [place]
    }
}
#endif
