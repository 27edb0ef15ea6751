# SPDX-License-Identifier: Apache-2.0
"""Takes what failed out of the objects that keep it, so that it can be tried again, byte for byte:

    python3 unpark.py FOLDER | sluice process - --config sluice.yaml

FOLDER holds what was copied from the bucket for failures: records that Sluice parked (rejected/), events that Lambda gave up
(aws/lambda/), or bodies of messages of the queue for failures. The records of one source come by their position in it, each on a line of
its own; what could not be read as JSON comes last.
"""

import base64
import json
import sys
from pathlib import Path

# Numbers are passed over and not read: a record's need not fit into Python's.
DECODER = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)
# Deeper nesting than AWS has anywhere, and than Sluice takes.
sys.setrecursionlimit(10_000)


def skip(text, at):
    while text[at : at + 1].isspace():
        at += 1
    return at


def members(text, at):
    """The members of the object that begins there, each value as it is written, and where the object ends."""
    found = {}
    at = skip(text, at + 1)
    while text[at] != "}":
        name, at = DECODER.raw_decode(text, at)
        at = skip(text, skip(text, at) + 1)
        start = at
        _, at = DECODER.raw_decode(text, at)
        found[name] = text[start:at]
        at = skip(text, at)
        if text[at] == ",":
            at = skip(text, at + 1)
    return found, at + 1


def objects(data):
    """The objects in a file. Each byte is a character here, so that it comes out again as it was."""
    text = data.decode("latin-1")
    at = skip(text, 0)
    while at < len(text):
        found, at = members(text, at)
        yield found
        at = skip(text, at)


def string(value):
    return json.loads(value.encode("latin-1"), strict=False)


def position(found):
    """Where the record was in its source, as far as the object tells."""
    place = json.loads(found.get("position", "{}")).get("value", "")
    name = json.loads(found.get("source", "{}").encode("latin-1")).get("name", "")
    return name, (len(place), place) if place.isdigit() else (0, ""), found.get("time", "")


def taken_out(found):
    """What is in an object, on one line, and whether it is JSON; nothing where it was not kept."""
    for name in ("record", "payload", "requestPayload"):
        if name in found:
            value = found[name].encode("latin-1")
            # Lambda writes the event as a text into its objects.
            if value.startswith(b'"'):
                value = string(found[name]).encode()
            # Between tokens a line feed is white space, and in strings there is none.
            return value.replace(b"\r", b" ").replace(b"\n", b" "), True
    if "record_base64" in found:
        return base64.b64decode(string(found["record_base64"])), False
    return None


def main(folder):
    found, unreadable = [], 0
    for path in sorted(Path(folder).rglob("*")):
        if not path.is_file():
            continue
        try:
            found += objects(path.read_bytes())
        except (ValueError, IndexError, RecursionError) as error:
            unreadable += 1
            print(f"{path}: {error!r}", file=sys.stderr)
    found.sort(key=position)
    kept = [each for each in map(taken_out, found) if each]
    kept.sort(key=lambda each: not each[1])
    for content, _ in kept:
        sys.stdout.buffer.write(content + b"\n")
    print(f"{len(kept)} taken out, {len(found) - len(kept)} without a record in them, {unreadable} not read", file=sys.stderr)
    return 1 if unreadable else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
