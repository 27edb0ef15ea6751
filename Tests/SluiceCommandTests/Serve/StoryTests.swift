// SPDX-License-Identifier: Apache-2.0

#if Server && SQLite
import Foundation
import Testing
import TestSupport

/// samples/products-story, as its README says.
@Suite("The products story") struct StoryTests {
    @Test("Every call is in the history that the command and the API tell") func run() async throws {
        let folder = try TemporaryFolder()
        var environment: [String: String?] = ["SLUICE": try Command.executable.get().path]
        if let python = ProcessInfo.processInfo.environment["SLUICE_PYTHON"] {
            environment["PATH"] = URL(fileURLWithPath: python).deletingLastPathComponent().path + ":"
                + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
        }
        let shell = Command(folder: folder.path, environment: environment)
        let result = try await shell.program("/bin/bash", [Repository.path("samples/products-story/run")])
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.lines
        let start = try #require(lines.firstIndex(of: #"Products#{"Id":5}"#), "\(result.text)\(result.errors)")
        // After its time: what was done.
        let told = lines[start...].filter { $0.contains("by products") }.compactMap { $0.split(separator: " ").dropFirst(2).first }
        #expect(told == ["INSERT", "READ", "MODIFY", "READ", "REMOVE"])
        #expect(lines[start...].contains { $0.contains("price") && $0.contains("89.9 → 79.9") })
        #expect(lines[start...].contains { $0.contains("user") && $0.contains(#""tomasz""#) })
        // The API's page has the same five.
        let page = try #require(lines.last { $0.hasPrefix("{") })
        let items = (try JSONSerialization.jsonObject(with: Data(page.utf8)) as? [String: Any])?["items"] as? [[String: Any]]
        #expect(items?.count == 5)
    }
}
#endif
