// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import PostgresSink
import Sluice
import StreamRecords

// sluice-postgres URL FILE…: takes recorded streams into PostgreSQL.
guard CommandLine.arguments.count > 2 else {
    try FileHandle.standardError.write(contentsOf: Data("usage: sluice-postgres URL FILE…\n".utf8))
    exit(2)
}
var registry = SinkRegistry.standard()
registry.registerPostgres()
let configuration = try Configuration(sendingEverythingTo: ["postgres:\(CommandLine.arguments[1])"], registry: registry)
let pipeline = try await Pipeline(configuration, sinks: registry, options: PipelineOptions(unparked: .list))
var counts = BatchReport.Counts()
for path in CommandLine.arguments.dropFirst(2) {
    for batch in RecordBatch.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))) {
        let report = try await pipeline.deliver(pipeline.prepare(batch))
        for rejection in report.rejections { print("\(path): rejected: \(rejection.reason)") }
        counts += report.counts
    }
}
try await pipeline.shutdown()
print("\(counts.received) received: \(counts.delivered) delivered, \(counts.rejected) rejected, \(counts.retry) to be retried")
exit(counts.retry + counts.rejected == 0 ? 0 : 1)
