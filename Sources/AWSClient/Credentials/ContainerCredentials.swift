// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner

/// What a container's host tells: ECS's tasks, EKS's pods.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>
struct ContainerCredentials: CredentialProvider {
    static let timeout = Duration.seconds(2)
    static let attempts = 3

    private let configuration: AWSConfiguration
    private let transport: any HTTPTransport

    init(_ configuration: AWSConfiguration, _ transport: any HTTPTransport) {
        self.configuration = configuration
        self.transport = transport
    }

    func credentials() async throws(AWSError) -> AWSCredentials? {
        guard var request = try request() else { return nil }
        if let token = try await authorization() { request.headers.append(HTTPHeader("authorization", token)) }
        let response = try await send(request)
        do throws(AnswerError) {
            let answer = try CredentialDocument(response.body, tokenName: "Token")
            return AWSCredentials(answer.keys, expiration: answer.expiration, source: "the container's endpoint")
        } catch {
            throw fail("\(request.url) answered something else than credentials: \(error.message)")
        }
    }

    private func fail(_ message: String) -> AWSError { AWSError(.credentials, "credentials of the container: \(message)") }

    private func request() throws(AWSError) -> HTTPRequest? {
        let environment = configuration.environment
        let url: String
        if let path = environment.setting("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            guard path.hasPrefix("/") else { throw fail("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is \(path); expected a path from /") }
            url = "http://169.254.170.2" + path
        } else if let full = environment.setting("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            url = full
        } else {
            return nil
        }
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let endpoint = HTTPEndpoint(String(first)) else { throw fail("\(url) is no address") }
        guard ContainerCredentials.mayBeAsked(endpoint) else {
            throw fail("\(url): without TLS only this machine, 169.254.170.2, 169.254.170.23 and fd00:ec2::23 are asked")
        }
        // As it was written: Greengrass serves its keys at a path with a slash at its end, and at none without.
        let path = first.dropFirst(endpoint.scheme.count + "://".count).drop { $0 != "/" }
        return HTTPRequest(
            method: "GET", endpoint: endpoint, path: path.isEmpty ? "/" : String(path), query: parts.count > 1 ? String(parts[1]) : "",
            headers: [HTTPHeader("host", endpoint.authority), HTTPHeader("accept", "application/json")])
    }

    /// Credentials go over the wire: elsewhere only with TLS.
    static func mayBeAsked(_ endpoint: HTTPEndpoint) -> Bool {
        if endpoint.scheme == "https" || endpoint.host == "localhost" { return true }
        if let address = IPv4Address(endpoint.host) {
            return address.octets[0] == 127 || ["169.254.170.2", "169.254.170.23"].contains(endpoint.host)
        }
        return ["::1", "fd00:ec2::23"].contains(endpoint.host)
    }

    private func authorization() async throws(AWSError) -> String? {
        let environment = configuration.environment
        var token = environment.setting("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if let file = environment.setting("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            guard let text = try await FileText.read(file) else { throw fail("the token file \(file) is not there") }
            token = text.trimmed
        }
        if let token, !token.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) { throw fail("the authorization token has a line break in it") }
        return token
    }

    private func send(_ request: HTTPRequest) async throws(AWSError) -> HTTPResponse {
        var attempt = 1
        while true {
            let failure: AWSError
            var mayHelp = true
            do throws(HTTPTransportError) {
                let response = try await transport.send(request, timeout: ContainerCredentials.timeout, maximumAnswer: 1 << 16)
                if response.status == 200 { return response }
                mayHelp = response.status >= 500 || response.status == 429
                failure = fail("\(request.url) answered with status \(response.status): \(String(decoding: response.body.prefix(200), as: UTF8.self))")
            } catch {
                mayHelp = error.kind == .connection || error.kind == .timeout
                failure = AWSError(.credentials, "credentials of the container: \(error)", isRetryable: mayHelp, underlying: error)
            }
            if !mayHelp || attempt >= ContainerCredentials.attempts { throw failure }
            attempt += 1
            do {
                try await configuration.clock.sleep(.seconds(1))
            } catch {
                throw AWSError(.cancelled, "the task was cancelled")
            }
        }
    }
}

#endif
