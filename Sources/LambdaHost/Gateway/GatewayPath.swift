// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// A path without what API Gateway put in front of it, and that.
///
/// What stands in front depends on how the client came: the stage's name, the base path of a domain, both or neither. What the API's own
/// route has matched is sure, so that is looked for at the path's end.
struct GatewayPath: Sendable, Hashable {
    /// What the API is asked for, `/executions/5`.
    var path: String
    /// What a client puts before it, `/prod`; empty where nothing.
    var base: String

    /// - Parameters:
    ///   - path: as the event has it.
    ///   - whole: the path as the client sent it, where the event tells that besides.
    ///   - route: the resource or route key that was matched: `/{proxy+}`, `ANY /api/{proxy+}`, `$default`.
    ///   - proxy: what the route's greedy variable stands for.
    ///   - stage: the stage's name, where the path may begin with it.
    init(_ path: String, whole: String?, route: String?, proxy: String?, stage: String?) {
        let own: String
        if let proxy, let end = Self.end(of: path, like: proxy) {
            own = end
        } else if let stage, stage != "$default", path == "/\(stage)" || path.hasPrefix("/\(stage)/") {
            own = String(path.dropFirst(stage.utf8.count + 1))
        } else if let count = Self.fixedCount(of: route) {
            own = Self.last(count, of: path)
        } else {
            own = path
        }
        let sent = whole ?? path
        self.path = own.isEmpty ? "/" : own
        base = sent.hasSuffix(own) ? String(sent.dropLast(own.count)) : ""
        while base.hasSuffix("/") { base.removeLast() }
    }

    init(path: String, base: String) {
        self.path = path
        self.base = base
    }

    /// The value of the path parameter that has what a greedy variable matched.
    static func proxy(_ event: JSONValue) -> String? {
        let route = event["resource"]?.stringValue ?? event["routeKey"]?.stringValue ?? ""
        guard route.hasSuffix("+}"), let open = route.lastIndex(of: "{") else { return nil }
        return event["pathParameters"]?[String(route[route.index(after: open)...].dropLast(2))]?.stringValue
    }

    /// The end of a path, from some slash on, that is the same text as another one, encoded or not.
    private static func end(of path: String, like proxy: String) -> String? {
        let wanted = decoded(proxy)
        var start = path.startIndex
        while start < path.endIndex {
            if path[start] == "/" {
                let rest = path[path.index(after: start)...]
                if rest == proxy || decoded(String(rest)) == wanted { return String(path[start...]) }
            }
            start = path.index(after: start)
        }
        return nil
    }

    /// How many parts a route without a greedy variable has.
    private static func fixedCount(of route: String?) -> Int? {
        guard let route, let start = route.firstIndex(of: "/"), !route.hasSuffix("+}") else { return nil }
        return route[start...].split(separator: "/").count
    }

    private static func last(_ count: Int, of path: String) -> String {
        let parts = path.split(separator: "/")
        return parts.count <= count ? path : "/" + parts.suffix(count).joined(separator: "/")
    }

    /// Percent-encoded bytes as they are meant; what cannot be decoded stays.
    private static func decoded(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count, let high = Character(Unicode.Scalar(bytes[place + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(bytes[place + 2])).hexDigitValue
            {
                out.append(UInt8(high << 4 | low))
                place += 3
            } else {
                out.append(bytes[place])
                place += 1
            }
        }
        return out
    }
}
