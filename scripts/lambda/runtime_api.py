# SPDX-License-Identifier: Apache-2.0
"""A Runtime API on loopback, and a process that runs as Lambda would run it; for what measures and tries functions."""

import json
import os
import signal
import socket
import time

# A start takes milliseconds; a machine that does something else may take longer.
PATIENCE = 30


class Unexpected(Exception):
    """What a runtime did that Lambda would not take."""


class Runtime:
    """A process, and the one connection that it makes. Its first request is read with read_request."""

    def __init__(self, argv, variables, output, errors=2):
        listening = socket.create_server(("127.0.0.1", 0))
        listening.settimeout(PATIENCE)
        environment = {
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % listening.getsockname()[1],
            "AWS_LAMBDA_FUNCTION_NAME": "tried",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/tried",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
            "PATH": os.environ["PATH"],
            **variables,
        }
        actions = [(os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, errors, 2)]
        begin = time.perf_counter()
        self.pid = os.posix_spawn(argv[0], argv, environment, file_actions=actions)
        try:
            self.connection, _ = listening.accept()
            self.connection.settimeout(PATIENCE)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.pending = self.connection.recv(65536)
        except TimeoutError:
            self.kill()
            raise Unexpected("%s did not call the Runtime API" % argv[0]) from None
        finally:
            listening.close()
        self.start = time.perf_counter() - begin
        self.peak = self.resident_peak()

    def resident_peak(self):
        with open("/proc/%d/status" % self.pid) as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), 0) / 1024

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
        try:
            piece = self.connection.recv(65536)
        except TimeoutError:
            raise Unexpected("the runtime says nothing more") from None
        if not piece:
            raise Unexpected("the runtime has closed its connection")
        self.pending += piece

    def await_next(self):
        """Reads the request for an event, which must be the next one."""
        path, body = self.read_request()
        if path != "/2018-06-01/runtime/invocation/next":
            raise Unexpected("in place of asking for an event the runtime said %s %r" % (path, body[:500]))

    def invoke(self, event):
        """Seconds from the event's first byte to the answer's last. The runtime must answer that all is done, and ask for the next event."""
        head = (
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n"
            "Lambda-Runtime-Deadline-Ms: %d\r\nLambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700\r\n"
            "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:tried\r\n"
            "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % ((time.time() + PATIENCE) * 1000, len(event))
        )
        begin = time.perf_counter()
        self.connection.sendall(head.encode() + event)
        path, body = self.read_request()
        taken = time.perf_counter() - begin
        if not path.endswith("/response") or json.loads(body) != {"batchItemFailures": []}:
            raise Unexpected("%s: %r" % (path, body[:500]))
        self.connection.sendall(b'HTTP/1.1 202 Accepted\r\nContent-Length: 15\r\n\r\n{"status":"OK"}')
        self.await_next()
        return taken

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def end(self):
        self.kill()
        self.connection.close()


def logging_only():
    """A configuration for SLUICE_CONFIG that needs nothing."""
    return json.dumps({"sinks": {"console": {"type": "log"}}, "routes": [{"to": ["console"]}], "rejected": {"block": True}})
