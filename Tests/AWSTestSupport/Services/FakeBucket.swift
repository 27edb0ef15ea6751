// SPDX-License-Identifier: Apache-2.0

#if AWS
import TestSupport

internal import Synchronization

/// A bucket of S3's in memory, with conditional puts.
public final class FakeBucket: Sendable {
    /// A put that was done.
    public struct Put: Sendable {
        /// As it stands in the path, percent-encoded.
        public let key: String
        public let bytes: [UInt8]
    }

    private struct State {
        var objects: [String: [UInt8]] = [:]
        var puts: [Put] = []
        var random: SeededRandom
    }

    private let name: String
    private let conflicts: Double
    private let state: Mutex<State>

    /// - Parameter conflicts: which part of the conditional puts meets another one under way, from 0 to 1; S3 asks for these once more.
    public init(name: String = "archive", conflicts: Double = 0, seed: UInt64 = 0) {
        self.name = name
        self.conflicts = conflicts
        state = Mutex(State(random: SeededRandom(seed: seed)))
    }

    /// All puts, in the order in which they were done.
    public var puts: [Put] { state.withLock { $0.puts } }
    public var objects: [String: [UInt8]] { state.withLock { $0.objects } }

    public func answer(_ request: ProxiedRequest) -> ProxiedAnswer {
        let path = request.target.prefix { $0 != "?" }
        guard path.hasPrefix("/\(name)/") else { return .error(404, "NoSuchBucket", "The specified bucket does not exist", asXML: true) }
        let key = String(path.dropFirst(name.count + 2))
        switch request.method {
        case "PUT": return state.withLock { put(request, key, &$0) }
        case "GET":
            guard let bytes = objects[key] else { return .error(404, "NoSuchKey", "The specified key does not exist.", asXML: true) }
            return ProxiedAnswer(headers: [("content-type", "application/octet-stream"), ("etag", "\"0\"")], body: bytes)
        default: return .error(405, "MethodNotAllowed", "no such call", asXML: true)
        }
    }

    private func put(_ request: ProxiedRequest, _ key: String, _ state: inout State) -> ProxiedAnswer {
        if let condition = request.header("if-none-match") {
            if condition != "*" { return .error(501, "NotImplemented", "only * is implemented", asXML: true) }
            if conflicts > 0, Double.random(in: 0..<1, using: &state.random) < conflicts {
                return .error(409, "ConditionalRequestConflict", "The conditional request cannot succeed due to a conflicting operation", asXML: true)
            }
            if state.objects[key] != nil {
                return .error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", asXML: true)
            }
        }
        state.objects[key] = request.body
        state.puts.append(Put(key: key, bytes: request.body))
        return ProxiedAnswer(headers: [("etag", "\"0\"")])
    }
}

#endif
