// SPDX-License-Identifier: Apache-2.0

import StreamRecords

/// What a template calls its resources and parameters: no logical id is there twice, whatever sources and variables are called.
struct TemplateNames {
    struct Source {
        var source: DeploymentPlan.Source
        /// What its resources' names begin with.
        var name: String
        /// A wildcard or a variable: only who deploys knows which one is meant.
        var isParameter: Bool
    }

    let sources: [Source]
    private let parameters: [String: String]
    private let variables: [DeploymentPlan.Variable]

    /// - Parameter fixed: ids that the template has whatever the configuration says.
    init(_ plan: DeploymentPlan, fixed: [String]) {
        variables = plan.variables
        var taken = Set(fixed)
        var all = plan.sources
        // Where no route names a table, one stream has to be given.
        if all.isEmpty && plan.openKinds.contains(.change) { all.append(DeploymentPlan.Source(kind: .change, name: "*")) }
        var names: Set<String> = []
        sources = all.map { source in
            var stem = String(PolicyStatements.identifier(VariableText(source.name).text { name, _ in name }).prefix(Self.longestStem))
            if stem.first?.isNumber == true { stem = "Source" + stem }
            stem += [Record.Kind.change: "Table", .log: "Group", .message: "Queue", .event: "Bus"][source.kind] ?? ""
            let name = Self.free(stem, names)
            names.insert(name)
            taken.formUnion(Self.endings.map { name + $0 })
            return Source(source: source, name: name, isParameter: source.name.contains("*") || source.name.contains("${"))
        }
        var parameters: [String: String] = [:]
        for variable in plan.variables where Self.known[variable.name] == nil && Self.isSettable(variable.name) {
            let words = variable.name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
            var name = String(words.joined().prefix(Self.longestStem))
            if name.isEmpty || name.first?.isNumber == true || taken.contains(name) || Self.isWord(name) { name = "Variable" + name }
            name = Self.free(name, taken)
            taken.insert(name)
            parameters[variable.name] = name
        }
        self.parameters = parameters
    }

    /// The parameter for a variable: `ORDERS_QUEUE_URL` is `OrdersQueueUrl`. What the stack knows has none, nor what Lambda does not take.
    func parameter(_ variable: String) -> String? { parameters[variable] }

    /// What stands for a variable in a text with `!Sub`.
    func reference(_ variable: String) -> String {
        if let parameter = parameters[variable] { return "${\(parameter)}" }
        if let known = Self.known[variable] { return known }
        // Others of Lambda's own differ from one execution environment to the next.
        if Self.reserved.contains(variable) { return "*" }
        // The function never has it.
        let fallback = variables.first { $0.name == variable }?.fallback
        return fallback?.replacing("${", with: "${!") ?? "${!\(variable)}"
    }

    /// Those of a configuration's variables that a function cannot be given, and of which nothing else is known.
    var unknown: (own: [String], refused: [String]) {
        let names = variables.map(\.name).filter { Self.known[$0] == nil && !Self.isSettable($0) }
        return (names.filter(Self.reserved.contains), names.filter { !Self.reserved.contains($0) })
    }

    /// Whether a function may be given this variable: Lambda sets its own ones, and takes names of two characters at least, a letter first.
    static func isSettable(_ variable: String) -> Bool {
        !reserved.contains(variable) && variable.count >= 2 && variable.first.map { $0.isASCII && $0.isLetter } == true
    }

    /// Names that no parameter may have, and keys that are put into quotes: YAML 1.1 takes them for a truth or for nothing.
    static func isWord(_ name: String) -> Bool { ["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(name.lowercased()) }

    /// The logical ids among a template's lines.
    static func ids(in lines: [String]) -> [String] {
        lines.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && $0.hasSuffix(":") && !$0.hasPrefix("  #") }.map { String($0.dropFirst(2).dropLast()) }
    }

    // MARK: Parts

    /// What the names of a source's resources and parameters end with.
    private static let endings = ["Mapping", "Permission", "Rule", "Subscription", "Name", "StreamArn"]
    /// A logical id has 255 letters at most.
    private static let longestStem = 200

    /// What the stack knows of variables. Lambda sets these, but for the account's number, which the template sets.
    private static let known = [
        "AWS_REGION": "${AWS::Region}", "AWS_DEFAULT_REGION": "${AWS::Region}", "AWS_ACCOUNT_ID": "${AWS::AccountId}",
        "AWS_LAMBDA_FUNCTION_NAME": "${AWS::StackName}-consumer", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/${AWS::StackName}-consumer",
        "SLUICE_PARTIAL_RESPONSES": "1",
    ]

    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>, and what the template sets itself.
    private static let reserved: Set<String> = [
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "SLUICE_PARTIAL_RESPONSES",
    ]

    private static func free(_ stem: String, _ taken: Set<String>) -> String {
        var name = stem
        var number = 2
        while taken.contains(name) {
            name = "\(stem)\(number)"
            number += 1
        }
        return name
    }
}
