// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import StreamRecords
import Testing

@testable import AWSSinks

@Suite("Conditions on items") struct ConditionTests {
    @Test("Columns are compared one after the other, what is absent is least") func precedes() {
        let values: [AttributeValue?] = [nil, 1, 2]
        for a in values {
            for b in values {
                for c in values {
                    for d in values {
                        var item = AttributeMap()
                        item["x"] = a
                        item["y"] = b
                        let condition = Condition.precedes([("x", c), ("y", d)])
                        let isLess = (place(a), place(b)) < (place(c), place(d))
                        #expect(condition.isMet(by: item) == isLess, "\(place(a)) \(place(b)) \(place(c)) \(place(d))")
                    }
                }
            }
        }
        #expect(Condition.precedes([("x", nil), ("y", nil)]) == .never)
    }

    private func place(_ value: AttributeValue?) -> Int { value?.intValue ?? -1 }

    @Test("Every name and value is aliased, once") func aliases() {
        var writer = ExpressionWriter()
        let text = writer.condition(.all([
            .any([.absent("status"), .less("status", than: "b")]), .not(.holds("source", "x")), .equal("at", "b"), .greater("at", than: 1),
        ]))
        #expect(text == "(attribute_not_exists(#n0) OR #n0 < :v0) AND NOT (contains(#n1, :v1)) AND #n2 = :v0 AND #n2 > :v2")
        #expect(writer.parts.names == ["#n0": "status", "#n1": "source", "#n2": "at"])
        #expect(writer.parts.values == [":v0": "b", ":v1": "x", ":v2": 1])
    }
}
#endif
