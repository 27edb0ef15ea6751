// SPDX-License-Identifier: Apache-2.0

extension ConfigurationNode {
    /// This tree with environment variables put into its strings, and where that could not be done.
    package func substituting(_ environment: [String: String]) -> (tree: ConfigurationNode, unset: Set<SourceMark>) {
        var mistakes: [ConfigurationMistake] = []
        let tree = substituting(environment, mistakes: &mistakes)
        return (tree, Set(mistakes.compactMap(\.mark)))
    }

    /// This tree with environment variables put into its strings.
    ///
    /// `${NAME}` stands for the variable's value, `${NAME:-default}` for the default where the variable is unset or
    /// empty, `$${` for the two characters `${` themselves. This happens after parsing, so a value can never change
    /// the configuration's structure. Keys are left alone.
    func substituting(
        _ environment: [String: String], path: ConfigurationPath = ConfigurationPath(),
        mistakes: inout [ConfigurationMistake]
    ) -> ConfigurationNode {
        var copy = self
        switch value {
        case .null, .bool, .number: break
        case .string(let text):
            guard text.utf8.contains(UInt8(ascii: "$")) else { break }
            let replaced = substitute(text, environment, path, &mistakes)
            if replaced != text {
                copy.value = .string(replaced)
                copy.template = text
            }
        case .list(let elements):
            copy.value = .list(elements.enumerated().map { index, element in
                element.substituting(environment, path: path.element(index), mistakes: &mistakes)
            })
        case .object(let members):
            copy.value = .object(members.map { member in
                var member = member
                member.node = member.node.substituting(
                    environment, path: path.member(member.name), mistakes: &mistakes)
                return member
            })
        }
        return copy
    }

    private func substitute(
        _ text: String, _ environment: [String: String], _ path: ConfigurationPath,
        _ mistakes: inout [ConfigurationMistake]
    ) -> String {
        func wrong(_ code: ConfigurationMistake.Code, _ found: String, _ expected: String, _ near: String? = nil) {
            mistakes.append(ConfigurationMistake(
                code, at: mark, path: path.description, found: found, expected: expected, suggestion: near))
        }
        var out = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            out += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                out += "${"
                rest = rest.dropFirst(3)
                continue
            }
            guard rest.hasPrefix("${") else {
                out += "$"
                rest = rest.dropFirst()
                continue
            }
            guard let end = rest.firstIndex(of: "}") else {
                wrong(.badValue, String(rest).quotedForMessage, "a closing } (write $${ for the characters ${)")
                return out + rest
            }
            let inside = rest[rest.index(rest.startIndex, offsetBy: 2)..<end]
            rest = rest[rest.index(after: end)...]
            let name = inside.prefix { $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) }
            let tail = inside.dropFirst(name.count)
            guard let first = name.first, !first.isNumber, tail.isEmpty || tail.hasPrefix(":-") else {
                wrong(.badValue, "${\(inside)}".quotedForMessage,
                    "${NAME} or ${NAME:-default} with a name of letters, digits and _ (write $${ for the characters ${)")
                continue
            }
            let found = environment[String(name)]
            if tail.isEmpty {
                if let found {
                    out += found
                } else {
                    wrong(.unsetVariable, "${\(name)}, which is not set",
                        "a variable of the environment, or a default: ${\(name):-default}",
                        nearestName(to: String(name), among: environment.keys.sorted()))
                }
            } else {
                out += found.flatMap { $0.isEmpty ? nil : $0 } ?? String(tail.dropFirst(2))
            }
        }
        return out + rest
    }
}
