// SPDX-License-Identifier: Apache-2.0

internal import EventAPI
internal import JSONTape

/// What the function was invoked with. Each kind is known by members that no other has; an event that has those of two is none of them.
enum FunctionEvent: Sendable {
    /// Records of a source.
    case records(EventShape)
    /// A request, by API Gateway or a function URL.
    case request(GatewayRequest)
    /// An execution to be saved: a direct invocation, `{"aws_request_id",…}`.
    case save
    /// A rerun that was accepted by an earlier invocation and is to be made now: `{"sluice_rerun":{"id","key"}}`. Whoever may invoke the function
    /// can send one; it makes nothing but what was accepted, and once.
    case rerun(RerunJob)

    init(_ event: JSONBytes) throws(FunctionError) {
        let document = try EventShape.index(event)
        let root = document.view(document.root)
        var marks = Marks()
        var members = root.members
        while members.next() { marks.note(members.key) }
        let kinds = marks.kinds(isRequest: FunctionEvent.isRequest(root))
        if kinds.count > 1 {
            throw FunctionError(
                kind: .unreadableEvent, message: "the event has the marks of \(kinds.map(\.rawValue).joined(separator: " and of ")), so it is taken for neither")
        }
        switch kinds.first {
        case .request: self = .request(try GatewayRequest(JSONValue(root)))
        case .save: self = .save
        case .rerun: self = .rerun(try FunctionEvent.job(JSONValue(root)))
        case .records, nil: self = .records(try EventShape(root))
        }
    }

    private enum Kind: String {
        case records = "a source's records"
        case request = "an HTTP request"
        case save = "an execution to be saved"
        case rerun = "a rerun"
    }

    private struct Marks {
        var records = false
        var save = false
        var rerun = false
        var busMembers = 0

        mutating func note(_ name: borrowing JSONView) {
            if name.isString("Records") || name.isString("awslogs") || name.isString("isFinalInvokeForWindow") || name.isString("window") {
                records = true
            } else if name.isString("aws_request_id") {
                save = true
            } else if name.isString("sluice_rerun") {
                rerun = true
            } else if name.isString("detail-type") || name.isString("detail") {
                busMembers += 1
            }
        }

        func kinds(isRequest: Bool) -> [Kind] {
            var kinds: [Kind] = []
            if records || busMembers > 1 { kinds.append(.records) }
            if isRequest { kinds.append(.request) }
            if save { kinds.append(.save) }
            if rerun { kinds.append(.rerun) }
            return kinds
        }
    }

    /// A method and a path in the places of either payload. A load balancer's event looks much the same, and is none.
    private static func isRequest(_ root: borrowing JSONView) -> Bool {
        guard let context = root.member("requestContext"), context.kind == .object, context.member("elb") == nil else { return false }
        if let http = context.member("http") {
            return http.member("method")?.kind == .string && root.member("rawPath")?.kind == .string
        }
        return root.member("httpMethod")?.kind == .string && root.member("path")?.kind == .string
    }

    // MARK: Reruns

    private static func job(_ event: JSONValue) throws(FunctionError) -> RerunJob {
        guard case .object(let members) = event, members.count == 1, let told = event["sluice_rerun"], let id = told["id"]?.stringValue,
            let key = told["key"]?.stringValue
        else {
            throw FunctionError(kind: .unreadableEvent, message: "the event is a rerun without its id and key, or with something else beside it")
        }
        return RerunJob(id: id, key: key)
    }

    /// The event that has a rerun made.
    static func payload(_ job: RerunJob) -> [UInt8] {
        let told = JSONValue.object([JSONMember(name: "id", value: .string(job.id)), JSONMember(name: "key", value: .string(job.key))])
        return Array(JSONValue.object([JSONMember(name: "sluice_rerun", value: told)]).text.utf8)
    }
}
