// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import StreamRecords

/// What code, environment and shared files come to together.
struct ResolvedSettings: Sendable, Hashable {
    /// The profile in use, and whether it was named in code.
    var profileName: String
    var isProfileNamedInCode: Bool
    var profiles: SharedProfiles
    var region: String?
    var maximumAttempts: Int
    var s3Addressing: S3Addressing
    /// Endpoints that somebody set, in place of the region's.
    var endpoints: [AWSService: HTTPEndpoint]

    func requiredRegion() throws(AWSError) -> String {
        guard let region else {
            throw AWSError(.configuration, "no region is known: set AWS_REGION, or region in the profile \(profileName)")
        }
        return region
    }

    /// Where requests to a service go. STS, which credentials may be needed from before there is a region, has an endpoint for all of AWS.
    func address(of service: AWSService, bucket: String? = nil) throws(AWSError) -> ServiceAddress {
        let isGlobal = service == .sts && self.region == nil
        let region = isGlobal ? "us-east-1" : try requiredRegion()
        let endpoint = endpoints[service]
            ?? HTTPEndpoint(host: "\(service.endpointPrefix)\(isGlobal ? "" : ".\(region)").\(AWSPartition(of: region).suffix)")
        var address = ServiceAddress(endpoint: endpoint, prefix: endpoint.path, region: region)
        guard let bucket else { return address }
        if BucketName.isInHost(bucket, endpoint, s3Addressing) {
            address.endpoint.host = "\(bucket).\(endpoint.host)"
        } else {
            address.prefix += "/\(bucket)"
        }
        return address
    }
}

#endif
