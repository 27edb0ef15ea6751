// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import EventTable
import JSONTape
import StreamRecords
import Synchronization

@testable import AWSSinks

/// A table of its own in moto.
struct EventTableFixture: Sendable {
    let services: AWSServices
    let table: String
    let store: DynamoDBEventStore

    /// Runs `body` with a new event table, made as the command makes it.
    static func with<Result>(attempts: Int = 1, _ body: (EventTableFixture) async throws -> Result) async throws -> Result {
        try await MotoServer.with(attempts: attempts) { services in
            let table = MotoServer.name("events")
            try await EventTableCreation(services, table: table, report: { _ in }).run()
            return try await body(
                EventTableFixture(services: services, table: table, store: try DynamoDBEventStore(services, table: table)))
        }
    }

    /// All items, as boto3's TypeDeserializer reads them, by their keys.
    func items() async throws -> [[String: JSONValue]] {
        guard case .array(let items) = try await MotoServer.boto("dynamodb", "scan", ["TableName": .string(table)], deserialize: true) else { return [] }
        return items.map { item in
            guard case .object(let members) = item else { return [:] }
            return Dictionary(members.map { ($0.name, $0.value) }) { $1 }
        }
    }

    /// The items of one id.
    func items(of id: String) async throws -> [[String: JSONValue]] {
        try await items().filter { $0["aws_request_id"] == .string(id) }
    }

    /// Deletes an item.
    func delete(_ item: [String: JSONValue]) async throws {
        var key: [JSONMember] = []
        for name in ["aws_request_id", "FunctionName"] { key.append(JSONMember(name: name, value: ["S": item[name] ?? .null])) }
        _ = try await MotoServer.boto("dynamodb", "delete_item", ["TableName": .string(table), "Key": .object(key)])
    }

    /// The keys of the items of one id, however large the items are.
    func names(of id: String) async throws -> [String] {
        let query = DynamoDB.QueryRequest(
            table: table, keyCondition: "#id = :id", projection: "#name",
            parts: .init(names: ["#id": "aws_request_id", "#name": "FunctionName"], values: [":id": .string(id)]))
        return try await EventReader(store: store).items(query).compactMap { $0["FunctionName"]?.stringValue }
    }
}
#endif
