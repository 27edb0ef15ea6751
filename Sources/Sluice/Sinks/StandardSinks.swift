// SPDX-License-Identifier: Apache-2.0

extension SinkRegistry {
    /// The sinks of this library: `log`, `file`, `dir` and `exec`.
    ///
    /// - Parameter onClosedOutput: called when whoever reads standard output has gone: time to end quietly.
    public static func standard(onClosedOutput: @escaping @Sendable () -> Void = {}) -> SinkRegistry {
        var registry = SinkRegistry()
        registry.register(
            "log", settings: LogSink.Settings.self, shorthands: [SinkShorthand("log"), SinkShorthand("stdout")]
        ) { settings, context in
            LogSink(settings, context, descriptor: 1, onClosed: onClosedOutput)
        }
        registry.register(
            "file", FileSink.self, shorthands: [SinkShorthand("file", argument: "PATH", setting: "path")])
        registry.setFile(of: "file", setting: "path")
        registry.register(
            "dir", FolderSink.self, shorthands: [SinkShorthand("dir", argument: "PATH", setting: "path")])
        registry.registerExec()
        return registry
    }

    /// Adds the sink `exec`, which hands records to a program: see ``ExecSink``.
    public mutating func registerExec() {
        register("exec", ExecSink.self, shorthands: [SinkShorthand("exec", argument: "COMMAND", setting: "command")])
    }
}
