// SPDX-License-Identifier: Apache-2.0

@testable import StreamRecords
import Testing

/// Against the examples of FIPS 180 and RFC 4231.
@Suite struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    ])
    func digests(_ text: String, _ digest: String) {
        #expect(SHA256.hexadecimal(SHA256.digest(text.utf8)) == digest)
    }

    @Test func aMillionLetters() {
        #expect(SHA256.hexadecimal(SHA256.digest(repeatElement(UInt8(ascii: "a"), count: 1_000_000)))
            == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// Lengths around the block's, where the padding turns.
    @Test func piecesAreTheWhole() {
        for count in 50...130 {
            let bytes = (0..<count).map { UInt8($0) }
            var hash = SHA256()
            hash.update(bytes.prefix(count / 3))
            hash.update(bytes.dropFirst(count / 3))
            #expect(hash.finish() == SHA256.digest(bytes))
        }
    }

    @Test func codes() {
        #expect(HMACSHA256(key: Array(repeating: 0x0B, count: 20)).text(for: "Hi There".utf8)
            == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(HMACSHA256(key: Array("Jefe".utf8)).text(for: "what do ya want for nothing?".utf8)
            == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(HMACSHA256(key: Array(repeating: 0xAA, count: 131)).text(for: "Test Using Larger Than Block-Size Key - Hash Key First".utf8)
            == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test func aKeyDoesNotShowItself() {
        let key = Redaction.Key(Array("very secret indeed".utf8))
        var text = "\(key) \(String(reflecting: key))"
        dump(key, to: &text)
        dump(Redaction([], key: key), to: &text)
        #expect(!text.contains("118") && !text.contains("very"), "\(text)")
    }
}
