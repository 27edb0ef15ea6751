// SPDX-License-Identifier: Apache-2.0

#if AWS
package import JSONTape

/// A message's body: UTF-8, as a part of bytes that other messages may have parts of, too, so that nothing is copied before it goes out.
package struct MessageText: Sendable, Hashable {
    private let bytes: JSONBytes
    private let range: Range<Int>
    /// Whether SQS takes it. Looked at once: messages are asked when they are composed, and when they are sent.
    let isSendable: Bool

    /// - Parameter range: within the bytes.
    package init(_ bytes: JSONBytes, _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range.clamped(to: 0..<bytes.count)
        // What XML does not have are control characters, and two whose UTF-8 begins with EF BF.
        isSendable =
            !self.range.isEmpty && (!bytes.span.extracting(self.range).hasControl(orPair: 0xEF, 0xBF) || SQS.isSendable(bytes.text(of: self.range)))
    }

    init(_ text: String) { self.init(JSONBytes(text.utf8), 0..<text.utf8.count) }

    /// In bytes.
    package var count: Int { range.count }

    package var string: String { bytes.text(of: range) }

    var array: [UInt8] { bytes[range] }

    func append(to bytes: inout [UInt8]) { self.bytes.append(range, to: &bytes) }

    var span: RawSpan {
        @_lifetime(borrow self) borrowing get { bytes.span.extracting(range) }
    }

    package static func == (a: MessageText, b: MessageText) -> Bool { a.array == b.array }

    package func hash(into hasher: inout Hasher) { hasher.combine(array) }
}

#endif
