// SPDX-License-Identifier: Apache-2.0

import Foundation
import ReferenceDecoder
import Testing
import TestSupport

/// The recorded streams that come with Sluice, taken through `sluice process`.
@Suite struct SamplesTests {
    let folder: TemporaryFolder
    let sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        try folder.addSamples()
        sluice = Command(folder: folder.path)
    }

    static let samples: [String] = {
        let top = Repository.path("samples/streams")
        let found = (try? FileManager.default.subpathsOfDirectory(atPath: top)) ?? []
        return found.filter { $0.split(separator: "/").last?.contains(".") ?? false }.sorted()
    }()

    private func bytes(_ path: String) throws -> [UInt8] { try folder.bytes("samples/streams/\(path)") }

    /// Lines of exports without the id that stands for table, keys and time: the slow decoder makes up none. They alone of the changes
    /// have no region.
    private func withoutMadeUpIDs(_ lines: [String]) -> [String] {
        lines.map { line in
            guard line.contains("\"keys\""), !line.contains("\"region\"") else { return line }
            return line.replacing(/^\{"kind":"change","id":"[0-9a-f]{32}","op":/) { _ in "{\"kind\":\"change\",\"op\":" }
        }
    }

    @Test(arguments: samples) func eachIsDecodedAsTheSlowDecoderDoes(_ sample: String) async throws {
        var reference = Reference()
        try reference.read(bytes(sample))
        let result = try await sluice("process", "samples/streams/\(sample)", "--to", "log:")
        #expect(result.status == 0, "\(result.errors)")
        #expect(withoutMadeUpIDs(result.lines) == reference.lines.map { String(decoding: $0, as: UTF8.self) })
        #expect(!result.lines.isEmpty)
        let received = reference.lines.count
        #expect(result.errors.contains("\(received) record\(received == 1 ? "" : "s") received from 1 input in "), "\(result.errors)")
        #expect(result.errors.contains("\(received) delivered, 0 filtered, 0 rejected\n"), "\(result.errors)")
        let skipped = reference.controlMessages
        #expect(result.errors.contains("control message") == (skipped > 0), "\(result.errors)")
    }

    @Test func allTogetherComeInTheOrderOfTheirNames() async throws {
        var expected: [String] = []
        for sample in Self.samples { expected += try Recordings.plainLines(bytes(sample)) }
        let result = try await sluice("process", "samples/streams", "--to", "log:")
        #expect(result.status == 0)
        #expect(withoutMadeUpIDs(result.lines) == expected)
        // As the samples' own page tells: 18 files, 515 records.
        #expect(Self.samples.count == 18)
        #expect(result.errors.hasPrefix("515 records received from 18 inputs in "), "\(result.errors)")
        #expect(result.errors.contains("  to  log:  515 delivered\n"), "\(result.errors)")
        #expect(result.errors.contains("  from  table Products                      31 received\n"), "\(result.errors)")
        #expect(result.errors.contains("  from  log group /aws/lambda/products-api  298 received\n"), "\(result.errors)")
        #expect(result.errors.contains("2 control messages skipped\n"), "\(result.errors)")
        #expect(!result.errors.contains(" 0 received"), "what nothing came from is not told: \(result.errors)")
    }

    @Test func theHistoryOfProductFiveIsInTheStream() async throws {
        let result = try await sluice("process", "samples/streams/products", "--to", "log:")
        let five = try parsed(result.lines).filter { $0["keys"]?["Id"]?.raw == Array("5".utf8) }
        #expect(five.compactMap { $0["op"]?.string } == ["INSERT"] + Array(repeating: "MODIFY", count: 6) + ["REMOVE"])
        let prices = five.compactMap { $0["new"]?["price"].map { String(decoding: $0.raw, as: UTF8.self) } }
        #expect(prices == ["89.9", "89.9", "79.9", "79.9", "79.9", "69.9", "69.9"])
    }

    @Test(arguments: ["1", "2", "8"]) func manyCoresKeepTheOrder(_ jobs: String) async throws {
        var expected: [String] = []
        for sample in Self.samples { expected += try Recordings.plainLines(bytes(sample)) }
        let result = try await sluice("process", "samples/streams", "--to", "log:", "--jobs", jobs)
        #expect(result.status == 0)
        #expect(withoutMadeUpIDs(result.lines) == expected)
    }

    @Test func withoutAnySinkRecordsGoToStandardOutput() async throws {
        let plain = try await sluice("process", "samples/streams/bus", "--to", "log:")
        let bare = try await sluice("process", "samples/streams/bus")
        #expect(bare.status == 0)
        #expect(bare.output == plain.output)
        let stdout = try await sluice("process", "samples/streams/bus", "--to", "stdout:")
        #expect(stdout.output == plain.output)
    }

    @Test func typedIsWhatAWSSent() async throws {
        let result = try await sluice("process", "samples/streams/products/1-created.json", "--to", "log:", "--envelope", "typed")
        #expect(result.status == 0)
        let sent = try TreeParser.parse(bytes("products/1-created.json"))["Records"]?.elements ?? []
        let got = try parsed(result.lines)
        #expect(!sent.isEmpty && got.count == sent.count)
        for (sent, got) in zip(sent, got) {
            for name in ["eventID", "eventName", "awsRegion", "eventSourceARN"] {
                #expect(got[name]?.string == sent[name]?.string)
            }
            // The same value, whatever the white space: attribute types and all.
            #expect(got["dynamodb"]?["NewImage"]?.compact == sent["dynamodb"]?["NewImage"]?.compact)
            #expect(got["dynamodb"]?["SequenceNumber"]?.string == sent["dynamodb"]?["SequenceNumber"]?.string)
        }
    }

    @Test func aDryRunDeliversNothing() async throws {
        let result = try await sluice(
            "process", "samples/streams", "--to", "log:", "--to", "dir:out/records", "--to", "file:out/all.ndjson", "--to", "sqlite:out/events.db",
            "--dry-run")
        #expect(result.status == 0)
        #expect(result.output.isEmpty)
        #expect(!folder.exists("out"))
        #expect(result.errors.contains("515 would be delivered, 0 filtered, 0 rejected\n"), "\(result.errors)")
        #expect(result.errors.contains("dir:out/records"), "\(result.errors)")
    }

    @Test func theConfigurationOfTheSamplesRoutes() async throws {
        let result = try await sluice("process", "samples/streams", "--config", "samples/sluice.yaml")
        #expect(result.status == 0, "\(result.errors)")
        // To the console: changes of Products, logs of two functions.
        let shown = try parsed(result.lines)
        #expect(shown.count == 352)
        for record in shown {
            switch record["kind"]?.string {
            case "change"?: #expect(record["table"]?.string == "Products")
            case "log"?: #expect(["/aws/lambda/products-api", "/aws/lambda/stock-sync"].contains(record["group"]?.string))
            default: Issue.record("a record that no route sends there: \(String(decoding: record.raw, as: UTF8.self))")
            }
        }
        let orders = try parsed(folder.text("out/orders.ndjson").split(separator: "\n").map(String.init))
        #expect(orders.count == 5 && orders.allSatisfy { $0["queue"]?.string == "orders.fifo" })
        let archived = try folder.files(below: "out/archive")
        #expect(archived.count == 24)
        for file in archived {
            let record = try TreeParser.parse(folder.bytes("out/archive/\(file)"))
            // Lines of an export don't name the operation.
            let operation = record["eventName"]?.string ?? (record["OldImage"] == nil ? "INSERT" : record["NewImage"] == nil ? "REMOVE" : "MODIFY")
            #expect(["INSERT", "REMOVE"].contains(operation), "\(file)")
            #expect(file.hasPrefix("change/"))
        }
        #expect(folder.exists("out/events.db"))

        let again = try await sluice("process", "samples/streams", "--config", "samples/sluice.yaml")
        #expect(again.status == 0)
        #expect(again.output == result.output)
        #expect(again.errors.contains("  to  history  0 delivered, 515 already there\n"), "\(again.errors)")
        #expect(again.errors.contains("  to  archive  0 delivered, 24 already there\n"), "\(again.errors)")
        #expect(try folder.files(below: "out/archive") == archived)
    }
}

extension Tree {
    /// The value without white space between its tokens.
    var compact: String {
        switch content {
        case .object(let members):
            "{" + members.map { "\"\(String(decoding: $0.name, as: UTF8.self))\":\($0.value.compact)" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.compact).joined(separator: ",") + "]"
        default: String(decoding: raw, as: UTF8.self)
        }
    }
}
