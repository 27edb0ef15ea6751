// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
public import StreamRecords

extension Invocation {
    /// An invocation as whoever made it tells of it.
    ///
    /// Params and response are brought to one form (no white space between JSON's parts), so that the same told twice is the same. Where the
    /// function failed, its answer tells with what error (`errorType`, `errorMessage`).
    /// - Parameters:
    ///   - time: when it was invoked.
    ///   - params: the input, JSON.
    ///   - response: the output, JSON; absent where it is not known.
    ///   - source: the execution that caused it.
    ///   - functionError: `X-Amz-Function-Error`.
    /// - Throws: ``RecordingError`` with the code `badParams` or `badResponse` for what is no JSON.
    public init(
        requestID: String, function: FunctionName, at time: Timestamp, params: String?, response: String? = nil, source: String? = nil,
        functionError: String? = nil
    ) throws(RecordingError) {
        self.init(key: EventKey(requestID: requestID, function: function), seen: time)
        qualifier = function.qualifier
        do throws(JSONError) { self.params = try params.map(Self.compact) } catch {
            throw RecordingError(.badParams, "the params are no JSON: \(error)")
        }
        do throws(JSONError) { self.response = try response.map(Self.compact) } catch {
            throw RecordingError(.badResponse, "the response is no JSON: \(error)")
        }
        self.source = source.nonEmpty
        self.functionError = functionError.nonEmpty
        if self.functionError != nil { failure = Self.failure(told: self.response, at: time) }
    }

    /// One JSON text without white space between its parts. Numbers keep their digits, members their order.
    static func compact(_ json: String) throws(JSONError) -> String { try JSONValue(parsing: json).text }

    /// What a function's answer says of its failure. Lambda tells a time-out by its error type, in older accounts by its message alone.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-retries.html>
    private static func failure(told response: String?, at time: Timestamp) -> Failure {
        let answer = response.flatMap { try? JSONValue(parsing: $0) }
        let type = answer?["errorType"]?.stringValue
        let message = answer?["errorMessage"]?.stringValue
        let isTimeout = type == "Sandbox.Timedout" || (type == nil && message?.contains("Task timed out after ") == true)
        return Failure(isTimeout ? .timeout : .error, at: time, errorType: type, errorMessage: message)
    }
}

/// Why an invocation cannot be recorded or made.
public struct RecordingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is. More may come with later versions.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The params are no JSON.
        public static let badParams = Code(rawValue: "badParams")
        /// The response is no JSON.
        public static let badResponse = Code(rawValue: "badResponse")
        /// The function was invoked, and the table could not be told of it.
        public static let notRecorded = Code(rawValue: "notRecorded")
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
