// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// JSON to be written in many ways: pretty, on one line, with white space wherever it may stand.
indirect enum JSONText {
    /// Members in order; names as they stand between the quotation marks.
    case object([(name: String, value: JSONText)])
    case array([JSONText])
    /// A scalar as it stands in the text.
    case raw(String)

    static func quoted(_ text: String) -> JSONText {
        .raw("\"\(text)\"")
    }

    enum Style: CaseIterable {
        /// No white space.
        case compact
        /// Spaces and tabs anywhere, but no line break.
        case spaced
        /// As `aws` prints it.
        case pretty
        /// Any white space anywhere.
        case wild
    }

    func bytes(_ style: Style, _ random: inout SeededRandom) -> [UInt8] {
        var text: [UInt8] = []
        write(into: &text, style, 0, &random)
        return text
    }

    private func write(into text: inout [UInt8], _ style: Style, _ depth: Int, _ random: inout SeededRandom) {
        switch self {
        case .raw(let scalar):
            text += Array(scalar.utf8)
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 {
                    text.append(UInt8(ascii: ","))
                }
                Self.space(&text, style, depth + 1, &random)
                text += Array("\"\(member.name)\"".utf8)
                if style != .pretty {
                    Self.space(&text, style, depth, &random)
                }
                text.append(UInt8(ascii: ":"))
                if style == .pretty {
                    text.append(UInt8(ascii: " "))
                } else {
                    Self.space(&text, style, depth, &random)
                }
                member.value.write(into: &text, style, depth + 1, &random)
                if style != .pretty {
                    Self.space(&text, style, depth, &random)
                }
            }
            if style != .pretty || !members.isEmpty {
                Self.space(&text, style, depth, &random)
            }
            text.append(UInt8(ascii: "}"))
        case .array(let elements):
            text.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 {
                    text.append(UInt8(ascii: ","))
                }
                Self.space(&text, style, depth + 1, &random)
                element.write(into: &text, style, depth + 1, &random)
                if style != .pretty {
                    Self.space(&text, style, depth, &random)
                }
            }
            if style != .pretty || !elements.isEmpty {
                Self.space(&text, style, depth, &random)
            }
            text.append(UInt8(ascii: "]"))
        }
    }

    private static func space(_ text: inout [UInt8], _ style: Style, _ depth: Int, _ random: inout SeededRandom) {
        switch style {
        case .compact:
            break
        case .spaced:
            if random.chance(20) {
                text.append(random.pick([0x20, 0x09]))
            }
        case .pretty:
            text += Array("\n".utf8) + [UInt8](repeating: 0x20, count: depth * 4)
        case .wild:
            while random.chance(20) {
                text.append(random.pick([0x20, 0x09, 0x0A, 0x0D]))
            }
        }
    }
}
