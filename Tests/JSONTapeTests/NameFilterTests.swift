// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Testing

@Suite struct NameFilterTests {
    private static let names = [
        "", "a", "ab", "a.b", "status", "status.S", "stat", "statuses", "eventID", "eventName", "eventVersion", "eventSource", "eventSourceARN", "awsRegion",
        "dynamodb", "userIdentity", "größe", "longer name", "longer nam", "longer n", "longer.name", "S",
    ]

    private static func word(_ name: String) -> UInt64 {
        let bytes = JSONBytes(name.utf8)
        return bytes.text(0..<bytes.count).nameWord
    }

    private static func mayHold(_ filter: JSONNameFilter, _ name: String) -> Bool { filter.mayHold(word(name), count: name.utf8.count) }

    @Test(arguments: names) func lets(_ name: String) {
        var filter = JSONNameFilter()
        #expect(filter.isEmpty && Self.names.allSatisfy { !Self.mayHold(filter, $0) })
        filter.insert(Self.word(name))
        #expect(!filter.isEmpty && Self.mayHold(filter, name) && filter.mayBegin(Self.word(name)))
    }

    @Test(arguments: names) func letsWhatFollowsAPoint(_ name: String) {
        var filter = JSONNameFilter()
        filter.insertStart(Self.word(name), count: name.utf8.count)
        for rest in ["", "b", "another name"] { #expect(Self.mayHold(filter, name + "." + rest), "\(name).\(rest)") }
    }

    @Test func letsWhatEitherLets() {
        var (one, other) = (JSONNameFilter(), JSONNameFilter())
        one.insert(Self.word("status"))
        other.insert(Self.word("price"))
        other.insertStart(Self.word("a"), count: 1)
        var both = one
        both.formUnion(other)
        #expect(both.covers(one) && both.covers(other) && !one.covers(both))
        #expect(["status", "price", "a.b"].allSatisfy { Self.mayHold(both, $0) })
    }

    /// Names that begin alike, as those of a stream record do, are told apart all the same.
    @Test func keepsOutNamesThatBeginAlike() {
        var filter = JSONNameFilter()
        for name in ["eventName", "eventSourceARN", "awsRegion"] { filter.insert(Self.word(name)) }
        for name in ["eventID", "eventVersion", "eventSource"] { #expect(!Self.mayHold(filter, name), "\(name)") }
    }

    /// A name without a point is not what follows one.
    @Test func keepsOutNamesThatGoOnWithoutAPoint() {
        var filter = JSONNameFilter()
        filter.insertStart(Self.word("status"), count: 6)
        #expect(!Self.mayHold(filter, "status") && !Self.mayHold(filter, "statuses") && !Self.mayHold(filter, "stat"))
    }

    /// The members that pass are gone to, also by names with escapes and of one letter.
    @Test func goesToTheMembersThatPass() throws {
        let document = try JSONDocument(#"{"a":1,"ab":{"S":"x"},"\u0061c":2,"b":3,"":4,"ac":{"M":{}},"ad":5}"#)
        var filter = JSONNameFilter()
        var lengths = JSONNameLengths()
        for name in ["a", "ac"] {
            filter.insert(Self.word(name))
            lengths.ofOthers |= JSONNameLengths.bit(name.utf8.count)
            lengths.ofObjects |= JSONNameLengths.bit(name.utf8.count)
        }
        var found: [String] = []
        var members = document.view(document.root).members
        while members.next(lengths, filter) { found.append(members.key.string ?? "") }
        // The escaped one is not known, the others pass by length and beginning.
        #expect(found.filter { ["a", "ac"].contains($0) } == ["a", "ac", "ac"])
        #expect(!found.contains("b") && !found.contains(""))
    }
}
