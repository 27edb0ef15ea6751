# SPDX-License-Identifier: Apache-2.0
"""Starts what is in a package against a Runtime API on loopback; see scripts/test-package.

    try_package.py ZIP EVENTS

EVENTS is a file of DynamoDB events, one on a line; the first is handed over.
"""

import contextlib
import json
import os
import re
import sys
import tempfile
import zipfile

from runtime_api import Runtime, Unexpected, logging_only


def expect(condition, *what):
    if not condition:
        raise Unexpected("\n".join(str(each) for each in what))


@contextlib.contextmanager
def started(folder, output, variables):
    """The function, with what it writes in a file."""
    variables = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "LAMBDA_TASK_ROOT": folder, **variables}
    runtime = Runtime([os.path.join(folder, "bootstrap")], variables, output.fileno(), output.fileno())
    try:
        yield runtime
    finally:
        runtime.end()


def unpack(package, folder):
    with zipfile.ZipFile(package) as file:
        names = sorted(file.namelist())
        expect(names == ["bootstrap", "sluice.json"], "the package holds %s" % names)
        for entry in file.infolist():
            mode = entry.external_attr >> 16
            expect(mode & 0o444 == 0o444 and (entry.filename != "bootstrap" or mode & 0o111 == 0o111), "%s has the mode %o" % (entry.filename, mode))
            os.chmod(file.extract(entry, folder), mode & 0o777)


def try_without_variables(folder, output):
    """It must say which variables its configuration lacks."""
    with open(os.path.join(folder, "sluice.json"), encoding="utf-8") as file:
        configuration = file.read()
    missing = sorted(set(re.findall(r"\$\{([A-Z_]+)\}", configuration)))
    expect("sinks" in json.loads(configuration) and missing, "sluice.json is not the configuration of samples/deploy")
    with started(folder, output, {}) as runtime:
        path, body = runtime.read_request()
    expect(path.endswith("/runtime/init/error"), "without its variables the function said %s %r" % (path, body))
    unsaid = [name for name in missing if name not in body.decode()]
    expect(not unsaid, "the function does not say that it lacks %s:" % ", ".join(unsaid), body)


def try_event(folder, event, output):
    """It must answer an event, and log each of its records once."""
    with started(folder, output, {"SLUICE_CONFIG": logging_only(), "SLUICE_PARTIAL_RESPONSES": "1"}) as runtime:
        runtime.await_next()
        runtime.invoke(event)
    output.seek(0)
    logged = []
    for line in output.read().decode(errors="replace").splitlines():
        expect(line.startswith("{"), "a line of the log is no JSON: %s" % line)
        logged.append(json.loads(line).get("id"))
    for record in json.loads(event)["Records"]:
        expect(logged.count(record["eventID"]) == 1, "the record %s is logged %d times" % (record["eventID"], logged.count(record["eventID"])))


def main(package, events):
    with open(events, "rb") as file:
        event = file.readline().rstrip()
    with tempfile.TemporaryDirectory() as folder:
        unpack(package, folder)
        for attempt in (try_without_variables, lambda folder, output: try_event(folder, event, output)):
            with tempfile.TemporaryFile() as output:
                try:
                    attempt(folder, output)
                except Unexpected as error:
                    output.seek(0)
                    sys.exit("%s\nIt wrote:\n%s" % (error, output.read().decode(errors="replace")))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
