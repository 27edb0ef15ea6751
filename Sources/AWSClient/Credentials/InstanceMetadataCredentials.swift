// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import Logging
internal import StreamRecords

/// What EC2's metadata service tells of the machine's role: version 2, with a token, and version 1 where that is all there is.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html>
struct InstanceMetadataCredentials: CredentialProvider {
    private static let rolePath = "/latest/meta-data/iam/security-credentials/"

    private let configuration: AWSConfiguration
    private let transport: any HTTPTransport
    private let profile: SharedFile.Section

    init(_ configuration: AWSConfiguration, _ transport: any HTTPTransport, profile: SharedFile.Section = .init()) {
        self.configuration = configuration
        self.transport = transport
        self.profile = profile
    }

    func credentials() async throws(AWSError) -> AWSCredentials? {
        if configuration.environment.isTrue("AWS_EC2_METADATA_DISABLED") { return nil }
        let endpoint = try endpoint()
        switch try await sessionToken(endpoint) {
        case .token(let text): return try await keys(of: try await role(endpoint, text), endpoint, text)
        case .versionOne: return try await keys(of: try await role(endpoint, nil), endpoint, nil)
        case .untold:
            let role: String?
            do throws(AWSError) {
                role = try await self.role(endpoint, nil)
            } catch {
                try noteAbsence(error)
                return nil
            }
            return try await keys(of: role, endpoint, nil)
        case .absent: return nil
        }
    }

    /// - Returns: absent where the machine has none.
    private func role(_ endpoint: HTTPEndpoint, _ token: String?) async throws(AWSError) -> String? {
        try await get(endpoint, InstanceMetadataCredentials.rolePath, token)?.trimmed.split(separator: "\n").first.map { String($0).trimmed }
    }

    private func keys(of role: String?, _ endpoint: HTTPEndpoint, _ token: String?) async throws(AWSError) -> AWSCredentials? {
        guard let role, let text = try await get(endpoint, InstanceMetadataCredentials.rolePath + role, token) else { return nil }
        return try read(text, role: role)
    }

    /// Takes it for another machine than EC2's where the service cannot be reached. An end of the task or the client is thrown on.
    private func noteAbsence(_ error: AWSError) throws(AWSError) {
        if error.code != .credentials { throw error }
        configuration.logger.debug("EC2's metadata service cannot be reached", metadata: ["error": "\(error)"])
    }

    private func read(_ text: String, role: String) throws(AWSError) -> AWSCredentials {
        let answer: CredentialDocument
        do throws(AnswerError) {
            answer = try CredentialDocument(Array(text.utf8), tokenName: "Token")
        } catch {
            throw fail("no credentials: \(error.message)")
        }
        var expiration = answer.expiration
        let now = configuration.clock.now()
        if let old = expiration, old <= now {
            // The service gives old keys while it cannot get new ones, and AWS takes them meanwhile. It is asked again when three quarters of this are over.
            expiration = Timestamp(milliseconds: now.milliseconds + 8 * 60_000)
            configuration.logger.warning("The machine's credentials have expired; using them until there are new ones", metadata: ["role": "\(role)"])
        }
        return AWSCredentials(answer.keys, expiration: expiration, source: "the machine's role \(role)")
    }

    private func fail(_ message: String) -> AWSError { AWSError(.credentials, "EC2's metadata service: \(message)") }

    private func endpoint() throws(AWSError) -> HTTPEndpoint {
        if let url = configuration.environment.setting("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? profile.values.setting("ec2_metadata_service_endpoint") {
            guard let endpoint = HTTPEndpoint(url) else { throw fail("\(url) is no address (AWS_EC2_METADATA_SERVICE_ENDPOINT)") }
            return endpoint
        }
        let mode =
            configuration.environment.setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE") ?? profile.values.setting("ec2_metadata_service_endpoint_mode")
        return HTTPEndpoint(scheme: "http", host: mode?.lowercased() == "ipv6" ? "fd00:ec2::254" : "169.254.169.254")
    }

    // MARK: Requests

    private enum Token {
        case token(String)
        case versionOne
        /// No answer in time. A container's network may let requests through and drop the answers with tokens, which travel only one hop unless the
        /// machine's settings say otherwise; version 1 may answer then.
        case untold
        /// There is no such service: this is no machine of EC2.
        case absent
    }

    private func sessionToken(_ endpoint: HTTPEndpoint) async throws(AWSError) -> Token {
        let request = message("PUT", endpoint, "/latest/api/token", [HTTPHeader("x-aws-ec2-metadata-token-ttl-seconds", "21600")])
        let response: HTTPResponse
        do throws(AWSError) {
            response = try await send(request)
        } catch {
            if (error.underlying as? HTTPTransportError)?.kind == .timeout, !isVersionOneDisabled { return .untold }
            try noteAbsence(error)
            return .absent
        }
        switch response.status {
        case 200: return .token(String(decoding: response.body, as: UTF8.self).trimmed)
        case 403, 404, 405:
            if isVersionOneDisabled { throw fail("there is no token (status \(response.status)), and version 1 is switched off") }
            return .versionOne
        default: throw fail("the request for a token was answered with status \(response.status)")
        }
    }

    private var isVersionOneDisabled: Bool {
        configuration.environment.isTrue("AWS_EC2_METADATA_V1_DISABLED") || profile.values.isTrue("ec2_metadata_v1_disabled")
    }

    /// - Returns: absent where there is nothing of that name.
    private func get(_ endpoint: HTTPEndpoint, _ path: String, _ token: String?) async throws(AWSError) -> String? {
        let response = try await send(message("GET", endpoint, path, token.map { [HTTPHeader("x-aws-ec2-metadata-token", $0)] } ?? []))
        switch response.status {
        case 200: return String(decoding: response.body, as: UTF8.self)
        case 404: return nil
        default: throw fail("\(path) was answered with status \(response.status)")
        }
    }

    private func message(_ method: String, _ endpoint: HTTPEndpoint, _ path: String, _ headers: [HTTPHeader]) -> HTTPRequest {
        HTTPRequest(
            method: method, endpoint: endpoint, path: endpoint.path + path, headers: [HTTPHeader("host", endpoint.authority)] + headers)
    }

    /// One second and one attempt, unless `AWS_METADATA_SERVICE_TIMEOUT` and `AWS_METADATA_SERVICE_NUM_ATTEMPTS` give more.
    private func send(_ request: HTTPRequest) async throws(AWSError) -> HTTPResponse {
        let environment = configuration.environment
        let attempts = max(1, environment.setting("AWS_METADATA_SERVICE_NUM_ATTEMPTS").flatMap { Int($0) } ?? 1)
        let seconds = min(max(1, environment.setting("AWS_METADATA_SERVICE_TIMEOUT").flatMap { Int($0) } ?? 1), 60)
        var attempt = 1
        while true {
            do throws(HTTPTransportError) {
                let response = try await transport.send(request, timeout: .seconds(seconds), maximumAnswer: 1 << 16)
                if response.status < 500 || attempt >= attempts { return response }
            } catch {
                let code: AWSError.Code = error.kind == .cancelled ? .cancelled : error.kind == .closed ? .closed : .credentials
                if attempt >= attempts || code != .credentials { throw AWSError(code, "EC2's metadata service: \(error)", underlying: error) }
            }
            attempt += 1
        }
    }
}

#endif
