#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A sink for Sluice in Python, with the standard library alone: keeps each record once, in a SQLite file.

    sluice process samples/streams --to "exec:python3 samples/exec-sink/sink.py records.db"
    python3 samples/exec-sink/sink.py --list records.db
"""

import json
import sqlite3
import sys

TABLE = "CREATE TABLE IF NOT EXISTS records (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, record TEXT NOT NULL)"
LEVELS = 500  # in a record; with many more Python's json would not read what is kept here, unless it is told to


class Number(str):
    """A number as it was written. As a float it would lose digits, and an int of some thousand digits Python doesn't even read."""


def whole(text):
    return int(text) if len(text) < 19 and text != "-0" else Number(text)


READER = json.JSONDecoder(parse_int=whole, parse_float=Number)


def text_of(value, levels=LEVELS):
    """JSON with the very numbers that were read."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, (dict, list)) and levels == 0:
        raise ValueError(f"the record is nested more than {LEVELS} levels deep")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text_of(name)}: {text_of(member, levels - 1)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(text_of(element, levels - 1) for element in value) + "]"
    # Half a surrogate pair is no text, and stays the escape that it was.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")


def say(message):
    """Writes one line to Sluice. Standard output is for nothing else; print to standard error what people should see."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def keep(database, entry):
    """Writes a record. What it can't write, this time or ever, it raises."""
    if not isinstance(entry["record"], dict):
        raise ValueError("the record is no JSON object")
    done = database.execute("INSERT OR IGNORE INTO records (id, record) VALUES (?, ?)", (entry["id"], text_of(entry["record"])))
    return {"outcome": "delivered" if done.rowcount else "already_there"}


def deliver(database, records):
    """Writes a batch, and tells what became of each record: delivered, already_there, retry or rejected."""
    answers = []
    try:
        with database:  # one transaction: it is committed at the end, or nothing of it is kept
            for entry in records:
                try:
                    answer = keep(database, entry)
                except (ValueError, OverflowError, sqlite3.DataError) as error:  # it lies in the record, so it will never pass
                    answer = {"outcome": "rejected", "reason": str(error)}
                answers.append({"n": entry["n"], **answer})
    except sqlite3.Error as error:  # locked, or the disk is full: it may pass
        return [{"n": entry["n"], "outcome": "retry", "reason": str(error), "after_ms": 1000} for entry in records]
    return answers


def main(path):
    sys.setrecursionlimit(10_000)  # Sluice hands on records that are nested some 1000 levels deep
    database = sqlite3.connect(path, timeout=5)
    database.execute(TABLE)
    for line in sys.stdin.buffer:
        message = READER.decode(line.decode("utf-8"))
        if message["type"] == "hello":
            if message["protocol"] != 1:
                return say({"type": "error", "message": f"version {message['protocol']} of the protocol is not known"})
            say({"type": "hello", "protocol": 1})
        elif message["type"] == "batch":
            for answer in deliver(database, message["records"]):
                say({"type": "outcome", **answer})
        elif message["type"] == "end":
            print("all records are in", path, file=sys.stderr)
    database.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--list"]:
        for (name,) in sqlite3.connect(sys.argv[2]).execute("SELECT id FROM records ORDER BY number"):
            print(name)
    elif len(sys.argv) == 2:
        main(sys.argv[1])
    else:
        sys.exit(__doc__)
