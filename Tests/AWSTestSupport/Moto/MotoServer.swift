// SPDX-License-Identifier: Apache-2.0

#if AWS
public import AWSClient
public import AWSSigner
internal import Foundation
public import JSONTape
internal import Logging
internal import NIOPosix
public import StreamRecords
import TestSupport

/// moto behind the server that checks signatures (Tests/Support/moto/server.py), one for all tests of the process. It ends when the process does,
/// since its standard input ends then.
public actor MotoServer {
    public static let shared = MotoServer()

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Where its two servers listen.
    public struct Ports: Sendable {
        /// Checks signatures, then hands on.
        public let checked: Int
        /// moto itself.
        public let unchecked: Int
    }

    /// One beside the shared one, for a test that changes what all others would see. It ends with this object.
    public init() {}

    private var starting: Task<Ports, any Error>?
    private var process: Process?
    /// Held open as long as the server shall run.
    private let input = Pipe()

    /// `http://127.0.0.1:…`, of the server that checks signatures.
    public func url() async throws -> String { "http://127.0.0.1:\(try await ports().checked)" }

    public func ports() async throws -> Ports {
        let task = starting ?? Task { try await start() }
        starting = task
        return try await task.value
    }

    private func start() async throws -> Ports {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Python.path())
        process.arguments = [Repository.path("Tests/Support/moto/server.py")]
        // Settings of whoever runs the tests must not reach boto3.
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("AWS_") }
            .merging(["PYTHONDONTWRITEBYTECODE": "1", "AWS_EC2_METADATA_DISABLED": "true"]) { $1 }
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        self.process = process
        let descriptor = output.fileHandleForReading.fileDescriptor
        let line = try await NIOThreadPool.singleton.runIfActive {
            var text = JSONBuffer()
            while try text.read(from: descriptor, upTo: 4096) > 0, text.firstIndex(of: 0x0A, from: 0) == nil {}
            return text.copy(of: 0..<text.count)
        }
        let told = try? JSONValue(parsing: line)
        if case .number(let checked)? = told?["port"], case .number(let unchecked)? = told?["moto"], let checked = Int(checked),
            let unchecked = Int(unchecked)
        {
            return Ports(checked: checked, unchecked: unchecked)
        }
        throw Failure(description: "The server of the integration tests did not start; what it said is above.")
    }

    // MARK: For tests

    public static let keys = SigningCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

    /// Runs `body` with a client of this server's.
    public static func with<Result>(
        keys: SigningCredentials = keys, clock: AWSClock = .system, attempts: Int = 1, _ body: (AWSServices) async throws -> Result
    ) async throws -> Result {
        var configuration = AWSConfiguration(region: "eu-central-1", environment: ["AWS_ENDPOINT_URL": try await shared.url()], logger: .silent)
        configuration.credentials = StaticCredentials(keys)
        configuration.clock = clock
        configuration.maximumAttempts = attempts
        let aws = AWSServices(configuration)
        do {
            let result = try await body(aws)
            await aws.shutdown()
            return result
        } catch {
            await aws.shutdown()
            throw error
        }
    }

    /// Runs a call of boto3's, and gives its answer as calls.py writes it.
    @discardableResult
    public static func boto(_ service: String, _ operation: String, _ arguments: JSONValue = .object([]), deserialize: Bool = false) async throws -> JSONValue {
        try await door(
            "/-/call",
            ["service": .string(service), "operation": .string(operation), "arguments": arguments, "deserialize": .bool(deserialize)])
    }

    /// How many requests had the right signature.
    public static func verified() async throws -> Int {
        guard case .number(let text)? = try await door("/-/counts", [:])["verified"] else { return 0 }
        return Int(text) ?? 0
    }

    private static func door(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        let request = ProxiedRequest(method: "POST", target: path, headers: [("host", "127.0.0.1")], body: Array(body.text.utf8))
        let response = try await HTTPExchange.send(request, port: shared.ports().checked)
        let answer = try JSONValue(parsing: response.body)
        if let error = answer["error"]?.stringValue { throw Failure(description: "\(error): \(answer["message"]?.stringValue ?? "")") }
        return answer
    }

    /// A name that nobody else uses.
    public static func name(_ prefix: String) -> String { "\(prefix)-\(UUID().uuidString.lowercased().prefix(13))" }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements.map { JSONMember(name: $0.0, value: $0.1) }) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension Logger {
    /// Tells nothing.
    static var silent: Logger {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return logger
    }
}

extension AttributeMap {
    /// The item as calls.py writes what boto3's TypeDeserializer makes of it.
    public var deserialized: JSONValue {
        .object(sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.map { JSONMember(name: $0.name, value: $0.value.deserialized) })
    }
}

extension AttributeValue {
    public var deserialized: JSONValue {
        func bytes(_ bytes: [UInt8]) -> JSONValue { ["b": .string(Data(bytes).base64EncodedString())] }
        func number(_ number: DynamoDBNumber) -> JSONValue { ["n": .string(number.canonical)] }
        /// In the order of Python's `repr`, which for these is that of their text.
        func set(_ values: [JSONValue]) -> JSONValue { ["set": .array(values.sorted { $0.text < $1.text })] }
        return switch self {
        case .string(let text): .string(text)
        case .number(let value): number(value)
        case .binary(let value): bytes(value)
        case .bool(let flag): .bool(flag)
        case .null: .null
        case .list(let values): .array(values.map(\.deserialized))
        case .map(let map): map.deserialized
        case .stringSet(let texts): set(texts.map { .string($0) })
        case .numberSet(let numbers): set(numbers.map(number))
        case .binarySet(let sets): set(sets.map(bytes))
        }
    }
}

#endif
