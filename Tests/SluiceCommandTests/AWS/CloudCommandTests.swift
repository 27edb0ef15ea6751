// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSSigner
import AWSTestSupport
import Foundation
import JSONTape
import Testing
import TestSupport

/// The command with AWS behind it: moto, at the address that `AWS_ENDPOINT_URL` names, which checks each request's signature.
@Suite("The command and AWS") struct CloudCommandTests {
    private let folder: TemporaryFolder
    private var sluice: Command

    init() async throws {
        folder = try TemporaryFolder()
        try folder.addSamples()
        sluice = Command(folder: folder.path)
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("AWS_") { sluice.environment[name] = .some(nil) }
        sluice.environment["HOME"] = folder.path
        sluice.environment["AWS_EC2_METADATA_DISABLED"] = "true"
        sluice.environment["AWS_ENDPOINT_URL"] = try await MotoServer.shared.url()
        sluice.environment["AWS_REGION"] = "eu-central-1"
        sluice.environment["AWS_ACCESS_KEY_ID"] = MotoServer.keys.accessKeyID
        sluice.environment["AWS_SECRET_ACCESS_KEY"] = MotoServer.keys.secretAccessKey
    }

    @Test("An event table is made, filled, filled again, and asked") func eventTable() async throws {
        let table = MotoServer.name("events")
        let missing = try await sluice("history", "Products", "Id=5", "--table", "dynamodb:\(table)")
        #expect(missing.status == 2 && missing.errors.contains(table) && missing.errors.contains("sluice table create"), "\(missing.errors)")

        for word in ["Made the table \(table)", "is there, with the right keys"] {
            let created = try await sluice("table", "create", table)
            #expect(created.status == 0 && created.text.isEmpty && created.errors.contains(word), "\(created.errors)")
        }
        let first = try await sluice("process", "samples/streams/products", "samples/streams/logs", "--to", "dynamodb:\(table)")
        #expect(first.status == 0, "\(first.errors)")
        let second = try await sluice("process", "samples/streams/products", "samples/streams/logs", "--to", "dynamodb:\(table)")
        #expect(second.status == 0 && second.errors.contains("nothing has changed: everything was there already"), "\(second.errors)")

        // The table in DynamoDB tells what the one in SQLite does.
        let filled = try await sluice("process", "samples/streams/products", "samples/streams/logs", "--to", "sqlite:events.db")
        #expect(filled.status == 0, "\(filled.errors)")
        for arguments in [
            ["history", "Products", "Id=5"], ["history", "Products", "Id=5", "--json", "--from", "2026-11-19", "--until", "2026-11-20T07:00:00Z"],
            ["show", "641919a2-cf49-485e-8236-3fd7fbcf5859"], ["show", "641919a2-cf49-485e-8236-3fd7fbcf5859", "--json"],
        ] {
            let cloud = try await sluice.run(arguments + ["--table", "dynamodb:\(table)"])
            let file = try await sluice.run(arguments + ["--table", "sqlite:events.db"])
            #expect(cloud.status == 0 && !cloud.text.isEmpty, "\(arguments): \(cloud.errors)")
            #expect(cloud.text == file.text, "\(arguments)")
        }
        let none = try await sluice("show", "no-such-id", "--table", "dynamodb:\(table)")
        #expect(none.status == 1, "\(none.errors)")
        let stats = try await sluice("stats", "--table", "dynamodb:\(table)")
        #expect(stats.status == 2 && stats.errors.contains("read the whole table") && stats.errors.contains("sqlite:events.db"), "\(stats.errors)")
    }

    @Test("A table that is something else is refused, and left") func anotherTable() async throws {
        let table = MotoServer.name("orders")
        try await MotoServer.boto(
            "dynamodb", "create_table",
            [
                "TableName": .string(table), "KeySchema": [["AttributeName": "pk", "KeyType": "HASH"]],
                "AttributeDefinitions": [["AttributeName": "pk", "AttributeType": "S"]], "BillingMode": "PAY_PER_REQUEST",
            ])
        let refused = try await sluice("table", "create", table)
        #expect(refused.status == 3 && refused.errors.contains("the key pk (S)"), "\(refused.errors)")
    }

    @Test("Objects are put once") func objects() async throws {
        let bucket = MotoServer.name("archive")
        try await MotoServer.boto(
            "s3", "create_bucket", ["Bucket": .string(bucket), "CreateBucketConfiguration": ["LocationConstraint": "eu-central-1"]])
        let first = try await sluice("process", "samples/streams/products", "--to", "s3://\(bucket)/archive")
        #expect(first.status == 0, "\(first.errors)")
        let second = try await sluice("process", "samples/streams/products", "--to", "s3://\(bucket)/archive")
        #expect(second.status == 0 && second.errors.contains("nothing has changed: everything was there already"), "\(second.errors)")
        let listed = try await MotoServer.boto("s3", "list_objects_v2", ["Bucket": .string(bucket), "Prefix": "archive/change/Products/2026-"])
        #expect((listed["Contents"]?.elements.count ?? 0) > 20)
    }

    @Test("Messages and events arrive, each with its record") func messagesAndEvents() async throws {
        let lines = try await sluice("process", "samples/streams/todo", "--to", "log:").lines
        let queue = MotoServer.name("queue")
        let url = try await MotoServer.boto("sqs", "create_queue", ["QueueName": .string(queue)])["QueueUrl"]?.stringValue ?? ""
        let bus = MotoServer.name("bus")
        let target = MotoServer.name("target")
        let targetURL = try await MotoServer.boto("sqs", "create_queue", ["QueueName": .string(target)])["QueueUrl"]?.stringValue ?? ""
        try await MotoServer.boto("events", "create_event_bus", ["Name": .string(bus)])
        try await MotoServer.boto("events", "put_rule", ["Name": "all", "EventBusName": .string(bus), "EventPattern": #"{"source":[{"prefix":"sluice."}]}"#])
        try await MotoServer.boto(
            "events", "put_targets",
            [
                "Rule": "all", "EventBusName": .string(bus),
                "Targets": [["Id": "1", "Arn": .string("arn:aws:sqs:eu-central-1:123456789012:\(target)")]],
            ])
        for sink in ["sqs:\(queue)", "sqs:\(url)", "eventbridge:\(bus)"] {
            let sent = try await sluice("process", "samples/streams/todo", "--to", sink)
            #expect(sent.status == 0, "\(sink): \(sent.errors)")
        }
        #expect(try await bodies(of: url).sorted() == (lines + lines).sorted())
        let events = try await bodies(of: targetURL).map { try JSONValue(parsing: $0) }
        #expect(events.count == lines.count)
        #expect(Set(events.compactMap { $0["detail"]?["id"]?.stringValue }) == Set(try lines.compactMap { try JSONValue(parsing: $0)["id"]?.stringValue }))
    }

    private func bodies(of queue: String) async throws -> [String] {
        var bodies: [String] = []
        while true {
            let answer = try await MotoServer.boto("sqs", "receive_message", ["QueueUrl": .string(queue), "MaxNumberOfMessages": .number("10")])
            let some = (answer["Messages"]?.elements ?? []).compactMap { $0["Body"]?.stringValue }
            if some.isEmpty { return bodies }
            bodies += some
        }
    }

    @Test("What is not there ends the start with its name, and nothing is sent", arguments: [
        ("sqs:no-such-queue", "there is no queue no-such-queue"), ("eventbridge:no-such-bus", "there is no bus no-such-bus"),
    ])
    func missing(sink: String, message: String) async throws {
        let result = try await sluice("process", "samples/streams/todo", "--to", sink)
        #expect(result.status == 2 && result.errors.contains(message), "\(result.status): \(result.errors)")
    }

    @Test("A table or bucket that is not there is told once, and all is left to be done", arguments: ["dynamodb:no-such-table", "s3://no-such-bucket-4711/a"])
    func missingAtFirstWrite(sink: String) async throws {
        let result = try await sluice("process", "samples/streams/todo", "--to", sink)
        #expect(result.status == 1 && result.errors.contains("no-such-"), "\(result.status): \(result.errors)")
    }

    @Test("Without credentials, and without a region, the command says where it looked", arguments: [
        ("AWS_ACCESS_KEY_ID", "no credentials"), ("AWS_REGION", "AWS_REGION"),
    ])
    func withoutCredentials(variable: String, message: String) async throws {
        var sluice = sluice
        sluice.environment[variable] = .some(nil)
        if variable == "AWS_ACCESS_KEY_ID" { sluice.environment["AWS_SECRET_ACCESS_KEY"] = .some(nil) }
        let queue = try await sluice("process", "samples/streams/todo", "--to", "sqs:orders")
        #expect(queue.status == 2 && queue.errors.contains(message), "\(queue.status): \(queue.errors)")
        let table = try await sluice("table", "create", "events")
        #expect(table.status == 2 && table.errors.contains(message), "\(table.status): \(table.errors)")
    }

    @Test("The configuration of the deployment is sound, with the real sinks") func deployment() async throws {
        var sluice = sluice
        for (name, value) in sluiceVariables { sluice.environment[name] = value }
        let deployed = Repository.path("samples/deploy/sluice.yaml")
        for arguments in [["check", "--config", deployed], ["check", "--config", deployed, "--lambda"]] {
            let result = try await sluice.run(arguments)
            #expect(result.status == 0 && result.errors.contains("no mistakes: 6 sinks, 3 routes"), "\(result.errors)")
        }
        sluice.environment["QUEUE_URL"] = "a queue"
        let mistaken = try await sluice("check", "--config", deployed)
        #expect(mistaken.status == 2 && mistaken.errors.contains("a queue's URL, ARN or name"), "\(mistaken.errors)")
    }

    private var sluiceVariables: [String: String] {
        [
            "EVENT_TABLE": "events", "ARCHIVE_BUCKET": "archive-bucket", "FAILURE_BUCKET": "failure-bucket", "BUS_NAME": "bus",
            "QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/queue.fifo",
        ]
    }
}
#endif
