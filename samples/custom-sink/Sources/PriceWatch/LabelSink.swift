// SPDX-License-Identifier: Apache-2.0

public import Sluice
import StreamRecords

/// The service that writes the price labels on the shelves, as its client shows it.
public protocol LabelService: Sendable {
    /// Writes up to 25 labels in their order. Ends at the first one that cannot be written now, so there may be fewer answers than labels.
    func write(_ labels: [Label]) async throws -> [LabelAnswer]
    func close() async
}

public struct Label: Sendable {
    /// Whoever sends a label again gives it the same id.
    public var id: String
    public var text: String
}

public enum LabelAnswer: Sendable {
    case written
    case knownAlready
    case busy(retryAfter: Duration)
    case tooLong
}

/// Writes new prices on the labels of the shelves.
public struct LabelSink: Sink {
    public struct Options: Decodable, Sendable {
        public enum Currency: String, Decodable, Sendable, CaseIterable { case EUR, CHF }
        public var currency: Currency?
        /// How long a busy service is left alone, at least.
        public var pause: Duration?

        public init() {}
    }

    let options: Options
    let service: any LabelService

    public init(_ options: Options, _ service: any LabelService) { (self.options, self.service) = (options, service) }

    public var traits: SinkTraits { SinkTraits(needsPayloads: false, maximumRecords: 25) }

    public func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        var outcomes = Outcomes(.retry("the service was busy with a label before it"), for: batch)
        var labels: [(place: Int, label: Label)] = []
        for (place, delivery) in batch.enumerated() {
            if let price = delivery.record.newImage?["price"]?.numberValue {
                labels.append((place, Label(id: delivery.record.idText, text: "\(price) \(options.currency ?? .EUR)")))
            } else {
                outcomes[place] = .delivered  // it has no price, so there is nothing to write
            }
        }
        if labels.isEmpty { return outcomes }
        // What is thrown here means: all of the batch is to be retried.
        let answers = try await service.write(labels.map(\.label))
        for ((place, _), answer) in zip(labels, answers) {
            outcomes[place] =
                switch answer {
                case .written: .delivered
                case .knownAlready: .alreadyThere
                case .busy(let time): .retry("the service is busy", after: max(time, options.pause ?? .zero))
                case .tooLong: .rejected("the price does not fit on a label")
                }
        }
        return outcomes
    }

    public func shutdown() async throws { await service.close() }
}

extension SinkRegistry {
    /// Registers `labels`: the client reaches the sink through the closure.
    public mutating func registerLabels(_ connect: @escaping @Sendable () -> any LabelService) {
        register("labels", settings: LabelSink.Options.self) { options, _ in LabelSink(options, connect()) }
    }
}
