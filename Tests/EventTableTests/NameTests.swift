// SPDX-License-Identifier: Apache-2.0

import EventTable
import StreamRecords
import Testing
import TestSupport

struct NameTests {
    @Test(
        "Every form of a function's name gives the bare name and its qualifier",
        arguments: [
            ("orders", "orders", nil),
            ("orders:live", "orders", "live"),
            ("orders:$LATEST", "orders", "$LATEST"),
            ("123456789012:function:orders", "orders", nil),
            ("123456789012:function:orders:7", "orders", "7"),
            ("arn:aws:lambda:eu-west-1:123456789012:function:orders", "orders", nil),
            ("arn:aws:lambda:eu-west-1:123456789012:function:orders:7", "orders", "7"),
            ("arn:aws-cn:lambda:cn-north-1:123456789012:function:orders:live", "orders", "live"),
            ("function", "function", nil),
            ("function:7", "function", "7"),
            // Not a function's name: kept whole.
            ("", "", nil),
            (":", ":", nil),
            ("a:b:c", "a:b:c", nil),
            ("arn:aws:sqs:eu-west-1:123456789012:orders", "arn:aws:sqs:eu-west-1:123456789012:orders", nil),
        ] as [(String, String, String?)])
    func functionName(text: String, name: String, qualifier: String?) {
        let function = FunctionName(text)
        #expect(function.name == name)
        #expect(function.qualifier == qualifier)
        #expect(EventKey(requestID: "r", function: function) == EventKey(id: "r", name: name))
    }

    @Test("A sort key is the time and the padded sequence number, or the id")
    func sortKey() {
        let time = Timestamp(milliseconds: 1_795_186_800_000)
        #expect(
            SortKey.text(time: time, sequenceNumber: "300000000000000499659", id: "x")
                == "2026-11-20T15:00:00.000Z#0000000000000000000300000000000000499659")
        #expect(SortKey.text(time: time, id: "x") == "2026-11-20T15:00:00.000Z#x")
        #expect(SortKey.text(time: time, sequenceNumber: "", id: "x") == "2026-11-20T15:00:00.000Z#x")
        #expect(SortKey.text(time: time, sequenceNumber: "12a", id: "x") == "2026-11-20T15:00:00.000Z#x")
        #expect(SortKey.text(time: nil, id: "x") == "-#x")
        let long = String(repeating: "9", count: 40)
        #expect(SortKey.text(time: time, sequenceNumber: long, id: "x").hasSuffix("#" + long))
    }

    @Test("The time comes back out of a sort key, where there was one")
    func timeOfSortKey() {
        let time = Timestamp(milliseconds: 1_795_186_800_123)
        #expect(SortKey.time(of: SortKey.text(time: time, id: "a#b")) == time)
        #expect(SortKey.time(of: SortKey.text(time: nil, id: "a#b")) == nil)
        #expect(SortKey.time(of: "nonsense") == nil)
    }

    @Test("Text order of sort keys is order of time, then of sequence numbers")
    func sortOrder() {
        var random = SeededRandom(seed: 11)
        let places = (0..<500).map { _ in
            (Int64.random(in: 0...4, using: &random) * 1000 + 1_795_186_800_000, Int.random(in: 0...2_000_000_000_000, using: &random))
        }
        let byNumber = places.sorted { $0 < $1 }.map(key)
        #expect(places.map(key).sorted() == byNumber)

        func key(_ place: (Int64, Int)) -> String {
            SortKey.text(time: Timestamp(milliseconds: place.0), sequenceNumber: String(place.1), id: "")
        }
    }
}
