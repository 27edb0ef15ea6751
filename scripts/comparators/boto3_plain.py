# SPDX-License-Identifier: Apache-2.0
"""DynamoDB events, one a line, to plain JSON lines with boto3's TypeDeserializer: what a Python function does today."""

import base64
import decimal
import json
import sys
from datetime import datetime, timezone

from boto3.dynamodb.types import TypeDeserializer


class StreamDeserializer(TypeDeserializer):
    """A stream event has binary as base64 text, which TypeDeserializer by itself refuses."""

    def _deserialize_b(self, value):
        return base64.b64decode(value)


deserialize = StreamDeserializer().deserialize


def plain(value):
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, (set, frozenset)):
        return list(value)
    raise TypeError(type(value).__name__)


def image(change, name):
    attributes = change.get(name)
    return None if attributes is None else {key: deserialize(value) for key, value in attributes.items()}


def line(record):
    change = record["dynamodb"]
    arn = record["eventSourceARN"].split(":", 5)
    keys, old, new = image(change, "Keys"), image(change, "OldImage"), image(change, "NewImage")
    time = datetime.fromtimestamp(change["ApproximateCreationDateTime"], timezone.utc)
    out = {
        "kind": "change",
        "id": record["eventID"],
        "op": record["eventName"],
        "table": arn[5].split("/")[1],
        "time": time.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "sequence": change["SequenceNumber"],
        "region": record["awsRegion"],
        "account": arn[4],
        "keys": keys,
        "old": old,
        "new": new,
    }
    if old is not None and new is not None:
        changed = [name for name, value in new.items() if name not in old or old[name] != value]
        out["changed"] = changed + [name for name in old if name not in new]
    return json.dumps({key: value for key, value in out.items() if value is not None}, default=plain, ensure_ascii=False)


def main():
    with open(sys.argv[1], encoding="utf-8") as events:
        for event in events:
            for record in json.loads(event)["Records"]:
                sys.stdout.write(line(record) + "\n")


main()
