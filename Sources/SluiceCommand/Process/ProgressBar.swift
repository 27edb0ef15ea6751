// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A bar on a terminal, for work that takes longer than a moment.
struct ProgressBar: Sendable {
    let counter: ByteCounter
    /// How many bytes there are in all; nil where an input doesn't tell.
    let total: Int64?

    /// Draws until the task is cancelled, then clears the line.
    func run() async {
        let start = ContinuousClock.now
        var isShown = false
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(200))
            if Task.isCancelled { break }
            let elapsed = ContinuousClock.now - start
            if elapsed < .seconds(1) { continue }
            isShown = true
            draw(elapsed)
        }
        if isShown { write("\r\u{1B}[K") }
    }

    private func draw(_ elapsed: Duration) {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        let bytes = Double(counter.bytes)
        let speed = "\(Figures.megabytes(bytes / seconds)) MB/s"
        guard let total, total > 0 else {
            write("\r\u{1B}[K\(Figures.megabytes(bytes)) MB read, \(speed)")
            return
        }
        let part = min(bytes / Double(total), 1)
        let width = 30
        let filled = Int((part * Double(width)).rounded())
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let left = part > 0 ? ", \(Figures.seconds(.seconds(Int((seconds / part * (1 - part)).rounded(.up))))) left" : ""
        write("\r\u{1B}[K\(bar) \(Int(part * 100)) %  \(speed)\(left)")
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
