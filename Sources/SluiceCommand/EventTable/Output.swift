// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials
import JSONTape

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Text on its way to standard output, in pieces that are neither small nor large.
struct Output: ~Copyable {
    private var writer = JSONWriter()

    mutating func line(_ text: String = "") throws(DescriptorError) {
        writer.write(raw: text)
        writer.write(byte: UInt8(ascii: "\n"))
        if writer.count > 1 << 16 { try flush() }
    }

    mutating func flush() throws(DescriptorError) {
        try writer.write(to: 1)
        writer.removeAll()
    }

    /// Writes a text that is all that a command tells, as it is. A pipe that somebody closes ends nothing: they have seen enough.
    static func whole(_ text: String) throws(ExitCode) {
        var writer = JSONWriter()
        writer.write(raw: text)
        do throws(DescriptorError) {
            try writer.write(to: 1)
        } catch {
            if error.isBrokenPipe { return }
            say("sluice: standard output: \(error)")
            throw ExitStatus.input.code
        }
    }
}

/// Colours for a terminal, or none.
struct Paint: Sendable {
    enum Colour: String {
        case dim = "2"
        case bold = "1"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    let isOn: Bool

    /// Colours where standard output is a terminal that can show them, and nobody has said no (https://no-color.org).
    static var standardOutput: Paint {
        let environment = ProcessInfo.processInfo.environment
        let isUnwanted = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return Paint(isOn: isatty(1) == 1 && !isUnwanted && environment["TERM"] != "dumb")
    }

    func callAsFunction(_ text: String, _ colour: Colour) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension String {
    /// The text without anything that could steer a terminal: what was recorded must not be able to.
    var harmless: String {
        guard unicodeScalars.contains(where: \.isSteering) else { return self }
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars { scalars.append(scalar.isSteering ? " " : scalar) }
        return String(scalars)
    }

    /// The text in a field of a width: filled up behind, or before.
    func padded(to width: Int, right: Bool = false) -> String {
        let missing = width - count
        guard missing > 0 else { return self }
        let space = String(repeating: " ", count: missing)
        return right ? space + self : self + space
    }

    /// The text, its end left out where it is longer.
    func cut(to limit: Int) -> String {
        // A prefix, since counting a text of megabytes takes long.
        prefix(limit + 1).count > limit ? prefix(limit - 1) + "…" : self
    }
}

extension Unicode.Scalar {
    fileprivate var isSteering: Bool {
        if value >= 0x20 && value < 0x7F { return false }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }
}
