# SPDX-License-Identifier: Apache-2.0
"""What the functions wrote to CloudWatch Logs while they did what products.py and todo.py tell."""

import math

import products
import todo
from aws import ACCOUNT, REGION, digest, dumps, iso, millis, pick, subscription, uuid

MEMORY = {"products-api": 256, "todo-api": 128, "stock-sync": 512}
GROUP = "/aws/lambda/"


class Execution:
    """One invocation: when, how long, in which environment, and the lines between its first and its last."""

    def __init__(self, ms, function, request, cold, **details):
        self.function, self.request, self.cold = function, request, cold
        self.name = f"{function}#{ms}"
        self.id = uuid(self.name)
        self.duration = pick(self.name + "d", 310, 2900) / 100 if request.startswith("GET") else \
            pick(self.name + "d", 1250, 9600) / 100
        self.duration = details.get("duration", self.duration)
        self.initialisation = pick(self.name + "i", 21000, 48000) / 100 if cold else 0
        # The change is there some milliseconds before the function answers.
        self.end = ms + pick(self.name + "e", 2, 6)
        self.start = self.end - round(self.duration)
        self.said = details.get("said")
        self.error = details.get("error")
        self.timeout = details.get("timeout", False)
        self.used = pick(self.name + "m", 30, 60) * MEMORY[function] // 100

    @property
    def billed(self):
        return math.ceil(self.duration + self.initialisation)


def python_lines(run):
    """Text logs of the Python runtime."""
    if run.cold:
        arn = f"arn:aws:lambda:{REGION}::runtime:{digest('python-runtime', 64)}"
        yield (run.start - round(run.initialisation),
               f"INIT_START Runtime Version: python:3.13.v71\tRuntime Version ARN: {arn}\n")
    yield run.start, f"START RequestId: {run.id} Version: $LATEST\n"
    yield run.start + 1, f"[INFO]\t{iso(run.start + 1)}\t{run.id}\t{run.request}\n"
    if run.said:
        yield run.end - 2, f"[INFO]\t{iso(run.end - 2)}\t{run.id}\t{run.said}\n"
    if run.error:
        kind, text, trace = run.error
        # The runtime's own error line has no request id; it stands between START and END.
        lines = [f"[ERROR] {kind}: {text}", "Traceback (most recent call last):"]
        for place, code in trace:
            lines += [f"\u00a0\u00a0{place}", f"\u00a0\u00a0\u00a0\u00a0{code}"]
        yield run.end - 1, "\n".join(lines) + "\n"
    if run.timeout:
        yield run.end, f"{iso(run.end)} {run.id} Task timed out after {run.duration / 1000:.2f} seconds\n\n"
    yield run.end, f"END RequestId: {run.id}\n"
    yield run.end, report_line(run)


def node_lines(run):
    """Text logs of the Node.js runtime."""
    if run.cold:
        arn = f"arn:aws:lambda:{REGION}::runtime:{digest('node-runtime', 64)}"
        yield (run.start - round(run.initialisation),
               f"INIT_START Runtime Version: nodejs:22.v58\tRuntime Version ARN: {arn}\n")
    yield run.start, f"START RequestId: {run.id} Version: $LATEST\n"
    yield run.start + 2, f"{iso(run.start + 2)}\t{run.id}\tINFO\t{run.request}\n"
    if run.said:
        yield run.end - 1, f"{iso(run.end - 1)}\t{run.id}\tINFO\t{run.said}\n"
    if run.error:
        kind, text, trace = run.error
        error = {"errorType": kind, "errorMessage": text,
                 "stack": [f"{kind}: {text}", *(f"    at {place}" for place in trace)]}
        yield run.end - 1, f"{iso(run.end - 1)}\t{run.id}\tERROR\tInvoke Error \t{dumps(error)}\n"
    yield run.end, f"END RequestId: {run.id}\n"
    yield run.end, report_line(run)


def report_line(run):
    line = (f"REPORT RequestId: {run.id}\tDuration: {run.duration:.2f} ms\tBilled Duration: {run.billed} ms\t"
            f"Memory Size: {MEMORY[run.function]} MB\tMax Memory Used: {run.used} MB\t")
    if run.cold:
        line += f"Init Duration: {run.initialisation:.2f} ms\t"
    if run.timeout:
        line += "Status: timeout"
    return line + "\n"


def json_lines(run):
    """Logs of a function whose log format is JSON, Node.js."""
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{run.function}"
    if run.cold:
        ms = run.start - round(run.initialisation)
        yield ms, dumps({"time": iso(ms), "type": "platform.initStart", "record": {
            "initializationType": "on-demand", "phase": "init", "runtimeVersion": "nodejs:22.v58",
            "runtimeVersionArn": f"arn:aws:lambda:{REGION}::runtime:{digest('node-runtime', 64)}",
            "functionName": run.function, "functionArn": arn, "functionVersion": "$LATEST",
            "instanceMaxMemory": MEMORY[run.function] * 1024 * 1024}})
    yield run.start, dumps({"time": iso(run.start), "type": "platform.start", "record": {
        "requestId": run.id, "functionArn": arn, "version": "$LATEST"}})
    yield run.start + 1, dumps({"timestamp": iso(run.start + 1), "level": "INFO", "requestId": run.id,
                                "message": run.request})
    if run.said:
        yield run.end - 1, dumps({"timestamp": iso(run.end - 1), "level": "INFO", "requestId": run.id,
                                  "message": {"text": run.said, "source": "stock-updates"}})
    status = {"status": "success"}
    if run.error:
        kind, text, trace = run.error
        yield run.end - 1, dumps({"timestamp": iso(run.end - 1), "level": "ERROR", "requestId": run.id, "message": {
            "errorType": kind, "errorMessage": text,
            "stackTrace": [f"{kind}: {text}", *(f"    at {place}" for place in trace)]}})
        status = {"status": "error", "errorType": kind}
    metrics = {"durationMs": run.duration, "billedDurationMs": run.billed, "memorySizeMB": MEMORY[run.function],
               "maxMemoryUsedMB": run.used}
    if run.cold:
        metrics["initDurationMs"] = run.initialisation
    yield run.end, dumps({"time": iso(run.end), "type": "platform.report", "record": {
        "requestId": run.id, "metrics": metrics, **status}})


LINES = {"products-api": python_lines, "todo-api": node_lines, "stock-sync": json_lines}


def _reads():
    """GET requests between the writes."""
    for day in (18, 19, 20):
        for number in range(9):
            ms = millis(f"2026-11-{day}T{9 + number:02d}:00:00") + pick(f"read{day}{number}", 0, 3_599_999)
            yield ms, "products-api", f"GET /products/{pick(f'id{day}{number}', 1, 3)}", {"said": "200"}
            if number % 3 == 0:
                yield ms + 7331, "todo-api", "GET /users/mira/todos", {"said": "200"}


def _failures():
    """What went wrong: a price with a comma, a slow query, a malformed to-do, a count without its product."""
    yield millis("2026-11-18T16:01:58.870"), "products-api", "PATCH /products/5", {"error": (
        "InvalidOperation", "[<class 'decimal.ConversionSyntax'>]", [
            ('File "/var/task/app.py", line 58, in handler', 'return route(event["routeKey"])(event)'),
            ('File "/var/task/products.py", line 31, in patch', 'item["price"] = Decimal(body["price"])')])}
    yield millis("2026-11-19T13:05:21.440"), "products-api", "GET /products?text=gift", {
        "duration": 3000.0, "timeout": True}
    yield millis("2026-11-19T17:48:12.095"), "todo-api", "POST /users/tomasz/todos", {"error": (
        "TypeError", "Cannot read properties of undefined (reading 'trim')", [
            "validate (/var/task/validate.mjs:14:22)", "Runtime.handler (/var/task/index.mjs:27:16)"])}
    yield millis("2026-11-20T12:10:45.660"), "stock-sync", "stock count of product 4", {"error": (
        "ConditionalCheckFailedException", "The conditional request failed", [
            "update (/var/task/stock.mjs:40:11)", "async Runtime.handler (/var/task/index.mjs:12:5)"])}


def executions():
    """All executions, by function and then by environment (log stream), in time's order."""
    runs = [(ms, function, request, {"said": said}) for ms, function, request, said, _ in products.calls + todo.calls
            if function]
    runs += [*_reads(), *_failures()]
    streams = {}
    for ms, function, request, details in sorted(runs, key=lambda run: run[0]):
        day = iso(ms)[:10].replace("-", "/")
        stream = f"{day}/[$LATEST]{digest(function + day)}"
        cold = (function, stream) not in streams
        runs_before = streams.setdefault((function, stream), [])
        run = Execution(ms, function, request, cold, **details)
        # One environment does one thing at a time.
        assert not runs_before or run.start > runs_before[-1].end, run.name
        runs_before.append(run)
    return streams


def documents(function, size=13):
    """The subscription documents of one function: (time of the last line, document). An execution may be cut in two."""
    for (name, stream), runs in sorted(executions().items()):
        if name != function:
            continue
        lines = [line for run in runs for line in LINES[function](run)]
        for start in range(0, len(lines), size):
            part = lines[start:start + size]
            yield part[-1][0], subscription(GROUP + function, stream, part)
