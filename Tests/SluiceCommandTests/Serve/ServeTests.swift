// SPDX-License-Identifier: Apache-2.0

#if Server && SQLite
import Foundation
import JSONTape
import Testing
import TestSupport

/// What the API answers when it is asked over a socket.
@Suite("sluice serve") struct ServeTests {
    @Test("An execution is saved, looked up, judged and listed") func executions() async throws {
        let server = try await Server()
        let saved = try await server.post("/executions", #"{"aws_request_id":"a/b","FunctionName":"orders","params":{"n":1.50},"response":1}"#)
        #expect(saved.status == 201 && saved.header("location") == "/executions/a%2Fb", "\(saved)")
        #expect(try await server.post("/executions", #"{"aws_request_id":"a/b","FunctionName":"orders","params":{"n":1.50}}"#).status == 200)
        #expect(try await server.post("/executions", #"{"aws_request_id":"a/b","FunctionName":"orders","params":2}"#).status == 409)
        #expect(try await server.post("/executions/a%2Fb/verdicts", #"{"validity":"invalid","note":"too dear"}"#).status == 201)
        let found = try await server.get("/executions/a%2Fb")
        #expect(found.status == 200 && found.header("content-type") == "application/json", "\(found)")
        #expect(found.text.contains(#""params":{"n":1.50}"#) && found.text.contains(#""validity":"invalid""#), "\(found.text)")
        #expect(try await server.get("/executions/a%2Fb/verdicts").text.contains("too dear"))
        let listed = try await server.get("/executions?validity=invalid")
        #expect(listed.text.contains(#""id":"a/b""#), "\(listed.text)")
        let nothing = try await server.get("/executions/nobody")
        #expect(nothing.status == 404 && nothing.header("content-type") == "application/problem+json")
        let date = try #require(found.header("date"))
        #expect(date.wholeMatch(of: /(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d GMT/) != nil, "\(date)")
        let form = DateFormatter()
        form.locale = Locale(identifier: "en_US_POSIX")
        form.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        #expect(abs(try #require(form.date(from: date)).timeIntervalSinceNow) < 120)
    }

    @Test("The history of an item that was recorded is told") func history() async throws {
        let folder = try TemporaryFolder()
        try folder.addSamples()
        #expect(try await Command(folder: folder.path)("process", "samples/streams", "--to", "sqlite:events.db").status == 0)
        let server = try await Server(in: folder)
        for path in ["/subjects/Products%23%7B%22Id%22%3A5%7D", "/subjects/Products%20Id%3D5"] {
            let history = try await server.get(path)
            guard case .array(let items)? = history.json["items"] else {
                Issue.record("\(history)")
                continue
            }
            #expect(items.count > 3 && items.allSatisfy { $0["table"]?.stringValue == "Products" }, "\(path): \(items.count)")
        }
        let execution = try await server.get("/executions/641919a2-cf49-485e-8236-3fd7fbcf5859")
        #expect(execution.status == 200 && execution.text.contains(#""status":"timeout""#) && execution.text.contains(#""lines":[{"#))
    }

    @Test("Events are brought in, one or many, and are in the table") func events() async throws {
        let server = try await Server()
        let one = try await server.post("/events", "42")
        let id = try #require(one.json["id"]?.stringValue)
        #expect(one.status == 200 && one.text == #"{"id":"\#(id)","data":42}"#)
        #expect(try await server.get("/executions/\(id)").text.contains(#""data":42"#))
        let lines = (0..<500).map { #"{"id":"e\#($0)","n":\#($0)}"# }.joined(separator: "\n")
        let many = try await server.post("/events", lines, headers: ["content-type": "application/x-ndjson"])
        #expect(many.status == 200 && many.text == lines + "\n")
        #expect(try await server.get("/executions/e499").text.contains(#""n":499"#))
        let pieces = "5\r\n{\"id\"\r\n8\r\n:\"piece\"\r\n1\r\n}\r\n0\r\n\r\n"
        let pieced = try await server.post("/events", pieces, headers: ["transfer-encoding": "chunked"])
        #expect(pieced.status == 200 && pieced.text == #"{"id":"piece"}"#, "\(pieced)")
    }

    @Test("Events go down the configured routes, and a table that is a sink is the one that is asked") func routes() async throws {
        let server = try await Server(configuration: """
            sinks:
              history: { type: event-table, table: "sqlite:own.db" }
              copies: { type: file, path: copies.ndjson }
            routes:
              - { name: all, to: [history] }
              - { name: paid, when: { detail: { status: [paid] } }, to: [copies] }
            """)
        #expect(try await server.post("/events?type=order", #"{"id":"o1","status":"paid"}"#).status == 200)
        #expect(try await server.post("/events?type=order", #"{"id":"o2","status":"open"}"#).status == 200)
        #expect(try await server.get("/executions/o2").status == 200)
        // What was accepted is there at once, and not at the end only.
        let copies = try server.folder.text("copies.ndjson")
        #expect(try await server.stop().status == 0)
        #expect(try server.folder.text("copies.ndjson") == copies)
        #expect(copies.contains(#""id":"o1""#) && !copies.contains(#""id":"o2""#), "\(copies)")
        #expect(server.folder.exists("own.db") && !server.folder.exists("events.db"))
    }

    @Test(
        "Paths of older clients are understood, however they are written",
        arguments: ["/reexecuta_fun%C3%A7%C3%A3o", "/reexecuta_fun%c3%a7%c3%a3o", "/reexecuta_func%CC%A7a%CC%83o", "/reexecuta_funcao", "/reexecuta_funcao/"])
    func legacy(_ path: String) async throws {
        let server = try await Server()
        #expect(try await server.post("/executions", #"{"aws_request_id":"r1","FunctionName":"f","event":{}}"#).status == 201)
        let judged = try await server.post(path, #"{"aws_request_id":"r1","FunctionName":"f","validity":"valid"}"#)
        #expect(judged.status == 201, "\(judged)")
        let asked = try await server.get("/consulta_logs?aws_request_id=r1&FunctionName=f")
        #expect(asked.text.contains(#""aws_request_id":"r1""#) && asked.text.contains(#""validity":"valid""#), "\(asked.text)")
        #expect(try await server.post("/consulta_logs", #"{"aws_request_id":"r1"}"#).status == 200)
    }

    @Test("What cannot be served is told in one line", arguments: [
        (["--listen", "8080"], 2, "is no address"), (["--listen", "0.0.0.0:0"], 2, "no key is configured"),
        (["--certificate", "none.pem", "--key", "none.pem"], 2, "none.pem cannot be read"), (["--certificate", "none.pem"], 2, "only one of them"),
        (["--log", "loud"], 2, "is no level"), (["--table", "sqlite:samples.txt"], 3, "is not an event table"), (["--table", "x"], 2, "names no event table"),
        (["--config", "wrong.yaml"], 2, "wrong.yaml:1:8"),
    ])
    func mistakes(_ arguments: [String], _ status: Int32, _ words: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("samples.txt", "not a table at all, but a text that is long enough to be looked at for what it is")
        try folder.write("wrong.yaml", "api: { serve: 5 }")
        let result = try await Command(folder: folder.path).run(["serve"] + arguments)
        #expect(result.status == status, "\(result.errors)")
        #expect(result.errors.contains(words), "\(result.errors)")
        #expect(result.output.isEmpty && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }

    @Test("A port that is taken is told") func taken() async throws {
        let server = try await Server()
        let folder = try TemporaryFolder()
        let second = try await Command(folder: folder.path)("serve", "--listen", "127.0.0.1:\(server.port)")
        #expect(second.status == 3 && second.errors.contains("cannot listen on 127.0.0.1:\(server.port)"), "\(second.errors)")
        #expect(second.errors.split(separator: "\n").count == 1, "\(second.errors)")
    }
}
#endif
