// SPDX-License-Identifier: Apache-2.0

import JSONTape

// A libFuzzer entry: any bytes may come in, and what JSONTape makes of them must hang together. See scripts/fuzz.

/// Stops the fuzzer, which keeps the input that led here.
private func violated(_ invariant: String) -> Never {
    fatalError(invariant)
}

private func read(_ text: [UInt8], _ limits: JSONLimits) -> (document: JSONDocument?, error: JSONError?) {
    do throws(JSONError) {
        return (try JSONDocument(text, limits: limits), nil)
    } catch {
        return (nil, error)
    }
}

private func index(_ text: some Collection<UInt8>, _ framing: JSONFraming, _ limits: JSONLimits) -> JSONDocument.Indexed {
    var buffer = JSONBuffer(capacity: text.count)
    buffer.append(text)
    return JSONDocument.index(buffer, framing: framing, limits: limits)
}

/// What is sound stays so when it is written, and every beginning of it may still become it.
private func checkSound(_ document: JSONDocument, _ text: [UInt8], _ limits: JSONLimits) {
    let value = JSONValue(document.view(document.root))
    var writer = JSONWriter()
    value.write(into: &writer)
    guard (try? JSONValue(parsing: writer.array, limits: limits)) == value else { violated("written and read again, the value differs") }

    var copier = JSONWriter()
    copier.copy(document.view(document.root))
    guard (try? JSONValue(parsing: copier.array, limits: limits)) == value else { violated("copied and read again, the value differs") }
    copier.removeAll()
    copier.copyLine(document.view(document.root))
    guard (try? JSONValue(parsing: copier.array, limits: limits)) == value, !copier.array.contains(0x0A), !copier.array.contains(0x0D) else {
        violated("copied onto one line and read again, the value differs")
    }

    let sequence = index(text, .sequence, limits)
    guard sequence.stop == .end, sequence.document.roots.count == 1 else { violated("one text is one text in a sequence, too") }

    // The cut is taken from the text itself, so that an input says all there is to repeat it.
    let sum = text.reduce(into: 5381) { $0 = ($0 &* 33) ^ Int($1) }
    let cut = Int(UInt(bitPattern: sum) % UInt(text.count))
    if case .broken(let error) = index(text[..<cut], .sequence, limits).stop { violated("cut at \(cut), a sound text is broken: \(error)") }
}

/// An error has a place, and what is behind that place does not matter.
private func checkBroken(_ error: JSONError, _ text: [UInt8], _ limits: JSONLimits) {
    guard (0...text.count).contains(error.offset), !error.expected.isEmpty else { violated("an error without a place or expectation: \(error)") }
    if case .broken(let error) = index(text, .sequence, limits).stop {
        for more in [[0x20], [0x22], [0x5D], [0x7D], [0x30], [0x80]] as [[UInt8]] {
            guard case .broken(let again) = index(text + more, .sequence, limits).stop, again.offset == error.offset else {
                violated("broken at \(error.offset), but not with more behind it")
            }
        }
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = Array(UnsafeBufferPointer(start: start, count: count))
    let limits = JSONLimits(maximumDepth: 200)
    let (document, error) = read(text, limits)
    if let document {
        checkSound(document, text, limits)
    } else if let error {
        checkBroken(error, text, limits)
    }
    for framing in [JSONFraming.elements(continued: false), .elements(continued: true)] {
        let indexed = index(text, framing, limits)
        guard indexed.consumed <= text.count else { violated("more consumed than there is") }
        for root in indexed.document.roots {
            let view = indexed.document.view(root)
            guard view.offset < view.endOffset, view.endOffset <= text.count else { violated("a value outside of the text") }
        }
    }
    return 0
}
