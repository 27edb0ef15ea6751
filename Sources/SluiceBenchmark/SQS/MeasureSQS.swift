// SPDX-License-Identifier: Apache-2.0

#if AWS
import ArgumentParser
import AsyncHTTPClient
import AWSClient
import AWSSigner
import AWSSinks
import Foundation
import JSONTape
import Logging
import NIOCore
import NIOHTTP1
import Sluice
import StreamRecords
import Synchronization

/// Measures the sink `sqs`, from stream records to SQS's answers, against a loop that only makes the same HTTP calls.
struct MeasureSQS: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sqs", abstract: "Measures the sink sqs against a bare loop of the same HTTP calls, on loopback.",
        discussion: """
            The calls are recorded first, signatures and all. Then the sink (decoding, rendering, signing, sending, checking the answers), with the next \
            batch made ready while one is delivered, and a loop that posts the recorded bytes with AsyncHTTPClient and reads the answers, as many at \
            once, take turns against a server in a process of its own. The server does what SQS has to: it reads the entries and answers with their MD5.
            """)

    @Option(help: "How many DynamoDB records are sent in each round.") var records = 20_000
    @Option(help: "How many records come together, as from an event source mapping.") var batch = 1000
    @Option(help: "How many calls are under way at once, here and there.") var concurrency = 4
    @Option(help: "How many rounds are measured.") var rounds = 7
    @Option(help: "The seed of the records.") var seed: UInt64 = 1

    func run() async throws {
        let events = self.events()
        let server = try QueueProcess()
        let endpoint = "http://127.0.0.1:\(server.port)"

        let recorder = RecordingTransport()
        try await send(events, to: endpoint, transport: recorder)
        let calls = try recorder.requests.map(MeasureSQS.message)
        print("\(records) records of \(events.reduce(0) { $0 + $1.count } / records) bytes in \(calls.count) calls, \(concurrency) at once")

        // What both need is warm before the first round counts.
        var configuration = HTTPClient.Configuration()
        // As the sink's client has it.
        configuration.tracing.tracer = nil
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        try await post(calls, with: client)
        try await send(events, to: endpoint, transport: nil)
        var ratios: [Double] = []
        var bare: [Double] = []
        var sink: [Double] = []
        for _ in 0..<rounds {
            let clock = ContinuousClock()
            let first = try await clock.measure { try await post(calls, with: client) }
            let second = try await clock.measure { try await send(events, to: endpoint, transport: nil) }
            bare.append(Double(records) / (first / .seconds(1)))
            sink.append(Double(records) / (second / .seconds(1)))
            ratios.append(first / second)
        }
        try await client.shutdown()
        server.end()
        print("bare loop  \(MeasureSQS.figure(bare)) records/s")
        print("sink sqs   \(MeasureSQS.figure(sink)) records/s")
        print("ratio      \(String(format: "%.0f", MeasureSQS.median(ratios) * 100)) % (median of \(rounds) rounds, \(String(format: "%.0f to %.0f", (ratios.min() ?? 0) * 100, (ratios.max() ?? 0) * 100)))")
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    private static func figure(_ values: [Double]) -> String { String(format: "%9.0f", median(values)) }

    /// As many records as were asked for come together, in Lambda events of 100 each.
    private func events() -> [[UInt8]] {
        var generator = ChangeGenerator(seed: seed)
        var events: [[UInt8]] = []
        for _ in 0..<max(1, records / max(batch, 100)) {
            var text: [UInt8] = []
            for _ in 0..<max(1, batch / 100) { generator.appendEvent(to: &text) }
            events.append(text)
        }
        return events
    }

    // MARK: The sink

    private func send(_ events: [[UInt8]], to endpoint: String, transport: (any HTTPTransport)?) async throws {
        var settings = AWSConfiguration(region: "eu-central-1", environment: [:], logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
        settings.endpointURL = endpoint
        settings.credentials = StaticCredentials(SigningCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))
        settings.transport = transport
        let services = AWSServices(settings)
        var registry = SinkRegistry()
        registry.registerAWSSinks(services)
        let text = """
            {"sinks": {"queue": {"type": "sqs", "queue": "\(endpoint)/123456789012/orders", "verify": false, "concurrency": \(concurrency)}}, "routes": [{"to": ["queue"]}]}
            """
        let pipeline = try await Pipeline(Configuration(reading: ConfigurationNode(json: text, file: "benchmark.json"), registry: registry), sinks: registry)
        // As `sluice process` does with more than one processor: the next batch is decoded and rendered while one is delivered.
        let memory = JSONMemory()
        var next = prepare(events[...], pipeline, memory)
        for place in events.indices {
            let batches = try await next.value
            next = prepare(events[(place + 1)...], pipeline, memory)
            for batch in batches {
                guard let prepared = batch.take() else { continue }
                let report = try await pipeline.deliver(prepared)
                guard report.counts.delivered == batch.count else { throw ValidationError("of \(batch.count) records \(report.counts.delivered) were delivered") }
            }
        }
        try await pipeline.shutdown()
        await services.shutdown()
    }

    /// Begins with the first of these events.
    private func prepare(_ events: ArraySlice<[UInt8]>, _ pipeline: Pipeline, _ memory: JSONMemory) -> Task<[PreparedBatch], any Error> {
        Task { try events.first.map { try MeasureSQS.decode($0, pipeline, memory) } ?? [] }
    }

    /// All that came together is one batch, as in a Lambda function; lines are made with the decoding, as in `sluice process`.
    private static func decode(_ event: [UInt8], _ pipeline: Pipeline, _ memory: JSONMemory) throws -> [PreparedBatch] {
        var reader = RecordReader(MemorySource(event), memory: memory, chunkSize: event.count + 1, rendering: pipeline.rendering)
        var batches: [PreparedBatch] = []
        while var chunk = try reader.next() {
            while let batch = chunk.nextBatch() { batches.append(PreparedBatch(batch, pipeline)) }
        }
        return batches
    }

    // MARK: The bare loop

    private static func message(_ request: HTTPRequest) throws -> HTTPClientRequest {
        var message = HTTPClientRequest(url: request.url)
        message.method = .POST
        for header in request.headers { message.headers.add(name: header.name, value: header.value) }
        message.body = .bytes(ByteBuffer(bytes: request.body))
        return message
    }

    private func post(_ calls: [HTTPClientRequest], with client: HTTPClient) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var next = 0
            func start() {
                guard next < calls.count else { return }
                let call = calls[next]
                next += 1
                group.addTask {
                    let response = try await client.execute(call, timeout: .seconds(30))
                    let body = try await response.body.collect(upTo: 1 << 20)
                    guard response.status == .ok, body.readableBytes > 20 else { throw ValidationError("status \(response.status.code)") }
                }
            }
            for _ in 0..<concurrency { start() }
            while try await group.next() != nil { start() }
        }
    }
}

/// A batch on its way from the task that makes it ready to the one that delivers it.
private final class PreparedBatch: Sendable {
    let count: Int
    private let content: Mutex<Prepared?>

    init(_ batch: RecordBatch, _ pipeline: Pipeline) {
        count = batch.count
        content = Mutex(pipeline.prepare(batch))
    }

    func take() -> Prepared? { content.withLock { $0.take() } }
}

/// Keeps the requests and answers as the server would.
private final class RecordingTransport: HTTPTransport {
    private let kept = Mutex<[HTTPRequest]>([])

    var requests: [HTTPRequest] { kept.withLock { $0 } }

    func send(_ request: HTTPRequest, timeout: Duration, maximumAnswer maximum: Int) async throws(HTTPTransportError) -> HTTPResponse {
        kept.withLock { $0.append(request) }
        return HTTPResponse(status: 200, body: QueueAnswer.body(to: request.body))
    }

    func shutdown() async {}
}

/// The server in its own process.
private struct QueueProcess {
    let port: Int
    private let process = Process()
    private let input = Pipe()

    init() throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["sqs-server"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var text = ""
        while !text.contains("\n") {
            let bytes = output.fileHandleForReading.availableData
            if bytes.isEmpty { throw ValidationError("the server of the measurement did not start") }
            text += String(decoding: bytes, as: UTF8.self)
        }
        guard let port = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)), port > 0 else {
            throw ValidationError("the server of the measurement told no port")
        }
        self.port = port
    }

    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
#endif
