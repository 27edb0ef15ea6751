// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Logging
internal import Sluice
internal import StreamRecords

/// A queue as a configuration names it: by URL, ARN or name.
struct QueueReference: Decodable, Sendable, Hashable, CustomStringConvertible {
    enum Form: Sendable, Hashable {
        case url
        case arn(region: String, account: String, name: String)
        case name
    }

    let description: String
    let form: Form

    init(_ text: String) throws(ConfigurationValueError) {
        description = text
        if text.hasPrefix("https://") || text.hasPrefix("http://") {
            form = .url
            return
        }
        if text.hasPrefix("arn:") {
            guard let arn = ARN(text), arn.service == "sqs", let region = arn.region, let account = arn.account, QueueReference.isName(arn.resource) else {
                throw ConfigurationValueError(expected: "the ARN of a queue: arn:aws:sqs:REGION:ACCOUNT:NAME")
            }
            form = .arn(region: region, account: account, name: arn.resource)
            return
        }
        guard QueueReference.isName(text) else {
            throw ConfigurationValueError(expected: "a queue's URL, ARN or name; a name has 1 to 80 letters, digits, - and _, and .fifo at the end of a FIFO queue's")
        }
        form = .name
    }

    init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    /// The region that a URL of AWS's names: `https://sqs.eu-central-1.amazonaws.com/…`, `https://eu-central-1.queue.amazonaws.com/…`. Absent for other servers.
    var regionOfURL: String? {
        guard form == .url, let host = HTTPEndpoint(description)?.host else { return nil }
        let labels = host.split(separator: ".").map { String($0) }
        guard labels.contains("amazonaws") || host.hasSuffix(".api.aws") else { return nil }
        // The name of old, of the oldest region.
        if labels.starts(with: ["queue", "amazonaws"]) { return "us-east-1" }
        if labels.dropFirst().first == "queue" { return labels.first }
        guard let place = labels.firstIndex(where: { $0 == "sqs" || $0 == "sqs-fips" }) else { return nil }
        return labels.dropFirst(place + 1).first
    }

    private static func isName(_ text: String) -> Bool {
        let stem = text.hasSuffix(".fifo") ? text.dropLast(5) : text[...]
        return (1...80).contains(text.utf8.count) && !stem.isEmpty
            && stem.utf8.allSatisfy { $0.isAlphanumeric || "-_".utf8.contains($0) }
    }
}

/// What a sink needs to know of its queue.
struct FoundQueue: Sendable, Hashable {
    var url: String
    var isFIFO: Bool
    /// Of one message.
    var maximumBytes: Int
}

/// Finds a queue and what it takes.
struct QueueLookup: Sendable {
    let sqs: SQS
    let logger: Logger

    func find(_ queue: QueueReference, _ services: AWSServices, verify: Bool) async throws -> FoundQueue {
        do throws(AWSError) {
            let url = try await url(of: queue, services)
            var found = FoundQueue(url: url, isFIFO: url.hasSuffix(".fifo"), maximumBytes: SQS.Limits.bytes)
            if !verify { return found }
            do throws(AWSError) {
                let attributes = try await sqs.getQueueAttributes(queueURL: url)
                found.isFIFO = attributes.isFIFO || found.isFIFO
                found.maximumBytes = min(attributes.maximumMessageBytes ?? SQS.Limits.bytes, SQS.Limits.bytes)
            } catch {
                guard error.isAccessDenied else { throw error }
                // Who may only send can still do that; a queue that takes less says so of each message.
                logger.notice("The queue's limits are not known, since sqs:GetQueueAttributes is not allowed", metadata: ["queue": "\(queue)"])
            }
            return found
        } catch {
            throw QueueLookup.explain(error, queue)
        }
    }

    private func url(of queue: QueueReference, _ services: AWSServices) async throws(AWSError) -> String {
        switch queue.form {
        case .url:
            if let region = queue.regionOfURL { try await check(region, of: queue, services) }
            return queue.description
        case .name: return try await sqs.getQueueURL(name: queue.description)
        case .arn(let region, let account, let name):
            try await check(region, of: queue, services)
            return try await sqs.getQueueURL(name: name, account: account)
        }
    }

    /// Calls go to the client's endpoint and are signed for its region, whatever host a queue's URL has.
    private func check(_ region: String, of queue: QueueReference, _ services: AWSServices) async throws(AWSError) {
        let own = try await services.region
        if own == region { return }
        throw AWSError(
            .configuration,
            "the queue \(queue) is in \(region), and calls go to \(own), which the host of a queue's URL does not change: set AWS_REGION to \(region)")
    }

    private static func explain(_ error: AWSError, _ queue: QueueReference) -> AWSSinkError {
        if error.isNotFound { return AWSSinkError(.notFound, "there is no queue \(queue): \(error)", underlying: error) }
        if error.isAccessDenied {
            return AWSSinkError(.accessDenied, "the queue \(queue) may not be looked up (sqs:GetQueueUrl, sqs:GetQueueAttributes): \(error)", underlying: error)
        }
        return AWSSinkError(error.code == .configuration ? .badName : .unavailable, "the queue \(queue) cannot be looked up: \(error)", underlying: error)
    }
}
#endif
