# SPDX-License-Identifier: Apache-2.0
"""Rules on alarms and the dashboard: every metric there is one that somebody publishes."""

import json
import re

from permissions import environment, function_of

LAMBDA_BY_FUNCTION = {
    "AsyncEventAge", "AsyncEventsDropped", "AsyncEventsReceived", "ConcurrentExecutions", "DestinationDeliveryFailures",
    "Duration", "Errors", "Invocations", "IteratorAge", "Throttles",
}
# Published where the mapping's MetricsConfig asks for EventCount.
LAMBDA_BY_MAPPING = {
    "DeletedEventCount", "DroppedEventCount", "FailedInvokeEventCount", "FilteredOutEventCount", "InvokedEventCount",
    "OnFailureDestinationDeliveredEventCount", "PolledEventCount",
}
TABLE = {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"}
QUEUE = {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible", "NumberOfMessagesSent"}
# What sluice-lambda writes in the embedded metric format.
SLUICE = {"Received", "Delivered", "Filtered", "Rejected", "Retried", "IteratorAge"}

# (namespace, names of the dimensions) -> names of the metrics
KNOWN = {
    ("AWS/Lambda", ("FunctionName",)): LAMBDA_BY_FUNCTION,
    ("AWS/Lambda", ("EventSourceMappingUUID",)): LAMBDA_BY_MAPPING,
    ("AWS/DynamoDB", ("TableName",)): TABLE,
    ("AWS/DynamoDB", ("GlobalSecondaryIndexName", "TableName")): TABLE,
    ("AWS/SQS", ("QueueName",)): QUEUE,
    ("Sluice", ("FunctionName",)): SLUICE,
    ("Sluice", ("FunctionName", "Sink")): {"Delivered", "Rejected", "Retried", "SinkLatency"},
}
# What a table's bill is made of.
CAPACITY = {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"}
# What people look for first when something is wrong.
ON_DASHBOARD = {
    ("AWS/Lambda", "Invocations"), ("AWS/Lambda", "Errors"), ("AWS/Lambda", "Throttles"), ("AWS/Lambda", "Duration"),
    ("Sluice", "Received"), ("Sluice", "Delivered"), ("Sluice", "Filtered"), ("Sluice", "Rejected"), ("Sluice", "Retried"),
    ("Sluice", "SinkLatency"), ("memory", "MaxMemoryUsed"),
}
SEARCH = re.compile(r"""SEARCH\('\{(?P<schema>[^}]+)\} MetricName="(?P<metric>\w+)" FunctionName="(?P<function>[^"]+)"', '\w+', \d+\)""")


def check_published(source):
    """What is known here of Sluice's metrics against the Swift source that writes them."""
    written = set(re.findall(r'Metric\("(\w+)"', source))
    known = set().union(*(names for (namespace, _), names in KNOWN.items() if namespace == "Sluice"))
    for name in sorted(known - written):
        yield f"the metric {name} is known here, but the function does not write it"
    for name in sorted(written - known):
        yield f"the function writes the metric {name}, which is not known here"


def known_metrics(stack):
    """The metrics there are, those from filters of this stack among them."""
    known = {key: set(names) for key, names in KNOWN.items()}
    for _, each in stack.of_type("AWS::Logs::MetricFilter"):
        for metric in each["MetricTransformations"]:
            dimensions = tuple(sorted(dimension["Key"] for dimension in metric.get("Dimensions", [])))
            known.setdefault((metric["MetricNamespace"], dimensions), set()).add(metric["MetricName"])
    return known


def problem_with(stack, namespace, metric, dimensions):
    """What is wrong with a metric, or None."""
    names = known_metrics(stack).get((namespace, tuple(sorted(dimensions))))
    if names is None:
        return f"nobody publishes to {namespace} with {', '.join(sorted(dimensions)) or 'no dimension'}"
    if metric not in names:
        return f"there is no metric {metric} in {namespace} by {', '.join(sorted(dimensions)) or 'no dimension'}"
    function = "{%s}" % function_of(stack)[0]
    mappings = {"{%s}" % name: each for name, each in stack.of_type("AWS::Lambda::EventSourceMapping")}
    for key, value in dimensions.items():
        if key == "FunctionName" and value != function:
            return f"{metric} is of another function, {value}"
        if key == "EventSourceMappingUUID":
            if value not in mappings:
                return f"{metric} is of another mapping, {value}"
            if "EventCount" not in mappings[value].get("MetricsConfig", {}).get("Metrics", []):
                return f"{metric} is not published: the mapping's MetricsConfig lacks EventCount"
        if key == "QueueName" and value.removesuffix(".QueueName}").strip("{}") not in stack.resources:
            return f"{metric} is of another queue, {value}"
        if key == "GlobalSecondaryIndexName" and dimensions["TableName"].startswith("{"):
            table = stack.resources[dimensions["TableName"].strip("{}")]["Properties"]
            if value not in [index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])]:
                return f"{metric}: the table has no index {value}"
    return None


def check_alarms(stack):
    alarms = stack.of_type("AWS::CloudWatch::Alarm")
    wanted = stack.parameters.get("CreateAlarms") == "true"
    if bool(alarms) != wanted:
        yield f"{len(alarms)} alarms are made"
    topic = stack.parameters.get("AlarmTopicArn")
    for name, each in alarms:
        dimensions = {dimension["Name"]: dimension["Value"] for dimension in each["Dimensions"]}
        problem = problem_with(stack, each["Namespace"], each["MetricName"], dimensions)
        if problem:
            yield f"{name}: {problem}"
        if each.get("AlarmActions") != ([topic] if topic else None):
            yield f"{name}: tells {each.get('AlarmActions')} and not the topic that was given"
        if each["TreatMissingData"] != "notBreaching":
            yield f"{name}: a quiet hour is no alarm"
    if not wanted:
        return
    watched = {(each["Namespace"], each["MetricName"]) for _, each in alarms}
    needed = {
        ("AWS/Lambda", "Errors"), ("AWS/Lambda", "Throttles"), ("AWS/Lambda", "DestinationDeliveryFailures"),
        ("AWS/Lambda", "AsyncEventsDropped"), ("Sluice", "Rejected"),
    }
    if stack.of_type("AWS::Lambda::EventSourceMapping"):
        needed |= {("AWS/Lambda", "IteratorAge"), ("AWS/Lambda", "OnFailureDestinationDeliveredEventCount")}
    for namespace, metric in sorted(needed - watched):
        yield f"no alarm watches {metric} of {namespace}"
    # Standard queues here hold failures, and so do dead-letter queues.
    queues = {name for name, each in stack.of_type("AWS::SQS::Queue") if "RedrivePolicy" not in each}
    for name in sorted(queues):
        value = "{%s.QueueName}" % name
        if not [each for _, each in alarms if {"Name": "QueueName", "Value": value} in each["Dimensions"]]:
            yield f"no alarm watches the queue {name}"


def dashboard_metrics(widget):
    """(namespace, metric, dimensions) of a widget's metrics."""
    for metric in widget["properties"]["metrics"]:
        if isinstance(metric[-1], dict) and "expression" in metric[-1]:
            match = SEARCH.fullmatch(metric[-1]["expression"])
            if not match:
                raise ValueError(f"not a search as expected: {metric[-1]['expression']}")
            namespace, *dimensions = match["schema"].split(",")
            yield namespace, match["metric"], {key: match["function"] if key == "FunctionName" else "" for key in dimensions}
            continue
        words = [each for each in metric if not isinstance(each, dict)]
        yield words[0], words[1], dict(zip(words[2::2], words[3::2], strict=True))


def tables(stack):
    """The tables that are read and written, whether the stack makes them or not."""
    for _, each in stack.of_type("AWS::Lambda::EventSourceMapping"):
        source = each["EventSourceArn"]
        yield source.replace(".StreamArn", "") if source.startswith("{") else source.split("/")[1]
    if "EVENT_TABLE" in environment(stack):
        yield environment(stack)["EVENT_TABLE"]


def check_dashboard(stack):
    dashboards = stack.of_type("AWS::CloudWatch::Dashboard")
    if bool(dashboards) != (stack.parameters.get("CreateDashboard") == "true"):
        yield f"{len(dashboards)} dashboards are made"
    for name, each in dashboards:
        shown = set()
        capacity = set()
        try:
            widgets = json.loads(each["DashboardBody"])["widgets"]
            for widget in widgets:
                title = widget["properties"]["title"]
                if widget["properties"].get("region") != "eu-central-1":
                    yield f"{name}: {title}: another region"
                for namespace, metric, dimensions in dashboard_metrics(widget):
                    problem = problem_with(stack, namespace, metric, dimensions)
                    if problem:
                        yield f"{name}: {title}: {problem}"
                    shown.add(("memory" if metric == "MaxMemoryUsed" else namespace, metric))
                    # Of the table itself; an index has a capacity of its own.
                    if set(dimensions) == {"TableName"}:
                        capacity.add((metric, dimensions["TableName"]))
        except (KeyError, ValueError) as error:
            yield f"{name}: the body is no dashboard: {error!r}"
            continue
        needed = set(ON_DASHBOARD)
        if stack.of_type("AWS::Lambda::EventSourceMapping"):
            needed |= {("AWS/Lambda", "IteratorAge"), ("Sluice", "IteratorAge")}
        for namespace, metric in sorted(needed - shown):
            yield f"{name}: does not show {metric} ({namespace})"
        for table in sorted(tables(stack)):
            for metric in sorted(CAPACITY - {each for each, of in capacity if of == table}):
                yield f"{name}: does not show {metric} of {table}"


RULES = [check_alarms, check_dashboard]
