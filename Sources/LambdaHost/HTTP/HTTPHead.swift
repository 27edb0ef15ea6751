// SPDX-License-Identifier: Apache-2.0

/// What stands before the body of an answer.
struct HTTPHead: Sendable {
    /// The status code, 100 to 999.
    var status = 0
    /// Whether it is HTTP/1.0, where a connection ends with the answer unless the header says otherwise.
    var isOldVersion = false
    private(set) var fields: [(name: String, value: String)] = []

    /// The number of header fields.
    var count: Int { fields.count }

    /// Adds a field.
    /// - Parameter name: in small letters.
    mutating func add(_ name: String, _ value: String) { fields.append((name, value)) }

    /// The value of a field, the first of that name; nil where there is none.
    /// - Parameter name: in small letters. How the server wrote it does not matter.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The elements of all fields of a name whose value is a list, in small letters.
    func list(_ name: String) -> [String] {
        fields.filter { $0.name == name }.flatMap { field in
            field.value.split(separator: ",").map { element in
                String(element.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed()).lowercased()
            }
        }
    }

    /// Whether the connection can carry another exchange after this answer.
    var keepsAlive: Bool {
        let options = list("connection")
        if options.contains("close") { return false }
        return !isOldVersion || options.contains("keep-alive")
    }
}

/// How much an answer may ask for. All sizes are in bytes.
struct HTTPLimits: Sendable {
    /// Status line and header fields together; a trailer has as much again.
    var head = 64 << 10
    /// The number of header fields.
    var fields = 128
    /// A Lambda event has at most 6 MiB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    var body = 64 << 20
}

/// Why an answer could not be had or understood.
struct HTTPError: Error, Sendable, Hashable, CustomStringConvertible {
    struct Code: RawRepresentable, Sendable, Hashable {
        let rawValue: String
        init(rawValue: String) { self.rawValue = rawValue }

        /// No connection could be made.
        static let unreachable = Code(rawValue: "unreachable")
        /// The connection ended before the answer was complete.
        static let connectionLost = Code(rawValue: "connectionLost")
        /// The answer is not HTTP/1.1.
        static let malformed = Code(rawValue: "malformed")
        /// The answer is larger than a limit allows.
        static let tooLarge = Code(rawValue: "tooLarge")
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var description: String { message }
}
