// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Where the parts of one record are, in the documents of its batch.
struct Slot: Sendable {
    static var noTime: Int64 { .min }

    /// What happened to an item, as far as rendering and routing need to know.
    enum OperationCode: UInt8, Sendable {
        case none, insert, modify, remove
        /// One that AWS had not invented yet; its name is in the record.
        case other

        @inline(__always)
        init(_ name: borrowing JSONView) {
            if name.isString("MODIFY") {
                self = .modify
            } else if name.isString("INSERT") {
                self = .insert
            } else if name.isString("REMOVE") {
                self = .remove
            } else {
                self = .other
            }
        }

        /// What the images tell where no name is given, as in exports.
        static func implied(by slot: Slot) -> OperationCode {
            switch (slot.old.isNone, slot.new.isNone) {
            case (false, false): .modify
            case (true, false): .insert
            case (false, true): .remove
            case (true, true): .none
            }
        }
    }

    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        /// Removed by DynamoDB's TTL.
        static let expired = Flags(rawValue: 1)
        /// Has a number text that JSON's grammar does not allow.
        static let unusualNumbers = Flags(rawValue: 2)
        /// A change as Lambda hands it out, all of it in one document, in which `dynamodb` and the images are where they are said to be and nowhere else: not twice, not
        /// null, and not by way of a name with points.
        static let ordinaryNames = Flags(rawValue: 4)
    }

    let kind: Record.Kind
    var operation = OperationCode.none
    var flags: Flags = []
    var source: Int32 = 0

    /// The document with the parts; that of the raw record; that of the position.
    var document: Int32
    var rawDocument: Int32
    var positionDocument: Int32 = 0
    var raw: JSONNode
    var position = JSONNode.none
    /// The member `dynamodb` of a change, where there is one.
    var stream = JSONNode.none
    var time = Slot.noTime

    var id = JSONNode.none
    /// Change: event name. Event: detail type.
    var name = JSONNode.none

    // What the kinds need beyond that shares its place: five nodes.
    private var a = JSONNode.none
    private var b = JSONNode.none
    private var c = JSONNode.none
    private var d = JSONNode.none
    private var first: Int32 = 0
    private var second: Int32 = 0

    init(kind: Record.Kind, document: Int32, raw: JSONNode) {
        self.kind = kind
        self.document = document
        self.rawDocument = document
        self.raw = raw
        first = document
        second = document
    }

    // Changes.
    var keys: JSONNode { get { a } set { a = newValue } }
    var new: JSONNode { get { b } set { b = newValue } }
    var old: JSONNode { get { c } set { c = newValue } }
    var sequence: JSONNode { get { d } set { d = newValue } }

    // Log events: `header` is the subscription document's object.
    var message: JSONNode { get { a } set { a = newValue } }
    var fields: JSONNode { get { b } set { b = newValue } }
    var header: JSONNode { get { c } set { c = newValue } }
    var headerDocument: Int32 { get { first } set { first = newValue } }

    // Messages: `message` is the body's text, `body` the same as JSON where it is JSON.
    var messageDocument: Int32 { get { first } set { first = newValue } }
    var body: JSONNode { get { b } set { b = newValue } }
    var bodyDocument: Int32 { get { second } set { second = newValue } }
    var group: JSONNode { get { d } set { d = newValue } }

    // Events: `group`, too, where a FIFO queue carries them; it is in the raw record.
    var detail: JSONNode { get { a } set { a = newValue } }
    var eventSource: JSONNode { get { b } set { b = newValue } }
}
