// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import EventTable
import FoundationEssentials
import JSONTape
import StreamRecords

extension Judgement.Validity: ExpressibleByArgument {}

/// `sluice mark ID valid|invalid`
struct MarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mark", abstract: "Say that an execution did right, or not.",
        discussion: """
            The latest verdict counts; show tells it, and list finds executions by it. All verdicts are kept: mark ID --history shows them. \
            An execution that is not in the table is not made: that is exit status 1.
            """)

    @Argument(help: "The request id of an execution.")
    var id: String

    @Argument(help: "The verdict: valid or invalid.")
    var verdict: Judgement.Validity?

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var note: String?

    @Option(help: ArgumentHelp("Who says so (default: who you are on this computer).", valueName: "name"))
    var by: String?

    @Option(help: ArgumentHelp("The function, where several have an execution with this id.", valueName: "name"))
    var function: String?

    @Flag(help: "Show all verdicts of the execution, the first one first, and give none.")
    var history = false

    @Flag(help: "Write JSON lines instead.")
    var json = false

    @OptionGroup var table: EventTableOptions

    func validate() throws {
        if (verdict == nil) != history { throw ValidationError("say valid or invalid, or --history") }
    }

    func run() async throws {
        try await using(table, for: history ? .reading : .changing) { store, _ in
            let key = try await execution(in: store)
            var judgements: [Judgement] = []
            if let verdict {
                let author = by ?? ProcessInfo.processInfo.environment["USER"]
                let judgement = Judgement(verdict, note: note, by: author, at: .now)
                if let flaw = judgement.flaw { throw CommandFailure(.usage, flaw) }
                guard try await store.judge(key, judgement) != .notFound else {
                    throw CommandFailure(.nothing, "there is no execution \(id) in this table")
                }
                judgements = [judgement]
            } else {
                judgements = try await store.judgements(of: key)
                if judgements.isEmpty { throw CommandFailure(.nothing, "nobody has judged \(id) of \(key.name)") }
            }
            var output = Output()
            for judgement in judgements { try output.line(json ? Self.json(judgement, key) : Self.text(judgement, key)) }
            try output.flush()
        }
    }

    private func execution(in store: any EventStore) async throws -> EventKey {
        let rows = try await store.rows(id: id)
        do throws(ExecutionError) {
            return try ExecutionError.choose(rows, id: id, function: function.map { FunctionName($0) }).key
        } catch {
            throw CommandFailure(error.code == .ambiguous ? .usage : .nothing, error.message + (error.code == .ambiguous ? " with --function" : ""))
        }
    }

    private static func text(_ judgement: Judgement, _ key: EventKey) -> String {
        let paint = Paint.standardOutput
        let facts = [judgement.by, judgement.note].compactMap { $0?.harmless }.joined(separator: ": ")
        let colour: Paint.Colour = judgement.validity == .valid ? .green : .red
        return "\(paint(readableTime(of: judgement.at.description + "#"), .dim))  \(paint(judgement.validity.rawValue, colour))"
            + "  \(key.name.harmless)  \(key.id.harmless)\(facts.isEmpty ? "" : "  \(facts)")"
    }

    private static func json(_ judgement: Judgement, _ key: EventKey) -> String {
        var members = [
            JSONMember(name: "id", value: .string(key.id)), JSONMember(name: "function", value: .string(key.name)),
            JSONMember(name: "validity", value: .string(judgement.validity.rawValue)), JSONMember(name: "at", value: .string(judgement.at.description)),
        ]
        if let by = judgement.by { members.append(JSONMember(name: "by", value: .string(by))) }
        if let note = judgement.note { members.append(JSONMember(name: "note", value: .string(note))) }
        return JSONValue.object(members).text
    }
}
