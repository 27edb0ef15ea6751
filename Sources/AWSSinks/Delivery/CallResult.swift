// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice

/// What became of one entry of a call.
enum EntryFate: Sendable, Hashable {
    case settled(Outcome)
    /// To be sent once more, while there are attempts left; after so long at least, where the service said so.
    case again(Reason, after: Duration? = nil)
}

/// What became of a call.
enum CallResult: Sendable, Hashable {
    /// A fate for each entry, in their order.
    case answered([EntryFate])
    /// The service takes no call with this in it: as a whole it is too large, or one entry is not what it should be.
    case refused(Reason, bySize: Bool)
    /// No entry is known to have been taken. Each may be sent once more, unless the failure lasts: then the next call would fail of the same.
    case failed(Reason, after: Duration?, isLasting: Bool)
}

extension CallResult {
    /// What an error means for the entries of a call that had several.
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
            self = .failed(reason, after: error.retryAfter, isLasting: !error.mayPass)
        }
    }

    /// What an error means for the one entry of a call.
    ///
    /// - Parameter reason: in place of the error's own words.
    init(ofSingle error: AWSError, reason: String? = nil) {
        let reason = Reason(reason ?? error.description)
        if error.code == .invalidRequest {
            self = .answered([.settled(.rejected(reason))])
        } else if error.concernsAll || error.mayPass {
            self = .failed(reason, after: error.retryAfter, isLasting: error.concernsAll)
        } else {
            // It may be this entry alone that the service does not like, so the others go on; and it may like it when somebody has changed something.
            self = .answered([.settled(.retry(reason, after: error.retryAfter))])
        }
    }
}

extension AWSError {
    /// The same call can succeed when it is made again.
    var mayPass: Bool { isRetryable || [.connection, .timeout, .unreadableAnswer, .cancelled].contains(code) }

    /// It concerns the service, the account or the settings, not what was sent: whatever is sent next fails likewise.
    var concernsAll: Bool {
        if code == .configuration || code == .credentials || code == .closed { return true }
        if isNotFound || isAccessDenied { return true }
        guard let serviceCode else { return false }
        return AWSError.refusals.contains(serviceCode)
    }

    private static let refusals: Set<String> = [
        "AllAccessDisabled", "AuthorizationHeaderMalformed", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidAccessKeyId",
        "InvalidBucketName", "InvalidClientTokenId", "InvalidSignatureException", "InvalidStorageClass", "MissingAuthenticationToken",
        "MissingAuthenticationTokenException", "NotImplemented", "PermanentRedirect", "SignatureDoesNotMatch", "UnrecognizedClientException",
    ]

    /// The credentials are sound, and may not do this.
    var isAccessDenied: Bool {
        code == .service && (serviceCode?.contains("AccessDenied") == true || serviceCode == "NotAuthorized" || serviceCode == "UnauthorizedOperation")
    }
}
#endif
