# SPDX-License-Identifier: Apache-2.0
"""Rules on samples/deploy/README.md: the parameters and defaults it tells of are the template's, its alarms too, and CloudFormation takes its commands."""

import re

SETTING = re.compile(r"^\| `([A-Z]\w+)` \| `?(-?\w+)", re.MULTILINE)
COMMAND = re.compile(r"^aws cloudformation deploy (?:.*\\\n)*.*", re.MULTILINE)
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
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
    # CloudFormation takes at most 51,200 bytes that are sent along, and the template has more.
    for command in COMMAND.findall(text):
        if "--s3-bucket" not in command:
            yield "a template of that size cannot be deployed without --s3-bucket"
    alarms = [each["Properties"]["AlarmName"] for each in template["Resources"].values() if each["Type"] == "AWS::CloudWatch::Alarm"]
    for name in alarms:
        if f"`{name['Fn::Sub'].replace('${NamePrefix}', '…')}`" not in text:
            yield f"the alarm {name['Fn::Sub']} is not told of"
    if f" {NUMBERS[len(alarms)]} alarms;" not in text:
        yield f"the costs are not of {NUMBERS[len(alarms)]} alarms"
