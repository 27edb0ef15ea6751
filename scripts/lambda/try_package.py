# SPDX-License-Identifier: Apache-2.0
"""Starts what is in a package against a Runtime API on loopback; see scripts/test-package.

    try_package.py ZIP EVENTS

EVENTS is a file of DynamoDB events, one on a line; the first is handed over.
"""

import http.server
import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

CONFIGURATION = {"sinks": {"console": {"type": "log"}}, "routes": [{"to": ["console"]}], "rejected": {"block": True}}
# A start takes milliseconds; a machine that does something else may take longer.
PATIENCE = 30


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        # The function is ended as soon as it has said enough.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class RuntimeAPI:
    """Hands one event over, and keeps what the function says."""

    def __init__(self, event):
        self.said = queue.Queue()
        self.events = [event]
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if not api.events:
                    # As Lambda does, while there is no event.
                    api.said.put((self.path, b""))
                    threading.Event().wait()
                self.answer(200, api.events.pop(), {
                    "Lambda-Runtime-Aws-Request-Id": "3e2b6a52-7f27-4be0-bd15-b1a7f1a4a0a7",
                    "Lambda-Runtime-Deadline-Ms": str(int((time.time() + PATIENCE) * 1000)),
                    "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
                    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:123456789012:function:tried",
                })

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                api.said.put((self.path, body))
                self.answer(202, b'{"status":"OK"}', {})

            def answer(self, status, body, headers):
                self.send_response(status)
                for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = Server(("127.0.0.1", 0), Handler)
        self.address = "127.0.0.1:%d" % server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()


def run(folder, event, variables, calls):
    """What the function says to the Runtime API in its first calls behind the one for the event, as (path, body), and what it writes."""
    api = RuntimeAPI(event)
    environment = {
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_LAMBDA_FUNCTION_NAME": "tried",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/tried",
        "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_REGION": "eu-central-1",
        "LAMBDA_TASK_ROOT": folder,
        **variables,
    }
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([os.path.join(folder, "bootstrap")], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        said = []
        try:
            end = time.monotonic() + PATIENCE
            while len(said) < calls:
                try:
                    said.append(api.said.get(timeout=0.1))
                except queue.Empty:
                    if time.monotonic() > end or process.poll() is not None and api.said.empty():
                        break
        finally:
            process.kill()
            process.wait()
        output.seek(0)
        written = output.read().decode(errors="replace")
    if len(said) < calls:
        sys.exit("the function said only %r (status %s):\n%s" % (said, process.returncode, written))
    return said, written


def expect(condition, *what):
    if not condition:
        sys.exit("\n".join(str(each) for each in what))


def unpack(package, folder):
    with zipfile.ZipFile(package) as file:
        names = sorted(file.namelist())
        expect(names == ["bootstrap", "sluice.json"], "the package holds %s" % names)
        for entry in file.infolist():
            mode = entry.external_attr >> 16
            expect(mode & 0o444 == 0o444 and (entry.filename != "bootstrap" or mode & 0o111 == 0o111), "%s has the mode %o" % (entry.filename, mode))
            os.chmod(file.extract(entry, folder), mode & 0o777)


def main(package, events):
    with open(events, "rb") as file:
        event = file.readline().rstrip()
    with tempfile.TemporaryDirectory() as folder:
        unpack(package, folder)

        with open(os.path.join(folder, "sluice.json"), encoding="utf-8") as file:
            configuration = file.read()
        missing = sorted(set(re.findall(r"\$\{([A-Z_]+)\}", configuration)))
        expect("sinks" in json.loads(configuration) and missing, "sluice.json is not the configuration of samples/deploy")
        [(path, body)], written = run(folder, event, {}, 1)
        expect(path.endswith("/runtime/init/error"), "without its variables the function said %s %r" % (path, body), written)
        unsaid = [name for name in missing if name not in body.decode()]
        expect(not unsaid, "the function does not say that it lacks %s:" % ", ".join(unsaid), body)

        said, written = run(folder, event, {"SLUICE_CONFIG": json.dumps(CONFIGURATION), "SLUICE_PARTIAL_RESPONSES": "1"}, 2)
        expect(said[0][0].endswith("/response") and json.loads(said[0][1]) == {"batchItemFailures": []}, "the answer is %r" % (said[0],), written)
        expect(said[1][0].endswith("/runtime/invocation/next"), "the function then said %r" % (said[1],), written)
        logged = []
        for line in written.splitlines():
            expect(line.startswith("{"), "a line of the log is no JSON: %s" % line)
            logged.append(json.loads(line).get("id"))
        for record in json.loads(event)["Records"]:
            expect(logged.count(record["eventID"]) == 1, "the record %s is logged %d times:" % (record["eventID"], logged.count(record["eventID"])), written)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
