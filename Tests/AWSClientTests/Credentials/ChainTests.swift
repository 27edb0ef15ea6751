// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import AWSSigner
import StreamRecords
import Testing
import TestSupport

/// Answers of STS, containers and the metadata service, as a loopback server gives them.
enum Served {
    static func role(_ action: String, id: String = "ASIA-ROLE") -> LoopbackServer.Answer { .whole(status: 200, body: roleText(action, id: id)) }

    static func roleText(_ action: String, id: String = "ASIA-ROLE", until expiration: String = "2099-01-01T00:00:00Z") -> String {
        """
        <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result><AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn>\
        </AssumedRoleUser><Credentials><AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
        <Expiration>\(expiration)</Expiration></Credentials></\(action)Result></\(action)Response>
        """
    }

    static let keys = #"{"Code":"Success","AccessKeyId":"ASIA-HOST","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}"#
}

@Suite("Where credentials are looked for") struct ChainTests {
    /// What the chain finds.
    private func find(
        _ environment: [String: String], config: String = "", credentials: String = "", profile: String? = nil
    ) async throws -> AWSCredentials {
        let folder = try TemporaryFolder()
        var environment = ["AWS_EC2_METADATA_DISABLED": "true"].merging(environment) { $1 }
        environment["AWS_CONFIG_FILE"] = try folder.write("config", config)
        environment["AWS_SHARED_CREDENTIALS_FILE"] = try folder.write("credentials", credentials)
        var configuration = AWSConfiguration(region: "eu-central-1", environment: environment, logger: .silent)
        configuration.profile = profile
        configuration.maximumAttempts = 1
        let aws = AWSServices(configuration)
        do {
            let found = try await aws.checkCredentials()
            await aws.shutdown()
            return found
        } catch {
            await aws.shutdown()
            throw error
        }
    }

    /// A profile of the config file: with a role that it has, the profile whose keys assume it, keys of its own, and other lines.
    private func profile(_ name: String, role: String? = nil, source: String? = nil, keys id: String? = nil, _ more: String...) -> String {
        var lines = [name == "default" ? "[default]" : "[profile \(name)]"]
        if let role { lines.append("role_arn = arn:aws:iam::123456789012:role/\(role)") }
        if let source { lines.append("source_profile = \(source)") }
        if let id { lines += ["aws_access_key_id = \(id)", "aws_secret_access_key = s"] }
        return (lines + more).joined(separator: "\n") + "\n"
    }

    private let keys = "[default]\naws_access_key_id = AKIA-FILE\naws_secret_access_key = s\n"

    @Test("The environment comes first, unless a profile is named in code") func theEnvironmentComesFirstUnlessA() async throws {
        let environment = ["AWS_ACCESS_KEY_ID": "AKIA-ENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"]
        let found = try await find(environment, credentials: keys)
        #expect(found.keys == SigningCredentials(accessKeyID: "AKIA-ENV", secretAccessKey: "s", sessionToken: "t"))
        #expect(try await find(environment, credentials: keys, profile: "default").keys.accessKeyID == "AKIA-FILE")
        let other = "[profile other]\naws_access_key_id=AKIA-OTHER\naws_secret_access_key=s"
        #expect(try await find(environment.merging(["AWS_PROFILE": "other"]) { $1 }, config: other).keys.accessKeyID == "AKIA-ENV")
    }

    @Test("Half of a pair of keys is an error, in the environment and in files") func halfOfAPairOfKeys() async {
        let inEnvironment = await failure { try await find(["AWS_ACCESS_KEY_ID": "a"], credentials: keys) }
        #expect(inEnvironment?.code == .credentials)
        let inFile = await failure { try await find([:], credentials: "[default]\naws_access_key_id = a") }
        #expect(inFile?.message.contains("only one of aws_access_key_id and aws_secret_access_key") == true)
    }

    @Test("The credentials file, a command, and the config file, in this order") func theCredentialsFileACommandAnd() async throws {
        let config = "[default]\naws_access_key_id = AKIA-CONFIG\naws_secret_access_key = s\n"
        let command = "credential_process = /bin/sh -c 'echo {\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"AKIA-RUN\\\",\\\"SecretAccessKey\\\":\\\"s\\\"}'\n"
        #expect(try await find([:], config: config + command, credentials: keys).keys.accessKeyID == "AKIA-FILE")
        #expect(try await find([:], config: config + command).keys.accessKeyID == "AKIA-RUN")
        #expect(try await find([:], config: config).keys.accessKeyID == "AKIA-CONFIG")
    }

    @Test("With nothing anywhere, the error says where it was looked") func withNothingAnywhereTheErrorSays() async {
        let error = await failure { try await find([:]) }
        #expect(error?.code == .credentials)
        #expect(error?.message.contains("AWS_ACCESS_KEY_ID") == true)
    }

    @Test("A profile that signs in with a browser is told") func aProfileThatSignsInWith() async {
        let error = await failure { try await find([:], config: "[default]\nsso_session = a\nsso_account_id = 1") }
        #expect(error?.message.contains("credential_process") == true)
    }

    // MARK: Roles

    @Test("A profile assumes its role with the keys of another one") func aProfileAssumesItsRoleWith() async throws {
        try await LoopbackServer.with { _ in Served.role("AssumeRole") } _: { server async throws in
            let config = profile("default", role: "writer", source: "base", "external_id = e/1", "role_session_name = night", "duration_seconds = 900")
                + profile("base", keys: "AKIA-BASE")
            let found = try await find(["AWS_ENDPOINT_URL_STS": server.url], config: config)
            #expect(found.keys == SigningCredentials(accessKeyID: "ASIA-ROLE", secretAccessKey: "s", sessionToken: "t"))
            #expect(found.expiration == Timestamp(iso8601: "2099-01-01T00:00:00Z"))
            let request = try #require(server.requests.first)
            #expect(
                request.text == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fwriter&RoleSessionName=night"
                    + "&DurationSeconds=900&ExternalId=e%2F1")
            #expect(request.header("authorization")?.contains("Credential=AKIA-BASE/") == true)
            #expect(request.header("authorization")?.contains("/eu-central-1/sts/aws4_request") == true)
        }
    }

    @Test("Roles may follow from roles") func rolesMayFollowFromRoles() async throws {
        try await LoopbackServer.with { request in
            Served.role("AssumeRole", id: request.text.contains("first") ? "ASIA-FIRST" : "ASIA-SECOND")
        } _: { server async throws in
            let config = profile("default", role: "second", source: "middle") + profile("middle", role: "first", source: "base")
                + profile("base", keys: "AKIA-BASE")
            let found = try await find(["AWS_ENDPOINT_URL_STS": server.url], config: config)
            #expect(found.keys.accessKeyID == "ASIA-SECOND")
            #expect(server.requests.map { $0.header("authorization")?.contains("AKIA-BASE") } == [true, false])
            #expect(server.requests.last?.header("authorization")?.contains("ASIA-FIRST") == true)
        }
    }

    /// As botocore has it: `_resolve_credentials_from_profile` looks for keys first, and only the profile in use has its role assumed in spite of them.
    @Test("A profile may name itself; as another one's source its keys come before its role", arguments: ["middle", "default"])
    func aProfileMayNameItself(_ profile: String) async throws {
        try await LoopbackServer.with { _ in Served.role("AssumeRole") } _: { server async throws in
            let config = self.profile("default", role: "outer", source: "middle") + self.profile("middle", role: "inner", source: "middle", keys: "AKIA-SELF")
            let found = try await find(["AWS_ENDPOINT_URL_STS": server.url, "AWS_PROFILE": profile], config: config)
            #expect(found.keys.accessKeyID == "ASIA-ROLE")
            let role = profile == "default" ? "outer" : "inner"
            #expect(server.requests.count == 1)
            #expect(server.requests.first?.text.contains(role) == true)
            #expect(server.requests.first?.header("authorization")?.contains("AKIA-SELF") == true)
        }
    }

    @Test("A role's keys may come from a profile with a web identity, whatever the environment says of another one") func aRoleSKeysMayComeFrom() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("token", "eyJ.source")
        try await LoopbackServer.with { request in
            request.text.contains("WebIdentity") ? Served.role("AssumeRoleWithWebIdentity", id: "ASIA-WEB") : Served.role("AssumeRole")
        } _: { server async throws in
            let config = profile("default", role: "outer", source: "web") + profile("web", role: "inner", "web_identity_token_file = \(file)")
            let environment = [
                "AWS_ENDPOINT_URL_STS": server.url, "AWS_WEB_IDENTITY_TOKEN_FILE": file + "-other", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/other",
            ]
            #expect(try await find(environment, config: config).keys.accessKeyID == "ASIA-ROLE")
            #expect(server.requests.map { $0.text.contains("role%2Finner") } == [true, false])
            #expect(server.requests.first?.text.contains("WebIdentityToken=eyJ.source") == true)
            #expect(server.requests.last?.text.contains("role%2Fouter") == true)
            #expect(server.requests.last?.header("authorization")?.contains("ASIA-WEB") == true)
        }
    }

    /// By a clock that is two hours fast, keys that are good for an hour seem to have expired when they are got.
    @Test("Keys of a role are good by the clock of STS, where that was told", arguments: [true, false]) func keysOfARoleAreGood(_ isWeb: Bool) async throws {
        let folder = try TemporaryFolder()
        let action = isWeb ? "AssumeRoleWithWebIdentity" : "AssumeRole"
        let date = ["Date": "Fri, 20 Nov 2026 15:00:00 GMT"]
        let skewed = HTTPResponse(403, date, "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired</Message></Error></ErrorResponse>")
        func role(_ id: String, until expiration: String) -> HTTPResponse {
            HTTPResponse(200, date, Served.roleText(action, id: id, until: expiration))
        }
        let roles = [role("FIRST", until: "2026-11-20T16:00:00Z"), role("SECOND", until: "2026-11-20T17:00:00Z")]
        let answers: [ScriptedTransport.Answer] = ((isWeb ? [] : [skewed]) + roles).map { .success($0) }
        let transport = ScriptedTransport(answers)
        let clock = TestClock("2026-11-20T17:00:00Z")
        let more = isWeb ? "web_identity_token_file = \(try folder.write("token", "eyJ.clock"))\n" : "source_profile = default\n" + keys.dropFirst(10)
        var configuration = AWSConfiguration(
            region: "eu-central-1",
            environment: [
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_SHARED_CREDENTIALS_FILE": folder.path + "/none",
                "AWS_CONFIG_FILE": try folder.write("config", "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\n" + more),
            ], logger: .silent)
        configuration.transport = transport
        configuration.clock = clock.clock
        let aws = AWSServices(configuration)
        #expect(try await aws.checkCredentials().keys.accessKeyID == "FIRST")
        let sent = transport.requests.count
        clock.advance(seconds: 40 * 60)
        #expect(try await aws.checkCredentials().keys.accessKeyID == "FIRST")
        #expect(transport.requests.count == sent)
        clock.advance(seconds: 15 * 60)
        #expect(try await aws.checkCredentials().keys.accessKeyID == "SECOND")
    }

    @Test("A role's keys may come from the environment") func aRoleSKeysMayCome() async throws {
        try await LoopbackServer.with { _ in Served.role("AssumeRole") } _: { server async throws in
            let config = "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\ncredential_source = Environment"
            let environment = ["AWS_ENDPOINT_URL_STS": server.url, "AWS_ACCESS_KEY_ID": "AKIA-ENV", "AWS_SECRET_ACCESS_KEY": "s"]
            #expect(try await find(environment, config: config, profile: "default").keys.accessKeyID == "ASIA-ROLE")
            #expect(server.requests.first?.header("authorization")?.contains("AKIA-ENV") == true)
        }
    }

    @Test("Profiles that lead nowhere are told", arguments: [
        "source_profile = a\n[profile a]\nrole_arn = arn:aws:iam::1:role/abcdef\nsource_profile = default", "source_profile = none", "", "source_profile = default",
        "source_profile = a\ncredential_source = Environment", "credential_source = Elsewhere", "source_profile = a\nmfa_serial = m\n[profile a]",
        "credential_source = Environment", "source_profile = a\n[profile a]\nregion = x",
    ])
    func profilesThatLeadNowhereAreTold(_ rest: String) async {
        let error = await failure { try await find([:], config: "[default]\nrole_arn = arn:aws:iam::1:role/abcdef\n" + rest) }
        #expect(error?.code == .credentials)
        #expect(error?.message.contains("profile") == true)
    }

    @Test("A role that STS refuses is an error with its code") func aRoleThatSTSRefusesIs() async throws {
        try await LoopbackServer.with { _ in
            .whole(
                status: 403,
                body: "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r-1</RequestId></ErrorResponse>")
        } _: { server async throws in
            let config = "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = default\n" + keys.dropFirst(10)
            let error = await failure { try await find(["AWS_ENDPOINT_URL_STS": server.url], config: config) }
            #expect(error?.serviceCode == "AccessDenied")
            #expect(error?.requestID == "r-1")
            #expect(error?.operation == "AssumeRole")
        }
    }

    // MARK: Web identity

    @Test("A token in a file gives a role, by a request without signature") func aTokenInAFileGives() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("token", "eyJ.first\n")
        try await LoopbackServer.with { _ in Served.role("AssumeRoleWithWebIdentity") } _: { server async throws in
            let environment = [
                "AWS_ENDPOINT_URL_STS": server.url, "AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/pod",
                "AWS_ROLE_SESSION_NAME": "pod-1",
            ]
            let found = try await find(environment, credentials: keys)
            #expect(found.keys.accessKeyID == "ASIA-ROLE")
            let request = try #require(server.requests.first)
            #expect(request.header("authorization") == nil)
            #expect(request.text.hasSuffix("&RoleSessionName=pod-1&WebIdentityToken=eyJ.first"))
        }
    }

    @Test("A profile may name the token, and a token without a role or file is an error") func aProfileMayNameTheToken() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("token", "eyJ.second")
        try await LoopbackServer.with { _ in Served.role("AssumeRoleWithWebIdentity") } _: { server async throws in
            let config = "[default]\nrole_arn = arn:aws:iam::123456789012:role/p\nweb_identity_token_file = \(file)"
            #expect(try await find(["AWS_ENDPOINT_URL_STS": server.url], config: config).keys.accessKeyID == "ASIA-ROLE")
            #expect(server.requests.first?.text.contains("eyJ.second") == true)
        }
        #expect(await failure { try await find(["AWS_WEB_IDENTITY_TOKEN_FILE": file]) }?.message.contains("AWS_ROLE_ARN") == true)
        let absent = ["AWS_WEB_IDENTITY_TOKEN_FILE": file + "-not", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/p"]
        #expect(await failure { try await find(absent) }?.message.contains("is not there") == true)
    }
}

#endif
