// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// `sluice init`: a configuration to begin with.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a configuration to begin with, with comments.",
        discussion: "A file that is there is never written over.")

    @Argument(help: ArgumentHelp("Where to write it.", valueName: "file"))
    var path = "sluice.yaml"

    @Flag(help: "One for a Lambda function.")
    var lambda = false

    func run() throws {
        do {
            let text = lambda ? Self.forLambda : Self.forRecordings
            // Nothing may come between looking and writing, so the system itself does both.
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch CocoaError.fileWriteFileExists {
            say("\(path) is there already, and stays as it is")
            throw ExitStatus.usage.code
        } catch {
            say("\(path): \(error.localizedDescription)")
            throw ExitStatus.usage.code
        }
        say("\(path) is written: `sluice check\(lambda ? " --lambda" : "")\(path == "sluice.yaml" ? "" : " --config \(path)")` tells whether it is sound")
    }

    /// A configuration that works at once on recorded streams.
    static let forRecordings = """
        # What Sluice does with records: DynamoDB changes, log lines, queue messages, bus events.
        # `sluice check` tells what is wrong with it; `sluice process PATH --dry-run` what it would do.

        # Where records can go. The name is yours; the type is one of Sluice's.
        sinks:
          # A readable line on a terminal, a line of JSON elsewhere.
          console: { type: log }
          # A table that answers later what happened: `sluice history`, `show`, `stats`.
          history: { type: event-table, table: "sqlite:events.db" }
          # Records that no sink will take, with the reason.
          parked: { type: file, path: parked.ndjson, append: true }

        # Which records go where. A record goes down every route that it fits.
        routes:
          - name: everything
            to: [history]

          - name: changes
            kind: [change]                  # change, log, message or event
            # table: [Products, Order*]     # also group, queue, bus; * stands for any text
            # op: [INSERT, MODIFY]          # what happened to the item
        \(conditions)
            to: [console]

        # What becomes of records that are rejected.
        rejected: { to: [parked] }

        \(tests)

        """

    /// One for a function: sinks in AWS, and their names from the function's variables.
    static let forLambda = """
        # What the function does with the records that it is given. `scripts/package-lambda sluice.yaml` puts it into the package.
        # `sluice check --lambda` tells what is wrong with it; `sluice generate sam` writes a template for it.

        # Where records can go. ${NAME} is a variable of the function.
        sinks:
          # A row for each record, written once however often it comes.
          history: { type: event-table, table: "dynamodb:${EVENT_TABLE}" }
          # Records that could not be delivered, each with everything needed to try again.
          parked: { type: s3-json, bucket: "${FAILURE_BUCKET}", key: "rejected/{date}/{id}.json" }
          # Others: s3-json, sqs, eventbridge, lambda, log.
          # orders: { type: sqs, queue: "${ORDERS_QUEUE_URL}" }

        # Which records go where. A record goes down every route that it fits.
        routes:
          - name: everything
            # kind: [change]                # change, log, message or event
            # table: [Products, Order*]     # also group, queue, bus; * stands for any text
            # op: [INSERT, MODIFY]          # what happened to the item
        \(conditions)
            to: [history]

        # What no sink will ever take is parked at once; what still fails when it is a quarter of an hour old is parked too, so that it does
        # not hold up what comes behind it.
        rejected: { to: [parked], park_after: 15m }

        \(tests)

        """

    /// What a route can say beside the kind of records.
    private static let conditions = """
            # when: { dynamodb: { NewImage: { status: { S: [paid] } } } }     # an EventBridge pattern, on the record as AWS sends it
            # changed: [status]             # only where these values are not what they were
            # was: { status: [open] }       # a pattern too, on the item's plain values before the change
            # becomes: { status: [paid] }   # and after it
            # envelope: cloudevents         # plain (the default), typed, cloudevents, debezium, or fields of your own:
            # envelope: { fields: { id: keys.Id, status: new.status } }
            # redact: [new.customer.email, old.customer.email]      # what these sinks must not see
        """

    private static let tests = """
        # Tests that `sluice check` runs: what becomes of an event, which stands here or in a file.
        # tests:
        #   - name: a notice
        #     event: { version: "0", id: e1, detail-type: order paid, source: shop, account: "123456789012", time: "2026-11-20T15:00:00Z",
        #       region: eu-west-1, resources: [], detail: { order: 7 } }
        #     routes: [everything]
        #     sinks: [history]
        #     fields: { kind: event, detail: { order: 7 } }
        """
}
