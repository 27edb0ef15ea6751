# SPDX-License-Identifier: Apache-2.0
"""Starts Lambda runtimes against a Runtime API on loopback and measures them; see scripts/measure-start."""

import argparse
import json
import os
import signal
import socket
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CONFIGURATION = {"sinks": {"console": {"type": "log"}}, "routes": [{"to": ["console"]}], "rejected": {"block": True}}


class Runtime:
    """A process that runs as Lambda would run it, and the one connection that it makes."""

    def __init__(self, argv):
        listening = socket.create_server(("127.0.0.1", 0))
        environment = {
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % listening.getsockname()[1],
            "AWS_LAMBDA_FUNCTION_NAME": "measured",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/measured",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
            "SLUICE_CONFIG": json.dumps(CONFIGURATION),
            "LAMBDA_TASK_ROOT": HERE,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": HERE,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        nowhere = os.open(os.devnull, os.O_WRONLY)
        begin = time.perf_counter()
        self.pid = os.posix_spawn(argv[0], argv, environment, file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, 1)])
        self.connection, _ = listening.accept()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = self.connection.recv(65536)
        self.start = time.perf_counter() - begin
        if not self.pending.startswith(b"GET /2018-06-01/runtime/invocation/next"):
            sys.exit("%s did not ask for an event but sent %r" % (argv[0], self.pending[:200]))
        os.close(nowhere)
        listening.close()
        self.peak = self.resident_peak()
        self.read_request()

    def resident_peak(self):
        with open("/proc/%d/status" % self.pid) as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024

    def read_request(self):
        while b"\r\n\r\n" not in self.pending:
            self.receive()
        head, self.pending = self.pending.split(b"\r\n\r\n", 1)
        fields = dict(line.split(b":", 1) for line in head.lower().split(b"\r\n")[1:])
        length = int(fields.get(b"content-length", 0))
        while len(self.pending) < length:
            self.receive()
        body, self.pending = self.pending[:length], self.pending[length:]
        return head.split(b" ")[1].decode(), body

    def receive(self):
        piece = self.connection.recv(65536)
        if not piece:
            sys.exit("the runtime has closed its connection")
        self.pending += piece

    def invoke(self, event):
        """Seconds from the event's first byte to the answer's last."""
        head = (
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n"
            "Lambda-Runtime-Deadline-Ms: %d\r\nLambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700\r\n"
            "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:measured\r\n"
            "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (time.time() * 1000 + 30000, len(event))
        )
        begin = time.perf_counter()
        self.connection.sendall(head.encode() + event)
        path, body = self.read_request()
        taken = time.perf_counter() - begin
        if not path.endswith("/response") or json.loads(body) != {"batchItemFailures": []}:
            sys.exit("%s: %r" % (path, body[:500]))
        self.connection.sendall(b'HTTP/1.1 202 Accepted\r\nContent-Length: 15\r\n\r\n{"status":"OK"}')
        self.read_request()
        return taken

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.connection.close()


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
    for name, argv in runtimes:
        starts, peaks = [], []
        for number in range(options.starts + 1):
            runtime = Runtime(argv)
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


main()
