// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import Foundation
import Testing
import TestSupport

@Suite("Shared files") struct SharedFileTests {
    @Test("Sections, settings, settings below settings and comments are read") func sectionsSettingsSettingsBelowSettingsAnd() throws {
        let file = try SharedFile(
            parsing: """
                # a comment
                [default]
                region = eu-central-1 # not the value
                Output=json
                s3 =
                  addressing_style = path
                \tmax_bandwidth=1
                [profile  dev]\r
                credential_process = /bin/x --a "b ; c"  ; comment
                empty =
                [services local]
                dynamodb =
                  endpoint_url = http://localhost:8000
                sqs =
                  endpoint_url = http://localhost:9324#x
                [default]
                region = eu-west-1
                """, path: "config")
        #expect(file.sections.keys.sorted() == ["default", "profile dev", "services local"])
        #expect(file.sections["default"]?.values["region"] == "eu-west-1")
        #expect(file.sections["default"]?.values["output"] == "json")
        #expect(file.sections["default"]?.nested["s3"] == ["addressing_style": "path", "max_bandwidth": "1"])
        #expect(file.sections["services local"]?.nested["sqs"] == ["endpoint_url": "http://localhost:9324#x"])
        // Behind the line that ends with a carriage return; a comment begins with a blank and its mark, quotes or not.
        #expect(file.sections["profile dev"]?.values == ["credential_process": "/bin/x --a \"b", "empty": ""])
    }

    @Test("A file of Windows's line ends says what the same file says without") func aFileOfWindowsSLine() throws {
        let text = "# a comment\n\n[default]\nregion = eu-central-1\ns3 =\n  addressing_style = path\n[profile dev] ; x\naws_access_key_id=AKIA\n"
        let file = try SharedFile(parsing: text.replacing("\n", with: "\r\n"), path: "config")
        let plain = try SharedFile(parsing: text, path: "config")
        #expect(file == plain)
        #expect(file.sections["default"]?.values["region"] == "eu-central-1")
        #expect(file.sections["default"]?.nested["s3"] == ["addressing_style": "path"])
        #expect(file.sections["profile dev"]?.values == ["aws_access_key_id": "AKIA"])
        let error = #expect(throws: AWSError.self) { try SharedFile(parsing: "[default]\r\n\r\nregion\r\n", path: "config") }
        #expect(error?.message.hasPrefix("config, line 3: expected") == true)
    }

    @Test("What is no setting is told with its line", arguments: ["region = a", "[default", "[default]\nregion"])
    func whatIsNoSettingIsTold(_ text: String) {
        let error = #expect(throws: AWSError.self) { try SharedFile(parsing: text, path: "/x/config") }
        #expect(error?.message.hasPrefix("/x/config, line \(text.contains("\n") ? 2 : 1): expected") == true)
    }

    @Test("Credentials count before config, and [profile default] before [default]") func credentialsCountBeforeConfigAndProfile() throws {
        let config = try SharedFile(parsing: "[default]\nregion=a\n[profile default]\nregion=b\nname=c\n[profile 'my own']\nregion=d", path: "config")
        let credentials = try SharedFile(parsing: "[default]\nname=e\n[other]\naws_access_key_id=x", path: "credentials")
        let profiles = SharedProfiles(config: config, credentials: credentials)
        #expect(profiles.profile("default")?.values == ["region": "b", "name": "e"])
        #expect(profiles.profile("my own")?.values["region"] == "d")
        #expect(profiles.profile("other") != nil)
        #expect(profiles.profile("none") == nil)
    }
}

@Suite("Settings from code, environment and files") struct SettingsTests {
    private static let config = """
        [default]
        region = from-profile
        max_attempts = 7
        endpoint_url = http://profile
        services = local
        [profile dev]
        region = from-dev
        s3 =
          addressing_style = path
        [services local]
        dynamodb =
          endpoint_url = http://section
        """

    private func settings(
        _ environment: [String: String], config: String = SettingsTests.config, _ change: (inout AWSConfiguration) -> Void = { _ in }
    ) throws -> ResolvedSettings {
        var configuration = AWSConfiguration(environment: environment, logger: .silent)
        change(&configuration)
        return try SettingsResolver.resolve(configuration, SharedProfiles(config: try SharedFile(parsing: config, path: "config")))
    }

    @Test("The region is looked for in code, AWS_REGION, AWS_DEFAULT_REGION, the profile") func theRegionIsLookedForIn() throws {
        #expect(try settings([:]).region == "from-profile")
        #expect(try settings(["AWS_DEFAULT_REGION": "old"]).region == "old")
        #expect(try settings(["AWS_DEFAULT_REGION": "old", "AWS_REGION": "new"]).region == "new")
        #expect(try settings(["AWS_REGION": "new"]) { $0.region = "code" }.region == "code")
        #expect(try settings(["AWS_REGION": ""]).region == "from-profile")
        #expect(try settings(["AWS_PROFILE": "dev"]).region == "from-dev")
        #expect(try settings(["AWS_PROFILE": "dev"]) { $0.profile = "default" }.region == "from-profile")
        #expect(try settings([:], config: "").region == nil)
        #expect(throws: AWSError.self) { try settings(["AWS_REGION": "evil.example.com/"]) }
    }

    @Test("A setting that says nothing counts as absent") func aSettingThatSaysNothing() throws {
        let empty = try settings([:], config: "[default]\nregion =\nmax_attempts =\nretry_mode =\nendpoint_url =\nservices =\n")
        #expect(empty.region == nil)
        #expect(empty.maximumAttempts == 3)
        #expect(empty.endpoints.isEmpty)
    }

    @Test("A file that may not be read counts as absent where nobody named it") func aFileThatMayNotBeRead() async throws {
        func profiles(_ environment: [String: String]) async throws(AWSError) -> SharedProfiles {
            try await SettingsResolver.profiles(AWSConfiguration(environment: environment, logger: .silent)) { path throws(AWSError) in
                if path.hasSuffix("config") { throw AWSError(.configuration, "\(path): no", underlying: FileText.Denied()) }
                return "[default]\nregion = r"
            }
        }
        let found = try await profiles(["HOME": "/home/me"])
        #expect(found.inConfig.isEmpty)
        #expect(found.inCredentials["default"]?.values == ["region": "r"])
        #expect(await failure { try await profiles(["HOME": "/home/me", "AWS_CONFIG_FILE": "~/config"]) }?.message == "/home/me/config: no")
    }

    /// The superuser may read everything.
    @Test("Files that may not be read are told from those that are not there", .enabled(if: geteuid() != 0)) func filesThatMayNotBeRead() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("config", "[default]")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file)
        #expect(await failure { try await FileText.read(file) }?.underlying is FileText.Denied)
        #expect(try await FileText.read(folder.path + "/none") == nil)
    }

    @Test("A profile that is named must be there") func aProfileThatIsNamedMust() {
        #expect(throws: AWSError.self) { try settings(["AWS_PROFILE": "none"]) }
        #expect(throws: AWSError.self) { try settings([:]) { $0.profile = "none" } }
    }

    @Test("A failure is not kept: the next call reads the files again, and a success is kept") func aFailureIsNotKept() async throws {
        let folder = try TemporaryFolder()
        let environment = ["AWS_CONFIG_FILE": folder.path + "/config", "AWS_SHARED_CREDENTIALS_FILE": folder.path + "/credentials", "AWS_PROFILE": "late"]
        let resolver = SettingsResolver(AWSConfiguration(environment: environment, logger: .silent))
        for _ in 0..<2 { #expect(await failure { try await resolver.settings() }?.message.contains("the profile late") == true) }
        try folder.write("config", "[profile late]\nregion = eu-west-3\n")
        #expect(try await resolver.settings().region == "eu-west-3")
        try folder.write("config", "[profile late]\nregion = eu-west-1\n")
        #expect(try await resolver.settings().region == "eu-west-3")
    }

    @Test("Endpoints: code, the service's variable, the variable, the section, the profile") func endpointsCodeTheServiceSVariable() throws {
        func endpoint(_ service: AWSService, _ environment: [String: String], _ change: (inout AWSConfiguration) -> Void = { _ in }) throws -> String? {
            try settings(environment, change).endpoints[service]?.description
        }
        let both = ["AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_DYNAMODB": "http://one", "AWS_ENDPOINT_URL_EVENTBRIDGE": "http://bus"]
        #expect(try endpoint(.dynamoDB, both) { $0.endpointURLs[.dynamoDB] = "http://code" } == "http://code")
        #expect(try endpoint(.dynamoDB, both) { $0.endpointURL = "http://code" } == "http://code")
        #expect(try endpoint(.dynamoDB, both) == "http://one")
        #expect(try endpoint(.eventBridge, both) == "http://bus")
        #expect(try endpoint(.sqs, both) == "http://all")
        #expect(try endpoint(.dynamoDB, [:]) == "http://section")
        #expect(try endpoint(.sqs, [:]) == "http://profile")
        let ignored = both.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) { $1 }
        #expect(try endpoint(.dynamoDB, ignored) == nil)
        #expect(try endpoint(.dynamoDB, ignored) { $0.endpointURL = "http://code" } == "http://code")
        #expect(throws: AWSError.self) { try endpoint(.sqs, ["AWS_ENDPOINT_URL_SQS": "localhost:4566"]) }
        #expect(throws: AWSError.self) { try settings([:], config: "[default]\nservices = none") }
    }

    @Test("Attempts: code, AWS_MAX_ATTEMPTS, the profile, three") func attemptsCodeAWSMAXATTEMPTSThe() throws {
        #expect(try settings([:], config: "").maximumAttempts == 3)
        #expect(try settings([:]).maximumAttempts == 7)
        #expect(try settings(["AWS_MAX_ATTEMPTS": "2"]).maximumAttempts == 2)
        #expect(try settings(["AWS_MAX_ATTEMPTS": "2"]) { $0.maximumAttempts = 9 }.maximumAttempts == 9)
        #expect(try settings(["AWS_RETRY_MODE": "adaptive"]).maximumAttempts == 7)
        for text in ["0", "-1", "many"] { #expect(throws: AWSError.self) { try settings(["AWS_MAX_ATTEMPTS": text]) } }
        #expect(throws: AWSError.self) { try settings(["AWS_RETRY_MODE": "often"]) }
    }

    @Test("A profile may ask for buckets in the path") func aProfileMayAskForBuckets() throws {
        #expect(try settings(["AWS_PROFILE": "dev"]).s3Addressing == .path)
        #expect(try settings(["AWS_PROFILE": "dev"]) { $0.s3Addressing = .virtualHost }.s3Addressing == .virtualHost)
        #expect(throws: AWSError.self) { try settings([:], config: "[default]\ns3 =\n  addressing_style = sideways") }
    }
}

#endif
