// SPDX-License-Identifier: Apache-2.0

@testable import Sluice
import Testing

/// The numbers of the ways that a batch's records go.
@Suite struct PlanTests {
    /// Seventeen routes that ask for values can make more plans than sixteen bits tell apart.
    @Test func thereMayBeMoreThanSixteenBitsTell() {
        var plans = RoutingTable.Plans()
        let many = 70_000
        let numbers = (0..<many).map { plans.number(of: [RoutingTable.Target(sink: $0, route: 0)]) }
        #expect(numbers == (0..<many).map { UInt32($0) } && plans.all.count == many)
        #expect(plans.number(of: [RoutingTable.Target(sink: 66_666, route: 0)]) == 66_666)
        #expect(plans.number(of: []) == UInt32(many) && plans.number(of: []) == UInt32(many) && plans.all.count == many + 1)
    }
}
