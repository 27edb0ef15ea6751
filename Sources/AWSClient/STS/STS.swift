// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import StreamRecords

/// The calls to STS that Sluice makes.
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html>
public struct STS: Sendable {
    let caller: ServiceCaller

    /// Temporary keys of a role.
    public func assumeRole(_ request: AssumeRoleRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> AWSCredentials {
        try await send("AssumeRole", deadline, form: try request.form())
    }

    /// Temporary keys of a role for who has a token of somebody that the role trusts; the call is not signed.
    public func assumeRoleWithWebIdentity(
        _ request: AssumeRoleWithWebIdentityRequest, deadline: ContinuousClock.Instant? = nil
    ) async throws(AWSError) -> AWSCredentials {
        try await send("AssumeRoleWithWebIdentity", deadline, isSigned: false, form: try request.form())
    }

    fileprivate static func check(_ role: String, _ session: String, _ duration: Int?) throws(AWSError) {
        try RequestCheck.count(role.utf8.count, of: "bytes in the role's ARN", in: 20...2048)
        try RequestCheck.name(session, "the session's name", lengths: 2...64, characters: "_+=,.@-")
        if let duration { try RequestCheck.count(duration, of: "seconds", in: 900...43_200) }
    }

    /// By AWS's query protocol: a form goes up, XML comes down.
    ///
    /// <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>
    private func send(
        _ operation: String, _ deadline: ContinuousClock.Instant?, isSigned: Bool = true,
        form items: @autoclosure () throws(AWSError) -> [(String, String?)]
    ) async throws(AWSError) -> AWSCredentials {
        do throws(AWSError) {
            var form = [(name: "Action", value: operation), (name: "Version", value: "2011-06-15")]
            for (name, value) in try items() {
                if let value { form.append((name: name, value: value)) }
            }
            var call = Call(operation)
            call.headers = [HTTPHeader("content-type", "application/x-www-form-urlencoded; charset=utf-8")]
            call.body = Array(URIEncoding.query(form).utf8)
            call.errorForm = .xml
            call.isSigned = isSigned
            return try await caller.send(call, deadline: deadline).read { try $0.credentials(operation) }
        } catch {
            throw caller.named(error, operation)
        }
    }
}

extension STS.AssumeRoleRequest {
    fileprivate func form() throws(AWSError) -> [(String, String?)] {
        try STS.check(roleARN, sessionName, durationSeconds)
        if let externalID { try RequestCheck.name(externalID, "the external id", lengths: 2...1224, characters: "_+=,.@:/-") }
        return [
            ("RoleArn", roleARN), ("RoleSessionName", sessionName), ("DurationSeconds", durationSeconds.map { String($0) }),
            ("ExternalId", externalID),
        ]
    }
}

extension STS.AssumeRoleWithWebIdentityRequest {
    fileprivate func form() throws(AWSError) -> [(String, String?)] {
        try STS.check(roleARN, sessionName, durationSeconds)
        try RequestCheck.count(token.utf8.count, of: "bytes in the token", in: 4...20_000)
        return [
            ("RoleArn", roleARN), ("RoleSessionName", sessionName), ("WebIdentityToken", token),
            ("DurationSeconds", durationSeconds.map { String($0) }),
        ]
    }
}

extension HTTPResponse {
    fileprivate func credentials(_ operation: String) throws(AnswerError) -> AWSCredentials {
        let root = try xml()
        let result = root.child("\(operation)Result")
        guard let part = result?.child("Credentials"), let id = part.text(of: "AccessKeyId"), let secret = part.text(of: "SecretAccessKey"),
            let token = part.text(of: "SessionToken"), let until = part.text(of: "Expiration").flatMap({ Timestamp(iso8601: $0) })
        else { throw AnswerError(at: "\(operation)Result.Credentials", expected: "AccessKeyId, SecretAccessKey, SessionToken and Expiration") }
        let name = result?.child("AssumedRoleUser")?.text(of: "Arn") ?? operation
        return AWSCredentials(.init(accessKeyID: id, secretAccessKey: secret, sessionToken: token), expiration: until, source: name)
    }
}

#endif
