// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice
internal import StreamRecords

/// Puts records into objects of an S3 bucket: one object a record, under a name that holds the record's id, or batches of gzip'd JSON lines.
///
/// One object a record is put only where there is none of that name (`If-None-Match: *`). S3 then answers 412 where there is one, and that is a success:
/// the name holds the record's id and its source, so the object is this record's own, written before; objects are put whole or not at all. Where the
/// template leaves out the source, two records of different sources could have one name, if somebody made their ids up: AWS gives none twice. So the
/// object that is there is read and compared, where s3:GetObject is allowed: the same bytes are a success, others are not, and the record is rejected.
///
/// A batch's name holds a hash of what is in it: the same batch again lands on the same name, but one that was cut otherwise lands beside it, and
/// has some records twice. Objects of one batch that share an ordering key are put one after another; behind one that must be retried, the later records
/// of its keys wait, and the others of their objects go on without them.
///
/// Conditional writes: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
final class S3JSONSink: AWSSink {
    typealias Settings = CallingSettings<Own>

    let client: SinkClient
    private let bucket: String
    private let names: ObjectNames
    private let contentType: String
    private let storageClass: String?
    private let isBatching: Bool
    private let courier: Courier<Object>

    init(_ settings: Settings, _ context: SinkContext, _ client: SinkClient) async throws {
        let isBatching = settings.batch ?? false
        let template = try settings.key ?? NameTemplate(isBatching ? "{kind}/{source}/{date}/{hour}/{id}.ndjson.gz" : "{kind}/{source}/{date}/{id}.json")
        self.client = client
        self.isBatching = isBatching
        bucket = settings.bucket.description
        names = ObjectNames(prefix: settings.prefix, template: template)
        contentType = settings.contentType?.text ?? (isBatching ? "application/x-ndjson" : "application/json")
        storageClass = settings.storageClass?.text
        courier = Courier(.single.with(settings.calls), .single, pause: client.pause)
    }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        if !isBatching {
            return await courier.deliver(batch, prepare: { [self] delivery, index in .ready(object(delivery, at: index), bytes: 0) }, send: send)
        }
        var outcomes = Outcomes(for: batch)
        var gate = KeyGate()
        func settle(_ records: [Int], _ outcome: Outcome) {
            for index in records {
                outcomes[index] = outcome
                gate.note(outcome, of: batch[index])
            }
        }
        let plan = ObjectPlan(batch, mostBytes: S3JSONSink.mostLineBytes) { [names] record in names.key(for: record, id: "batch") }
        for turn in plan.turns {
            var objects: [Object] = []
            for records in turn {
                let open = records.filter { gate.isOpen(for: batch[$0]) }
                if open.count < records.count { settle(records.filter { !gate.isOpen(for: batch[$0]) }, KeyGate.waiting) }
                do throws(Gzip.Failure) {
                    if !open.isEmpty { objects.append(try object(of: open, in: batch)) }
                } catch {
                    settle(open, .retry("the records cannot be packed: \(error)"))
                }
            }
            for (object, outcome) in zip(objects, await courier.carry(Cargo(objects, deadline: batch.deadline), send: send)) {
                settle(object.records, outcome)
            }
        }
        return outcomes
    }

    // MARK: One call

    @Sendable private func send(_ parcels: [Parcel<Object>], _ deadline: ContinuousClock.Instant) async -> CallResult {
        guard let object = parcels.first?.entry else { return .answered([]) }
        do throws(AWSError) {
            return .answered([try await put(object, by: deadline)])
        } catch {
            // A policy may deny some names only, so the others are tried; where it denies all, several in a row end it.
            if error.isAccessDenied { return .failed(Reason(error.description), after: nil, isLasting: false) }
            guard error.httpStatus == 501 || error.serviceCode == "NotImplemented" else { return CallResult(ofSingle: error) }
            return .failed(
                """
                this store cannot put an object only where there is none (If-None-Match: *), so records that come again could not be told \
                from new ones; use a store that can, or `batch: true`. It said: \(error.message)
                """, after: nil, isLasting: true)
        }
    }

    private func put(_ object: Object, by deadline: ContinuousClock.Instant) async throws(AWSError) -> EntryFate {
        let request = S3.PutObjectRequest(
            bucket: bucket, key: object.key, body: object.body, contentType: contentType, contentEncoding: isBatching ? "gzip" : nil,
            onlyIfAbsent: !isBatching, storageClass: storageClass)
        do throws(AWSError) {
            let result = try await client.services.s3.putObject(request, deadline: deadline)
            // S3 tells it of each object; a success without it is somebody else's.
            guard result.eTag != nil else { throw AWSError(.unreadableAnswer, "an answer to PutObject without an ETag", service: "S3") }
            return .settled(.delivered)
        } catch {
            guard error.isConditionFailed, !isBatching else { throw error }
            return object.isUnique ? .settled(.alreadyThere) : try await compare(object, by: deadline)
        }
    }

    /// Whether the object that is there is the one that was to be put.
    private func compare(_ object: Object, by deadline: ContinuousClock.Instant) async throws(AWSError) -> EntryFate {
        do throws(AWSError) {
            let found = try await client.services.s3.getObject(.init(bucket: bucket, key: object.key), deadline: deadline)
            if found.body == object.body { return .settled(.alreadyThere) }
            // S3 tells it with each object; an answer without it is somebody else's.
            guard found.object.eTag != nil else { throw AWSError(.unreadableAnswer, "an answer to GetObject without an ETag", service: "S3") }
            return .settled(
                .rejected(
                    "there is an object \(object.key) with another content: a record of another source with the same id, or this one in another envelope; put {source} into `key`"))
        } catch {
            if error.isAccessDenied { return .settled(.alreadyThere) }
            // Somebody took it away since the put. That concerns this object alone, unlike a bucket that is not there.
            if error.isNotFound, error.serviceCode != "NoSuchBucket" { return .again("the object \(object.key) was there, and is gone: \(error)") }
            throw error
        }
    }

    // MARK: Objects

    private struct Object: Sendable {
        var key: String
        /// Whether the key can be no other record's.
        var isUnique = true
        var body: [UInt8]
        /// The places in the batch of the records that are in it.
        var records: [Int]
    }

    private func object(_ delivery: Delivery, at index: Int) -> Object {
        var line = delivery.payloadBytes
        line.append(UInt8(ascii: "\n"))
        let record = delivery.record
        return Object(key: names.key(for: record), isUnique: names.areUnique(for: record), body: line, records: [index])
    }

    /// No object gets more bytes of lines than this, so that it can be put in one call and read in one piece.
    private static let mostLineBytes = 64 << 20

    /// An object of several records, by their places in the batch.
    private func object(of records: [Int], in batch: DeliveryBatch) throws(Gzip.Failure) -> Object {
        var lines: [UInt8] = []
        for index in records {
            lines += batch[index].payloadBytes
            lines.append(UInt8(ascii: "\n"))
        }
        let ends = [records.first, records.last].map { $0.map { batch[$0].record.id.id } ?? "" }
        let id = "\(ends[0])_\(ends[1])_\(Digest.hexadecimal(lines, bytes: 8))"
        return Object(
            key: records.first.map { names.key(for: batch[$0].record, id: id) } ?? id, body: try Gzip.compress(lines), records: records)
    }
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
        register("s3-json", S3JSONSink.self, services, shorthand)
    }
}

#endif
