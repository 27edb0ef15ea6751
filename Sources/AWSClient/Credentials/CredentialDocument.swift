// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import StreamRecords

/// Credentials as JSON: what containers, machines and commands tell.
struct CredentialDocument {
    let keys: SigningCredentials
    let expiration: Timestamp?
    let version: Int?

    init(_ body: [UInt8], tokenName: String) throws(AnswerError) {
        let answer = try HTTPResponse(status: 200, body: body).json()
        if let code = try answer.text("Code"), code != "Success" {
            throw AnswerError("\(code): \(try answer.text("Message") ?? "no reason given")")
        }
        keys = SigningCredentials(
            accessKeyID: try answer.requiredText("AccessKeyId"), secretAccessKey: try answer.requiredText("SecretAccessKey"),
            sessionToken: try answer.text(tokenName))
        version = try answer.int("Version")
        guard let text = try answer.text("Expiration") else {
            expiration = nil
            return
        }
        expiration = Timestamp(iso8601: text)
        if expiration == nil { throw AnswerError(at: "Expiration", expected: "a time, and not \(text)") }
    }
}

#endif
