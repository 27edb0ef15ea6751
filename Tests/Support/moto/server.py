#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""moto's server behind one that checks every request's signature.

Prints {"port": …, "moto": …} when it is ready and ends when its standard input does. Requests whose signature botocore would not have made are answered with
403 and the reason; the others go on to moto as they came, or end here where they have the header sluice-check. Under /-/ are the tests' own doors: /-/counts tells how many requests were let through and how many
refused, /-/call runs a call of boto3 (see calls.py) against moto, past the check.
"""

import http.client
import json
import logging
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from moto.server import ThreadedMotoServer

import calls
import signature

REGION = "eu-central-1"
KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
NOT_FORWARDED = {"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"}

logging.getLogger("werkzeug").setLevel(logging.ERROR)
counts = {"verified": 0, "refused": 0}
lock = threading.Lock()
# moto keeps its state in plain dictionaries, which requests that come together break for each other.
one_at_a_time = threading.Lock()
moto_port = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, headers=(), length=None):
        # The server's own Date and Server go first.
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        # self.path has leading slashes made one; the request line has what was sent.
        target = self.requestline.split(" ")[1]
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if target.startswith("/-/"):
            return self.door(target, body)
        try:
            signature.check(self.command, target, self.headers.items(), body, dict([KEYS]))
        except signature.Refused as refused:
            with lock:
                counts["refused"] += 1
            text = json.dumps({"__type": refused.code, "message": str(refused)}).encode()
            return self.answer(403, text, [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-errortype", refused.code)])
        with lock:
            counts["verified"] += 1
        if "sluice-check" in self.headers:
            return self.answer(200, b"")
        self.forward(target, body)

    def forward(self, target, body):
        connection = http.client.HTTPConnection("127.0.0.1", moto_port)
        try:
            with one_at_a_time:
                connection.putrequest(self.command, target, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    if name.lower() not in ("connection", "content-length"):
                        connection.putheader(name, value)
                connection.putheader("Content-Length", str(len(body)))
                connection.endheaders(body)
                response = connection.getresponse()
                content = response.read()
        finally:
            connection.close()
        headers = [(name, value) for name, value in response.getheaders() if name.lower() not in NOT_FORWARDED]
        length = response.getheader("content-length") if self.command == "HEAD" else None
        self.answer(response.status, content, headers, length)

    def door(self, target, body):
        if target == "/-/counts":
            result = counts
        else:
            with one_at_a_time:
                result = calls.run(f"http://127.0.0.1:{moto_port}", REGION, KEYS, json.loads(body))
        self.answer(200, json.dumps(result, sort_keys=True, ensure_ascii=False).encode(), [("Content-Type", "application/json")])

    def log_message(self, *arguments):
        pass

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any


class Server(ThreadingHTTPServer):
    daemon_threads = True
    # Connections that come all at once wait here.
    request_queue_size = 128

    def handle_error(self, request, client_address):
        # Clients that go away in the middle are what many tests are about.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
moto.start()
moto_port = moto.get_host_and_port()[1]
# Functions are not run, which would take Docker: their answers are made up.
settings = http.client.HTTPConnection("127.0.0.1", moto_port)
settings.request("POST", "/moto-api/config", json.dumps({"lambda": {"use_docker": False}}), {"Content-Type": "application/json"})
settings.getresponse().read()
settings.close()
server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(json.dumps({"port": server.server_address[1], "moto": moto_port}), flush=True)
sys.stdin.buffer.read()
