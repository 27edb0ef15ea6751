// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// The members of a subscription document that stand around its events.
struct LogHeader {
    var group = ""
    var stream = ""
    var owner: String?
    /// A message that only checks whether the destination is there.
    var isControlMessage = false

    init() {}

    /// Nil where one of them is of the wrong kind.
    init?(_ document: JSONDocument) {
        self.init(document, document.root)
    }

    init?(_ document: JSONDocument, _ node: JSONNode) {
        let view = document.view(node)
        guard view.kind == .object else { return nil }
        var sound = true
        func text(_ value: borrowing JSONView) -> String? {
            switch value.kind {
            case .string: return value.string
            case .null: return nil
            default:
                sound = false
                return nil
            }
        }
        var members = view.members
        while members.next() {
            if members.key.isString("messageType") { isControlMessage = members.value.isString("CONTROL_MESSAGE") }
            if members.key.isString("logGroup") { group = text(members.value) ?? "" }
            if members.key.isString("logStream") { stream = text(members.value) ?? "" }
            if members.key.isString("owner") { owner = text(members.value) }
        }
        guard sound else { return nil }
        // A header of which nothing is there yet belongs to a document whose fields come in another order.
        guard !group.isEmpty || isControlMessage || !stream.isEmpty else { return nil }
    }
}
