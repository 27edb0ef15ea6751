// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import StreamRecords
import Testing

/// Each limit of a service: a request at the limit is sent, one past it is refused, and nothing goes out.
@Suite("Limits") struct LimitTests {
    // MARK: SQS

    private func sends(_ entries: [SQS.SendEntry]) async -> Bool {
        await isSent { _ = try await $0.sqs.sendMessageBatch(.init(queueURL: "q", entries: entries)) }
    }

    @Test("SQS: one to ten entries with ids of their own") func sqsOneToTenEntriesWith() async {
        func entries(_ count: Int) -> [SQS.SendEntry] { (0..<count).map { SQS.SendEntry(id: "\($0)", body: "b") } }
        #expect(await sends(entries(10)))
        #expect(await !sends(entries(11)))
        #expect(await !sends([]))
        #expect(await !sends([SQS.SendEntry(id: "a", body: "b"), SQS.SendEntry(id: "a", body: "b")]))
        #expect(await sends([SQS.SendEntry(id: String(repeating: "a", count: 78) + "-_", body: "b")]))
        for id in [String(repeating: "a", count: 81), "", "a b", "é"] { #expect(await !sends([SQS.SendEntry(id: id, body: "b")]), "\(id)") }
    }

    @Test("SQS: 1 MiB in all, attributes with it") func sqs1MiBInAllAttributes() async {
        let half = String(repeating: "x", count: 512 << 10)
        #expect(await sends([SQS.SendEntry(id: "1", body: half), SQS.SendEntry(id: "2", body: half)]))
        #expect(await !sends([SQS.SendEntry(id: "1", body: half), SQS.SendEntry(id: "2", body: half + "x")]))
        #expect(await sends([SQS.SendEntry(id: "1", body: half + half)]))
        #expect(await !sends([SQS.SendEntry(id: "1", body: half + half + "x")]))
        // A name of 2, a type of 6, a value of 4.
        let entry = SQS.SendEntry(id: "1", body: String(repeating: "x", count: (1 << 20) - 12), attributes: ["ab": .string("cdef")])
        #expect(SQS.size(of: entry) == 1 << 20)
        #expect(await sends([entry]))
        #expect(await !sends([SQS.SendEntry(id: "1", body: entry.body, attributes: ["ab": .string("cdefg")])]))
    }

    @Test("SQS: characters that XML has, and no empty body") func sqsCharactersThatXMLHasAnd() async {
        #expect(await sends([SQS.SendEntry(id: "1", body: "\t\n\r ☕\u{FFFD}\u{10FFFF}")]))
        for body in ["", "\u{0}", "\u{1F}", "\u{FFFE}", "\u{FFFF}", "a\u{8}"] { #expect(await !sends([SQS.SendEntry(id: "1", body: body)]), "\(body)") }
    }

    @Test("SQS: ten attributes, with names and types that SQS takes") func sqsTenAttributesWithNamesAnd() async {
        func attributes(_ count: Int) -> [String: SQS.Attribute] {
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("a\($0)", .string("v")) })
        }
        func sends(_ attributes: [String: SQS.Attribute]) async -> Bool { await self.sends([SQS.SendEntry(id: "1", body: "b", attributes: attributes)]) }
        #expect(await sends(attributes(10)))
        #expect(await !sends(attributes(11)))
        for name in ["AWS.a", "aws.a", "Amazon.b", ".a", "a.", "a..b", "a b", "", String(repeating: "a", count: 257)] {
            #expect(await !sends([name: .string("v")]), "\(name)")
        }
        #expect(await sends([String(repeating: "a", count: 256): .string("v")]))
        #expect(await sends(["a.b-c_d": SQS.Attribute(type: "Number.int", value: .string("1"))]))
        let type = "String." + String(repeating: "t", count: 249)
        #expect(await sends(["a": SQS.Attribute(type: type, value: .string("v"))]))
        #expect(await !sends(["a": SQS.Attribute(type: type + "t", value: .string("v"))]))
        for attribute in [
            SQS.Attribute.string(""), .binary([]), SQS.Attribute(type: "Binary", value: .string("a")), SQS.Attribute(type: "Text", value: .string("a")),
            SQS.Attribute(type: "", value: .string("a")),
        ] {
            #expect(await !sends(["a": attribute]))
        }
    }

    @Test("SQS: ids of groups and deduplication have 1 to 128 printable characters, delays 900 seconds") func sqsIdsOfGroupsAndDeduplication() async {
        let id = String(repeating: "~", count: 128)
        #expect(await sends([SQS.SendEntry(id: "1", body: "b", groupID: id, deduplicationID: id)]))
        for bad in ["", id + "a", "a b", "é", "a\u{7F}"] {
            #expect(await !sends([SQS.SendEntry(id: "1", body: "b", groupID: bad)]), "\(bad)")
            #expect(await !sends([SQS.SendEntry(id: "1", body: "b", deduplicationID: bad)]), "\(bad)")
        }
        #expect(await sends([SQS.SendEntry(id: "1", body: "b", delaySeconds: 900)]))
        #expect(await !sends([SQS.SendEntry(id: "1", body: "b", delaySeconds: 901)]))
    }

    @Test("SQS: ten messages at once are received and deleted") func sqsTenMessagesAtOnceAre() async {
        #expect(await isSent { _ = try await $0.sqs.receiveMessage(.init(queueURL: "q", maximum: 10, waitSeconds: 20, visibilitySeconds: 43_200)) })
        #expect(await !isSent { _ = try await $0.sqs.receiveMessage(.init(queueURL: "q", maximum: 11)) })
        #expect(await !isSent { _ = try await $0.sqs.receiveMessage(.init(queueURL: "q", maximum: 0)) })
        #expect(await !isSent { _ = try await $0.sqs.receiveMessage(.init(queueURL: "q", waitSeconds: 21)) })
        #expect(await !isSent { _ = try await $0.sqs.receiveMessage(.init(queueURL: "q", visibilitySeconds: 43_201)) })
        let handles = (0..<11).map { "\($0)" }
        #expect(await isSent { _ = try await $0.sqs.deleteMessageBatch(.init(queueURL: "q", receiptHandles: Array(handles.dropLast()))) })
        #expect(await !isSent { _ = try await $0.sqs.deleteMessageBatch(.init(queueURL: "q", receiptHandles: handles)) })
    }

    // MARK: S3

    @Test("S3: keys have 1 to 1024 bytes, metadata 2 KiB, headers ASCII") func s3KeysHave1To1024() async {
        func puts(_ key: String, metadata: [String: String] = [:], type: String? = nil) async -> Bool {
            await isSent { _ = try await $0.s3.putObject(.init(bucket: "abc", key: key, body: [], contentType: type, metadata: metadata)) }
        }
        #expect(await puts(String(repeating: "é", count: 512)))
        #expect(await !puts(String(repeating: "é", count: 512) + "a"))
        #expect(await !puts(""))
        #expect(await puts("k", metadata: ["ab": String(repeating: "x", count: 2046)]))
        #expect(await !puts("k", metadata: ["ab": String(repeating: "x", count: 2047)]))
        #expect(await !puts("k", metadata: ["a": "é"]))
        #expect(await !puts("k", metadata: ["a": "x\r\ny: z"]))
        #expect(await !puts("k", metadata: ["a:": "x"]))
        #expect(await !puts("k", type: "text/plain\n"))
    }

    @Test("S3: a page has 1000 objects, a bucket a bucket's name") func s3APageHas1000Objects() async {
        func lists(_ bucket: String, _ maximum: Int?) async -> Bool {
            await isSent(HTTPResponse(200, [:], "<ListBucketResult/>")) { _ = try await $0.s3.listObjects(.init(bucket: bucket, maximum: maximum)) }
        }
        #expect(await lists("abc", 1))
        #expect(await lists("abc", 1000))
        #expect(await !lists("abc", 1001))
        #expect(await !lists("abc", 0))
        for bucket in ["ab", "a/b", "a..b", "", "a b c", String(repeating: "a", count: 256)] { #expect(await !lists(bucket, nil), "\(bucket)") }
        // Buckets have had 63 at most for long; those of old may have 255.
        for length in [3, 63, 255] { #expect(await lists(String(repeating: "a", count: length), nil), "\(length)") }
    }

    @Test("S3: an object has 5 GiB") func s3AnObjectHas5GiB() async {
        #expect(S3.Limits.objectBytes == 5 << 30)
        // Few machines have room for an object of 5 GiB.
        func puts(_ bytes: Int) async -> Bool {
            await isSent {
                var s3 = $0.s3
                #expect(s3.maximumObjectBytes == S3.Limits.objectBytes)
                s3.maximumObjectBytes = 1000
                _ = try await s3.putObject(.init(bucket: "abc", key: "k", body: [UInt8](repeating: 0, count: bytes)))
            }
        }
        #expect(await puts(1000))
        #expect(await !puts(1001))
    }

    // MARK: EventBridge

    private func puts(_ entries: [EventBridge.PutEventsEntry], maximumBytes: Int = EventBridge.Limits.bytes) async -> Bool {
        await isSent { _ = try await $0.eventBridge.putEvents(.init(entries: entries, maximumBytes: maximumBytes)) }
    }

    private func entry(_ bytes: Int, time: Timestamp? = nil, resources: [String] = []) -> EventBridge.PutEventsEntry {
        let frame = EventBridge.PutEventsEntry(source: "src", detailType: "type", detail: #"{"d":""}"#, resources: resources, time: time)
        var entry = frame
        entry.detail = #"{"d":"\#(String(repeating: "x", count: bytes - EventBridge.size(of: frame)))"}"#
        return entry
    }

    @Test("EventBridge: one to ten entries") func eventbridgeOneToTenEntries() async {
        #expect(await puts([EventBridge.PutEventsEntry](repeating: entry(100), count: 10)))
        #expect(await !puts([EventBridge.PutEventsEntry](repeating: entry(100), count: 11)))
        #expect(await !puts([]))
    }

    @Test("EventBridge: 256 KiB in all, time and resources with it, or what the account takes") func eventbridge256KiBInAllTime() async {
        #expect(await puts([entry(100 << 10), entry(156 << 10)]))
        #expect(await !puts([entry(100 << 10), entry((156 << 10) + 1)]))
        let timed = entry(256 << 10, time: Timestamp(milliseconds: 0), resources: ["arn:1", "arn:22"])
        #expect(EventBridge.size(of: timed) == 256 << 10)
        #expect(EventBridge.size(of: timed) == 14 + 3 + 4 + 11 + timed.detail.utf8.count)
        #expect(await puts([timed]))
        #expect(await puts([entry(1 << 20)], maximumBytes: 1 << 20))
        #expect(await !puts([entry((1 << 20) + 1)], maximumBytes: 1 << 20))
    }

    @Test("EventBridge: a detail is an object, of 1000 levels, a type has 128 characters, aws. is AWS's") func eventbridgeADetailIsAnObject() async {
        func puts(_ detail: String, type: String = "t", source: String = "s") async -> Bool {
            await self.puts([EventBridge.PutEventsEntry(source: source, detailType: type, detail: detail)])
        }
        func nested(_ depth: Int) -> String { String(repeating: #"{"a":"#, count: depth - 1) + "{}" + String(repeating: "}", count: depth - 1) }
        #expect(await puts(nested(1000)))
        #expect(await !puts(nested(1001)))
        for detail in ["", "[]", "1", "null", "{", "{}{}", #""{}""#] { #expect(await !puts(detail), "\(detail)") }
        #expect(await puts("{}", type: String(repeating: "é", count: 128)))
        #expect(await !puts("{}", type: String(repeating: "t", count: 129)))
        #expect(await !puts("{}", type: ""))
        #expect(await !puts("{}", source: "aws.s3"))
        #expect(await !puts("{}", source: ""))
    }

    // MARK: Lambda

    @Test("Lambda: 6 MiB where there is an answer, 1 MiB where it is queued") func lambda6MiBWhereThereIs() async {
        func invokes(_ bytes: Int, _ type: Lambda.InvocationType = .requestResponse, function: String = "f", context: Int = 0) async -> Bool {
            let context = context == 0 ? nil : [UInt8](repeating: 0, count: context)
            return await isSent {
                _ = try await $0.lambda.invoke(.init(function: function, payload: [UInt8](repeating: 0x31, count: bytes), type: type, clientContext: context))
            }
        }
        #expect(await invokes(6 << 20))
        #expect(await !invokes((6 << 20) + 1))
        #expect(await invokes(1 << 20, .event))
        #expect(await !invokes((1 << 20) + 1, .event))
        // 2685 bytes are 3580 in base64, three more are 3584.
        #expect(await invokes(1, context: 2685))
        #expect(await !invokes(1, context: 2688))
        #expect(await invokes(1, function: String(repeating: "f", count: 170)))
        for function in [String(repeating: "f", count: 171), "", "a/b", "é"] { #expect(await !invokes(1, function: function), "\(function)") }
    }

    @Test("Lambda: a qualifier has 1 to 128 characters") func lambdaAQualifierHas1To() async {
        func invokes(_ qualifier: String) async -> Bool {
            await isSent { _ = try await $0.lambda.invoke(.init(function: "f", qualifier: qualifier, payload: [])) }
        }
        for qualifier in ["1", "$LATEST", String(repeating: "q", count: 128)] { #expect(await invokes(qualifier), "\(qualifier)") }
        for qualifier in ["", "a b", String(repeating: "q", count: 129)] { #expect(await !invokes(qualifier), "\(qualifier)") }
    }

    // MARK: STS

    @Test("STS: names of 2 to 64 characters, 15 minutes to 12 hours") func stsNamesOf2To64() async {
        func assumes(_ session: String, _ seconds: Int?) async -> Bool {
            await isSent { _ = try await $0.sts.assumeRole(.init(roleARN: "arn:aws:iam::123456789012:role/r", sessionName: session, durationSeconds: seconds)) }
        }
        #expect(await assumes(String(repeating: "a", count: 64), 900))
        #expect(await assumes("a@", 43_200))
        #expect(await !assumes(String(repeating: "a", count: 65), nil))
        #expect(await !assumes("a", nil))
        #expect(await !assumes("a b", nil))
        #expect(await !assumes("ab", 899))
        #expect(await !assumes("ab", 43_201))
    }

    /// A role's ARN of so many characters.
    private func role(_ length: Int) -> String { "arn:aws:iam::1:role/" + String(repeating: "r", count: max(0, length - 20)) }

    @Test("STS: a role's ARN of 20 to 2048 bytes, an external id of 2 to 1224") func stsARoleSARNOf20() async {
        func assumes(_ role: String, external: String? = nil) async -> Bool {
            await isSent { _ = try await $0.sts.assumeRole(.init(roleARN: role, sessionName: "ab", externalID: external)) }
        }
        for length in [20, 2048] { #expect(await assumes(role(length)), "\(length)") }
        #expect(await !assumes(String(role(20).dropLast())))
        #expect(await !assumes(role(2049)))
        for length in [2, 1224] { #expect(await assumes(role(20), external: String(repeating: "e", count: length)), "\(length)") }
        for length in [0, 1, 1225] { #expect(await !assumes(role(20), external: String(repeating: "e", count: length)), "\(length)") }
    }

    @Test("STS: the same of a web identity, and a token of 4 to 20,000 bytes") func stsTheSameOfAWeb() async {
        func assumes(_ role: String, session: String = "ab", token: Int = 4, seconds: Int? = nil) async -> Bool {
            await isSent {
                _ = try await $0.sts.assumeRoleWithWebIdentity(
                    .init(roleARN: role, sessionName: session, token: String(repeating: "t", count: token), durationSeconds: seconds))
            }
        }
        for length in [20, 2048] { #expect(await assumes(role(length)), "\(length)") }
        #expect(await !assumes(String(role(20).dropLast())))
        #expect(await !assumes(role(2049)))
        for length in [2, 64] { #expect(await assumes(role(20), session: String(repeating: "s", count: length)), "\(length)") }
        for length in [1, 65] { #expect(await !assumes(role(20), session: String(repeating: "s", count: length)), "\(length)") }
        for length in [4, 20_000] { #expect(await assumes(role(20), token: length), "\(length)") }
        for length in [3, 20_001] { #expect(await !assumes(role(20), token: length), "\(length)") }
        for seconds in [900, 43_200] { #expect(await assumes(role(20), seconds: seconds), "\(seconds)") }
        for seconds in [899, 43_201] { #expect(await !assumes(role(20), seconds: seconds), "\(seconds)") }
    }
}

#endif
