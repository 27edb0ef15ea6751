// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Numbers that are the same in each run with the same seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A seed for this run: SLUICE_TEST_SEED, else a new one. Printed, so that a failure can be had again.
    static func announced(_ purpose: String) -> (seed: UInt64, random: SeededRandom) {
        let seed = ProcessInfo.processInfo.environment["SLUICE_TEST_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0 ... .max)
        print("\(purpose): SLUICE_TEST_SEED=\(seed)")
        return (seed, SeededRandom(seed: seed))
    }
}
