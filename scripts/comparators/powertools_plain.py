# SPDX-License-Identifier: Apache-2.0
"""DynamoDB events, one a line, to plain JSON lines with the event classes of Powertools for AWS Lambda."""

import base64
import decimal
import json
import sys

from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent


def plain(value):
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, (set, frozenset)):
        return list(value)
    raise TypeError(type(value).__name__)


def line(record):
    change = record.dynamodb
    out = {
        "kind": "change",
        "id": record.event_id,
        "op": record.event_name.name,
        "sequence": change.sequence_number,
        "region": record.aws_region,
        "keys": change.keys,
        "old": change.old_image,
        "new": change.new_image,
    }
    return json.dumps({key: value for key, value in out.items() if value is not None}, default=plain, ensure_ascii=False)


def main():
    with open(sys.argv[1], encoding="utf-8") as events:
        for event in events:
            for record in DynamoDBStreamEvent(json.loads(event)).records:
                sys.stdout.write(line(record) + "\n")


main()
