// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice

/// What became of one entry of a call.
enum EntryFate: Sendable, Hashable {
    case settled(Outcome)
    /// To be sent once more, while there are attempts left.
    case again(Reason)
}

/// What became of a call.
enum CallResult: Sendable, Hashable {
    /// A fate for each entry, in their order.
    case answered([EntryFate])
    /// The service takes no call with this in it: as a whole it is too large, or one entry is not what it should be.
    case refused(Reason, bySize: Bool)
    /// No entry is known to have been taken. Lasting: the next call would fail of the same.
    case failed(Reason, after: Duration?, isLasting: Bool)
}

extension CallResult {
    /// What an error means for the entries of a call.
    ///
    /// - Parameters:
    ///   - sizeCodes: the service's names for a call that is too large.
    ///   - contentCodes: and for one with something in it that can never be taken.
    init(_ error: AWSError, sizeCodes: Set<String> = [], contentCodes: Set<String> = []) {
        let code = error.serviceCode ?? ""
        let reason = Reason(error.description)
        if sizeCodes.contains(code) || (error.httpStatus == 413 && error.code == .service) {
            self = .refused(reason, bySize: true)
        } else if error.code == .invalidRequest || contentCodes.contains(code) {
            self = .refused(reason, bySize: false)
        } else {
            let passes = error.isRetryable || [.connection, .timeout, .unreadableAnswer, .cancelled].contains(error.code)
            self = .failed(reason, after: error.retryAfter, isLasting: !passes)
        }
    }
}
#endif
