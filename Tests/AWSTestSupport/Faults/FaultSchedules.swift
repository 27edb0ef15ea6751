// SPDX-License-Identifier: Apache-2.0

#if AWS
import TestSupport

internal import JSONTape
internal import Synchronization

extension FaultSchedule {
    /// These faults one after another, then none. `operation` restricts them to one kind of call; others pass.
    public static func list(_ faults: [Fault], operation: String? = nil) -> FaultSchedule {
        let left = Mutex(faults[...])
        return FaultSchedule { request in
            if let operation, request.operation != operation { return .none }
            return left.withLock { $0.popFirst() } ?? .none
        }
    }

    /// Faults by chance, the same ones for the same seed and requests.
    ///
    /// - Parameters:
    ///   - rate: which part of the exchanges goes wrong, from 0 to 1.
    ///   - limit: how many do so at most; after them everything works.
    ///   - kinds: what may go wrong.
    public static func random(seed: UInt64, rate: Double, limit: Int = .max, kinds: [Kind] = Kind.quick) -> FaultSchedule {
        let state = Mutex((random: SeededRandom(seed: seed), left: limit))
        return FaultSchedule { request in
            state.withLock { state in
                guard state.left > 0, Double.random(in: 0..<1, using: &state.random) < rate, let kind = kinds.randomElement(using: &state.random)
                else { return .none }
                let fault = kind.fault(for: request, using: &state.random)
                if fault != .none { state.left -= 1 }
                return fault
            }
        }
    }

    /// What a random schedule chooses from.
    public enum Kind: Sendable, CaseIterable {
        case serverError, throttle, errorAfterwards, resetBefore, resetAfter, halfBody, trickle, garbage, expiredCredentials, skewedClock
        /// Single entries fail of what passes by itself, or the answer does not name them.
        case entries
        /// Single entries are called faulty, of which the next time nothing may be known.
        case faultyEntries
        /// Over a socket it takes as long as the client waits for an answer.
        case stall

        /// All that does not wait for a time-out.
        public static let quick = allCases.filter { $0 != .stall }
        /// Those of ``quick`` that leave the clock right, by which a server checks signatures.
        public static let signed = quick.filter { $0 != .skewedClock }

        func fault(for request: ProxiedRequest, using random: inout SeededRandom) -> Fault {
            switch self {
            case .serverError: .error(status: [500, 502, 503, 504].randomElement(using: &random) ?? 500, code: "InternalFailure")
            case .throttle: .error(status: Bool.random(using: &random) ? 400 : 429, code: "ThrottlingException")
            case .errorAfterwards: .errorAfterwards(status: 500, code: "InternalFailure")
            case .resetBefore: .resetBefore
            case .resetAfter: .resetAfter(bytes: Int.random(in: 0...400, using: &random))
            case .halfBody: .halfBody
            case .trickle: .trickle
            case .garbage: .garbage
            case .expiredCredentials: .expiredCredentials
            case .skewedClock: .skewedClock(seconds: [-7200, -400, 400, 7200].randomElement(using: &random) ?? 400)
            case .stall: .stall(isDone: Bool.random(using: &random))
            case .entries: Kind.entries(of: request, using: &random) { random in
                [.failed(code: "InternalFailure", senderFault: false), .unnamed(isDone: true), .unnamed(isDone: false)].randomElement(using: &random) ?? .unnamed(isDone: false)
            }
            case .faultyEntries: Kind.entries(of: request, using: &random) { _ in .failed(code: "InvalidParameterValue", senderFault: true) }
            }
        }

        private static func entries(of request: ProxiedRequest, using random: inout SeededRandom, _ fault: (inout SeededRandom) -> EntryFault) -> Fault {
            var faults: [Int: EntryFault] = [:]
            for place in 0..<EntryFaults.count(of: request) where Bool.random(using: &random) { faults[place] = fault(&random) }
            return faults.isEmpty ? .none : .entries(faults)
        }
    }
}

#endif
