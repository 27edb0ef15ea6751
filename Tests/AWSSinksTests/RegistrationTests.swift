// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSSinks
import Sluice
import Testing

@Suite("The registry of sinks") struct RegistrationTests {
    private var registry: SinkRegistry {
        var registry = SinkRegistry()
        registry.registerAWSSinks(AWSServices(AWSConfiguration(environment: [:])))
        return registry
    }

    @Test("The sinks are there by name and in short") func theSinksAreThere() {
        #expect(registry.names.contains("sqs") && registry.names.contains("eventbridge") && registry.names.contains("lambda"))
        #expect(registry.shortForms.contains("sqs:QUEUE_URL") && registry.shortForms.contains("eventbridge:BUS"))
    }

    @Test("Sound settings are taken", arguments: [
        #"{"type":"sqs","queue":"https://sqs.eu-central-1.amazonaws.com/123456789012/orders.fifo","timeout":"5s","concurrency":256,"attempts":20,"attributes":false}"#,
        #"{"type":"sqs","queue":"arn:aws:sqs:eu-central-1:123456789012:orders.fifo","pack_groups":true,"verify":false}"#,
        #"{"type":"sqs","queue":"orders"}"#,
        #"{"type":"s3-json","bucket":"abc.def-1","prefix":"/a/b/","key":"{id}","concurrency":1,"attempts":1,"timeout":"100ms"}"#,
        #"{"type":"s3-json","bucket":"abc","batch":true,"content_type":"application/json; charset=utf-8","storage_class":"GLACIER_IR"}"#,
        #"{"type":"eventbridge","bus":"default"}"#,
        #"{"type":"eventbridge","bus":"aws.partner/example.com/1","source":"awsome.{table}","detail_type":"{op}"}"#,
        #"{"type":"eventbridge","bus":"b","source":"{source}","detail_type":"\#(String(repeating: "x", count: 128))"}"#,
        #"{"type":"eventbridge","bus":"arn:aws:events:eu-central-1:123456789012:event-bus/shop/orders","source":"shop.{table}","detail_type":"{op}","maximum_bytes":"1 MiB"}"#,
        #"{"type":"lambda","function":"worker:live","invocation":"event","payload":"record","batch":10000,"timeout":"15m"}"#,
        #"{"type":"lambda","function":"arn:aws:lambda:eu-central-1:123456789012:function:worker:$LATEST"}"#,
    ])
    func soundSettings(_ sink: String) throws { _ = try read(sink) }

    @Test("What is wrong is told with what would be right", arguments: [
        (#"{"type":"sqs"}"#, "queue"),
        (#"{"type":"sqs","queue":"arn:aws:sns:eu-central-1:123456789012:orders"}"#, "arn:aws:sqs:REGION:ACCOUNT:NAME"),
        (#"{"type":"sqs","queue":"a queue"}"#, "a queue's URL, ARN or name"),
        (#"{"type":"sqs","queue":".fifo"}"#, "a queue's URL, ARN or name"),
        (#"{"type":"sqs","queue":"q","concurrency":0}"#, "1 to 256"),
        (#"{"type":"sqs","queue":"q","concurrency":257}"#, "1 to 256"),
        (#"{"type":"sqs","queue":"q","attempts":0}"#, "1 to 20"),
        (#"{"type":"sqs","queue":"q","attempts":21}"#, "1 to 20"),
        (#"{"type":"sqs","queue":"q","timeout":"99ms"}"#, "100ms to 15m"),
        (#"{"type":"sqs","queue":"q","timeout":"901s"}"#, "100ms to 15m"),
        (#"{"type":"sqs","queue":"q","timeout":5}"#, "a duration"),
        (#"{"type":"sqs","queue":"q","atempts":2}"#, "attempts"),
        (#"{"type":"eventbridge"}"#, "bus"),
        (#"{"type":"eventbridge","bus":"arn:aws:events:eu-central-1:123456789012:rule/x"}"#, "event-bus/NAME"),
        (#"{"type":"eventbridge","bus":"a bus"}"#, "the name or ARN of a bus"),
        (#"{"type":"eventbridge","bus":"arn:aws:events::123456789012:event-bus/x"}"#, "event-bus/NAME"),
        (#"{"type":"eventbridge","bus":"arn:aws:events:eu-central-1:1:event-bus/x"}"#, "event-bus/NAME"),
        (#"{"type":"eventbridge","bus":"b","source":"aws.shop"}"#, "does not begin with aws."),
        (#"{"type":"eventbridge","bus":"b","source":" AWS.{table}"}"#, "does not begin with aws."),
        (#"{"type":"eventbridge","bus":"b","source":"  "}"#, "not empty"),
        (#"{"type":"eventbridge","bus":"b","detail_type":"{kind}\#(String(repeating: "x", count: 129))"}"#, "at most 128 characters"),
        (#"{"type":"eventbridge","bus":"b","source":"{tabel}"}"#, "between { and }, not tabel"),
        (#"{"type":"eventbridge","bus":"b","detail_type":"{op"}"#, "each { has its }"),
        (#"{"type":"eventbridge","bus":"b","maximum_bytes":"17 MiB"}"#, "1 KiB to 16 MiB"),
        (#"{"type":"lambda","function":"arn:aws:sqs:eu-central-1:123456789012:worker"}"#, "a function's name or ARN"),
        (#"{"type":"lambda","function":"f","invocation":"sync"}"#, "request-response or event"),
        (#"{"type":"lambda","function":"f","payload":"one"}"#, "batch or record"),
        (#"{"type":"lambda","function":"f","batch":0}"#, "1 to 10000"),
        (#"{"type":"lambda","function":"f","batch":10001}"#, "1 to 10000"),
        (#"{"type":"s3-json","bucket":"Not_A_Bucket"}"#, "a bucket's name"),
        (#"{"type":"s3-json","bucket":"abc","prefix":"a/../b"}"#, "a prefix without"),
        (#"{"type":"s3-json","bucket":"abc","key":"{kind}.json"}"#, "{id}"),
        (#"{"type":"s3-json","bucket":"abc","concurrency":257}"#, "1 to 256"),
        (#"{"type":"s3-json","bucket":"abc","content_type":"text/plain; größe"}"#, "printable ASCII"),
        (#"{"type":"s3-json","bucket":"abc","content_type":""}"#, "printable ASCII"),
        (#"{"type":"s3-json","bucket":"abc","storage_class":"standard_ia"}"#, "in capitals"),
        (#"{"type":"s3-json","bucket":"abc","storage_class":""}"#, "in capitals"),
    ])
    func wrongSettings(_ sink: String, _ expected: String) {
        #expect {
            try read(sink)
        } throws: { error in
            "\(error)".contains(expected)
        }
    }

    private func read(_ sink: String) throws -> Configuration {
        let text = #"{"sinks":{"out":\#(sink)},"routes":[{"name":"all","to":["out"]}]}"#
        return try Configuration(reading: ConfigurationNode(json: text, file: "sluice.json"), registry: registry, environment: [:])
    }
}
#endif
