// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Logging
@testable import Sluice
import StreamRecords
import Testing
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// No byte of a value that a route redacts leaves by any sink, log, parked record or error message.
@Suite(.timeLimit(.minutes(10))) struct RedactionPropertyTests {
    /// Runs records through sinks that tell all that they see.
    private func run(
        _ made: SecretRecords, redaction: Redaction?, envelopes: [Envelope], gossip: Gossip
    ) async throws -> BatchReport.Counts {
        let folder = try TemporaryFolder()
        var logger = Logger(label: "test") { _ in GossipLog(gossip: gossip) }
        logger.logLevel = .trace
        func context(_ name: String) -> SinkContext { SinkContext(name: name, logger: logger) }
        let text = try OpenFile(folder.path("text"), .create)
        let settings = try ConfigurationNode(json: #"{"format":"text"}"#, file: "f").decode(LogSink.Settings.self)
        let files = try ConfigurationNode(
            json: #"{"path":"\#(folder.path("dir"))","key":"{kind}/{source}/{key.SecretKey}/{key.Key}/{id}.json"}"#, file: "f"
        ).decode(FolderSink.Settings.self)
        let sinks: [(name: String, sink: any Sink)] = [
            ("rejecting", NosySink(gossip) { .rejected($0) }),
            ("retrying", NosySink(gossip, needsPayloads: false) { .retry($0) }),
            ("throwing", ScriptedSink(whole: { batch in
                throw NosySink.Tattle(description: batch.map { String(decoding: $0.record.rawBytes, as: UTF8.self) }.joined())
            })),
            ("text", LogSink(settings, context("text"), descriptor: text.descriptor) {}),
            ("dir", try await FolderSink(files, context("dir"))),
            ("parked", NosySink(gossip) { _ in .delivered }),
        ]
        let routes = envelopes.enumerated().map { number, envelope in
            // Each sink gets some of the records by each route.
            Route(
                name: "route \(number)", conditions: number == envelopes.count - 1 ? [] : [.kind([Record.Kind.allCases[number % 4]])],
                envelope: envelope, redaction: redaction, to: ["rejecting", "retrying", "throwing", "text", "dir"])
        }
        let pipeline = try Pipeline(
            sinks: sinks, routes: routes, rejected: .init(to: ["parked"]), options: PipelineOptions(logger: logger))
        var counts = BatchReport.Counts()
        for isList in [false, true] {
            let bytes = isList ? "[\(made.records.joined(separator: ","))]" : made.records.joined(separator: "\n")
            for batch in RecordBatch.decode(Array(bytes.utf8)) {
                let report = try await pipeline.deliver(pipeline.prepare(batch))
                counts += report.counts
                // Other tests want the threads too.
                await Task.yield()
                gossip.add("\(report)")
            }
        }
        try await pipeline.shutdown()
        gossip.add(try folder.text("text"))
        for (name, content) in try folder.contents(below: "dir") { gossip.add("\(name) \(content)") }
        return counts
    }

    @Test func nothingHiddenIsSeen() async throws {
        let seed = SeededRandom.announcedSeed()
        var random = SeededRandom(seed: seed)
        for _ in 0..<12 {
            let made = SecretRecords(seed: random.next())
            let method = Redaction.Method.allCases.randomElement(using: &random) ?? .removed
            let key = Bool.random(using: &random) ? Redaction.Key(Array("sixteen bytes...".utf8)) : nil
            // Whatever the routes are for, they know of all secrets.
            var rules = try made.paths.sorted().map { try Redaction.Rule(RecordPath($0), method) }
            if rules.isEmpty { rules = [try Redaction.Rule(RecordPath("new.none"), method)] }
            let template = FieldTemplate([
                ("new", .path(try RecordPath("new"))), ("old", .path(try RecordPath("old"))), ("keys", .path(try RecordPath("keys"))),
                ("message", .path(try RecordPath("message"))), ("body", .path(try RecordPath("body"))), ("detail", .path(try RecordPath("detail"))),
                ("fields", .path(try RecordPath("fields"))), ("secret", .path(try RecordPath("new.SecretKey"))),
            ])
            var envelopes = Envelope.Form.allCases.map { Envelope($0) } + [Envelope(fields: template)]
            envelopes.shuffle(using: &random)
            let gossip = Gossip()
            let counts = try await run(made, redaction: Redaction(rules, key: key), envelopes: envelopes, gossip: gossip)
            #expect(counts.received == made.records.count * 2 && counts.isConserved)
            let all = Array(gossip.all.utf8)
            for word in Words(of: made.secrets).seen(in: all) {
                Issue.record("\(word) was seen (seed \(seed)): \(context(of: word, in: all)); paths \(made.paths)")
                return
            }
            let digests = made.digests.map(\.text) + (key == nil ? [] : made.madeIDs)
            for digest in wholes(of: digests, in: all) {
                Issue.record("\(digest), which shows a right guess, was seen (seed \(seed)): \(context(of: digest, in: all)); paths \(made.paths)")
                return
            }
            // What is in a text that is hidden as a whole is not to be seen either.
            let open = made.open.filter { !made.paths.contains($0.root) }.map(\.word)
            let seen = Words(of: open).seen(in: all)
            for word in open where !seen.contains(String(word.prefix(8))) {
                Issue.record("\(word), which is not to be hidden, was not seen (seed \(seed))")
            }
        }
    }

    /// Those that are in a text as a whole: eight digits alone are there by chance at times.
    private func wholes(of digests: [String], in text: [UInt8]) -> [String] {
        let parts = Words(of: digests).seen(in: text)
        return digests.filter { parts.contains(String($0.prefix(8))) && text.firstRange(of: Array($0.utf8)) != nil }
    }

    /// What stands around a place, for whoever has to find out.
    private func context(of part: String, in text: [UInt8]) -> String {
        guard let range = text.firstRange(of: Array(part.utf8)) else { return "" }
        return String(decoding: text[max(0, range.lowerBound - 200)..<min(text.count, range.upperBound + 100)], as: UTF8.self)
    }

    /// The same records without redaction: every secret is seen, so the test above would see it.
    @Test func withoutRedactionAllIsSeen() async throws {
        var digests = 0
        for seed: UInt64 in 1...4 {
            let made = SecretRecords(seed: seed)
            let gossip = Gossip()
            _ = try await run(made, redaction: nil, envelopes: [.typed, .plain], gossip: gossip)
            let seen = Words(of: made.secrets).seen(in: Array(gossip.all.utf8))
            for secret in made.secrets where !made.disguised.contains(secret) { #expect(seen.contains(String(secret.prefix(8))), "\(secret)") }
            let shown = made.digests.filter(\.isWritten).map(\.text) + made.madeIDs
            #expect(Set(wholes(of: shown, in: Array(gossip.all.utf8))) == Set(shown))
            digests += shown.count
        }
        #expect(digests > 0)
    }
}

/// The first and the last eight bytes of words, to be looked for in much text at once.
private struct Words {
    private var known: [UInt64: String] = [:]
    /// Whether a word ends with these two bytes: sorts out nearly all places.
    private var ends = [Bool](repeating: false, count: 1 << 16)

    init(of words: [String]) {
        for word in words {
            for part in [String(word.prefix(8)), String(word.suffix(8))] {
                let bits = part.utf8.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                known[bits] = part
                ends[Int(bits & 0xFFFF)] = true
            }
        }
    }

    func seen(in text: [UInt8]) -> Set<String> {
        var found: Set<String> = []
        var window: UInt64 = 0
        for byte in text {
            window = window << 8 | UInt64(byte)
            if ends[Int(window & 0xFFFF)], let word = known[window] { found.insert(word) }
        }
        return found
    }
}
