// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import PriceWatch

// price-watch FILE: tells which prices fall in a recorded event.
guard CommandLine.arguments.count == 2, let event = FileManager.default.contents(atPath: CommandLine.arguments[1]) else {
    try FileHandle.standardError.write(contentsOf: Data("usage: price-watch FILE\n".utf8))
    exit(2)
}
let counts = try await watchPrices(in: [UInt8](event), logger: Logger(label: "price-watch"))
print("\(counts.delivered) of \(counts.received) records looked at")
