// SPDX-License-Identifier: Apache-2.0

internal import StreamRecords

/// What a key opens.
public enum APIScope: String, Sendable, Hashable, CaseIterable, Decodable {
    /// Look executions, items and reruns up.
    case read
    /// Give verdicts.
    case judge
    /// Run executions again.
    case execute
    /// Bring events in, and save executions.
    case ingest
}

/// How much a key may ask for. What is absent is not limited.
public struct APIPlan: Sendable, Hashable, Decodable {
    /// Requests a second, on average.
    public var rate: Double?
    /// How many requests may come at once. Where it is absent, as many as one second's, and at least one.
    public var burst: Int?
    /// Requests a day, from midnight to midnight UTC.
    public var quota: Int?

    public init(rate: Double? = nil, burst: Int? = nil, quota: Int? = nil) {
        self.rate = rate
        self.burst = burst
        self.quota = quota
    }

    /// What is wrong with it; absent where nothing is.
    var flaw: String? {
        if let rate, !(rate.isFinite && rate > 0) { return "a rate above 0, in requests a second" }
        if let burst, burst < 1 { return "a burst of at least 1" }
        if burst != nil, rate == nil { return "a rate beside a burst" }
        if let quota, quota < 0 { return "a quota of 0 requests a day or more" }
        return nil
    }

    /// How many requests may come at once.
    var capacity: Double { Double(burst ?? max(1, Int((rate ?? 1).rounded(.up)))) }
}

/// A key, known by its hash: the key itself is with whoever uses it.
public struct APIKey: Sendable, Hashable {
    /// Who uses it; told in verdicts, never secret.
    public var name: String
    /// SHA-256 of the key.
    let hash: [UInt8]
    public var scopes: Set<APIScope>
    public var plan: APIPlan

    /// - Parameter hash: SHA-256 of the key in 64 hexadecimal digits, as `printf %s KEY | sha256sum` tells it. Absent is returned for anything else.
    public init?(name: String, sha256 hash: String, scopes: Set<APIScope>, plan: APIPlan = APIPlan()) {
        let digits = hash.utf8.map { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x41...0x46: byte - 0x37
            case 0x61...0x66: byte - 0x57
            default: nil
            }
        }
        guard digits.count == 64, !digits.contains(nil) else { return nil }
        let values = digits.compactMap { $0 }
        self.name = name
        self.hash = stride(from: 0, to: 64, by: 2).map { values[$0] << 4 | values[$0 + 1] }
        self.scopes = scopes
        self.plan = plan
    }

    /// The hash of a key, as a configuration has it.
    public static func sha256(of key: String) -> String { SHA256.hexadecimal(SHA256.digest(key.utf8)) }
}

/// All keys.
struct KeyRing: Sendable {
    let keys: [APIKey]

    /// The place of the key that was shown. How long it takes depends on nothing that is secret: every key is compared, to the last byte.
    func place(of shown: String) -> Int? {
        let hash = SHA256.digest(shown.utf8)
        var found = -1
        for (place, key) in keys.enumerated() {
            var difference: UInt8 = 0
            for index in 0..<32 { difference |= hash[index] ^ key.hash[index] }
            // 0 where they differ, else all bits: taken without a branch.
            let mask = (Int(difference) - 1) >> 8
            found = (found & ~mask) | (place & mask)
        }
        return found < 0 ? nil : found
    }
}
