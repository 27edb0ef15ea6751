# SPDX-License-Identifier: Apache-2.0
"""Writes the recorded streams in samples/: `python3 samples/generator`. The same bytes every time.

`python3 samples/generator --check` writes nothing and tells which files differ.
"""

import copy
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import logs
import products
import todo
import traffic
from aws import (awslogs_event, control_message, digest, dumps, export_line, get_records, gzipped, kinesis_change,
                 kinesis_event, lambda_event, lambda_record, millis)

SAMPLES = Path(__file__).resolve().parent.parent


def text(*values, pretty=False, end="\n"):
    return "".join(dumps(value, pretty) + end for value in values).encode()


def batch(changes, when=int):
    return lambda_event([lambda_record(change, when) for change in changes])


def product_files():
    between = products.between
    yield "streams/products/1-created.json", text(batch(between("18T00:00", "18T09:30")), pretty=True)
    yield "streams/products/2-batches.ndjson", text(
        batch(between("18T09:30", "18T12:00")), batch(between("18T12:00", "18T15:00")),
        batch(between("18T15:00", "18T23:59")), batch(between("19T00:00", "19T09:00")))
    yield "streams/products/3-batches.ndjson.gz", gzipped(text(
        batch(between("19T09:00", "19T11:00"), float), batch(between("19T11:00", "19T18:00"), float)))
    yield "streams/products/4-get-records.json", (
        dumps_like_the_cli(get_records(between("19T18:00", "19T23:59"))) + "\n").encode()
    last = batch(between("20T00:00", "20T23:59"))
    # Nothing promises an order of members: here the old image comes first, and what Lambda adds too.
    last["Records"] = [backwards(record) for record in last["Records"]]
    yield "streams/products/5-sold-out.json", text(last, pretty=True)


def dumps_like_the_cli(value):
    return json.dumps(value, ensure_ascii=False, indent=4)


def backwards(record):
    record = dict(reversed(record.items()))
    record["dynamodb"] = dict(reversed(record["dynamodb"].items()))
    return record


def todo_files():
    yield "streams/todo/1-incremental-export.json.gz", gzipped(text(*map(export_line, todo.exported)))
    yield "streams/todo/2-stream.json", text(batch(todo.streamed))
    # The stream delivers at least once: here one record came twice.
    payloads = [(change["ms"] + 412, kinesis_change(change), digest(str(change["key"])).upper())
                for change in todo.to_kinesis]
    payloads.insert(3, payloads[2])
    yield "streams/todo/3-kinesis.json", text(kinesis_event("todos-changes", payloads), pretty=True)


def log_files():
    documents = [document for _, document in logs.documents("products-api")]
    cut = next(place for place, document in enumerate(documents) if document["logStream"].startswith("2026/11/20"))
    yield "streams/logs/1-products-api.ndjson", text(*map(awslogs_event, documents[:cut]))
    yield "streams/logs/2-products-api-decompressed.json", text(*documents[cut:], end="")
    start = millis("2026-11-18T06:00:00")
    control = control_message(start, "Kinesis stream")
    payloads = [(start + 250, gzipped(text(control, end="")), digest("control"))]
    payloads += [(ms + 650, gzipped(text(document, end="")), digest(document["logStream"]))
                 for ms, document in logs.documents("todo-api")]
    yield "streams/logs/3-todo-api-kinesis.json", text(kinesis_event("function-logs", payloads), pretty=True)
    members = [control_message(start, "Firehose")] + [document for _, document in logs.documents("stock-sync")]
    yield "streams/logs/4-stock-sync-firehose.gz", b"".join(gzipped(text(member, end="")) for member in members)


def traffic_files():
    yield "streams/queue/1-stock-updates.ndjson", text(*traffic.stock_updates())
    yield "streams/queue/2-orders-fifo.json", text(traffic.orders(), pretty=True)
    yield "streams/queue/3-from-a-topic.json", text(traffic.price_watch(), pretty=True)
    yield "streams/queue/4-from-a-bus.json", text(traffic.shop_audit(), pretty=True)
    yield "streams/bus/1-events.ndjson", text(*traffic.bus())
    yield "streams/bus/2-order-placed.json", text(traffic.order_event(), pretty=True)


def broken_files():
    # A tool wrote the price as a JSON number, which DynamoDB never does: the third record is of the wrong shape.
    event = copy.deepcopy(batch(products.between("18T00:00", "18T09:30")))
    event["Records"][2]["dynamodb"]["NewImage"]["price"]["N"] = 32.5
    yield "broken/one-bad-record.json", text(event, pretty=True)
    # A download that broke off in the middle of the second line.
    lines = [text(batch([change])) for change in products.between("18T15:00", "18T23:59")]
    lines[1] = lines[1][:lines[1].rindex(b"100 pcs")] + b"\n"
    yield "broken/broken-line.ndjson", b"".join(lines)


def main():
    check = sys.argv[1:] == ["--check"]
    different = 0
    for files in (product_files, todo_files, log_files, traffic_files, broken_files):
        for name, content in files():
            path = SAMPLES / name
            if path.is_file() and path.read_bytes() == content:
                continue
            different += 1
            print(("differs: " if check else "written: ") + name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    return 1 if check and different else 0


if __name__ == "__main__":
    sys.exit(main())
