#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts load on `sluice serve` over a table in SQLite, and tells what it bears.

It fills a table with events in batches, asks for rows at random (when the table is small, and when it is full), saves
executions one request at a time, and at last sends SIGTERM in the middle of such a load and looks for every execution that was
answered with success. Needs wrk. scripts/benchmark serve builds the command and calls this.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Server:
    def __init__(self, sluice, folder, cpu):
        command = [sluice, "serve", "--listen", "127.0.0.1:0", "--table", "sqlite:load.db"]
        self.process = subprocess.Popen(pinned(cpu, command), cwd=folder, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        found = re.match(r"listening on http://127\.0\.0\.1:(\d+)$", line.strip())
        if not found:
            sys.exit(f"the server does not listen; it said: {line}{self.process.stderr.read()}")
        self.port = int(found.group(1))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def peak(self):
        try:
            with open(f"/proc/{self.process.pid}/status") as status:
                return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM:"))
        except (OSError, StopIteration):
            return None


def pinned(cpu, command):
    return ["taskset", "-c", str(cpu), *command] if cpu is not None else command


def post(connection, path, body, kind="application/json"):
    connection.request("POST", path, body, {"content-type": kind})
    response = connection.getresponse()
    response.read()
    return response.status


def fill(server, first, last, batch, clients):
    """Events first..<last, in batches. Gives events a second."""
    starts = iter(range(first, last, batch))
    lock = threading.Lock()
    failures = []

    def work():
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        while True:
            with lock:
                start = next(starts, None)
            if start is None:
                return
            lines = "".join(
                '{"id":"e%d","order":%d,"customer":"c%d","total":"%d.%02d","status":"paid","note":"as it was ordered, in one piece"}\n'
                % (n, n, n % 977, n % 500, n % 100)
                for n in range(start, min(start + batch, last))
            )
            status = post(connection, "/events?source=load&type=order", lines, "application/x-ndjson")
            if status != 200:
                failures.append(status)
                return

    threads = [threading.Thread(target=work) for _ in range(clients)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit(f"a batch was answered {failures[0]}")
    return (last - first) / (time.monotonic() - begun)


def wrk(server, script, seconds, connections, cpu, *arguments):
    """Requests a second and the 99th percentile of their time in milliseconds."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", os.path.join(HERE, script)]
    command += [f"http://127.0.0.1:{server.port}", "--", *map(str, arguments)]
    output = subprocess.run(pinned(cpu, command), capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(output)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", output).groups()
    return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def stopped(sluice, folder, seconds, clients):
    """SIGTERM in the middle of a load: what was answered with success must be in the table."""
    server = Server(sluice, folder, None)
    answered = [[] for _ in range(clients)]

    def work(number):
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        count = 0
        while True:
            name = f"s{number}-{count}"
            count += 1
            try:
                body = json.dumps({"aws_request_id": name, "FunctionName": "stopped", "event": {"n": count}})
                if post(connection, "/executions", body) != 201:
                    sys.exit(f"{name} was refused")
                answered[number].append(name)
            except (OSError, http.client.HTTPException):
                return

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    status = server.stop()
    for thread in threads:
        thread.join()
    names = {name for part in answered for name in part}
    with sqlite3.connect(os.path.join(folder, "load.db")) as table:
        kept = {row[0] for row in table.execute("SELECT aws_request_id FROM events WHERE FunctionName = 'stopped'")}
    print(f"SIGTERM after {seconds} s of load: exit status {status}, {len(names):,} saves answered with success, {len(names - kept)} of them lost")
    return status == 0 and not names - kept and len(names) > 0


def main():
    parser = argparse.ArgumentParser(description="Puts load on sluice serve.")
    parser.add_argument("--sluice", required=True, help="the command, built for release")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=10, help="of each measurement")
    parser.add_argument("--stop-after", type=int, default=60, help="seconds of load before SIGTERM")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--pin", action="store_true", help="the server on one processor, the load on another")
    arguments = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is missing: scripts/setup --wrk installs it on Debian")
    sluice = os.path.abspath(arguments.sluice)
    server_cpu, load_cpu = (0, 1) if arguments.pin else (None, None)
    with tempfile.TemporaryDirectory(prefix="sluice-load-") as folder:
        server = Server(sluice, folder, server_cpu)
        small = min(10_000, arguments.rows)
        fill(server, 0, small, 1000, 1)
        for rows in (small, arguments.rows):
            if rows > small:
                rate = fill(server, small, rows, 1000, 4)
                print(f"events in batches of 1,000: {rate:,.0f} a second, until the table had {rows:,} rows")
            wrk(server, "lookup.lua", 2, arguments.connections, load_cpu, rows)
            runs = [wrk(server, "lookup.lua", arguments.seconds, arguments.connections, load_cpu, rows) for _ in range(3)]
            rate, slow = (sorted(values)[1] for values in zip(*runs))
            print(f"look-ups with {rows:,} rows: {rate:,.0f} a second, 99 of 100 within {slow:.2f} ms (medians of 3 runs)")
        rate, slow = wrk(server, "save.lua", arguments.seconds, arguments.connections, load_cpu)
        print(f"executions saved one by one: {rate:,.0f} a second, 99 of 100 within {slow:.2f} ms")
        rate, slow = wrk(server, "event.lua", arguments.seconds, arguments.connections, load_cpu)
        print(f"events brought in one by one: {rate:,.0f} a second, 99 of 100 within {slow:.2f} ms")
        print(f"the server's memory at most: {server.peak()} MiB")
        if server.stop() != 0:
            sys.exit("the server did not end as it should")
        if not stopped(sluice, folder, arguments.stop_after, 16):
            sys.exit(1)


if __name__ == "__main__":
    main()
