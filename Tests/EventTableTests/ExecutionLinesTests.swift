// SPDX-License-Identifier: Apache-2.0

import EventTable
import StreamRecords
import Testing

struct ExecutionLinesTests {
    private static let a = "8f507cfc-0000-4697-b07a-ac58fc914c0a"
    private static let b = "8f507cfc-0000-4697-b07a-ac58fc914c0b"
    private static let c = "8f507cfc-0000-4697-b07a-ac58fc914c0c"

    private func taken(_ lines: [(id: String?, message: String)], of requestID: String) -> [String] {
        let stream = LogLine.Stream(account: "1", group: "g", name: "s")
        var execution = ExecutionLines(of: requestID)
        return lines.enumerated().compactMap { index, line in
            let line = LogLine(
                stream: stream, time: Timestamp(milliseconds: Int64(index)), id: "\(index)", requestID: line.id, message: line.message)
            return execution.take(line) ? line.message : nil
        }
    }

    @Test("Lines between START and END that name no execution belong to it; those before and after don't")
    func between() {
        let lines: [(id: String?, message: String)] = [
            (nil, "INIT_START"), (Self.a, "START RequestId: \(Self.a) Version: 1"), (nil, "plain"), (Self.a, "named"), (nil, "plain 2"),
            (Self.a, "END RequestId: \(Self.a)"), (Self.a, "REPORT RequestId: \(Self.a)"), (nil, "between"), (Self.b, "START RequestId: \(Self.b) Version: 1"),
            (nil, "of b"), (Self.b, "END RequestId: \(Self.b)"), (Self.b, "REPORT RequestId: \(Self.b)"), (nil, "after"),
        ]
        #expect(
            taken(lines, of: Self.a) == [
                "START RequestId: \(Self.a) Version: 1", "plain", "named", "plain 2", "END RequestId: \(Self.a)", "REPORT RequestId: \(Self.a)",
            ])
        #expect(taken(lines, of: Self.b) == ["START RequestId: \(Self.b) Version: 1", "of b", "END RequestId: \(Self.b)", "REPORT RequestId: \(Self.b)"])
        #expect(taken(lines, of: Self.c) == [])
    }

    @Test("An execution whose END never came ends where another is named")
    func noEnd() {
        let lines: [(id: String?, message: String)] = [
            (Self.a, "START RequestId: \(Self.a)"), (nil, "of a"), (Self.b, "START RequestId: \(Self.b)"), (nil, "of b"),
        ]
        #expect(taken(lines, of: Self.a) == ["START RequestId: \(Self.a)", "of a"])
        #expect(taken(lines, of: Self.b) == ["START RequestId: \(Self.b)", "of b"])
    }

    @Test("A retry in the same stream takes its own lines and none of what ran between")
    func retry() {
        let lines: [(id: String?, message: String)] = [
            (Self.a, "START RequestId: \(Self.a)"), (nil, "first"), (Self.a, "END RequestId: \(Self.a)"), (Self.b, "START RequestId: \(Self.b)"), (nil, "other"),
            (Self.b, "END RequestId: \(Self.b)"), (Self.a, "START RequestId: \(Self.a)"), (nil, "second"), (Self.a, "END RequestId: \(Self.a)"),
        ]
        #expect(taken(lines, of: Self.a).filter { !$0.contains("RequestId") } == ["first", "second"])
    }

    @Test("JSON lines of the platform end an execution like text lines")
    func json() {
        let lines: [(id: String?, message: String)] = [
            (Self.a, #"{"time":"t","type":"platform.start","record":{"requestId":"\#(Self.a)"}}"#), (nil, "of a"),
            (Self.a, #"{"time":"t","type":"platform.report","record":{"requestId":"\#(Self.a)"}}"#), (nil, "of none"),
        ]
        #expect(taken(lines, of: Self.a).count == 3)
        #expect(!taken(lines, of: Self.a).contains("of none"))
    }
}
