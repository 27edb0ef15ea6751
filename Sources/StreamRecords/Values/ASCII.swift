// SPDX-License-Identifier: Apache-2.0

extension UInt8 {
    /// Whether it is a letter or digit of ASCII, of which most names at AWS are.
    package var isAlphanumeric: Bool { (0x61...0x7A).contains(self) || (0x41...0x5A).contains(self) || (0x30...0x39).contains(self) }
}
