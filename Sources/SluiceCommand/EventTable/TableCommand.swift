// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSSinks
import ArgumentParser
import EventTable
import FoundationEssentials
import Sluice

/// `sluice table`
struct TableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table", abstract: "Make the event table in DynamoDB.", subcommands: [TableCreateCommand.self])
}

/// `sluice table create NAME`
struct TableCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make the event table in DynamoDB, or add to a table what it lacks.",
        discussion: """
            A new table is billed by request. A table that is there must have the key aws_request_id, FunctionName (both S), and gets the \
            indexes that it lacks, one after the other: the first filling of an index takes time, and is billed as writing. Both get expiry by \
            expires_at and point-in-time recovery. Doing it again changes nothing.

            It needs dynamodb:CreateTable, DescribeTable, UpdateTable, DescribeTimeToLive, UpdateTimeToLive and UpdateContinuousBackups.
            """)

    @Argument(help: ArgumentHelp("The table's name.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("The region (default: AWS_REGION, else the profile's).", valueName: "region"))
    var region: String?

    func run() async throws {
        let table = name.hasPrefix("dynamodb:") ? String(name.dropFirst("dynamodb:".count)) : name
        try await reporting {
            try await Connections.with(ProcessInfo.processInfo.environment, region: region) { connections in
                try await EventTableCreation(connections.services, table: table, report: { say($0) }).run()
            }
        }
    }
}
#endif
