// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice
internal import StreamRecords
internal import Synchronization

/// Puts records into objects of an S3 bucket: one object a record, under a name that holds the record's id, or batches of gzip'd JSON lines.
///
/// One object a record is put only where there is none of that name (`If-None-Match: *`), so a record that comes again changes nothing. A batch's
/// name holds a hash of what is in it: the same batch again lands on the same name, but one that was cut otherwise lands beside it, and
/// has some records twice.
///
/// Conditional writes: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
final class S3JSONSink: Sink {
    private let s3: S3
    private let bucket: String
    private let names: ObjectNames
    private let contentType: String
    private let storageClass: String?
    private let isBatching: Bool
    private let limits: CallLimits
    /// A client of the sink's own, to be closed with it.
    private let ownServices: AWSServices?

    /// With a client of its own.
    convenience init(_ settings: Settings, _ context: SinkContext) async throws {
        let services = AWSServices(AWSConfiguration(environment: context.environment, logger: context.logger))
        try self.init(settings, context, services: services, owns: true)
    }

    init(_ settings: Settings, _ context: SinkContext, services: AWSServices, owns: Bool = false) throws {
        guard Self.isBucketName(settings.bucket) else {
            throw S3JSONSinkError("sink \(context.name): “\(settings.bucket)” is no bucket's name: 3 to 63 small letters, digits, dots and hyphens are expected")
        }
        isBatching = settings.batch ?? false
        let template = try settings.key ?? NameTemplate(isBatching ? "{kind}/{source}/{date}/{hour}/{id}.ndjson.gz" : "{kind}/{source}/{date}/{id}.json")
        do throws(ConfigurationValueError) {
            names = try ObjectNames(prefix: settings.prefix, template: template)
            limits = try CallLimits(concurrency: settings.concurrency, attempts: settings.attempts, timeout: settings.timeout)
        } catch {
            throw S3JSONSinkError("sink \(context.name): expected \(error.expected)")
        }
        bucket = settings.bucket
        contentType = settings.contentType ?? (isBatching ? "application/x-ndjson" : "application/json")
        storageClass = settings.storageClass
        s3 = services.s3
        ownServices = owns ? services : nil
    }

    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
    private static func isBucketName(_ name: String) -> Bool {
        func isLabel(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        guard (3...63).contains(name.utf8.count), let first = name.utf8.first, let last = name.utf8.last else { return false }
        return isLabel(first) && isLabel(last) && !name.contains("..")
            && name.utf8.allSatisfy { isLabel($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        let objects = isBatching ? try batches(of: batch) : batch.enumerated().map { index, delivery in object(delivery, at: index) }
        let failure = Mutex<AWSError?>(nil)
        let answers = await concurrently(objects, atOnce: limits.concurrency) { [self] object -> Outcome in
            if let error = failure.withLock({ $0 }) { return .retry("\(error)") }
            if Task.isCancelled { return .retry("the deadline came before the object was written") }
            do throws(AWSError) {
                return try await put(object, by: batch.deadline)
            } catch {
                // What stands in the way of all objects need not be found out once for each.
                if error.concernsAll { failure.withLock { $0 = $0 ?? error } }
                return error.outcomeOfWrite
            }
        }
        var outcomes = Outcomes(for: batch)
        for (object, answer) in zip(objects, answers) {
            for index in object.records { outcomes[index] = answer }
        }
        return outcomes
    }

    func shutdown() async throws { await ownServices?.shutdown() }

    private func put(_ object: Object, by deadline: ContinuousClock.Instant?) async throws(AWSError) -> Outcome {
        let request = S3.PutObjectRequest(
            bucket: bucket, key: object.key, body: object.body, contentType: contentType, contentEncoding: isBatching ? "gzip" : nil,
            onlyIfAbsent: !isBatching, storageClass: storageClass)
        do throws(AWSError) {
            _ = try await limits.retrying(by: deadline) { [s3] deadline throws(AWSError) in try await s3.putObject(request, deadline: deadline) }
            return .delivered
        } catch {
            if error.isConditionFailed, !isBatching { return .alreadyThere }
            if error.httpStatus == 501 || error.serviceCode == "NotImplemented" {
                var error = error
                error.message = """
                    this store cannot put an object only where there is none (If-None-Match: *), so records that come again could not be told \
                    from new ones; use a store that can, or `batch: true`. It said: \(error.message)
                    """
                throw error
            }
            throw error
        }
    }

    // MARK: Objects

    private struct Object: Sendable {
        var key: String
        var body: [UInt8]
        /// The places in the batch of the records that are in it.
        var records: [Int]
    }

    private func object(_ delivery: Delivery, at index: Int) -> Object {
        var line = delivery.payloadBytes
        line.append(UInt8(ascii: "\n"))
        return Object(key: names.key(for: delivery.record), body: line, records: [index])
    }

    /// No object gets more bytes of lines than this, so that it can be put in one call and read in one piece.
    private static let mostLineBytes = 64 << 20

    /// The batch's lines, distributed over objects by the names that the records would have without their ids.
    private func batches(of batch: DeliveryBatch) throws(Gzip.Failure) -> [Object] {
        struct Lines {
            var bytes: [UInt8] = []
            var records: [Int] = []
        }
        var groups: [Lines] = []
        var places: [String: Int] = [:]
        for (index, delivery) in batch.enumerated() {
            let line = delivery.payloadBytes
            let place = names.key(for: delivery.record, id: "batch")
            if let group = places[place], groups[group].bytes.count + line.count < Self.mostLineBytes {
                groups[group].bytes += line
                groups[group].records.append(index)
            } else {
                places[place] = groups.count
                groups.append(Lines(bytes: line, records: [index]))
            }
            groups[places[place] ?? 0].bytes.append(UInt8(ascii: "\n"))
        }
        var objects: [Object] = []
        for lines in groups {
            guard let first = lines.records.first, let last = lines.records.last else { continue }
            let id = "\(batch[first].record.id.id)_\(batch[last].record.id.id)_\(Digest.hexadecimal(lines.bytes, bytes: 8))"
            objects.append(
                Object(key: names.key(for: batch[first].record, id: id), body: try Gzip.compress(lines.bytes), records: lines.records))
        }
        return objects
    }
}

/// Why the sink cannot start.
public struct S3JSONSinkError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

extension SinkRegistry {
    /// Registers the sink `s3-json`, also as `s3://BUCKET/PREFIX`.
    mutating func registerS3JSON(_ services: AWSServices) {
        let shorthand = SinkShorthand("s3", argument: "//BUCKET/PREFIX") { text in
            guard text.hasPrefix("//") else { return nil }
            let parts = text.dropFirst(2).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let bucket = parts.first, !bucket.isEmpty else { return nil }
            guard parts.count == 2, !parts[1].isEmpty else { return ["bucket": String(bucket)] }
            return ["bucket": String(bucket), "prefix": String(parts[1])]
        }
        register("s3-json", settings: S3JSONSink.Settings.self, shorthands: [shorthand]) { settings, context in
            try S3JSONSink(settings, context, services: services)
        }
    }
}

#endif
