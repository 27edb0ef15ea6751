// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import Testing

/// Whether a request was sent, and nothing else was the matter.
func isSent(_ answer: HTTPResponse = HTTPResponse(), _ call: (AWSServices) async throws -> Void) async -> Bool {
    let transport = ScriptedTransport(answer)
    do {
        try await call(AWSServices(transport))
    } catch let error as AWSError where error.code == .invalidRequest {
        #expect(transport.requests.isEmpty)
        #expect(error.isRetryable == false)
        return false
    } catch {}
    return transport.requests.count == 1
}

#endif
