// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import StreamRecords

/// Where requests to one service go, and for which region they are signed.
struct ServiceAddress: Sendable, Hashable {
    var endpoint: HTTPEndpoint
    /// What all paths begin with: the endpoint's own path, and a bucket.
    var prefix: String
    var region: String

    /// A call as it goes out, signed where there are keys.
    func request(
        _ call: Call, _ service: AWSService, keys: SigningCredentials?, _ cache: SigningKeyCache, at time: Timestamp, clockOffset: Duration
    ) -> HTTPRequest {
        let path = prefix + call.path
        let query = URIEncoding.query(call.query)
        var headers = call.headers
        headers.append(HTTPHeader("host", endpoint.authority))
        if let keys {
            let signing = SigningRequest(
                method: call.method, path: path, query: query, headers: headers,
                payload: call.body.isEmpty ? .empty : PayloadHash(of: call.body))
            let signature = Signer(region: region, service: service.signingName, keys: cache)
                .sign(signing, with: keys, at: SigningTime(seconds: time.milliseconds / 1000), clockOffset: clockOffset)
            headers += signature.headers
        }
        return HTTPRequest(method: call.method, endpoint: endpoint, path: path, query: query, headers: headers, body: call.body)
    }
}

#endif
