// SPDX-License-Identifier: Apache-2.0

import EventTable
import StreamRecords
import Testing

struct ExecutionLinesTests {
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
            (nil, "INIT_START"), ("a", "START RequestId: a Version: 1"), (nil, "plain"), ("a", "named"), (nil, "plain 2"),
            ("a", "END RequestId: a"), ("a", "REPORT RequestId: a"), (nil, "between"), ("b", "START RequestId: b Version: 1"),
            (nil, "of b"), ("b", "END RequestId: b"), ("b", "REPORT RequestId: b"), (nil, "after"),
        ]
        #expect(
            taken(lines, of: "a") == [
                "START RequestId: a Version: 1", "plain", "named", "plain 2", "END RequestId: a", "REPORT RequestId: a",
            ])
        #expect(taken(lines, of: "b") == ["START RequestId: b Version: 1", "of b", "END RequestId: b", "REPORT RequestId: b"])
        #expect(taken(lines, of: "c") == [])
    }

    @Test("An execution whose END never came ends where another is named")
    func noEnd() {
        let lines: [(id: String?, message: String)] = [
            ("a", "START RequestId: a"), (nil, "of a"), ("b", "START RequestId: b"), (nil, "of b"),
        ]
        #expect(taken(lines, of: "a") == ["START RequestId: a", "of a"])
        #expect(taken(lines, of: "b") == ["START RequestId: b", "of b"])
    }

    @Test("A retry in the same stream takes its own lines and none of what ran between")
    func retry() {
        let lines: [(id: String?, message: String)] = [
            ("a", "START RequestId: a"), (nil, "first"), ("a", "END RequestId: a"), ("b", "START RequestId: b"), (nil, "other"),
            ("b", "END RequestId: b"), ("a", "START RequestId: a"), (nil, "second"), ("a", "END RequestId: a"),
        ]
        #expect(taken(lines, of: "a").filter { !$0.contains("RequestId") } == ["first", "second"])
    }

    @Test("JSON lines of the platform end an execution like text lines")
    func json() {
        let lines: [(id: String?, message: String)] = [
            ("a", #"{"time":"t","type":"platform.start","record":{"requestId":"a"}}"#), (nil, "of a"),
            ("a", #"{"time":"t","type":"platform.report","record":{"requestId":"a"}}"#), (nil, "of none"),
        ]
        #expect(taken(lines, of: "a").count == 3)
        #expect(!taken(lines, of: "a").contains("of none"))
    }
}
