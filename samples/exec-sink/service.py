#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Brings the file that sink.py writes into a condition: for `sluice conformance exec --service`, which adds the condition.

    python3 samples/exec-sink/service.py records.db '{"condition":"slow","delay_ms":60}'
"""

import json
import os
import sqlite3
import subprocess
import sys
import time

LONGEST = 120  # seconds for which a lock is held, where nobody brings the file into another condition


def connect(path):
    return sqlite3.connect(path, timeout=30, isolation_level=None)


def told(path):
    """What the file's condition is, as was noted beside it."""
    try:
        with open(path + ".condition", encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def tell(path, text):
    with open(path + ".condition.new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".condition.new", path + ".condition")


def hold(path, text, delay):
    """Keeps the file locked while that is its condition; with a delay for so long, then as long not, and again."""
    database = connect(path)
    end = time.monotonic() + LONGEST
    while told(path) == text and time.monotonic() < end:
        database.execute("BEGIN IMMEDIATE")
        print("locked", flush=True)
        until = min(end, time.monotonic() + (delay or LONGEST))
        while told(path) == text and time.monotonic() < until:
            time.sleep(0.005)
        database.execute("ROLLBACK")
        time.sleep(delay)


def start_holding(path, text, delay):
    holder = subprocess.Popen(
        [sys.executable, os.path.abspath(__file__), "--hold", path, text, str(delay)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    if not holder.stdout.readline():
        sys.exit("the file could not be locked")


def change(path, condition):
    """Away with what an earlier condition has left; then the table is put aside, or a trigger put on it, if that is the new one."""
    name = condition["condition"]
    database = connect(path)
    database.execute("BEGIN IMMEDIATE")  # waits for whoever holds the lock
    database.execute("DROP TRIGGER IF EXISTS refuse")
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'records_aside'").fetchone():
        database.execute("DROP TABLE IF EXISTS records")
        database.execute("ALTER TABLE records_aside RENAME TO records")
    if name == "failing":
        database.execute("ALTER TABLE records RENAME TO records_aside")
    if name == "refusing":
        ids = ", ".join("'" + record.replace("'", "''") + "'" for record in condition["ids"])
        database.execute(
            f"CREATE TRIGGER refuse BEFORE INSERT ON records WHEN NEW.id IN ({ids}) BEGIN SELECT RAISE(ABORT, 'not now'); END")
    database.execute("COMMIT")
    database.close()


def main(path, text):
    condition = json.loads(text)
    if condition["condition"] not in ("working", "failing", "stalled", "slow", "refusing"):
        sys.exit(3)  # a condition of a later version: it cannot be done
    note = f"{text} since {time.time_ns()}"
    tell(path, note)  # whoever holds the lock lets go of it
    change(path, condition)
    if condition["condition"] == "stalled":
        start_holding(path, note, 0)
    if condition["condition"] == "slow":
        start_holding(path, note, condition["delay_ms"] / 1000)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--hold"] and len(sys.argv) == 5:
        hold(sys.argv[2], sys.argv[3], float(sys.argv[4]))
    elif len(sys.argv) == 3:
        main(*sys.argv[1:])
    else:
        sys.exit(__doc__)
