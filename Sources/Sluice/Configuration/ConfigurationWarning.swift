// SPDX-License-Identifier: Apache-2.0

/// Something in a configuration that is no mistake, and that its author can hardly mean.
public struct ConfigurationWarning: Sendable, Hashable, CustomStringConvertible {
    /// Where it is. Absent where there is no text.
    public var mark: SourceMark?
    /// The way to it from the root.
    public var path: String
    public var message: String

    public init(at mark: SourceMark?, path: String, _ message: String) {
        self.mark = mark
        self.path = path
        self.message = message
    }

    public var description: String { "\(mark.map { "\($0): " } ?? "")warning: \(path.isEmpty ? "" : "\(path): ")\(message)" }
}
