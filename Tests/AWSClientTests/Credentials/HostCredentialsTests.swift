// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import AWSSigner
import Foundation
import StreamRecords
import Testing
import TestSupport

@Suite("Credentials of a container") struct ContainerCredentialsTests {
    private func find(_ environment: [String: String], _ transport: any HTTPTransport, _ clock: TestClock = TestClock()) async throws -> AWSCredentials? {
        var configuration = AWSConfiguration(environment: environment, logger: .silent)
        configuration.clock = clock.clock
        return try await ContainerCredentials(configuration, transport).credentials()
    }

    private static let answer = HTTPResponse(200, [:], Served.keys)

    @Test("The relative address wins, and goes to the fixed host") func theRelativeAddressWinsAndGoes() async throws {
        let transport = ScriptedTransport(Self.answer)
        let environment = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/creds?id=1", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://other/"]
        let found = try await find(environment, transport)
        #expect(found?.keys == SigningCredentials(accessKeyID: "ASIA-HOST", secretAccessKey: "s", sessionToken: "t"))
        #expect(transport.requests.map(\.url) == ["http://169.254.170.2/v2/creds?id=1"])
    }

    /// Greengrass serves keys at the path with the slash only.
    @Test("The path and the query are the address's own, to the last slash", arguments: [
        ("http://localhost:8080/2016-11-01/credentialprovider/", "http://localhost:8080/2016-11-01/credentialprovider/"), ("http://localhost", "http://localhost/"),
        ("HTTP://LocalHost:80//a//?b=/", "http://localhost//a//?b=/"), ("https://a.example.com?b", "https://a.example.com/?b"),
    ])
    func thePathAndTheQueryAre(_ url: String, _ asked: String) async throws {
        let transport = ScriptedTransport(Self.answer)
        #expect(try await find(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url], transport) != nil)
        #expect(transport.requests.map(\.url) == [asked])
        let relative = ScriptedTransport(Self.answer)
        #expect(try await find(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/a/"], relative) != nil)
        #expect(relative.requests.map(\.url) == ["http://169.254.170.2/v2/a/"])
    }

    @Test("These are asked", arguments: [
        "http://127.0.0.1:1/a", "http://127.8.9.10/a", "http://localhost/a", "http://[::1]:80/a", "http://169.254.170.2/a", "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials", "https://anywhere.example.com/a",
    ])
    func theseAreAsked(_ url: String) async throws {
        let transport = ScriptedTransport(Self.answer)
        #expect(try await find(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url], transport) != nil)
        #expect(transport.requests.count == 1)
    }

    @Test("These are not asked, since keys would go over the wire", arguments: [
        "http://example.com/a", "http://169.254.170.3/a", "http://169.254.169.254/a", "http://[fd00:ec2::24]/a", "http://127.0.0.1.example.com/", "http://10.0.0.1/", "nothing",
        "http://128.0.0.1/", "http://localhost.example.com/",
    ])
    func theseAreNotAskedSinceKeys(_ url: String) async {
        let transport = ScriptedTransport(Self.answer)
        let error = await failure { try await find(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url], transport) }
        #expect(error?.code == .credentials)
        #expect(transport.requests.isEmpty)
    }

    @Test("The token comes from its file first, read each time, else from its variable") func theTokenComesFromItsFile() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("token", "one\n")
        let transport = ScriptedTransport(Self.answer)
        var environment = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "variable"]
        _ = try await find(environment, transport)
        environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file
        _ = try await find(environment, transport)
        try folder.write("token", "two")
        _ = try await find(environment, transport)
        #expect(transport.requests.map { $0.header("authorization") } == ["variable", "one", "two"])
        try folder.write("token", "evil\r\nx: y")
        #expect(await failure { try await find(environment, transport) }?.message.contains("line break") == true)
        #expect(transport.requests.count == 3)
    }

    @Test("It is asked three times, a second apart, and not again where that cannot help") func itIsAskedThreeTimesA() async throws {
        let clock = TestClock()
        let busy = ScriptedTransport([.failure(.init(.timeout, "slow")), .success(HTTPResponse(500)), .success(Self.answer)])
        #expect(try await find(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/"], busy, clock) != nil)
        #expect(clock.waits == [.seconds(1), .seconds(1)])
        let down = ScriptedTransport(HTTPResponse(503))
        #expect(await failure { try await find(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/"], down) }?.code == .credentials)
        #expect(down.requests.count == 3)
        let refused = ScriptedTransport(HTTPResponse(401, [:], "no"))
        #expect(await failure { try await find(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/"], refused) }?.message.contains("401") == true)
        #expect(refused.requests.count == 1)
    }

    @Test("What are no credentials is told", arguments: ["", "[]", "{}", #"{"AccessKeyId":"a"}"#, #"{"AccessKeyId":"a","SecretAccessKey":1}"#, #"{"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"soon"}"#])
    func whatAreNoCredentialsIsTold(_ body: String) async {
        let transport = ScriptedTransport(HTTPResponse(200, [:], body))
        let error = await failure { try await find(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/"], transport) }
        #expect(error?.message.contains("something else than credentials") == true)
    }
}

@Suite("Credentials of a machine") struct InstanceMetadataTests {
    private func find(
        _ server: LoopbackServer, _ environment: [String: String] = [:], clock: TestClock = TestClock()
    ) async throws -> AWSCredentials? {
        let transport = AsyncHTTPTransport(connectTimeout: .seconds(1), connectionsPerHost: 4)
        var configuration = AWSConfiguration(
            // The usual second is too short for a machine that is busy with tests.
            environment: environment.merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url, "AWS_METADATA_SERVICE_TIMEOUT": "30"]) { first, _ in first },
            logger: .silent)
        configuration.clock = clock.clock
        do {
            let found = try await InstanceMetadataCredentials(configuration, transport).credentials()
            await transport.shutdown()
            return found
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    private static let rolePath = "/latest/meta-data/iam/security-credentials/"

    /// A metadata service with one role.
    private static func service(tokenStatus: Int = 200, keys: String = Served.keys) -> @Sendable (LoopbackServer.Request) async -> LoopbackServer.Answer {
        { request in
            switch (request.method, request.uri) {
            case ("PUT", "/latest/api/token"): .whole(status: tokenStatus, body: "token-1")
            case ("GET", rolePath): .whole(status: 200, body: "my-role\n")
            case ("GET", rolePath + "my-role"): .whole(status: 200, body: keys)
            default: .whole(status: 404)
            }
        }
    }

    @Test("Version 2: a token first, which goes along") func version2ATokenFirstWhich() async throws {
        try await LoopbackServer.with(answering: Self.service()) { server async throws in
            let found = try await find(server)
            #expect(found?.keys == SigningCredentials(accessKeyID: "ASIA-HOST", secretAccessKey: "s", sessionToken: "t"))
            #expect(found?.source.contains("my-role") == true)
            #expect(server.requests.map(\.method) == ["PUT", "GET", "GET"])
            #expect(server.requests.first?.header("x-aws-ec2-metadata-token-ttl-seconds") == "21600")
            #expect(server.requests.dropFirst().map { $0.header("x-aws-ec2-metadata-token") } == ["token-1", "token-1"])
        }
    }

    @Test("Version 1 where there are no tokens, unless it is switched off", arguments: [403, 404, 405])
    func version1WhereThereAreNo(_ status: Int) async throws {
        try await LoopbackServer.with(answering: Self.service(tokenStatus: status)) { server async throws in
            #expect(try await find(server) != nil)
            #expect(server.requests.dropFirst().allSatisfy { $0.header("x-aws-ec2-metadata-token") == nil })
            #expect(await failure { try await find(server, ["AWS_EC2_METADATA_V1_DISABLED": "true"]) }?.code == .credentials)
        }
    }

    @Test("Any other answer to the request for a token is an error") func anyOtherAnswerToTheRequest() async throws {
        try await LoopbackServer.with(answering: Self.service(tokenStatus: 400)) { server async throws in
            #expect(await failure { try await find(server) }?.code == .credentials)
        }
    }

    @Test("Where it is switched off, nobody is asked") func whereItIsSwitchedOffNobody() async throws {
        try await LoopbackServer.with(answering: Self.service()) { server async throws in
            #expect(try await find(server, ["AWS_EC2_METADATA_DISABLED": "TRUE"]) == nil)
            #expect(server.requests.isEmpty)
        }
    }

    @Test("No role, and no such service, are no credentials and no error") func noRoleAndNoSuchService() async throws {
        try await LoopbackServer.with { $0.method == "PUT" ? .whole(status: 200, body: "t") : .whole(status: 404) } _: { server async throws in
            #expect(try await find(server) == nil)
        }
        try await LoopbackServer.with { _ in .raw("") } _: { server async throws in
            #expect(try await find(server) == nil)
        }
    }

    @Test("Keys that the service has no new ones for are used on for a while") func keysThatTheServiceHasNo() async throws {
        let old = Served.keys.replacing("2099-01-01T00:00:00Z", with: "2020-01-01T00:00:00Z")
        let clock = TestClock("2026-11-20T15:00:00Z")
        try await LoopbackServer.with(answering: Self.service(keys: old)) { server async throws in
            #expect(try await find(server, clock: clock)?.expiration == Timestamp(iso8601: "2026-11-20T15:08:00Z"))
        }
    }

    /// As in a container whose network drops the answers with tokens.
    @Test("A request for a token that has no answer in time leads to version 1, unless it is switched off") func aRequestForATokenThat() async throws {
        func find(_ transport: ScriptedTransport, _ environment: [String: String] = [:]) async throws -> AWSCredentials? {
            try await InstanceMetadataCredentials(AWSConfiguration(environment: environment, logger: .silent), transport).credentials()
        }
        let late = ScriptedTransport.Answer.failure(.init(.timeout, "no answer in time"))
        let found = ScriptedTransport([late, .success(HTTPResponse(200, [:], "my-role")), .success(HTTPResponse(200, [:], Served.keys))])
        #expect(try await find(found)?.keys.accessKeyID == "ASIA-HOST")
        #expect(found.requests.map(\.method) == ["PUT", "GET", "GET"])
        let off = ScriptedTransport([late])
        #expect(try await find(off, ["AWS_EC2_METADATA_V1_DISABLED": "true"]) == nil)
        #expect(off.requests.count == 1)
        // Whoever does not answer, or not with a role, is no machine of EC2.
        for answer in [late, .failure(.init(.connection, "no route")), .success(HTTPResponse(401)), .success(HTTPResponse(404))] {
            let absent = ScriptedTransport([late, answer])
            #expect(try await find(absent) == nil)
            #expect(absent.requests.count == 2)
        }
        let cancelled = ScriptedTransport([late, .failure(.init(.cancelled, "the task was cancelled"))])
        #expect(await failure { try await find(cancelled) }?.code == .cancelled)
        let unreachable = ScriptedTransport([.failure(.init(.connection, "no route"))])
        #expect(try await find(unreachable) == nil)
        #expect(unreachable.requests.count == 1)
    }

    @Test("An answer without success is told") func anAnswerWithoutSuccessIsTold() async throws {
        let answer = #"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"}"#
        try await LoopbackServer.with(answering: Self.service(keys: answer)) { server async throws in
            #expect(await failure { try await find(server) }?.message.contains("EC2 cannot assume the role") == true)
        }
    }
}

@Suite("Credentials of a command") struct ProcessCredentialsTests {
    private func find(_ script: String) async throws -> AWSCredentials? {
        let folder = try TemporaryFolder()
        let file = try folder.write("give me keys", script)
        return try await ProcessCredentials("sh \"\(file)\" 'two words'", environment: ["PATH": "/usr/bin:/bin", "MARK": "m"], profile: "p").credentials()
    }

    @Test("Its output is read, with an end or without") func itsOutputIsReadWithAn() async throws {
        let found = try await find(
            #"echo "{\"Version\":1,\"AccessKeyId\":\"$MARK\",\"SecretAccessKey\":\"$1\",\"SessionToken\":\"t\",\"Expiration\":\"2099-01-01T00:00:00Z\"}""#)
        #expect(found?.keys == SigningCredentials(accessKeyID: "m", secretAccessKey: "two words", sessionToken: "t"))
        #expect(found?.expiration == Timestamp(iso8601: "2099-01-01T00:00:00Z"))
        #expect(try await find(#"echo '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"b"}'"#)?.expiration == nil)
    }

    @Test("Much text for errors does not spoil sound keys, and its end is told with what goes wrong") func muchTextForErrorsDoes() async throws {
        let much = "i=0; while [ $i -lt 2000 ]; do echo 'a line of a hundred and more characters, again and again, so that no pipe has room for it all' >&2; i=$((i+1)); done; "
        #expect(try await find(much + #"echo '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"b"}'"#)?.keys.accessKeyID == "a")
        let error = await failure { try await find(much + "echo the end >&2; exit 3") }
        #expect(error?.message.hasSuffix("the end") == true, "\(error?.message ?? "")")
        #expect((error?.message.utf8.count ?? 0) < 500)
    }

    @Test("What goes wrong is told", arguments: [
        ("echo no >&2; exit 3", "it said: no"), ("echo hello", "something else"), (#"echo '{"Version":2,"AccessKeyId":"a","SecretAccessKey":"b"}'"#, "Version 2"),
        (#"echo '{"Version":1}'"#, "AccessKeyId"), ("", "something else"), ("head -c 100000 /dev/zero", "could not be run"),
    ])
    func whatGoesWrongIsTold(_ script: String, _ part: String) async {
        let error = await failure { try await find(script) }
        #expect(error?.code == .credentials)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    @Test("A command that does not end is stopped, whether it heeds SIGTERM or not", .timeLimit(.minutes(2)), arguments: ["", "trap '' TERM; "])
    func aCommandThatDoesNotEnd(_ before: String) async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/pid"
        // It becomes the command that waits, so that no other process is left.
        let script = try folder.write("script", "\(before)echo $$ > \(file); exec sleep 1000")
        let provider = ProcessCredentials("sh \(script)", environment: ["PATH": "/usr/bin:/bin"], profile: "p", timeout: .seconds(2))
        let error = await failure { try await provider.credentials() }
        #expect(error?.code == .credentials)
        #expect(error?.message.contains("did not end within 2.0 seconds") == true, "\(error?.message ?? "")")
        let text = try await FileText.read(file)
        let process = try #require(text.flatMap { pid_t($0.trimmed) })
        #expect(kill(process, 0) == -1, "it still runs")
    }

    @Test("A program that is not there is told") func aProgramThatIsNotThere() async {
        let provider = ProcessCredentials("no-such-program-here", environment: [:], profile: "p")
        #expect(await failure { try await provider.credentials() }?.code == .credentials)
    }

    @Test("Words are taken apart as a shell does") func wordsAreTakenApartAsA() {
        #expect(CommandWords.split(#"a  'b c' "d \"e\" \x" f\ g h'i'"j" '' "#) == ["a", "b c", #"d "e" \x"#, "f g", "hij", ""])
        for text in ["'a", "\"a", "a\\"] { #expect(CommandWords.split(text) == nil) }
        #expect(CommandWords.split("  ") == [])
    }
}

#endif
