# SPDX-License-Identifier: Apache-2.0
"""Holds JSON lines against a JSON Schema (2020-12).

    validate.py SCHEMA [--refuse] < LINES

Every line must be valid; with --refuse none may be. Ends with status 1 and the lines of which that is not true. Last it prints
how many lines there were. Numbers are read as decimals: those of DynamoDB have more digits than a double.
"""

import decimal
import json
import sys

from jsonschema import Draft202012Validator


def main():
    refuse = "--refuse" in sys.argv[2:]
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    status = count = 0
    for line in sys.stdin.buffer:
        count += 1
        value = json.loads(line, parse_float=decimal.Decimal)
        problem = next(iter(validator.iter_errors(value)), None)
        if refuse and problem is None:
            print(f"line {count} is valid, and should not be: {line.decode().strip()[:300]}")
            status = 1
        elif not refuse and problem is not None:
            print(f"line {count}: {problem.json_path}: {problem.message[:300]}: {line.decode().strip()[:300]}")
            status = 1
    print(f"{count} lines")
    return status


sys.exit(main())
