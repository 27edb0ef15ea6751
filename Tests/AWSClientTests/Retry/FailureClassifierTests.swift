// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import StreamRecords
import Testing

@Suite("What an error answer means for trying again") struct FailureClassifierTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    private func kind(_ status: Int, _ code: String?, serverTime: Timestamp? = nil, signedTime: Timestamp? = nil) -> AttemptFailure.Kind {
        FailureClassifier.classify(status: status, code: code, serverTime: serverTime, signedTime: signedTime ?? now, localTime: now).kind
    }

    @Test("Throttling is told by code, and by status 429") func throttlingIsToldByCodeAnd() {
        let codes = [
            "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "TooManyRequestsException",
            "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
            "LimitExceededException", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException", "KmsThrottled", "KMS.ThrottlingException",
        ]
        for code in codes { #expect(kind(400, code) == .throttling, "\(code)") }
        #expect(kind(503, "SlowDown") == .throttling)
        #expect(kind(429, nil) == .throttling)
    }

    @Test("What passes by itself is told by status and by code") func whatPassesByItselfIsTold() {
        for status in [500, 502, 503, 504] { #expect(kind(status, nil) == .transient, "\(status)") }
        for code in ["InternalServerError", "InternalError", "IDPCommunicationError", "ConditionalRequestConflict"] {
            #expect(kind(400, code) == .transient, "\(code)")
        }
        #expect(kind(400, "RequestTimeout") == .timeout)
        #expect(kind(400, "RequestTimeoutException") == .timeout)
    }

    @Test("All else is permanent") func allElseIsPermanent() {
        for (status, code) in [
            (400, "ConditionalCheckFailedException"), (400, "ValidationException"), (403, "AccessDenied"), (404, "NoSuchKey"), (412, "PreconditionFailed"),
            (400, "TransactionCanceledException"), (501, "NotImplemented"), (400, "QueueDoesNotExist"),
        ] {
            #expect(kind(status, code) == .permanent, "\(code)")
        }
    }

    @Test("The clock is to blame where the service's is more than four minutes away") func theClockIsToBlameWhere() {
        let ahead = Timestamp(milliseconds: now.milliseconds + 600_000)
        let behind = Timestamp(milliseconds: now.milliseconds - 3_600_000)
        let near = Timestamp(milliseconds: now.milliseconds + 240_000)
        for code in ["RequestTimeTooSkewed", "InvalidSignatureException", "SignatureDoesNotMatch", "RequestInTheFuture", "RequestExpired", "AuthFailure"] {
            #expect(kind(403, code, serverTime: ahead) == .clockSkew(.seconds(600)), "\(code)")
            #expect(kind(403, code, serverTime: behind) == .clockSkew(.seconds(-3600)), "\(code)")
        }
        #expect(kind(403, "SignatureDoesNotMatch", serverTime: near) == .permanent)
        #expect(kind(403, "SignatureDoesNotMatch") == .permanent)
        // A correction that is right already is not made again.
        #expect(kind(403, "SignatureDoesNotMatch", serverTime: ahead, signedTime: ahead) == .permanent)
        #expect(kind(400, "ValidationException", serverTime: ahead) == .permanent)
    }

    @Test("Expired tokens ask for new credentials") func expiredTokensAskForNewCredentials() {
        for code in ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"] {
            #expect(kind(400, code) == .expiredCredentials, "\(code)")
        }
    }

    @Test("Dates of answers are read") func datesOfAnswersAreRead() {
        #expect(Timestamp(httpDate: "Fri, 20 Nov 2026 15:00:00 GMT") == Timestamp(iso8601: "2026-11-20T15:00:00Z"))
        #expect(Timestamp(httpDate: "Sun, 06 Jan 2030 08:49:37 GMT") == Timestamp(iso8601: "2030-01-06T08:49:37Z"))
        for text in ["", "Fri, 20 Nov 2026 15:00:00", "Fri, 20 Nov 2026 15:00 GMT", "2026-11-20T15:00:00Z", "Fri, 2 Nov 2026 15:00:00 GMT", "Fri, 20 Foo 2026 15:00:00 GMT"] {
            #expect(Timestamp(httpDate: text) == nil, "\(text)")
        }
    }
}

#endif
