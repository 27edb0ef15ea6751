// SPDX-License-Identifier: Apache-2.0

#if SQLite

import JSONTape

@testable import EventAPI

/// Holds answers against the API's own description: status, headers, content type, and the body against its schema.
enum Description {
    static let document = (try? JSONValue(parsing: OpenAPIDocument.text)) ?? .null

    static func operation(of request: APIRequest) -> JSONValue? {
        let method = request.method == "HEAD" ? "GET" : request.method
        for route in APIRoute.all where route.method == method && route.path.count == request.path.count {
            let fits = zip(route.path, request.path).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
            guard fits else { continue }
            let template = route.template == "/reexecuta_função" ? "/reexecuta_funcao" : route.template
            return document["paths"]?[template]?[method.lowercased()]
        }
        return nil
    }

    static func flaws(in response: APIResponse, _ json: JSONValue, to request: APIRequest) -> [String] {
        // What is no path, no method or an options request is no operation.
        guard let operation = operation(of: request) else {
            return [204, 400, 404, 405].contains(response.status) ? [] : ["\(response.status) for what is no operation"]
        }
        guard var described = operation["responses"]?[String(response.status)] else { return ["status \(response.status) is not described"] }
        if let name = described["$ref"]?.stringValue { described = resolved(name) }
        if request.method == "HEAD" { return [] }
        let type = response.header("content-type") ?? ""
        guard let content = described["content"]?[type] else { return ["the content type \(type) of \(response.status) is not described"] }
        if type == "application/x-ndjson" { return [] }
        guard let schema = content["schema"] else { return [] }
        return check(json, schema, "$")
    }

    private static func resolved(_ reference: String) -> JSONValue {
        reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] ?? .null }
    }

    /// As much of JSON Schema as the description uses.
    private static func check(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
        if let name = schema["$ref"]?.stringValue { return check(value, resolved(name), place) }
        if case .array(let ways)? = schema["anyOf"] {
            return ways.contains { check(value, $0, place).isEmpty } ? [] : ["\(place) fits none of its forms"]
        }
        var flaws: [String] = []
        switch (schema["type"]?.stringValue, value) {
        case (nil, _), ("string", .string), ("number", .number), ("integer", .number), ("boolean", .bool), ("array", .array), ("object", .object): break
        case (let type?, _): return ["\(place) is no \(type)"]
        }
        if case .array(let allowed)? = schema["enum"], !allowed.contains(value) { flaws.append("\(place) is \(value.text), which is not allowed") }
        if case .array(let names)? = schema["required"] {
            for name in names.compactMap(\.stringValue) where value[name] == nil { flaws.append("\(place) lacks \(name)") }
        }
        if case .object(let members) = value, let properties = schema["properties"] {
            for member in members {
                if let property = properties[member.name] { flaws += check(member.value, property, "\(place).\(member.name)") }
            }
        }
        if case .array(let elements) = value, let items = schema["items"] {
            for (index, element) in elements.enumerated() { flaws += check(element, items, "\(place)[\(index)]") }
        }
        return flaws
    }
}

#endif
