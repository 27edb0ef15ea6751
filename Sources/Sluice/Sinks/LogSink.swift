// SPDX-License-Identifier: Apache-2.0

import JSONTape

/// Writes records to standard output: JSON lines for programs, and on a terminal a readable line that shows what
/// changed.
public final class LogSink: Sink {
    public struct Settings: Decodable, Sendable {
        /// `auto` is `text` on a terminal, `json` elsewhere.
        enum Format: String, Decodable, Sendable, CaseIterable { case auto, json, text }
        /// `auto` is colour on a terminal, unless NO_COLOR is set or TERM is `dumb`.
        enum Colour: String, Decodable, Sendable, CaseIterable { case auto, always, never }

        var format: Format?
        var color: Colour?

        public init() {}
    }

    private let queue = BlockingQueue("sluice.log")
    private let descriptor: Int32
    private let onClosed: @Sendable () -> Void
    /// Absent where lines are JSON.
    private let text: ReadableLine?

    public convenience init(_ settings: Settings, _ context: SinkContext) async throws {
        self.init(settings, context, descriptor: 1) {}
    }

    /// - Parameters:
    ///   - descriptor: where to write: 1 is standard output.
    ///   - onClosed: called when whoever reads has gone (`| head`): no error, but there's no sense in going on. The
    ///     process must have SIGPIPE ignored, else the system ends it first.
    public init(
        _ settings: Settings, _ context: SinkContext, descriptor: Int32, onClosed: @escaping @Sendable () -> Void
    ) {
        self.descriptor = descriptor
        self.onClosed = onClosed
        let isTerminal = Files.isTerminal(descriptor)
        let isText = switch settings.format ?? .auto {
        case .auto: isTerminal
        case .text: true
        case .json: false
        }
        let noColour = context.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        let isColoured = switch settings.color ?? .auto {
        case .auto: isTerminal && !noColour && context.environment["TERM"] != "dumb"
        case .always: true
        case .never: false
        }
        text = isText ? ReadableLine(isColoured: isColoured) : nil
    }

    public var traits: SinkTraits { SinkTraits(needsPayloads: text == nil) }

    public func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        try await queue.run { [self] in
            do throws(DescriptorError) {
                if let text {
                    var lines = JSONWriter()
                    for delivery in batch {
                        lines.write(raw: text.line(for: delivery.record))
                        lines.write(byte: UInt8(ascii: "\n"))
                    }
                    try lines.write(to: descriptor)
                } else {
                    try batch.lines.write(to: descriptor)
                }
                return Outcomes(.delivered, for: batch)
            } catch {
                if error.isBrokenPipe { onClosed() }
                return Outcomes(.retry("standard output: \(error)"), for: batch)
            }
        }
    }
}
