// SPDX-License-Identifier: Apache-2.0

internal import Sluice

extension EventTableName: Decodable {
    /// Reads a setting.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        do throws(EventStoreError) {
            try self.init(text)
        } catch {
            throw ConfigurationValueError(expected: "the name of an event table, as in sqlite:events.db or dynamodb:eventtable")
        }
    }
}
