// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import AWSSigner
import StreamRecords
import Synchronization
import Testing

/// Gives numbered keys that live for a while, or fails; it can be held until the test lets it go.
private final class NumberedCredentials: CredentialProvider {
    struct State {
        var count = 0
        var fails = false
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    let state = Mutex(State())
    let clock: TestClock
    let lifetime: Int64
    let started: AsyncStream<Int>
    private let starts: AsyncStream<Int>.Continuation

    init(_ clock: TestClock, lifetime: Int64 = 3600) {
        self.clock = clock
        self.lifetime = lifetime
        (started, starts) = AsyncStream.makeStream()
    }

    var count: Int { state.withLock { $0.count } }
    func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let waiting = state.withLock { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    func credentials() async throws(AWSError) -> AWSCredentials? {
        let number = state.withLock {
            $0.count += 1
            return $0.count
        }
        starts.yield(number)
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.isHeld { state.waiting.append(continuation) }
                return !state.isHeld
            }
            if isFree { continuation.resume() }
        }
        if state.withLock({ $0.fails }) { throw AWSError(.credentials, "the source is down") }
        return AWSCredentials(
            SigningCredentials(accessKeyID: "\(number)", secretAccessKey: "s"),
            expiration: Timestamp(milliseconds: clock.now.milliseconds + lifetime * 1000), source: "test")
    }
}

@Suite("Keeping and renewing credentials") struct CredentialCacheTests {
    private let clock = TestClock()

    /// - Parameter patience: long enough for machines that are busy with other tests.
    private func cache(_ provider: any CredentialProvider, patience: Duration = .seconds(60)) -> CredentialCache {
        CredentialCache(provider, clock: clock.clock, logger: .silent, patience: patience)
    }

    @Test("Keys are kept until a quarter of an hour before they expire") func keysAreKeptUntilAQuarter() async throws {
        let provider = NumberedCredentials(clock)
        let cache = cache(provider)
        #expect(try await cache.current().keys.accessKeyID == "1")
        clock.advance(seconds: 3600 - 15 * 60 - 1)
        #expect(try await cache.current().keys.accessKeyID == "1")
        clock.advance(seconds: 1)
        #expect(try await cache.current().keys.accessKeyID == "2")
        #expect(provider.count == 2)
    }

    @Test("Keys that live for a quarter of an hour, or less, are kept for three quarters of that", arguments: [900, 600, 60] as [Int64])
    func keysThatLiveFor(_ lifetime: Int64) async throws {
        let provider = NumberedCredentials(clock, lifetime: lifetime)
        let cache = cache(provider)
        for _ in 0..<5 { #expect(try await cache.current().keys.accessKeyID == "1") }
        clock.advance(seconds: lifetime * 3 / 4 - 1)
        for _ in 0..<5 { #expect(try await cache.current().keys.accessKeyID == "1") }
        #expect(provider.count == 1)
        clock.advance(seconds: 1)
        for _ in 0..<5 { #expect(try await cache.current().keys.accessKeyID == "2") }
        #expect(provider.count == 2)
        // In the last sixth there must be new ones.
        clock.advance(seconds: lifetime - lifetime / 6)
        provider.fail(true)
        await #expect(throws: AWSError.self) { try await cache.current() }
    }

    @Test("A hundred calls at once lead to one refresh") func aHundredCallsAtOnceLead() async throws {
        let provider = NumberedCredentials(clock)
        provider.hold()
        let cache = cache(provider)
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await cache.current().keys.accessKeyID } }
            // The first one is in the provider; what comes meanwhile waits for it.
            for await _ in provider.started { break }
            provider.release()
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids == ["1"])
        #expect(provider.count == 1)
    }

    @Test("While one renews ahead of time, the others go on with the old keys") func whileOneRenewsAheadOfTime() async throws {
        let provider = NumberedCredentials(clock)
        let cache = cache(provider)
        _ = try await cache.current()
        clock.advance(seconds: 3600 - 14 * 60)
        provider.hold()
        var starts = provider.started.makeAsyncIterator()
        _ = await starts.next()
        async let first = cache.current()
        _ = await starts.next()
        for _ in 0..<10 { #expect(try await cache.current().keys.accessKeyID == "1") }
        provider.release()
        #expect(try await first.keys.accessKeyID == "2")
        #expect(provider.count == 2)
    }

    @Test("A renewal ahead of time that fails keeps the old keys, and is not tried again for a minute") func aRenewalAheadOfTimeThat() async throws {
        let provider = NumberedCredentials(clock)
        let cache = cache(provider)
        _ = try await cache.current()
        clock.advance(seconds: 3600 - 14 * 60)
        provider.fail(true)
        for _ in 0..<5 { #expect(try await cache.current().keys.accessKeyID == "1") }
        #expect(provider.count == 2)
        clock.advance(seconds: 60)
        #expect(try await cache.current().keys.accessKeyID == "1")
        #expect(provider.count == 3)
        provider.fail(false)
        clock.advance(seconds: 60)
        #expect(try await cache.current().keys.accessKeyID == "4")
    }

    @Test("From ten minutes before the end on, a failure is an error") func fromTenMinutesBeforeTheEnd() async throws {
        let provider = NumberedCredentials(clock)
        let cache = cache(provider)
        _ = try await cache.current()
        clock.advance(seconds: 3600 - 10 * 60)
        provider.fail(true)
        await #expect(throws: AWSError.self) { try await cache.current() }
        provider.fail(false)
        #expect(try await cache.current().keys.accessKeyID == "3")
    }

    @Test("Keys that a service refused are got anew, but not those that are new already") func keysThatAServiceRefusedAre() async throws {
        let provider = NumberedCredentials(clock)
        let cache = cache(provider)
        let first = try await cache.current()
        await cache.discard(first)
        let second = try await cache.current()
        #expect(second.keys.accessKeyID == "2")
        await cache.discard(first)
        #expect(try await cache.current() == second)
        #expect(provider.count == 2)
    }

    @Test("Who began a refresh and is cancelled doesn't take it from the others") func whoBeganARefreshAndIs() async throws {
        let provider = NumberedCredentials(clock)
        provider.hold()
        let cache = cache(provider)
        let first = Task { try await cache.current() }
        for await _ in provider.started { break }
        let second = Task { try await cache.current() }
        first.cancel()
        provider.release()
        #expect(try await second.value.keys.accessKeyID == "1")
        #expect(provider.count == 1)
    }

    @Test("Who waits for keys waits to the deadline, and the next one gets them", .timeLimit(.minutes(1))) func whoWaitsForKeys() async throws {
        let provider = NumberedCredentials(clock)
        provider.hold()
        let cache = cache(provider)
        for _ in 0..<2 {
            let error = await failure { try await cache.current(before: .now + .milliseconds(20)) }
            #expect(error?.code == .timeout && error?.isRetryable == true)
        }
        async let next = cache.current(before: .now + .seconds(60))
        provider.release()
        #expect(try await next.keys.accessKeyID == "1")
        #expect(provider.count == 1)
    }

    @Test("Who waits for keys and is cancelled waits no longer", .timeLimit(.minutes(1))) func whoWaitsForKeysAndIs() async throws {
        let provider = NumberedCredentials(clock)
        provider.hold()
        let cache = cache(provider)
        let waiting = Task { await failure { try await cache.current() } }
        for await _ in provider.started { break }
        waiting.cancel()
        #expect(await waiting.value?.code == .cancelled)
        provider.release()
        #expect(try await cache.current().keys.accessKeyID == "1")
        #expect(provider.count == 1)
    }

    @Test("Ahead of time, a call waits a little for new keys, goes on with the old, and the next gets the new", .timeLimit(.minutes(1)))
    func aheadOfTimeACallWaits() async throws {
        let cases: [(Duration, Duration?)] = [(.seconds(3600), .milliseconds(200)), (.milliseconds(10), .seconds(3600)), (.milliseconds(10), nil)]
        for (patience, left) in cases {
            let provider = NumberedCredentials(clock)
            let cache = cache(provider, patience: patience)
            _ = try await cache.current()
            clock.advance(seconds: 3600 - 14 * 60)
            provider.hold()
            let began = ContinuousClock.now
            #expect(try await cache.current(before: left.map { began + $0 }).keys.accessKeyID == "1")
            provider.release()
            // There must be new ones by now, and they are those that were asked for before.
            clock.advance(seconds: 5 * 60)
            #expect(try await cache.current().keys.accessKeyID == "2")
            #expect(provider.count == 2)
        }
    }

    @Test("What no header can carry is told with its source", arguments: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
    func whatNoHeaderCanCarry(_ name: String) async {
        var environment = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "geheim", "AWS_SESSION_TOKEN": "marke"]
        environment[name, default: ""] += "\n"
        let transport = ScriptedTransport(HTTPResponse())
        var configuration = AWSConfiguration(region: "eu-central-1", environment: environment, logger: .silent)
        configuration.transport = transport
        let error = await failure { try await AWSServices(configuration).sqs.getQueueURL(name: "q") }
        #expect(error?.code == .credentials && error?.isRetryable == false)
        #expect(error?.message.contains("from the environment has a line break") == true)
        for value in ["AKID", "geheim", "marke"] { #expect(error?.message.contains(value) == false) }
        #expect(transport.requests.isEmpty)
    }

    @Test("A call does not wait for keys beyond its deadline", .timeLimit(.minutes(1))) func aCallDoesNotWait() async throws {
        let provider = NumberedCredentials(clock)
        provider.hold()
        let transport = ScriptedTransport(HTTPResponse())
        var configuration = AWSConfiguration(region: "eu-central-1", environment: [:], logger: .silent)
        configuration.credentials = provider
        configuration.transport = transport
        let aws = AWSServices(configuration)
        let error = await failure { try await aws.sqs.getQueueURL(name: "q", deadline: .now + .milliseconds(20)) }
        #expect(error?.code == .timeout && error?.operation == "GetQueueUrl" && error?.isRetryable == true)
        #expect(transport.requests.isEmpty)
        provider.release()
    }

    @Test("Keys that have expired already, and a source without any, are errors") func keysThatHaveExpiredAlreadyAnd() async {
        let stale = StaticCredentials(SigningCredentials(accessKeyID: "a", secretAccessKey: "b"), expiration: clock.now)
        await #expect(throws: AWSError.self) { try await cache(stale).current() }
        struct Nothing: CredentialProvider {
            func credentials() async throws(AWSError) -> AWSCredentials? { nil }
        }
        await #expect(throws: AWSError.self) { try await cache(Nothing()).current() }
    }
}

#endif
