# SPDX-License-Identifier: Apache-2.0
"""Starts Lambda runtimes against a Runtime API on loopback and measures them; see scripts/measure-start."""

import argparse
import json
import os
import statistics
import sys

from runtime_api import Runtime, Unexpected, logging_only

HERE = os.path.dirname(os.path.abspath(__file__))
VARIABLES = {"SLUICE_CONFIG": logging_only(), "LAMBDA_TASK_ROOT": HERE, "PYTHONPATH": HERE, "PYTHONDONTWRITEBYTECODE": "1"}


def started(argv, nowhere):
    runtime = Runtime(argv, VARIABLES, nowhere)
    runtime.await_next()
    return runtime


def record(number):
    def item(step):
        return {
            "Id": {"N": str(number)},
            "name": {"S": "Hand grinder, number %d" % number},
            "price": {"N": "%d.95" % (50 + step)},
            "tags": {"SS": ["coffee", "grinder", "new"]},
            "stock": {"M": {"porto": {"N": str(step)}, "berlin": {"N": "7"}}},
            "description": {"S": "Kegelmahlwerk aus Edelstahl, 38 mm – mahlt für Espresso bis French Press. " * 3},
            "active": {"BOOL": step % 2 == 0},
            "history": {"L": [{"S": "created"}, {"S": "priced"}, {"NULL": True}]},
        }

    return {
        "eventID": "%032x" % number,
        "eventName": "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1795000000 + number,
            "Keys": {"Id": {"N": str(number)}},
            "NewImage": item(4),
            "OldImage": item(3),
            "SequenceNumber": "45216000000000%08d" % number,
            "SizeBytes": 700,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/Products/stream/2026-11-02T08:14:36.210",
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("executable")
    parser.add_argument("--package")
    parser.add_argument("--awslambdaric", metavar="PYTHON")
    parser.add_argument("--starts", type=int, default=20)
    parser.add_argument("--invocations", type=int, default=300)
    options = parser.parse_args()

    event = json.dumps({"Records": [record(number) for number in range(100)]}, separators=(",", ":"), ensure_ascii=False).encode()
    python = os.path.realpath(sys.executable)
    runtimes = [
        ("sluice-lambda", [options.executable]),
        ("Python, standard library", [python, os.path.join(HERE, "python_runtime.py")]),
    ]
    if options.awslambdaric:
        runtimes.append(("Python, awslambdaric", [options.awslambdaric, "-m", "awslambdaric", "python_runtime.handle"]))

    print("exec to the first /next over %d starts; then %d invocations of 100 DynamoDB records (%d kB) each" % (options.starts, options.invocations, len(event) / 1000))
    print()
    print("%-26s %12s %12s %12s %12s %14s" % ("", "start ms", "fastest ms", "peak MiB", "warm ms", "then MiB"))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for name, argv in runtimes:
        starts, peaks = [], []
        for number in range(options.starts + 1):
            runtime = started(argv, nowhere)
            # The first start finds nothing in the system's caches.
            if number > 0:
                starts.append(runtime.start * 1000)
                peaks.append(runtime.peak)
            if number < options.starts:
                runtime.end()
        for _ in range(20):
            runtime.invoke(event)
        warm = [runtime.invoke(event) * 1000 for _ in range(options.invocations)]
        then = runtime.resident_peak()
        runtime.end()
        print("%-26s %12.2f %12.2f %12.1f %12.2f %14.1f" % (name, statistics.median(starts), min(starts), max(peaks), statistics.median(warm), then))
    if options.package:
        print()
        print("package: %.1f MB" % (os.path.getsize(options.package) / 1e6))


try:
    main()
except Unexpected as error:
    sys.exit(str(error))
