// SPDX-License-Identifier: Apache-2.0

#if AWS

/// A service that is called by AWS's JSON protocol.
///
/// <https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html>
protocol JSONService {
    /// What the header `x-amz-target` has before the operation's name.
    static var target: String { get }
    /// The protocol's version, as the content type names it.
    static var jsonVersion: String { get }
    var caller: ServiceCaller { get }
}

extension JSONService {
    /// Sends a call and reads its answer, with the operation's name in every error.
    func send<Value>(
        _ operation: String, _ deadline: ContinuousClock.Instant?, body: @autoclosure () throws(AWSError) -> [UInt8],
        reading read: (HTTPResponse) throws -> Value
    ) async throws(AWSError) -> Value {
        do throws(AWSError) {
            let call = Call.json(operation, target: Self.target, version: Self.jsonVersion, body: try body())
            return try await caller.send(call, deadline: deadline).read(read)
        } catch {
            throw caller.named(error, operation)
        }
    }
}

#endif
