// SPDX-License-Identifier: Apache-2.0

import EventTable
import Testing

struct SubjectTests {
    @Test(
        "Words name an item, a key as a number first, then as a text",
        arguments: [
            (["Products", "Id=5"], [#"Products#{"Id":5}"#, #"Products#{"Id":"5"}"#]),
            (["Products", "Id=05.0"], [#"Products#{"Id":5}"#, #"Products#{"Id":"05.0"}"#]),
            (["Products", "Id=\"5\""], [#"Products#{"Id":"5"}"#, #"Products#{"Id":"\"5\""}"#]),
            (["Products", "Id=x5"], [#"Products#{"Id":"x5"}"#]),
            (["Products", "Id="], [#"Products#{"Id":""}"#]),
            (["Products", "Id=a=b"], [#"Products#{"Id":"a=b"}"#]),
            (
                ["Todos", "User=ann", "Nr=7"],
                [#"Todos#{"Nr":7,"User":"ann"}"#, #"Todos#{"Nr":"7","User":"ann"}"#]
            ),
            (
                ["T", "b=1", "a=2"],
                [#"T#{"a":2,"b":1}"#, #"T#{"a":2,"b":"1"}"#, #"T#{"a":"2","b":1}"#, #"T#{"a":"2","b":"1"}"#]
            ),
            ([#"Products#{"Id":5}"#], [#"Products#{"Id":5}"#]),
            ([#"Products#{ "Id" : 5.00 }"#], [#"Products#{"Id":5}"#]),
            ([#"Products#{"Id":"5"}"#], [#"Products#{"Id":"5"}"#]),
            ([#"T#{"b":1e1,"a":"x#y"}"#], [#"T#{"a":"x#y","b":10}"#]),
        ] as [([String], [String])])
    func candidates(words: [String], candidates: [String]) throws {
        #expect(try Subject(words).candidates == candidates)
    }

    @Test(
        "Words that name no item are told why",
        arguments: [
            [], ["Products"], ["#{}"], ["Products#5"], ["Products#{}"], ["Products#{\"Id\":}"], ["Products", "Id"], ["Products", "=5"],
            ["Products", "Id=5", "Id=6"], ["Products", "a=1", "b=2", "c=3"], [#"#{"Id":5}"#],
        ])
    func mistakes(words: [String]) {
        #expect(throws: SubjectError.self) { try Subject(words) }
    }

    @Test("Names of event tables")
    func tableNames() throws {
        let name = try EventTableName("sqlite:out/a:b.db")
        #expect(name.scheme == "sqlite")
        #expect(name.place == "out/a:b.db")
        #expect(name.description == "sqlite:out/a:b.db")
        #expect(try EventTableName("dynamodb:eventtable").place == "eventtable")
        for wrong in ["", "events.db", "sqlite:", "mysql:x", ":x"] {
            #expect { try EventTableName(wrong) } throws: { ($0 as? EventStoreError)?.code == .badName }
        }
    }
}
