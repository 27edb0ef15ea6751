# SPDX-License-Identifier: Apache-2.0
"""The measured job in Python: DynamoDB events to plain JSON lines on standard output.

As a program it is a Lambda runtime of its own, on the standard library alone; awslambdaric takes `handle`."""

import json
import os
import sys


def plain(value):
    ((kind, content),) = value.items()
    if kind == "N":
        return float(content) if any(letter in content for letter in ".eE") else int(content)
    if kind == "M":
        return {name: plain(member) for name, member in content.items()}
    if kind == "L":
        return [plain(element) for element in content]
    if kind == "NS":
        return [plain({"N": element}) for element in content]
    if kind == "NULL":
        return None
    return content


def image(change, name):
    return {key: plain(value) for key, value in change[name].items()} if name in change else None


def line(record):
    change = record["dynamodb"]
    old, new = image(change, "OldImage"), image(change, "NewImage")
    out = {
        "kind": "change",
        "id": record["eventID"],
        "op": record["eventName"],
        "table": record["eventSourceARN"].split("/")[1],
        "time": change["ApproximateCreationDateTime"],
        "sequence": change["SequenceNumber"],
        "region": record["awsRegion"],
        "keys": image(change, "Keys"),
        "old": old,
        "new": new,
    }
    if old is not None and new is not None:
        out["changed"] = [name for name in {**new, **old} if old.get(name) != new.get(name)]
    return json.dumps({name: value for name, value in out.items() if value is not None}, ensure_ascii=False)


def handle(event, context):
    sys.stdout.write("".join(line(record) + "\n" for record in event["Records"]))
    sys.stdout.flush()
    return {"batchItemFailures": []}


def main():
    import http.client

    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    base = "/2018-06-01/runtime/invocation/"
    while True:
        connection.request("GET", base + "next")
        answer = connection.getresponse()
        event = json.loads(answer.read())
        body = json.dumps(handle(event, None))
        connection.request("POST", base + answer.headers["Lambda-Runtime-Aws-Request-Id"] + "/response", body)
        connection.getresponse().read()


if __name__ == "__main__":
    main()
