// SPDX-License-Identifier: Apache-2.0

internal import Logging

/// How Lambda wants log lines: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
struct LogSettings: Sendable, Hashable {
    enum Format: Sendable, Hashable { case text, json }

    var format = Format.text
    var level = Logger.Level.info

    init() {}

    /// - Parameters:
    ///   - format: `AWS_LAMBDA_LOG_FORMAT`: JSON or Text.
    ///   - level: `AWS_LAMBDA_LOG_LEVEL`: TRACE, DEBUG, INFO, WARN, ERROR or FATAL.
    init(format: String?, level: String?, mistakes: inout [String]) {
        switch format?.lowercased() {
        case nil, "", "text": self.format = .text
        case "json": self.format = .json
        case let other?: mistakes.append("AWS_LAMBDA_LOG_FORMAT: found \(other), expected JSON or Text")
        }
        switch level?.uppercased() {
        case nil, "", "INFO": self.level = .info
        case "TRACE": self.level = .trace
        case "DEBUG": self.level = .debug
        case "WARN": self.level = .warning
        case "ERROR": self.level = .error
        case "FATAL": self.level = .critical
        case let other?: mistakes.append("AWS_LAMBDA_LOG_LEVEL: found \(other), expected TRACE, DEBUG, INFO, WARN, ERROR or FATAL")
        }
    }
}

extension Logger.Level {
    /// What Lambda calls it.
    var lambdaName: StaticString {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "FATAL"
        }
    }
}
