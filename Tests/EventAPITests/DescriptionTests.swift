// SPDX-License-Identifier: Apache-2.0

#if SQLite

import JSONTape
import Testing

@testable import EventAPI

/// The description is what the API does. That its answers are what it says, every other test checks of every answer that it gets.
struct DescriptionTests {
    @Test("It is served as it stands, and is OpenAPI 3.1")
    func served() async throws {
        let answer = await (try Fixture()).get("/openapi.json")
        #expect(answer.status == 200)
        #expect(answer.flaws == [])
        #expect(answer.json == Description.document)
        #expect(answer.json["openapi"] == "3.1.0")
    }

    @Test("Every route is described, and nothing else")
    func routes() throws {
        guard case .object(let paths)? = Description.document["paths"] else {
            Issue.record("there are no paths")
            return
        }
        var described: Set<String> = []
        for path in paths {
            guard case .object(let methods) = path.value else { continue }
            for method in methods { described.insert("\(method.name.uppercased()) \(path.name)") }
        }
        #expect(described == Set(APIRoute.all.map { "\($0.method) \($0.template)" }).subtracting(["POST /reexecuta_função"]))
    }

    @Test("What needs a key says so, with the headers that it may be in")
    func security() throws {
        for route in APIRoute.all {
            let template = route.template == "/reexecuta_função" ? "/reexecuta_funcao" : route.template
            let operation = Description.document["paths"]?[template]?[route.method.lowercased()]
            #expect(operation?["operationId"]?.stringValue == route.operation.rawValue)
            let security = operation?["security"]?.text
            let expected =
                !route.operation.needsKey ? "[]" : route.operation.takesToken ? #"[{"key":[]},{"bearer":[]},{"token":[]}]"# : #"[{"key":[]}]"#
            #expect(security == expected, "\(route.template)")
        }
    }

    @Test("Every reference leads somewhere")
    func references() {
        func check(_ value: JSONValue) {
            switch value {
            case .object(let members):
                if let reference = value["$ref"]?.stringValue {
                    let target = reference.split(separator: "/").dropFirst().reduce(Optional(Description.document)) { $0?[String($1)] }
                    #expect(target != nil, "\(reference)")
                }
                for member in members { check(member.value) }
            case .array(let values): values.forEach(check)
            default: break
            }
        }
        check(Description.document)
    }
}

#endif
