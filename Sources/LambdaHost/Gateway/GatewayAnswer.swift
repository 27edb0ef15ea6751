// SPDX-License-Identifier: Apache-2.0

internal import EventAPI
internal import JSONTape
internal import StreamRecords

/// An answer in the form that API Gateway and function URLs take.
enum GatewayAnswer {
    /// What Lambda hands on at most: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
    static let mostBytes = 6 << 20

    static func body(_ response: APIResponse, for payload: GatewayRequest.Payload) -> [UInt8] {
        let text = text(response, payload)
        if text.count <= mostBytes { return text }
        return body(
            .problem(500, "the answer is larger than the 6 MiB that Lambda hands on: ask for less, by the parameters limit, lines, from and until"),
            for: payload)
    }

    private static func text(_ response: APIResponse, _ payload: GatewayRequest.Payload) -> [UInt8] {
        var writer = JSONWriter(capacity: response.body.count + 512)
        writer.write(raw: "{\"statusCode\":")
        writer.write(int: response.status)
        writer.write(raw: payload == .lists ? ",\"multiValueHeaders\":{" : ",\"headers\":{")
        for (place, header) in merged(response.headers).enumerated() {
            if place > 0 { writer.write(raw: ",") }
            writer.write(string: header.name)
            writer.write(raw: ":")
            switch payload {
            case .lists:
                for (number, value) in header.values.enumerated() {
                    writer.write(raw: number == 0 ? "[" : ",")
                    writer.write(string: value)
                }
                writer.write(raw: "]")
            case .single: writer.write(string: header.values.joined(separator: ", "))
            }
        }
        writer.write(raw: "},\"body\":")
        if let text = String(validating: response.body, as: UTF8.self) {
            writer.write(string: text)
            writer.write(raw: ",\"isBase64Encoded\":false}")
        } else {
            writer.write(string: Base64.encodeToString(response.body))
            writer.write(raw: ",\"isBase64Encoded\":true}")
        }
        return writer.array
    }

    /// Each name once, in the order of their first values.
    private static func merged(_ headers: [(name: String, value: String)]) -> [(name: String, values: [String])] {
        var merged: [(name: String, values: [String])] = []
        for header in headers {
            if let place = merged.firstIndex(where: { $0.name == header.name }) {
                merged[place].values.append(header.value)
            } else {
                merged.append((header.name, [header.value]))
            }
        }
        return merged
    }
}
