// SPDX-License-Identifier: Apache-2.0

import JSONTape
import StreamRecords
import Testing

@Suite struct CloudEventsTests {
    private func line(_ record: String) throws -> String { try EnvelopeRecords.record(record).line(.cloudEvents) }

    @Test func aChangeCarriesThePlainRecord() throws {
        let plain = try EnvelopeRecords.record(EnvelopeRecords.modify).line(.plain)
        #expect(try line(EnvelopeRecords.modify) == """
            {"specversion":"1.0","id":"e1","source":"arn:aws:dynamodb:eu-west-1:123456789012:table/Orders/stream/2026-11-01T00:00:00.000",\
            "type":"com.amazonaws.dynamodb.modify","subject":"Orders#{\\"Id\\":5}","time":"2026-09-21T14:13:20.500Z",\
            "datacontenttype":"application/json","data":\(plain)}
            """)
        let quoted = try EnvelopeRecords.record(EnvelopeRecords.modify).line(Envelope(.cloudevents, numbers: .string))
        #expect(quoted.contains(#""price":"49.50""#))
    }

    /// Two keys, one with a character to escape, and a number that is not in its normal form.
    @Test func theSubjectIsTheEventTables() throws {
        let record = try EnvelopeRecords.record(EnvelopeRecords.insert)
        let subject = try JSONValue(parsing: record.line(.cloudEvents))["subject"]
        #expect(subject == .string(#"Orders#{"a":1,"b":"x\"y"}"#))
        #expect(subject?.stringValue == record.subject)
    }

    @Test(arguments: ["5", "-0.5", "10", "1e2", "007", "0.10", "1234567890123456789012345678901234567.8"])
    func theSubjectIsTheEventTablesForEveryNumber(_ number: String) throws {
        let record = try EnvelopeRecords.record(EnvelopeRecords.modify.replacing(#"{"N":"5"}"#, with: #"{"N":"\#(number)"}"#))
        #expect(try JSONValue(parsing: record.line(.cloudEvents))["subject"]?.stringValue == record.subject)
    }

    @Test func operationsAndSources() throws {
        #expect(try line(EnvelopeRecords.expiry).contains(#""type":"com.amazonaws.dynamodb.remove","subject":"Orders#{\"Id\":\"k\"}""#))
        let odd = try line(EnvelopeRecords.modify.replacing("\"MODIFY\"", with: "\"ARCHIVE\""))
        #expect(odd.contains(#""type":"com.amazonaws.dynamodb.archive""#))
        // An export does not tell its table.
        #expect(try line(EnvelopeRecords.export).contains(#""source":"arn:aws:dynamodb:::table/""#))
    }

    @Test func logsMessagesAndEvents() throws {
        let log = try line(EnvelopeRecords.log)
        // A fragment's sign would cut the source in two.
        #expect(log.hasPrefix(#"{"specversion":"1.0","id":"l1","source":"arn:aws:logs::123456789012:log-group:/aws/lambda/shop%231","type":"com.amazonaws.logs.event","subject":"2026/11/20/[$LATEST]0a","time":"2026-09-21T14:13:24.000Z","datacontenttype":"application/json","data":{"kind":"log""#))
        #expect(try line(EnvelopeRecords.message) == """
            {"specversion":"1.0","id":"m1","source":"arn:aws:sqs:eu-west-1:123456789012:orders.fifo","type":"com.amazonaws.sqs.message",\
            "time":"2026-09-21T14:13:25.000Z","datacontenttype":"application/json","data":{"order":{"id":7,"email":"asa@example.com"}}}
            """)
        #expect(try line(EnvelopeRecords.text).hasSuffix(#""datacontenttype":"text/plain","data":"hello ☕"}"#))
        #expect(try line(EnvelopeRecords.event) == """
            {"specversion":"1.0","id":"b1","source":"shop.orders","type":"Order Placed","time":"2026-11-20T15:00:00.000Z",\
            "datacontenttype":"application/json","data":{"order":7,"customer":{"email":"asa@example.com"},"lines":[{"sku":"x1"},{"sku":"x2"}]}}
            """)
    }

    @Test func manyRecordsOfTwoSourcesKeepTheirOwn() throws {
        let other = EnvelopeRecords.modify.replacing("table/Orders", with: "table/Others")
        let batch = try EnvelopeRecords.batch("{\"Records\":[\(EnvelopeRecords.modify),\(other),\(EnvelopeRecords.modify),\(other)]}")
        var renderer = RecordRenderer()
        for index in 0..<4 {
            var writer = JSONWriter()
            renderer.write(.cloudEvents, batch, at: index, into: &writer)
            let source = try JSONValue(parsing: writer.array)["source"]?.stringValue
            #expect(source?.contains(index % 2 == 0 ? "table/Orders/" : "table/Others/") == true)
        }
    }
}
