// SPDX-License-Identifier: Apache-2.0

import JSONTape
import StreamRecords
import Testing

@Suite struct DebeziumTests {
    private func line(_ record: String) throws -> String { try EnvelopeRecords.record(record).line(.debezium) }

    @Test func anUpdateHasBothImages() throws {
        #expect(try line(EnvelopeRecords.modify) == """
            {"before":{"Id":5,"price":54,"tags":["a","b"],"customer":{"name":"Åsa \\"A\\"","email":"old@example.com"}},\
            "after":{"Id":5,"price":49.50,"tags":["b","a"],"customer":{"name":"Åsa \\"A\\"","email":"asa@example.com"},\
            "lines":[{"sku":"x1","count":2},{"sku":"x2","count":1}],"raw":"AQI=","gone":null},\
            "source":{"version":"1","connector":"dynamodb","name":"sluice","ts_ms":1790000000500,"snapshot":"false","db":"123456789012",\
            "sequence":"[\\"4521600000000032029701364\\"]","table":"Orders","region":"eu-west-1","event_id":"e1"},\
            "op":"u","ts_ms":1790000000500,"transaction":null}
            """)
    }

    @Test func insertsAndRemovals() throws {
        let insert = try line(EnvelopeRecords.insert)
        #expect(insert.hasPrefix(#"{"before":null,"after":{"a":1.0,"b":"x\"y"},"source":{"#) && insert.contains(#""op":"c""#))
        // A stream without old images: the keys tell which item it was.
        let removal = try line(EnvelopeRecords.expiry)
        #expect(removal.hasPrefix(#"{"before":{"Id":"k"},"after":null,"source":{"#) && removal.contains(#""op":"d""#))
        #expect(removal.contains(#""expired":true}"#))
    }

    @Test func anItemWithoutItsStoryIsARead() throws {
        let read = try line(EnvelopeRecords.export)
        #expect(read.hasPrefix(#"{"before":null,"after":{"Id":5,"price":1},"source":{"#))
        #expect(read.contains(#""snapshot":"true","db":"","sequence":null,"table":"""#) && read.contains(#""op":"r","ts_ms":1790000003000"#))
    }

    @Test func numbersCanBeQuoted() throws {
        #expect(try EnvelopeRecords.record(EnvelopeRecords.modify).line(Envelope(.debezium, numbers: .string)).contains(#""price":"49.50""#))
    }

    @Test func whatIsNoChangeIsPlain() throws {
        for record in [EnvelopeRecords.log, EnvelopeRecords.message, EnvelopeRecords.event] {
            let record = try EnvelopeRecords.record(record)
            #expect(record.line(.debezium) == record.line(.plain))
        }
    }
}
