// SPDX-License-Identifier: Apache-2.0

import EventAPI
import Foundation
import JSONTape
import Testing

@testable import LambdaHost

@Suite("Requests by API Gateway and function URLs")
struct GatewayTests {
    /// One kind of front, with the requests that it hands over: see Fixtures/make-gateway-events.py.
    static let fronts = ["rest", "rest-own-domain", "rest-below", "http", "http-default", "http-stage", "http-own-domain", "http-old", "url", "url-signed"]

    struct Case: Sendable {
        let name: String
        let event: JSONValue
        let expected: JSONValue
    }

    static func cases(_ front: String) throws -> [Case] {
        let file = try #require(Bundle.module.url(forResource: "Fixtures/gateway/\(front)", withExtension: "json"))
        return try elements(try JSONValue(parsing: [UInt8](try Data(contentsOf: file)))).map { value in
            Case(name: try #require(value["name"]?.stringValue), event: try #require(value["event"]), expected: try #require(value["expected"]))
        }
    }

    static func elements(_ value: JSONValue?) -> [JSONValue] { if case .array(let elements)? = value { elements } else { [] } }

    static func pairs(_ value: JSONValue?) -> [[String]] { elements(value).map { elements($0).compactMap(\.stringValue) } }

    @Test("each request is understood as it was meant, whoever hands it over", arguments: fronts)
    func requests(_ front: String) throws {
        let cases = try Self.cases(front)
        #expect(cases.count == 15)
        for each in cases {
            let gateway = try #require(try Self.request(each.event.text), "\(front): \(each.name)")
            let request = gateway.request
            let note = Comment(rawValue: "\(front): \(each.name): \(request.path)")
            #expect(request.method == each.expected["method"]?.stringValue, note)
            #expect(request.path == Self.elements(each.expected["path"]).compactMap(\.stringValue), note)
            #expect(request.query.map { [$0.name, $0.value] } == Self.pairs(each.expected["query"]), note)
            #expect(request.basePath == each.expected["base"]?.stringValue, note)
            #expect(String(decoding: request.body, as: UTF8.self) == each.expected["body"]?.stringValue, note)
            let admission = Self.elements(each.expected["admission"])
            #expect(request.admission?.name == admission.first?.stringValue, note)
            #expect(request.admission.map { JSONValue.bool($0.isCounted) } == admission.last, note)
            #expect(!request.mayWait, note)
            let sent = Self.pairs(each.expected["headers"])
            for name in Set(sent.map { $0[0] }) {
                let values = sent.filter { $0[0] == name }.map { $0[1] }
                let came = request.headers.filter { $0.name == name }.map(\.value)
                #expect(came == (gateway.payload == .lists ? values : [values.joined(separator: ",")]), note)
            }
            #expect(gateway.payload == (front.hasPrefix("rest") || front == "http-old" ? .lists : .single), note)
        }
    }

    static func request(_ event: String) throws -> GatewayRequest? {
        guard case .request(let request) = try FunctionEvent(JSONBytes(Array(event.utf8))) else { return nil }
        return request
    }

    @Test("a body that is said to be base64 and is not is told")
    func badBase64() throws {
        let event = #"{"httpMethod":"POST","path":"/events","requestContext":{},"body":"%%","isBase64Encoded":true}"#
        #expect(throws: FunctionError.self) { try Self.request(event) }
    }

    @Test("without a greedy variable the stage goes, and what the route does not name")
    func paths() {
        #expect(GatewayPath("/prod/executions", whole: nil, route: "$default", proxy: nil, stage: "prod") == GatewayPath(path: "/executions", base: "/prod"))
        #expect(GatewayPath("/production", whole: nil, route: "$default", proxy: nil, stage: "prod") == GatewayPath(path: "/production", base: ""))
        #expect(GatewayPath("/prod", whole: nil, route: "$default", proxy: nil, stage: "prod") == GatewayPath(path: "/", base: "/prod"))
        #expect(
            GatewayPath("/x/executions/5", whole: "/x/executions/5", route: "/executions/{id}", proxy: nil, stage: nil)
                == GatewayPath(path: "/executions/5", base: "/x"))
        #expect(GatewayPath("/executions", whole: "/prod/executions", route: "/executions", proxy: nil, stage: nil) == GatewayPath(path: "/executions", base: "/prod"))
        // The end that is meant is the first that fits, so a repetition is no trouble.
        #expect(GatewayPath("/a/a", whole: "/prod/a/a", route: "/{proxy+}", proxy: "a/a", stage: nil) == GatewayPath(path: "/a/a", base: "/prod"))
        #expect(GatewayPath("/b/a%2Fc", whole: nil, route: "ANY /{proxy+}", proxy: "a/c", stage: "$default") == GatewayPath(path: "/a%2Fc", base: "/b"))
        #expect(GatewayPath("", whole: nil, route: nil, proxy: nil, stage: nil) == GatewayPath(path: "/", base: ""))
        #expect(GatewayPath("/100%", whole: nil, route: "ANY /{proxy+}", proxy: "100%", stage: nil) == GatewayPath(path: "/100%", base: ""))
    }

    @Test("what was not let in by anybody is not taken for it", arguments: [
        #"{"identity":{"apiKeyId":null,"apiKey":"shown","userArn":null}}"#, #"{"identity":{"apiKeyId":""}}"#, #"{"authorizer":{}}"#,
        #"{"authorizer":{"claims":null,"scopes":null}}"#, #"{"authorizer":{"jwt":{"claims":{}}}}"#, #"{"authorizer":{"lambda":{}}}"#,
        #"{"authorizer":{"integrationLatency":5}}"#, #"{"authentication":null}"#, "{}",
    ])
    func strangers(_ context: String) throws {
        #expect(GatewayAdmission.of(try JSONValue(parsing: context)) == nil)
    }

    @Test("who was let in is known by name", arguments: [
        (#"{"authorizer":{"principalId":"mira","integrationLatency":5}}"#, "mira"), (#"{"authorizer":{"claims":{"sub":"s"}}}"#, "s"),
        (#"{"authorizer":{"lambda":{"tenant":"t"}}}"#, "authorizer"), (#"{"identity":{"userArn":"arn:aws:iam::1:user/u"}}"#, "arn:aws:iam::1:user/u"),
    ])
    func guests(_ context: String, _ name: String) throws {
        #expect(GatewayAdmission.of(try JSONValue(parsing: context)) == APIAdmission(name: name, isCounted: false))
    }

    @Test("answers have the form of their payload")
    func answers() {
        let response = APIResponse(
            status: 429, headers: [("vary", "origin"), ("retry-after", "5"), ("vary", "accept")], body: Array("{\"a\":\"é\n\"}".utf8))
        func text(_ payload: GatewayRequest.Payload, _ response: APIResponse) -> String {
            String(decoding: GatewayAnswer.body(response, for: payload), as: UTF8.self)
        }
        #expect(
            text(.lists, response)
                == #"{"statusCode":429,"multiValueHeaders":{"vary":["origin","accept"],"retry-after":["5"]},"body":"{\"a\":\"é\n\"}","isBase64Encoded":false}"#)
        #expect(
            text(.single, response)
                == #"{"statusCode":429,"headers":{"vary":"origin, accept","retry-after":"5"},"body":"{\"a\":\"é\n\"}","isBase64Encoded":false}"#)
        #expect(
            text(.single, APIResponse(status: 200, body: [0xFF, 0])) == #"{"statusCode":200,"headers":{},"body":"/wA=","isBase64Encoded":true}"#)
        #expect(text(.lists, APIResponse(status: 204)) == #"{"statusCode":204,"multiValueHeaders":{},"body":"","isBase64Encoded":false}"#)
        // What Lambda would not hand on is said to be too much. Each quote takes two bytes in the answer.
        let huge = APIResponse(status: 200, body: Array(repeating: UInt8(ascii: "\""), count: 4 << 20))
        let answer = GatewayAnswer.body(huge, for: .lists)
        #expect(answer.count < 1000 && String(decoding: answer, as: UTF8.self).contains("\"statusCode\":500"))
    }
}

@Suite("What the function was invoked with")
struct FunctionEventTests {
    private enum Kind: Equatable { case records(EventShape.Source), request, save, rerun(RerunJob) }

    private func kind(_ text: String) throws -> Kind {
        switch try FunctionEvent(JSONBytes(Array(text.utf8))) {
        case .records(let shape): .records(shape.source)
        case .request: .request
        case .save: .save
        case .rerun(let job): .rerun(job)
        }
    }

    @Test("each kind is known by what no other has")
    func kinds() throws {
        #expect(try kind(Events.changes([1])) == .records(.stream))
        #expect(try kind(Events.records([Events.message("a")])) == .records(.queue))
        #expect(try kind(Events.logs()) == .records(.logs))
        #expect(try kind(Events.busEvent()) == .records(.bus))
        #expect(try kind(#"{"state":{},"isFinalInvokeForWindow":true}"#) == .records(.stream))
        #expect(try kind(#"{"aws_request_id":"r","FunctionName":"f","event":{}}"#) == .save)
        #expect(try kind(#"{"aws_request_id":5}"#) == .save)
        #expect(try kind(#"{"aws_request_id":"r","FunctionName":"f","source":"s","params":{"detail":1,"Records":[]}}"#) == .save)
        #expect(try kind(#"{"sluice_rerun":{"id":"r","key":"k"}}"#) == .rerun(RerunJob(id: "r", key: "k")))
        #expect(try kind(String(decoding: FunctionEvent.payload(RerunJob(id: "a\"b", key: "é")), as: UTF8.self)) == .rerun(RerunJob(id: "a\"b", key: "é")))
    }

    @Test("a request's body may hold anything and stays a body", arguments: [
        Events.changes([1]), Events.busEvent(), Events.logs(), #"{"aws_request_id":"r"}"#, #"{"sluice_rerun":{"id":"r","key":"k"}}"#,
    ])
    func nested(_ inner: String) throws {
        let body = JSONValue.string(inner).text
        #expect(try kind(#"{"httpMethod":"POST","path":"/events","requestContext":{"path":"/p/events"},"body":\#(body)}"#) == .request)
        #expect(try kind(#"{"rawPath":"/events","requestContext":{"http":{"method":"POST"}},"body":\#(body)}"#) == .request)
        // What a record or an execution holds is theirs.
        let request = #"{"httpMethod":"POST","path":"/events","requestContext":{}}"#
        #expect(try kind(#"{"aws_request_id":"r","FunctionName":"f","event":\#(request)}"#) == .save)
        #expect(try kind(Events.busEvent().replacing(#"{"order":1}"#, with: request)) == .records(.bus))
    }

    @Test("what has the marks of two kinds is none of them", arguments: [
        #"{"Records":[],"aws_request_id":"r"}"#, #"{"Records":[],"httpMethod":"GET","path":"/","requestContext":{}}"#,
        #"{"aws_request_id":"r","rawPath":"/","requestContext":{"http":{"method":"GET"}}}"#, #"{"detail":{},"detail-type":"t","source":"s","aws_request_id":"r"}"#,
        #"{"sluice_rerun":{"id":"r","key":"k"},"awslogs":{}}"#, #"{"sluice_rerun":{"id":"r","key":"k"},"aws_request_id":"r"}"#,
    ])
    func twoKinds(_ text: String) {
        let error = #expect(throws: FunctionError.self) { try kind(text) }
        #expect(error?.kind == .unreadableEvent && error?.message.contains("marks of") == true, "\(error?.message ?? "")")
    }

    @Test("what only looks like one of them is none", arguments: [
        // A load balancer's, a web socket's, what Lambda sends to a destination for failures, and pieces.
        #"{"requestContext":{"elb":{"targetGroupArn":"a"}},"httpMethod":"GET","path":"/","headers":{},"body":""}"#,
        #"{"requestContext":{"routeKey":"$connect","eventType":"CONNECT","connectionId":"c"},"isBase64Encoded":false}"#,
        #"{"version":"1.0","requestContext":{"requestId":"r","functionArn":"a"},"DDBStreamBatchInfo":{}}"#,
        #"{"httpMethod":"GET","path":"/"}"#, #"{"httpMethod":"GET","path":"/","requestContext":"x"}"#, #"{"rawPath":"/","requestContext":{"http":"GET"}}"#,
        #"{"sluice_rerun":{"id":"r"}}"#, #"{"sluice_rerun":{"id":"r","key":"k"},"more":1}"#, #"{"sluice_rerun":[]}"#, #"{"FunctionName":"f","event":{}}"#, "[]", "5",
    ])
    func none(_ text: String) {
        let error = #expect(throws: FunctionError.self) { try kind(text) }
        #expect(error?.kind == .unreadableEvent)
    }
}
