// SPDX-License-Identifier: Apache-2.0

/// The API's description, as it is served at `/openapi.json`: <https://spec.openapis.org/oas/v3.1.0>.
///
/// Tests hold it against the routes, and every answer that they get against what it says of that answer.
enum OpenAPIDocument {
    static let text = #"""
        {
          "openapi": "3.1.0",
          "info": {
            "title": "Sluice: the event table",
            "version": "1.0.0",
            "description": "What happened, was it right, do it again. Where keys are configured, each request but the one for this document needs one."
          },
          "paths": \#(joined(others, executions)),
          "components": \#(components)
        }
        """#

    /// Two objects as one.
    private static func joined(_ first: String, _ second: String) -> String {
        "\(first.dropLast(1)),\(second.dropFirst(1))"
    }
}
