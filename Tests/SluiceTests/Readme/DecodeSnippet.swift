// SPDX-License-Identifier: Apache-2.0

import StreamRecords

struct Product: Decodable {
    var name: String
    var price: Double
}

/// What an event's new and changed products cost. `event` is what Lambda hands over, or any other envelope.
func prices(in event: [UInt8]) throws -> [String] {
    var lines: [String] = []
    for batch in RecordBatch.decode(event) {
        for record in batch where record.table == "Products" {
            guard let image = record.newImage else { continue }  // a removal has none
            let product = try image.decode(Product.self)
            lines.append("\(product.name): \(product.price)")
        }
        for failure in batch.undecodable { lines.append("not decoded: \(failure.reason)") }
    }
    return lines
}
