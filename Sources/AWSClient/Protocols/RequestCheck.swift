// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import StreamRecords

/// Holds requests against a service's limits before they are sent.
enum RequestCheck {
    static func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(AWSError) {
        if !condition { throw AWSError(.invalidRequest, message()) }
    }

    static func count(_ count: Int, of what: @autoclosure () -> String, in range: ClosedRange<Int>) throws(AWSError) {
        try require(range.contains(count), "\(count) \(what()); the service takes \(range.lowerBound) to \(range.upperBound)")
    }

    static func size(_ bytes: Int, of what: @autoclosure () -> String, atMost maximum: Int) throws(AWSError) {
        try require(bytes <= maximum, "\(what()): \(bytes) bytes; the service takes at most \(maximum)")
    }

    /// - Parameter characters: beside letters and digits.
    static func name(_ text: String, _ what: String, lengths: ClosedRange<Int>, characters: String) throws(AWSError) {
        let isSound = lengths.contains(text.utf8.count) && text.utf8.allSatisfy { $0.isAlphanumeric || characters.utf8.contains($0) }
        try require(
            isSound, "\(what) is \(text.prefix(100)); the service takes \(lengths.lowerBound) to \(lengths.upperBound) letters, digits and \(characters)")
    }
}

#endif
