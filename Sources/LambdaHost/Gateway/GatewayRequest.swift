// SPDX-License-Identifier: Apache-2.0

internal import EventAPI
internal import JSONTape
internal import StreamRecords

/// An HTTP request as API Gateway or a function URL hands it over.
///
/// - REST APIs: payload 1.0 without a `version`. The path is percent-encoded as it was sent, parameters are decoded.
///   <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
/// - HTTP APIs: payload 2.0, or 1.0 with a `version`. The path is decoded in both, an encoded slash too; 2.0 has the query as it was sent.
///   <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
/// - Function URLs: payload 2.0, path and query as they were sent. <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>
struct GatewayRequest: Sendable {
    /// In which form the answer is expected.
    enum Payload: Sendable, Hashable {
        /// 1.0: headers with lists of values.
        case lists
        /// 2.0: headers with one value.
        case single
    }

    let payload: Payload
    let request: APIRequest

    /// - Parameter event: an object that ``FunctionEvent`` has taken for a request.
    init(_ event: JSONValue) throws(FunctionError) {
        let context = event["requestContext"] ?? .null
        if let method = context["http"]?["method"]?.stringValue {
            payload = .single
            request = try Self.single(event, context, method)
        } else {
            payload = .lists
            request = try Self.lists(event, context, event["httpMethod"]?.stringValue ?? "")
        }
    }

    // MARK: 1.0

    private static func lists(_ event: JSONValue, _ context: JSONValue, _ method: String) throws(FunctionError) -> APIRequest {
        let isDecoded = event["version"] != nil
        let place = GatewayPath(
            event["path"]?.stringValue ?? "", whole: context["path"]?.stringValue, route: event["resource"]?.stringValue,
            proxy: GatewayPath.proxy(event), stage: isDecoded ? context["stage"]?.stringValue : nil)
        let query = values(event["multiValueQueryStringParameters"], orElse: event["queryStringParameters"])
        let headers = values(event["multiValueHeaders"], orElse: event["headers"])
        var request: APIRequest
        if isDecoded {
            request = APIRequest(method, decodedPath: place.path, query: query, headers: headers, body: try body(event))
        } else {
            request = APIRequest(method, place.path, headers: headers, body: try body(event))
            request.query = query
        }
        request.basePath = place.base
        request.admission = GatewayAdmission.of(context)
        request.mayWait = false
        return request
    }

    // MARK: 2.0

    private static func single(_ event: JSONValue, _ context: JSONValue, _ method: String) throws(FunctionError) -> APIRequest {
        let host = context["domainName"]?.stringValue ?? ""
        let isDecoded = !host.contains(".lambda-url.")
        var place = GatewayPath(
            event["rawPath"]?.stringValue ?? "", whole: nil, route: event["routeKey"]?.stringValue, proxy: GatewayPath.proxy(event),
            stage: context["stage"]?.stringValue)
        // Behind a domain of one's own the path has the stage's name too, which the client has not sent.
        if isDecoded, !host.contains(".execute-api.") { place.base = "" }
        let query = event["rawQueryString"]?.stringValue ?? ""
        let headers = values(nil, orElse: event["headers"])
        var request =
            isDecoded
            ? APIRequest(method, decodedPath: place.path, encodedQuery: query, headers: headers, body: try body(event))
            : APIRequest(method, query.isEmpty ? place.path : "\(place.path)?\(query)", headers: headers, body: try body(event))
        request.basePath = place.base
        request.admission = GatewayAdmission.of(context)
        request.mayWait = false
        return request
    }

    // MARK: Parts

    private static func values(_ lists: JSONValue?, orElse single: JSONValue?) -> [(name: String, value: String)] {
        if case .object(let members)? = lists {
            return members.flatMap { member -> [(name: String, value: String)] in
                guard case .array(let values) = member.value else { return [] }
                return values.compactMap { value in value.stringValue.map { (name: member.name, value: $0) } }
            }
        }
        guard case .object(let members)? = single else { return [] }
        return members.compactMap { member in member.value.stringValue.map { (name: member.name, value: $0) } }
    }

    private static func body(_ event: JSONValue) throws(FunctionError) -> [UInt8] {
        guard let text = event["body"]?.stringValue else { return [] }
        guard event["isBase64Encoded"] == .bool(true) else { return Array(text.utf8) }
        do throws(Base64Error) {
            return try Base64.decode(text)
        } catch {
            throw FunctionError(kind: .unreadableEvent, message: "the event is a request whose body is said to be base64, and is not: \(error)")
        }
    }
}

/// Who is let in by whoever stands in front of the function.
enum GatewayAdmission {
    /// Absent where nobody in front has asked who it is.
    static func of(_ context: JSONValue) -> APIAdmission? {
        // There only where the method asks for a key, and the key is one of the usage plan's.
        if let key = filled(context["identity"]?["apiKeyId"]) { return APIAdmission(name: key, isCounted: true) }
        if let user = filled(context["authorizer"]?["iam"]?["userArn"]) ?? filled(context["identity"]?["userArn"]) {
            return APIAdmission(name: user, isCounted: false)
        }
        guard let authorizer = context["authorizer"] else { return nil }
        if let principal = filled(authorizer["principalId"]) { return APIAdmission(name: principal, isCounted: false) }
        for claims in [authorizer["claims"], authorizer["jwt"]?["claims"], authorizer["lambda"]] {
            guard case .object(let members)? = claims, !members.isEmpty else { continue }
            return APIAdmission(name: filled(claims?["sub"]) ?? "authorizer", isCounted: false)
        }
        return nil
    }

    private static func filled(_ value: JSONValue?) -> String? { value?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
}
