// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// What the name in `{"N":"5"}` says of the value beside it, as far as its plain value depends on it.
enum AttributeType {
    /// S and B.
    case string
    /// N, which is written as a string.
    case number
    case bool
    /// NULL, whose value is always true.
    case null
    case map
    case list
    /// SS and BS.
    case strings
    /// NS.
    case numbers

    /// - Parameter name: without escapes.
    init?(_ name: borrowing JSONText) {
        switch (name.count, name.leadingWord) {
        case (1, 0x53), (1, 0x42): self = .string
        case (1, 0x4E): self = .number
        case (1, 0x4D): self = .map
        case (1, 0x4C): self = .list
        case (2, 0x5353), (2, 0x5342): self = .strings
        case (2, 0x534E): self = .numbers
        case (4, 0x4C4C_554E): self = .null
        case (4, 0x4C4F_4F42): self = .bool
        default: return nil
        }
    }
}
