#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A program behind an exec sink that behaves as a test says.

    child.py BEHAVIOUR FOLDER

In the folder it keeps `arrived` (the ids it took, a line each), `starts` (a line with its process number for each start) and reads `condition`
(how it is doing, as JSON), which a test may change at any time.
"""

import json
import os
import signal
import subprocess
import sys
import time

behaviour, folder = sys.argv[1:3]
parent = os.getppid()


def path(name):
    return os.path.join(folder, name)


def note(name, text):
    with open(path(name), "a", encoding="utf-8") as file:
        file.write(text + "\n")


def lines(name):
    try:
        with open(path(name), encoding="utf-8") as file:
            return file.read().split("\n")[:-1]
    except FileNotFoundError:
        return []


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def condition():
    try:
        with open(path("condition"), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {"kind": "working"}


def forever():
    """Until it is killed, or nobody is left who could."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(9)


def take(entry):
    """What becomes of a record in the present condition."""
    while True:
        now = condition()
        if now["kind"] != "stalled":
            break
        if os.getppid() != parent:
            os._exit(9)
        time.sleep(0.005)
    if now["kind"] == "failing":
        return {"outcome": "retry", "reason": "the service is down"}
    if entry["id"] in now.get("refused", []):
        return {"outcome": "retry", "reason": "throttled", "after_ms": 5}
    if entry["id"].endswith("-bad"):
        return {"outcome": "rejected", "reason": "it is bad"}
    time.sleep(now.get("delay", 0))
    if entry["id"] in seen:
        return {"outcome": "already_there"}
    seen.add(entry["id"])
    note("arrived", entry["id"])
    return {"outcome": "delivered"}


def answer(message):
    records = message["records"]
    note("batches", str(len(records)))
    is_first = len(lines("starts")) == 1
    if behaviour == "dies-once" and is_first or behaviour == "dies":
        say(type="outcome", n=records[0]["n"], **take(records[0]))
        os._exit(3)
    if behaviour == "killed-once" and is_first:
        say(type="outcome", n=records[0]["n"], **take(records[0]))
        os.kill(os.getpid(), signal.SIGKILL)
    if behaviour == "late" or behaviour == "late-once" and is_first:
        forever()
    if behaviour == "unknown-record":
        say(type="outcome", n=records[-1]["n"] + 1, outcome="delivered")
    if behaviour == "unknown-batch":
        say(type="outcome", batch=message["batch"] + 1, outcome="delivered")
    if behaviour == "garbage":
        print("here I am \x1b[31mred")
        sys.stdout.flush()
    if behaviour == "wrong-outcome":
        say(type="outcome", batch=message["batch"], outcome="done")
    if behaviour == "error":
        say(type="error", message="the licence has run out")
        forever()
    if behaviour == "long-line":
        sys.stdout.write("x" * (2 << 20))
        sys.stdout.flush()
        forever()
    if behaviour == "closes-output":
        os.close(1)
        forever()
    if behaviour == "closes-input-in-batch":
        os.close(0)
    if behaviour == "whole":
        for entry in records:
            note("arrived", entry["id"])
        return say(type="outcome", batch=message["batch"], outcome="delivered")
    if behaviour == "list":
        return say(type="outcome", n=[entry["n"] for entry in records], outcome="delivered")
    if behaviour == "echo":
        note("lines", json.dumps(message))
        return say(type="outcome", batch=message["batch"], outcome="delivered")
    waiting = set()
    for entry in records:
        if entry.get("key") in waiting:
            outcome = {"outcome": "retry", "reason": "waits"}
        else:
            outcome = take(entry)
        if outcome["outcome"] == "retry" and "key" in entry:
            waiting.add(entry["key"])
        say(type="outcome", n=entry["n"], **outcome)
        if behaviour == "twice":
            say(type="outcome", n=entry["n"], outcome="rejected", reason="changed its mind")
    if behaviour == "twice":
        say(type="outcome", batch=message["batch"], outcome="retry")


note("starts", str(os.getpid()))
seen = set(lines("arrived"))
if behaviour == "ignores-term":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if behaviour == "talks":
    sys.stderr.write("a line of its own\nwith \x1b[31mcolour and no end")
    sys.stderr.flush()
    say(type="hello", protocol=1)
    say(type="log", level="warning", message="it is warm")
    say(type="log", level="nonsense", message="it is told", extra=[1])
if behaviour == "does-not-start":
    sys.exit("there is no file of mine")
if behaviour == "does-not-restart" and len(lines("starts")) > 1:
    sys.exit("not again")
if behaviour == "silent":
    forever()
if behaviour == "grandchild":
    # It holds the pipes, is in the same process group, and would go on for long.
    note("grandchild", str(subprocess.Popen(["sleep", "300"]).pid))

for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "hello":
        note("hello", line.strip())
        if behaviour == "other-version":
            say(type="hello", protocol=2)
        elif behaviour == "answers-early":
            say(type="outcome", n=1, outcome="delivered")
        elif behaviour == "small-batches":
            say(type="hello", protocol=1, max_records=3)
        elif behaviour != "talks":
            say(type="hello", protocol=1)
        if behaviour == "deaf":
            forever()
        if behaviour == "closes-input":
            os.close(0)
            forever()
        if behaviour in ("greets-twice",):
            say(type="hello", protocol=1)
    elif message["type"] == "batch":
        if behaviour == "does-not-restart":
            os._exit(4)
        answer(message)
    elif message["type"] == "end":
        note("ends", "end")
if behaviour == "ignores-term":
    forever()
if behaviour == "fails-at-the-end":
    sys.exit(7)
