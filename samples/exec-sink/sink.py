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


def say(message):
    """Writes one line to Sluice. Standard output is for nothing else; print to standard error what people should see."""
    sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def deliver(database, records):
    """Writes a batch, and tells what became of each record: delivered, already_there, retry or rejected."""
    answers = []
    try:
        with database:  # one transaction: it is committed at the end, or nothing of it is kept
            for entry in records:
                if not isinstance(entry["record"], dict):
                    answers.append({"n": entry["n"], "outcome": "rejected", "reason": "the record is no JSON object"})
                    continue
                text = json.dumps(entry["record"], ensure_ascii=False)
                done = database.execute("INSERT OR IGNORE INTO records (id, record) VALUES (?, ?)", (entry["id"], text))
                answers.append({"n": entry["n"], "outcome": "delivered" if done.rowcount else "already_there"})
    except sqlite3.OperationalError as error:  # locked, or the disk is full: it may pass
        return [{"n": entry["n"], "outcome": "retry", "reason": str(error), "after_ms": 1000} for entry in records]
    return answers


def main(path):
    database = sqlite3.connect(path, timeout=5)
    database.execute(TABLE)
    for line in sys.stdin:
        message = json.loads(line)
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
