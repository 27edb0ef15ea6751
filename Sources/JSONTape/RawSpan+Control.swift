// SPDX-License-Identifier: Apache-2.0

extension RawSpan {
    /// Whether there is a byte below 32, or these two one behind the other.
    ///
    /// All bytes are looked at without a branch for any of them, which compilers turn into vectors: for long texts that hardly ever have one.
    public func hasControl(orPair first: UInt8, _ second: UInt8) -> Bool {
        unsafe withUnsafeBytes { bytes in
            var found: UInt8 = 0
            for place in 0..<max(0, bytes.count - 1) {
                let byte = unsafe bytes[place]
                let next = unsafe bytes[place + 1]
                found |= (byte < 0x20 ? 1 : 0) | ((byte == first ? 1 : 0) & (next == second ? 1 : 0))
            }
            let last = unsafe bytes.last ?? 0x20
            return found != 0 || last < 0x20
        }
    }
}
