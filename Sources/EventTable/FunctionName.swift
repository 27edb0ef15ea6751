// SPDX-License-Identifier: Apache-2.0

/// A Lambda function's name, taken from any form that names it.
///
/// Rows of one execution meet only if all of them bear the bare name, so the qualifier is kept apart. The forms are those of
/// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: a name (`orders`), a name with a version or alias
/// (`orders:live`), a partial ARN (`123456789012:function:orders`) and an ARN, each with or without a qualifier.
public struct FunctionName: Sendable, Hashable, CustomStringConvertible {
    /// The bare name.
    public let name: String
    /// The version (`$LATEST`, `7`) or alias, where one was given.
    public let qualifier: String?

    /// Takes any of the forms above. Text that is none of them is kept whole as the name.
    public init(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let rest: ArraySlice<Substring>
        if parts.count >= 7, parts[0] == "arn", parts[2] == "lambda", parts[5] == "function" {
            rest = parts[6...]
        } else if parts.count >= 3, parts[0].utf8.count == 12, parts[0].utf8.allSatisfy({ (48...57).contains($0) }),
            parts[1] == "function"
        {
            rest = parts[2...]
        } else {
            rest = parts[...]
        }
        guard let name = rest.first, !name.isEmpty, rest.count <= 2 else {
            self.name = text
            self.qualifier = nil
            return
        }
        self.name = String(name)
        self.qualifier = rest.count == 2 && !rest.last!.isEmpty ? String(rest.last!) : nil
    }

    /// The name, and the qualifier after a colon where there is one.
    public var description: String {
        if let qualifier { "\(name):\(qualifier)" } else { name }
    }
}
