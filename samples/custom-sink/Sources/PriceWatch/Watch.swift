// SPDX-License-Identifier: Apache-2.0

public import Logging
public import Sluice
import StreamRecords

/// Takes an event through a configuration that knows the new sink by its name.
public func watchPrices(in event: [UInt8], logger: Logger) async throws -> BatchReport.Counts {
    var registry = SinkRegistry.standard()
    registry.register("fall", FallSink.self)
    let text = """
        { "sinks": { "prices": { "type": "fall", "attribute": "price" } },
          "routes": [ { "kind": ["change"], "to": ["prices"] } ] }
        """
    let configuration = try Configuration(reading: ConfigurationNode(json: text, file: "prices.json"), registry: registry)
    let pipeline = try await Pipeline(configuration, sinks: registry, options: PipelineOptions(logger: logger))
    var counts = BatchReport.Counts()
    for batch in RecordBatch.decode(event) {
        counts += try await pipeline.deliver(pipeline.prepare(batch)).counts
    }
    try await pipeline.shutdown()
    return counts
}
