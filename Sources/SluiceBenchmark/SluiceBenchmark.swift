// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

@main
struct BenchmarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice-benchmark",
        abstract: "Measures the built sluice command against what others need for the same work.",
        subcommands: [
            Run.self, Generate.self, Repeat.self, BaselineJSONDecoder.self, BaselineInflate.self, ReferenceOutput.self, Patterns.self,
            ExecBenchmark.self, ExecNothing.self,
        ] + services,
        defaultSubcommand: Run.self)

    /// What the trait AWS brings.
    private static var services: [any ParsableCommand.Type] {
        #if AWS
        [MeasureSQS.self, QueueServer.self]
        #else
        []
        #endif
    }
}
