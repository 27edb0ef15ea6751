# SPDX-License-Identifier: Apache-2.0
"""The shapes in which AWS hands records to a consumer.

Nothing here is random: identifiers are digests of what they name, so that two runs write the same bytes.
"""

import base64
import gzip
import hashlib
import json
from datetime import datetime, timezone

ACCOUNT = "123456789012"
REGION = "us-east-1"


# Identifiers and times

def digest(name, length=32):
    """`length` hexadecimal digits that belong to this name."""
    return hashlib.sha256(name.encode()).hexdigest()[:length]


def uuid(name):
    text = digest("uuid:" + name)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) % 4]}{text[17:20]}-{text[20:32]}"


def pick(name, low, high):
    """A whole number between low and high that belongs to this name."""
    return low + int(digest("pick:" + name, 12), 16) % (high - low + 1)


def millis(text):
    """Milliseconds since 1970 of '2026-11-18T09:12:04.381'."""
    moment = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    return round(moment.timestamp() * 1000)


def iso(ms):
    moment = datetime.fromtimestamp(ms // 1000, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def dumps(value, pretty=False):
    if pretty:
        return json.dumps(value, ensure_ascii=False, indent=2)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def base64_text(data):
    return base64.b64encode(data).decode()


def gzipped(data):
    """One gzip member without a time in it."""
    return gzip.compress(data, compresslevel=6, mtime=0)


# DynamoDB: attribute values and stream records

class N(str):
    """A number, as the text that DynamoDB gives back: no zeros before or after."""


class SS(tuple):
    """A set of strings."""


class NS(tuple):
    """A set of numbers."""


class BS(tuple):
    """A set of binary values."""


def attribute(value):
    """An AttributeValue as DynamoDB's JSON writes it."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, (N, int)):
        return {"N": str(value)}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bytes):
        return {"B": base64_text(value)}
    if isinstance(value, SS):
        return {"SS": list(value)}
    if isinstance(value, NS):
        return {"NS": [str(member) for member in value]}
    if isinstance(value, BS):
        return {"BS": [base64_text(member) for member in value]}
    if isinstance(value, dict):
        return {"M": image(value)}
    return {"L": [attribute(member) for member in value]}


def image(item):
    """An item; its attributes in an order of DynamoDB's own, neither as written nor sorted."""
    return {name: attribute(item[name]) for name in sorted(item, key=lambda name: digest("order:" + name))}


def number_size(text):
    return (len(text.strip("-").replace(".", "").strip("0") or "0") + 1) // 2 + 1


def value_size(value):
    if value is None or isinstance(value, bool):
        return 1
    if isinstance(value, (N, int)):
        return number_size(str(value))
    if isinstance(value, NS):
        return sum(number_size(str(member)) for member in value)
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, SS):
        return sum(len(member.encode()) for member in value)
    if isinstance(value, BS):
        return sum(len(member) for member in value)
    if isinstance(value, dict):
        return 3 + item_size(value) + len(value)
    return 3 + sum(value_size(member) + 1 for member in value)


def item_size(item):
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


class Table:
    """A table with a stream: keeps its items, and makes a change of each write."""

    def __init__(self, name, keys, created, first_sequence):
        self.name = name
        self.keys = keys
        self.arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"
        self.stream = f"{self.arn}/stream/{created}"
        self.sequence = first_sequence
        self.items = {}
        self.count = 0

    def _change(self, ms, operation, key, old, new, expired=False):
        self.count += 1
        self.sequence += pick(f"{self.name}{self.count}", 17, 90_000_000)
        return {"ms": ms, "op": operation, "key": key, "old": old, "new": new, "expired": expired,
                "table": self, "number": self.count, "sequence": str(self.sequence)}

    def put(self, ms, item):
        key = {name: item[name] for name in self.keys}
        old = self.items.get(tuple(key.values()))
        self.items[tuple(key.values())] = dict(item)
        return self._change(ms, "MODIFY" if old else "INSERT", key, old, dict(item))

    def update(self, ms, key, changes, remove=()):
        old = self.items[tuple(key.values())]
        new = {name: value for name, value in {**old, **changes}.items() if name not in remove}
        self.items[tuple(key.values())] = new
        return self._change(ms, "MODIFY", key, old, new)

    def delete(self, ms, key, expired=False):
        old = self.items.pop(tuple(key.values()))
        return self._change(ms, "REMOVE", key, old, None, expired)


def _stream_part(change, when, images=("NewImage", "OldImage")):
    part = {"ApproximateCreationDateTime": when, "Keys": image(change["key"])}
    for name in images:
        item = change["new" if name == "NewImage" else "old"]
        if item is not None:
            part[name] = image(item)
    part["SequenceNumber"] = change["sequence"]
    sizes = [change["key"], change["new"] or {}, change["old"] or {}]
    part["SizeBytes"] = sum(item_size(item) for item in sizes)
    part["StreamViewType"] = "NEW_AND_OLD_IMAGES"
    return part


def lambda_record(change, when=int):
    """A record of the event that Lambda gives a function: times in whole seconds, by some runtimes as 1795164304.0."""
    table = change["table"]
    record = {
        "eventID": digest(f"{table.name}#{change['number']}"), "eventName": change["op"], "eventVersion": "1.1",
        "eventSource": "aws:dynamodb", "awsRegion": REGION,
        "dynamodb": _stream_part(change, when(change["ms"] // 1000))}
    if change["expired"]:
        record["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    record["eventSourceARN"] = table.stream
    return record


def lambda_event(records):
    return {"Records": records}


def get_records(changes):
    """What `aws dynamodbstreams get-records` prints: no ARN, times as ISO 8601 with an offset, API names for the identity."""
    records = []
    for change in changes:
        moment = datetime.fromtimestamp(change["ms"] // 1000, timezone.utc)
        record = {
            "eventID": digest(f"{change['table'].name}#{change['number']}"), "eventName": change["op"],
            "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": REGION,
            "dynamodb": _stream_part(change, moment.isoformat(), images=("OldImage", "NewImage"))}
        if change["expired"]:
            record["userIdentity"] = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
        records.append(record)
    token = base64_text(hashlib.sha512(b"iterator").digest() * 2)
    return {"Records": records, "NextShardIterator": f"{changes[0]['table'].stream}|1|AAAAAAAAAA{token}"}


def export_line(change):
    """A line of an incremental export: what became of one item in the window."""
    line = {"Metadata": {"WriteTimestampMicros": {"N": str(change["ms"] * 1000 + pick(str(change["ms"]), 0, 999))}},
            "Keys": image(change["key"])}
    if change["old"] is not None:
        line["OldImage"] = image(change["old"])
    if change["new"] is not None:
        line["NewImage"] = image(change["new"])
    return line


def kinesis_change(change):
    """The data of a record that DynamoDB writes to a Kinesis data stream."""
    part = _stream_part(change, change["ms"])
    del part["SequenceNumber"], part["StreamViewType"]
    part["ApproximateCreationDateTimePrecision"] = "MILLISECOND"
    identity = {"type": "Service", "principalId": "dynamodb.amazonaws.com"} if change["expired"] else None
    return dumps({
        "awsRegion": REGION, "eventID": uuid(f"{change['table'].name}#{change['number']}"), "eventName": change["op"],
        "userIdentity": identity, "recordFormat": "application/json", "tableName": change["table"].name,
        "dynamodb": part, "eventSource": "aws:dynamodb"}).encode()


# Kinesis

def kinesis_event(stream, payloads):
    """The event that Lambda makes of a shard's records; payloads are (milliseconds, bytes, partition key)."""
    records = []
    sequence = int("49668" + str(int(digest(stream, 40), 16)).zfill(51))
    for number, (ms, data, key) in enumerate(payloads):
        sequence += pick(f"{stream}{number}", 10**20, 10**21)
        records.append({
            "kinesis": {
                "kinesisSchemaVersion": "1.0", "partitionKey": key, "sequenceNumber": str(sequence),
                "data": base64_text(data), "approximateArrivalTimestamp": ms / 1000},
            "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventID": f"shardId-000000000001:{sequence}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": f"arn:aws:iam::{ACCOUNT}:role/sluice-consumer", "awsRegion": REGION,
            "eventSourceARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{stream}"})
    return {"Records": records}


# CloudWatch Logs

def subscription(group, stream, events):
    """A subscription document; events are (milliseconds, message)."""
    log_events = []
    for ms, message in events:
        # A log event's id holds its time in the upper bits.
        low = int(digest(f"{group}{stream}{ms}{message}", 36), 16)
        log_events.append({"id": str((ms << 144) + low), "timestamp": ms, "message": message})
    return {"messageType": "DATA_MESSAGE", "owner": ACCOUNT, "logGroup": group, "logStream": stream,
            "subscriptionFilters": ["everything"], "logEvents": log_events}


def control_message(ms, destination):
    """What CloudWatch Logs sends to see whether a destination is well."""
    message = f"CWL CONTROL MESSAGE: Checking health of destination {destination}."
    return {"messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "", "logStream": "",
            "subscriptionFilters": [], "logEvents": [{"id": "", "timestamp": ms, "message": message}]}


def awslogs_event(document):
    return {"awslogs": {"data": base64_text(gzipped(dumps(document).encode()))}}


# SQS, SNS and EventBridge

def _attributes_md5(attributes):
    """SQS's digest over message attributes: names, types and values, each after its length."""
    out = b""
    for name in sorted(attributes):
        value = attributes[name]
        for part in (name, value["dataType"]):
            out += len(part.encode()).to_bytes(4, "big") + part.encode()
        out += b"\x01" + len(value["stringValue"].encode()).to_bytes(4, "big") + value["stringValue"].encode()
    return hashlib.md5(out).hexdigest()


def sqs_record(queue, ms, body, attributes=None, group=None, number=0, receive_count=1, sender="products-api"):
    name = f"{queue}#{ms}#{number}"
    record = {
        "messageId": uuid(name),
        "receiptHandle": "AQEB" + base64_text(hashlib.sha512(name.encode()).digest() * 2),
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": str(receive_count), "SentTimestamp": str(ms),
            "SenderId": f"AROA{digest(sender, 16).upper()}:{sender}",
            "ApproximateFirstReceiveTimestamp": str(ms + pick(name, 3, 40))},
        "messageAttributes": {}, "md5OfBody": hashlib.md5(body.encode()).hexdigest(), "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}", "awsRegion": REGION}
    if group is not None:
        # A FIFO queue's numbers have 20 digits and grow within a group; the content makes the deduplication id.
        record["attributes"].update({
            "SequenceNumber": str(18890496460000000000 + (ms - millis("2026-11-18T00:00:00")) * 256 + number),
            "MessageGroupId": group, "MessageDeduplicationId": hashlib.sha256(body.encode()).hexdigest()})
    if attributes:
        record["messageAttributes"] = {
            key: {"stringValue": value, "stringListValues": [], "binaryListValues": [], "dataType": "String"}
            for key, value in attributes.items()}
        record["md5OfMessageAttributes"] = _attributes_md5(record["messageAttributes"])
    return record


def sns_body(topic, ms, subject, message):
    """The body of a message that a queue got from a topic, without raw delivery."""
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:{topic}"
    key = digest("certificate")
    return dumps({
        "Type": "Notification", "MessageId": uuid(f"{topic}#{ms}"), "TopicArn": arn, "Subject": subject,
        "Message": message, "Timestamp": iso(ms), "SignatureVersion": "1",
        "Signature": base64_text(hashlib.sha512(message.encode()).digest() * 4),
        "SigningCertURL": f"https://sns.{REGION}.amazonaws.com/SimpleNotificationService-{key}.pem",
        "UnsubscribeURL": f"https://sns.{REGION}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={arn}:{uuid(topic)}",
        "MessageAttributes": {"event": {"Type": "String", "Value": "price-changed"}}}, pretty=True)


def bus_event(source, detail_type, ms, detail, resources=()):
    return {"version": "0", "id": uuid(f"{source}#{detail_type}#{ms}"), "detail-type": detail_type, "source": source,
            "account": ACCOUNT, "time": iso(ms)[:19] + "Z", "region": REGION, "resources": list(resources),
            "detail": detail}
