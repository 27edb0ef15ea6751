// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import AWSTestSupport
import Testing
import TestSupport

@Suite("The standard retry mode") struct CallProgressTests {
    private let transient = AttemptFailure(kind: .transient)

    @Test("Waits double from a second up to twenty, times the jitter") func waitsDoubleFromASecondUp() {
        let waits = (1...8).map { CallProgress.wait(after: $0, asked: nil, jitter: 1) }
        #expect(waits == [1, 2, 4, 8, 16, 20, 20, 20].map { .seconds($0) })
        #expect(CallProgress.wait(after: 3, asked: nil, jitter: 0.25) == .seconds(1))
        #expect(CallProgress.wait(after: 3, asked: nil, jitter: 0) == .zero)
        #expect(CallProgress.wait(after: 1000, asked: nil, jitter: 7) == .seconds(20))
    }

    @Test("What the service asks for is the least, up to twenty seconds") func whatTheServiceAsksForIs() {
        #expect(CallProgress.wait(after: 1, asked: .seconds(5), jitter: 1) == .seconds(5))
        #expect(CallProgress.wait(after: 5, asked: .seconds(5), jitter: 1) == .seconds(16))
        #expect(CallProgress.wait(after: 1, asked: .seconds(500), jitter: 1) == .seconds(20))
    }

    @Test("A call is sent three times, and the last failure is final") func aCallIsSentThreeTimes() {
        var bucket = RetryTokenBucket()
        var call = CallProgress(maximumAttempts: 3)
        var steps: [NextStep] = []
        for _ in 0..<3 {
            call.begin()
            steps.append(call.fail(transient, bucket: &bucket, jitter: 1))
        }
        #expect(steps == [.retry(after: .seconds(1)), .retry(after: .seconds(2)), .giveUp(.attemptsUsedUp)])
        #expect(call.sent == 3)
        #expect(bucket.tokens == 490)
    }

    @Test("A further try costs 5, after a time-out 10; success gives the last cost back, or 1") func aFurtherTryCosts5After() {
        var bucket = RetryTokenBucket()
        var call = CallProgress(maximumAttempts: 5)
        call.begin()
        _ = call.fail(transient, bucket: &bucket, jitter: 0)
        #expect(bucket.tokens == 495)
        call.begin()
        _ = call.fail(AttemptFailure(kind: .timeout), bucket: &bucket, jitter: 0)
        #expect(bucket.tokens == 485)
        call.begin()
        call.succeed(bucket: &bucket)
        #expect(bucket.tokens == 495)
        var easy = CallProgress(maximumAttempts: 5)
        easy.begin()
        easy.succeed(bucket: &bucket)
        #expect(bucket.tokens == 496)
    }

    @Test("An empty bucket ends further tries until calls succeed") func anEmptyBucketEndsFurtherTries() {
        var bucket = RetryTokenBucket()
        while bucket.take(RetryTokenBucket.retryCost) {}
        var call = CallProgress(maximumAttempts: 3)
        call.begin()
        #expect(call.fail(transient, bucket: &bucket, jitter: 0) == .giveUp(.bucketEmpty))
        for _ in 0..<5 {
            var good = CallProgress(maximumAttempts: 3)
            good.begin()
            good.succeed(bucket: &bucket)
        }
        #expect(call.fail(transient, bucket: &bucket, jitter: 0) == .retry(after: .zero))
    }

    @Test("A permanent failure is not tried again") func aPermanentFailureIsNotTried() {
        var bucket = RetryTokenBucket()
        var call = CallProgress(maximumAttempts: 3)
        call.begin()
        #expect(call.fail(AttemptFailure(kind: .permanent), bucket: &bucket, jitter: 0) == .giveUp(.permanent))
        #expect(bucket.tokens == 500)
    }

    @Test("A wait that ends behind the deadline is not begun") func aWaitThatEndsBehindThe() {
        var bucket = RetryTokenBucket()
        var call = CallProgress(maximumAttempts: 3)
        call.begin()
        #expect(call.fail(transient, bucket: &bucket, jitter: 1, remaining: .seconds(1)) == .giveUp(.deadline))
        #expect(bucket.tokens == 500)
        #expect(call.fail(transient, bucket: &bucket, jitter: 1, remaining: .milliseconds(1001)) == .retry(after: .seconds(1)))
    }

    @Test("Clock and credentials are put right once each, even with a single attempt") func clockAndCredentialsArePutRight() {
        var bucket = RetryTokenBucket()
        var call = CallProgress(maximumAttempts: 1)
        let skew = AttemptFailure(kind: .clockSkew(.seconds(600)))
        let expired = AttemptFailure(kind: .expiredCredentials)
        call.begin()
        #expect(call.fail(skew, bucket: &bucket, jitter: 1) == .correctClock(.seconds(600)))
        call.begin()
        #expect(call.fail(expired, bucket: &bucket, jitter: 1) == .refreshCredentials)
        call.begin()
        #expect(call.fail(skew, bucket: &bucket, jitter: 1) == .giveUp(.permanent))
        #expect(call.fail(expired, bucket: &bucket, jitter: 1) == .giveUp(.permanent))
        #expect(call.sent == 3)
        #expect(bucket.tokens == 500)
    }

    /// Whatever happens: the bucket stays within its bounds, a call is sent at most its attempts and two more, no wait is longer than twenty seconds, and
    /// what is paid for further tries was there.
    @Test("Random calls keep the bounds", arguments: 0..<100)
    func randomCallsKeepTheBounds(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var bucket = RetryTokenBucket()
        let kinds: [AttemptFailure.Kind] = [.throttling, .timeout, .transient, .clockSkew(.seconds(900)), .expiredCredentials, .permanent]
        for _ in 0..<300 {
            let maximum = Int.random(in: 1...6, using: &random)
            let badness = Double.random(in: 0...1, using: &random)
            var call = CallProgress(maximumAttempts: maximum)
            var isOver = false
            while !isOver {
                call.begin()
                let before = bucket.tokens
                if Double.random(in: 0...1, using: &random) > badness {
                    call.succeed(bucket: &bucket)
                    #expect(bucket.tokens >= before && bucket.tokens <= before + 10, "seed \(seed)")
                    isOver = true
                } else {
                    let failure = AttemptFailure(kind: kinds[Int.random(in: 0..<kinds.count, using: &random)])
                    switch call.fail(failure, bucket: &bucket, jitter: Double.random(in: 0...1, using: &random)) {
                    case .retry(let wait):
                        #expect(wait >= .zero && wait <= .seconds(20), "seed \(seed)")
                        #expect(before - bucket.tokens == (failure.kind == .timeout ? 10 : 5), "seed \(seed)")
                    case .giveUp:
                        #expect(bucket.tokens == before, "seed \(seed)")
                        isOver = true
                    case .correctClock, .refreshCredentials: #expect(bucket.tokens == before, "seed \(seed)")
                    }
                }
                #expect((0...RetryTokenBucket.capacity).contains(bucket.tokens), "seed \(seed)")
                #expect(call.sent <= maximum + 2, "seed \(seed)")
            }
        }
    }
}

#endif
