// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSSinks
import Sluice
import Testing

@Suite("The registry of sinks") struct RegistrationTests {
    @Test("A registry without them knows none of them") func none() {
        #expect(SinkRegistry().names.isEmpty)
    }
}
#endif
