// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `sluice serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Answer the event table's questions over HTTP.",
        discussion: """
            GET /openapi.json tells what there is to ask: look executions up and list them, the history of an item, save, judge and run again, \
            bring events in. Events go down the configuration's routes, else into the event table. Who may ask is said by api.keys in the \
            configuration; without keys everybody may do everything, and only programs of this machine are let in.

            SIGTERM and SIGINT end it: nothing new is taken, what is in flight is answered and written, and the exit status is 0. Exit status 2: \
            the command line or the configuration is wrong; 3: the table cannot be opened, or the address is taken.
            """)

    @Option(help: ArgumentHelp("Where to listen (default: the configuration's, else 127.0.0.1:8080). Port 0 takes a free one.", valueName: "host:port"))
    var listen: String?

    @Option(help: ArgumentHelp("The configuration's file, YAML or JSON.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("A certificate in PEM, with those above it: answer over TLS.", valueName: "file"))
    var certificate: String?

    @Option(help: ArgumentHelp("The certificate's private key in PEM.", valueName: "file"))
    var key: String?

    @Flag(help: "Answer a rerun when it has ended, unless the request says otherwise.")
    var wait = false

    @Option(help: ArgumentHelp("How much to log: debug, info, notice, warning or error.", valueName: "level"))
    var log = "warning"

    @OptionGroup var table: EventTableOptions

    func run() async throws {
        #if Server
        try await serve()
        #else
        throw ValidationError(
            "this sluice was built without its HTTP server. With it: swift build -c release --product sluice (or, with fewer parts, --traits SQLite,Server)")
        #endif
    }
}
