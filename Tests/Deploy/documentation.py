# SPDX-License-Identifier: Apache-2.0
"""Rules on samples/deploy/README.md: the parameters and defaults it tells of are the template's."""

import re

SETTING = re.compile(r"^\| `([A-Z]\w+)` \| `?(-?\w+)", re.MULTILINE)
ASSIGNMENT = re.compile(r"\b([A-Z][A-Za-z0-9]+)=([^\s`,]+)")


def problems(text, template):
    """What the walk-through says that the template does not bear out."""
    parameters = template["Parameters"]
    settings = dict(SETTING.findall(text))
    if not settings:
        yield "no table of settings is found"
    for name, default in settings.items():
        if name not in parameters:
            yield f"the template has no parameter {name}"
        elif str(parameters[name]["Default"]) != default:
            yield f"{name} is {default} there, and {parameters[name]['Default']} in the template"
    for name, value in ASSIGNMENT.findall(text):
        if name in ("StreamEnabled", "StreamViewType"):  # of `aws dynamodb update-table`
            continue
        if name not in parameters:
            yield f"the template has no parameter {name}"
        elif value not in parameters[name].get("AllowedValues", [value]):
            yield f"{name} cannot be {value}"
    for name in parameters:
        if not re.search(rf"\b{name.rstrip('123')}", text):
            yield f"the parameter {name} is not told of"
