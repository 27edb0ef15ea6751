// SPDX-License-Identifier: Apache-2.0

import Sluice

extension SinkRegistry {
    /// The sinks that the function has. Those that write files are not among them: on Lambda files vanish with the process.
    static var function: SinkRegistry {
        var registry = SinkRegistry()
        registry.register("log", LogSink.self, shorthands: [SinkShorthand("log"), SinkShorthand("stdout")])
        return registry
    }
}
