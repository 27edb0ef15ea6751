# SPDX-License-Identifier: Apache-2.0
"""Checks samples/deploy: the SAM template, as CloudFormation would get it, the configuration and the walk-through beside it.

    check_template.py [TEMPLATE [CONFIGURATION]]

The SAM translator makes CloudFormation of the template, offline. The result is then worked out for many combinations of
parameters, each of which must keep all the rules. Ends with status 1 and the problems, each once, if there are any.
"""

import copy
import itertools
import logging
import os
import random
import sys
from pathlib import Path

import yaml

import api
import configuration
import delivery
import documentation
import metrics
import permissions
import storage
from cloudformation import Stack, TemplateError

TOP = Path(__file__).resolve().parents[2]
SAMPLES = TOP / "samples" / "deploy"
# Where the function's metrics are written.
METRICS = TOP / "Sources" / "LambdaHost" / "Metrics" / "EmbeddedMetrics.swift"
ACCOUNT = "123456789012"

# What can be chosen, each choice as parameters. The first of each is what a deployment without parameters gets, the last the
# one with the least.
CHOICES = {
    "role": [{}, {"ExistingRoleArn": f"arn:aws:iam::{ACCOUNT}:role/team/sluice"}],
    "source": [
        {},
        {"ExistingStreamArn": f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/Orders/stream/2026-11-20T15:00:00.000"},
        {
            "ExistingStreamArn": f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/Orders/stream/2026-11-20T15:00:00.000",
            "ExistingTableKeyArn": f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/0f1e2d3c", "CreateSourceTable": "false",
        },
        {"CreateSourceTable": "false"},
    ],
    "logs": [
        {"ExistingLogGroup1": "/aws/lambda/shop-api"},
        {"ExistingLogGroup1": "/aws/lambda/shop-api", "ExistingLogGroup2": "/ecs/shop", "ExistingLogGroup3": "audit"},
        {"ExistingLogGroup3": "audit"},
        {},
    ],
    "bus source": [{"SourceBusName": "default", "SourceBusEventSources": "shop.orders, shop.stock"}, {}],
    "asynchronous failures": [{}, {"AsynchronousFailures": "bucket"}],
    "event table": [{}, {"ExistingEventTableName": "eventtable"}, {"CreateEventTable": "false"}],
    "archive": [{}, {"ArchiveRetentionDays": 365}, {"CreateArchive": "false"}],
    "queue": [{}, {"CreateQueue": "false"}],
    "bus": [{}, {"CreateBus": "false"}],
    "api": [
        {"ApiCorsOrigin": "https://example.org", "RerunFunctionName": "orders"},
        {"RerunFunctionName": "orders", "ApiStageName": "prod", "ApiRate": 5, "ApiBurst": 10, "ApiDailyQuota": 1000},
        {"ApiCorsOrigin": "http://localhost:8080"},
        {},
        {"CreateApi": "false", "ApiCorsOrigin": "https://example.org", "RerunFunctionName": "orders"},
    ],
    "alarms": [{}, {"AlarmTopicArn": f"arn:aws:sns:eu-central-1:{ACCOUNT}:alarms"}, {"CreateAlarms": "false"}],
    "dashboard": [{}, {"CreateDashboard": "false"}],
    "function": [
        {},
        {
            "Architecture": "arm64", "ReservedConcurrency": 5, "TracingMode": "Active", "NamePrefix": "a-long-name-of-1900",
            "PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/boundary",
        },
    ],
}
SEED = 20261120

# What must be refused when it is given: the function would be fed what it has written itself.
REFUSED = [
    {"ExistingLogGroup1": "/aws/lambda/sluice-stream-consumer"},
    {"ExistingLogGroup2": "/aws/lambda/other-stream-consumer"},
    {"ExistingLogGroup3": "/aws/lambda/sluice-stream-consumer"},
    {"SourceBusName": "sluice-stream-records"},
    {"LogLevel": "WARN"},
    {"NamePrefix": "Upper"},
    {"NamePrefix": "this-name-is-20-long"},
    {"ExistingStreamArn": f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/Orders"},
    {"ExistingRoleArn": "sluice"},
    {"ApiCorsOrigin": "*"},
    {"ApiCorsOrigin": "https://example.org/"},
    {"RerunFunctionName": "orders*"},
]


class _NoManagedPolicies:
    """The template uses none, so that the translator need not ask IAM for their list."""

    def load(self):
        return {}


def load(path):
    """The template as the SAM translator is given it: the functions' short forms written out."""
    from samtranslator.yaml_helper import yaml_parse

    template = yaml_parse(Path(path).read_text(encoding="utf-8"))
    # `sam package` puts the object's place here; the translator takes no path.
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://packages/sluice.zip"
    return template


def translate(template, parameters):
    """The CloudFormation template that comes of it."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    # It warns that its own usage metrics go nowhere.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    from samtranslator.translator.transform import transform

    return transform(copy.deepcopy(template), dict(parameters), _NoManagedPolicies())


def combinations(others=500):
    """Choices of parameters: every pair of choices, once with all else as it comes and once with the least, and some at random."""
    first = {name: 0 for name in CHOICES}
    last = {name: len(choices) - 1 for name, choices in CHOICES.items()}
    picks = [first, last]
    for (one, choices), (two, more) in itertools.combinations(CHOICES.items(), 2):
        for i, j in itertools.product(range(len(choices)), range(len(more))):
            picks += [{**base, one: i, two: j} for base in (first, last)]
    source = random.Random(SEED)
    picks += [{name: source.randrange(len(choices)) for name, choices in CHOICES.items()} for _ in range(others)]
    unique = {tuple(pick.values()): pick for pick in picks}
    for pick in unique.values():
        parameters = {}
        for name, choice in pick.items():
            parameters.update(CHOICES[name][choice])
        yield parameters


def check(template, settings, tried):
    """The problems in these combinations, each with the parameters of its first occurrence."""
    problems = {}
    translated = {}
    for parameters in tried:
        try:
            # The translator writes the role's parameter into the template, so there is one for each role.
            role = parameters.get("ExistingRoleArn", "")
            if role not in translated:
                translated[role] = translate(template, {"ExistingRoleArn": role} if role else {})
            for problem in problems_of(Stack(translated[role], parameters), settings):
                problems.setdefault(problem, parameters)
        except TemplateError as error:
            problems.setdefault(str(error), parameters)
    return problems


def check_conditions(template, tried):
    """Conditions that are the same in all these combinations: one side of them was not looked at."""
    whole = translate(template, {})
    seen = {name: set() for name in whole["Conditions"]}
    for parameters in tried:
        for name, holds in Stack(whole, parameters).conditions.items():
            seen[name].add(holds)
    return [f"the condition {name} is always {values}" for name, values in seen.items() if len(values) < 2]


def check_refusals(template):
    """Parameters that are taken although they must not be."""
    whole = translate(template, {})
    for parameters in REFUSED:
        try:
            Stack(whole, parameters)
            yield f"{parameters} is not refused"
        except TemplateError:
            pass


def problems_of(stack, settings):
    # What refers to something that is not there would only be told of once more by the rules.
    if stack.problems:
        yield from stack.problems
        return
    for rule in permissions.RULES + delivery.RULES + api.RULES + metrics.RULES + storage.RULES:
        yield from rule(stack)
    yield from delivery.check_stream(stack, settings.park_after)
    yield from settings.check_variables(stack)


def main(arguments):
    template = load(arguments[0] if arguments else SAMPLES / "template.yaml")
    path = Path(arguments[1] if len(arguments) > 1 else SAMPLES / "sluice.yaml")
    settings = configuration.Settings(yaml.safe_load(path.read_text(encoding="utf-8")))
    tried = list(combinations())
    problems = check(template, settings, tried)
    for problem in [*check_conditions(template, tried), *check_refusals(template)]:
        problems[problem] = {}
    if METRICS.exists():
        for problem in metrics.check_published(METRICS.read_text(encoding="utf-8")):
            problems[problem] = {}
    for problem in documentation.problems((SAMPLES / "README.md").read_text(encoding="utf-8"), template):
        problems[f"README.md: {problem}"] = {}
    for problem in settings.problems():
        problems[f"{path.name}: {problem}"] = {}
    for problem, parameters in problems.items():
        print(problem + (f"\n    with {parameters}" if parameters else ""), file=sys.stderr)
    if problems:
        return 1
    print(f"The template keeps the rules in {len(tried)} combinations of parameters (seed {SEED})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
