// SPDX-License-Identifier: Apache-2.0

internal import Sluice

/// A connection while there is one, and what is done over it. Used by one thread at a time.
struct Session: ~Copyable {
    private var connection: Connection?
    private(set) var hasEnded = false

    var isConnected: Bool { connection != nil }

    mutating func connect(_ url: String, _ interruption: Interruption) throws(PostgresError) {
        if connection == nil { connection = try Connection.open(url, interruption) }
    }

    mutating func end() {
        connection = nil
        hasEnded = true
    }

    /// Makes the table. Two who do so at the same time get in each other's way, and the second finds it there.
    mutating func create(_ upsert: Upsert, _ interruption: Interruption) throws(PostgresError) {
        do throws(PostgresError) {
            _ = try run(upsert.creation, [], interruption)
        } catch {
            guard ["23505", "42P07"].contains(error.state.code) else { throw error }
            _ = try run(upsert.creation, [], interruption)
        }
    }

    private mutating func run(_ statement: String, _ parameters: [String], _ interruption: Interruption) throws(PostgresError) -> [String] {
        do throws(PostgresError) {
            guard let rows = try connection?.run(statement, parameters, interruption) else {
                throw PostgresError(state: SQLState(""), message: "there is no connection", isDisconnected: true)
            }
            return rows
        } catch {
            // One that was broken off is in the middle of something. What was not committed is undone by its end.
            if error.isDisconnected { connection = nil }
            throw error
        }
    }

    /// Writes rows in one transaction and tells what became of each.
    mutating func write(
        _ rows: [Row], _ upsert: Upsert, _ url: String, until end: ContinuousClock.Instant, _ interruption: Interruption
    ) throws(PostgresError) -> [Outcome] {
        try connect(url, interruption)
        do throws(PostgresError) {
            _ = try run("BEGIN", [], interruption)
            let left = max(.milliseconds(1), ContinuousClock.now.duration(to: end))
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
            _ = try run("SET LOCAL statement_timeout = \(max(1, min(milliseconds, 3_600_000)))", [], interruption)
            // A constraint that waits for the commit could not be told of one record.
            _ = try run("SET CONSTRAINTS ALL IMMEDIATE", [], interruption)
            var outcomes = [Outcome](repeating: .alreadyThere, count: rows.count)
            for place in rows.indices where rows[place].hasNUL { outcomes[place] = .rejected("an id or a key with a NUL, which PostgreSQL cannot hold") }
            try write(rows.indices.filter { !rows[$0].hasNUL }[...], of: rows, upsert, &outcomes, interruption)
            _ = try run("COMMIT", [], interruption)
            return outcomes
        } catch {
            if !error.isDisconnected { _ = try? run("ROLLBACK", [], interruption) }
            throw error
        }
    }

    /// Writes some rows; halves them as long as one of them is refused.
    private mutating func write(
        _ places: ArraySlice<Int>, of rows: [Row], _ upsert: Upsert, _ outcomes: inout [Outcome], _ interruption: Interruption
    ) throws(PostgresError) {
        if places.isEmpty { return }
        _ = try run("SAVEPOINT part", [], interruption)
        do throws(PostgresError) {
            let written = try run(upsert.statement, Upsert.parameters(places.map { rows[$0] }), interruption)
            for number in written {
                // The first of a statement's rows is 1.
                if let number = Int(number), number >= 1, number <= places.count { outcomes[places[places.startIndex + number - 1]] = .delivered }
            }
            _ = try run("RELEASE SAVEPOINT part", [], interruption)
        } catch {
            guard error.state.meaning == .record, !error.isDisconnected else { throw error }
            _ = try run("ROLLBACK TO SAVEPOINT part", [], interruption)
            _ = try run("RELEASE SAVEPOINT part", [], interruption)
            guard places.count > 1 else {
                outcomes[places[places.startIndex]] = .rejected("\(error)")
                return
            }
            let middle = places.startIndex + places.count / 2
            try write(places[..<middle], of: rows, upsert, &outcomes, interruption)
            try write(places[middle...], of: rows, upsert, &outcomes, interruption)
        }
    }
}
