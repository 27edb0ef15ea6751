// SPDX-License-Identifier: Apache-2.0

internal import EventTable
internal import Sluice

/// What the function's environment says about how to run, beside the configuration.
struct HostSettings: Sendable {
    /// `SLUICE_PARTIAL_RESPONSES=1`: the event source mapping has ReportBatchItemFailures and reads partial answers. A function cannot see that
    /// by itself, and a mapping without it takes such an answer for success:
    /// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    var partialResponses = false
    /// `SLUICE_DEADLINE_MARGIN`: how long before Lambda's deadline the work stops, so that there is time to answer.
    var deadlineMargin = Duration.milliseconds(500)
    /// `SLUICE_METRICS_NAMESPACE`: the metrics' namespace in CloudWatch; nil where metrics are off (`off`).
    var metricsNamespace: String? = "Sluice"
    var log = LogSettings()
    /// The function's name, for metrics.
    var functionName = "unknown"
    /// The function's name, with the version that runs where that is not the latest.
    var ownName: FunctionName {
        FunctionName(version.map { "\(functionName):\($0)" } ?? functionName)
    }
    private var version: String?
    /// The log group that the function itself writes to.
    var ownLogGroup: String?
    /// The folder that the package was unpacked into.
    var taskRoot: String?

    /// - Throws: every setting that means nothing.
    init(_ environment: [String: String]) throws(FunctionError) {
        var mistakes: [String] = []
        func setting(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

        switch setting("SLUICE_PARTIAL_RESPONSES")?.lowercased() {
        case nil, "0", "false": partialResponses = false
        case "1", "true": partialResponses = true
        case let other?: mistakes.append("SLUICE_PARTIAL_RESPONSES: found \(other), expected 1 or 0")
        }
        if let text = setting("SLUICE_DEADLINE_MARGIN") {
            if let margin = Duration(configuration: text), margin <= .seconds(600) {
                deadlineMargin = margin
            } else {
                mistakes.append("SLUICE_DEADLINE_MARGIN: found \(text), expected a duration such as 500ms or 2s, at most 10m")
            }
        }
        if let name = environment["SLUICE_METRICS_NAMESPACE"] {
            // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html: 1 to 255 characters, no colon in front;
            // ASCII, and not all blank.
            if name.isEmpty || name.lowercased() == "off" {
                metricsNamespace = nil
            } else if name.utf8.count <= 255, !name.hasPrefix(":"), !name.hasPrefix("AWS/"), name.contains(where: { $0 != " " }),
                name.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
            {
                metricsNamespace = name
            } else {
                mistakes.append(
                    "SLUICE_METRICS_NAMESPACE: found \(name), expected up to 255 ASCII characters that can be printed, not all of them blank, not beginning with a colon or AWS/, or off")
            }
        }
        log = LogSettings(format: environment["AWS_LAMBDA_LOG_FORMAT"], level: environment["AWS_LAMBDA_LOG_LEVEL"], mistakes: &mistakes)
        functionName = setting("AWS_LAMBDA_FUNCTION_NAME") ?? functionName
        version = setting("AWS_LAMBDA_FUNCTION_VERSION").flatMap { $0 == "$LATEST" ? nil : $0 }
        ownLogGroup = setting("AWS_LAMBDA_LOG_GROUP_NAME")
        taskRoot = setting("LAMBDA_TASK_ROOT")
        guard mistakes.isEmpty else {
            throw FunctionError(
                kind: .configuration, message: "the function's environment is wrong: " + mistakes.joined(separator: "; "), trace: mistakes)
        }
    }
}
