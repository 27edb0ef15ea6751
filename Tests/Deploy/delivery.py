# SPDX-License-Identifier: Apache-2.0
"""Rules on the function, its sources, and what becomes of what fails."""

from permissions import as_list, function_of

DAY = 24 * 3600


def check_function(stack):
    name, each = function_of(stack)
    for key, wanted in {"Runtime": "provided.al2023", "Handler": "bootstrap"}.items():
        if each[key] != wanted:
            yield f"{name}: {key} is {each[key]} and not {wanted}"
    if each["Architectures"] != [stack.parameters["Architecture"]]:
        yield f"{name}: built for {each['Architectures']}"
    logging = each["LoggingConfig"]
    if logging["LogFormat"] != "JSON":
        yield f"{name}: levels and memory can only be told from JSON logs"
    # A line without a level counts as INFO: above it Lambda would drop the metrics, and its own reports.
    for level in ("ApplicationLogLevel", "SystemLogLevel"):
        if logging[level] not in ("TRACE", "DEBUG", "INFO"):
            yield f"{name}: with {level} {logging[level]} metrics are lost"
    group = stack.resources[logging["LogGroup"].strip("{}")]["Properties"]
    if "RetentionInDays" not in group:
        yield f"{name}: its log is kept for ever"
    reserved = stack.parameters["ReservedConcurrency"]
    if each.get("ReservedConcurrentExecutions") != (reserved or None):
        yield f"{name}: reserves {each.get('ReservedConcurrentExecutions')} executions and not {reserved}"


def check_partial_answers(stack):
    """SLUICE_PARTIAL_RESPONSES and the mappings agree: Lambda takes a partial answer for success where it expects none."""
    name, function = function_of(stack)
    is_set = function["Environment"]["Variables"].get("SLUICE_PARTIAL_RESPONSES") == "1"
    for mapping, each in stack.of_type("AWS::Lambda::EventSourceMapping"):
        if ("ReportBatchItemFailures" in each.get("FunctionResponseTypes", [])) != is_set:
            yield f"{mapping}: {name} and the mapping do not agree on partial answers: what fails would be lost, or be done twice"


def check_stream(stack, park_after):
    mappings = stack.of_type("AWS::Lambda::EventSourceMapping")
    wants = stack.parameters["ExistingStreamArn"] or stack.parameters["CreateSourceTable"] == "true"
    if len(mappings) != (1 if wants else 0):
        yield f"{len(mappings)} event source mappings are made"
    for name, each in mappings:
        if each["FunctionName"] != "{%s}" % function_of(stack)[0]:
            yield f"{name}: invokes {each['FunctionName']}"
        if each["StartingPosition"] != "TRIM_HORIZON":
            yield f"{name}: from {each['StartingPosition']} on, what was written before the mapping is ready is missed"
        if each.get("BisectBatchOnFunctionError") is not True:
            yield f"{name}: one record that fails the function fails its whole batch for good"
        age = each.get("MaximumRecordAgeInSeconds", -1)
        if not park_after < age < DAY:
            yield f"{name}: the age of {age} s lies not between what is parked ({park_after} s) and what the stream forgets"
        if "MaximumRetryAttempts" not in each:
            yield f"{name}: MaximumRetryAttempts is not set"
        if kind_of(stack, each.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")) != "AWS::S3::Bucket":
            yield f"{name}: only a bucket is given the records that Lambda gives up, and not just their place in the stream"
        yield from check_stream_source(stack, name, each["EventSourceArn"])


def check_stream_source(stack, mapping, arn):
    existing = stack.parameters["ExistingStreamArn"]
    tables = dict(stack.of_type("AWS::DynamoDB::Table"))
    streaming = [name for name, table in tables.items() if "StreamSpecification" in table]
    if existing:
        if arn != existing:
            yield f"{mapping}: reads {arn} and not the stream that was given"
        if streaming:
            yield f"{mapping}: a table with a stream is made although a stream was given"
        return
    name = arn.strip("{}").removesuffix(".StreamArn")
    if tables.get(name, {}).get("StreamSpecification", {}).get("StreamViewType") != "NEW_AND_OLD_IMAGES":
        yield f"{mapping}: {name} does not stream both images"


def kind_of(stack, arn):
    return stack.resources.get((arn or "").strip("{}").removesuffix(".Arn"), {}).get("Type")


def check_asynchronous(stack):
    """What is invoked asynchronously has a place for what fails, which can take it."""
    configurations = stack.of_type("AWS::Lambda::EventInvokeConfig")
    if len(configurations) != 1:
        yield f"{len(configurations)} configurations for asynchronous invocations are made"
        return
    name, each = configurations[0]
    if each["FunctionName"] != "{%s}" % function_of(stack)[0] or each["Qualifier"] != "$LATEST":
        yield f"{name}: is for {each['FunctionName']}, {each['Qualifier']}"
    destination = each.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    wanted = {"queue": "AWS::SQS::Queue", "bucket": "AWS::S3::Bucket"}[stack.parameters["AsynchronousFailures"]]
    if kind_of(stack, destination) != wanted:
        yield f"{name}: failures go to {destination}"
    elif wanted == "AWS::SQS::Queue":
        queue = stack.resources[destination.strip("{}").removesuffix(".Arn")]["Properties"]
        if queue.get("FifoQueue"):
            yield f"{name}: Lambda puts nothing into a FIFO queue"
        if queue.get("MessageRetentionPeriod") != 14 * DAY:
            yield f"{name}: failures are kept for less than SQS can"


def check_log_sources(stack):
    name, function = function_of(stack)
    own = stack.resources[function["LoggingConfig"]["LogGroup"].strip("{}")]["Properties"]["LogGroupName"]
    given = [stack.parameters[f"ExistingLogGroup{number}"] for number in (1, 2, 3)]
    subscriptions = stack.of_type("AWS::Logs::SubscriptionFilter")
    if sorted(each["LogGroupName"] for _, each in subscriptions) != sorted(each for each in given if each):
        yield f"subscribed are {[each['LogGroupName'] for _, each in subscriptions]}"
    permissions = dict(stack.of_type("AWS::Lambda::Permission"))
    for subscription, each in subscriptions:
        if each["LogGroupName"] == own:
            yield f"{subscription}: the function is given its own log, without end"
        if each["DestinationArn"] != "{%s.Arn}" % name:
            yield f"{subscription}: goes to {each['DestinationArn']}"
        # CloudWatch Logs tries the permission when the subscription is made.
        if not set(as_list(stack.resources[subscription].get("DependsOn", []))) & set(permissions):
            yield f"{subscription}: does not wait for its permission"


def check_bus_source(stack):
    name, _ = function_of(stack)
    own = [each["Name"] for _, each in stack.of_type("AWS::Events::EventBus")]
    rules = stack.of_type("AWS::Events::Rule")
    if len(rules) != (1 if stack.parameters["SourceBusName"] else 0):
        yield f"{len(rules)} rules are made"
    policies = [each for _, each in stack.of_type("AWS::SQS::QueuePolicy")]
    for rule, each in rules:
        if each["EventBusName"] in own:
            yield f"{rule}: the function is given the events it has put there, without end"
        if not each["EventPattern"].get("source"):
            yield f"{rule}: takes events of every source"
        for target in each["Targets"]:
            if target["Arn"] != "{%s.Arn}" % name:
                yield f"{rule}: goes to {target['Arn']}"
            queue = target.get("DeadLetterConfig", {}).get("Arn")
            if kind_of(stack, queue) != "AWS::SQS::Queue":
                yield f"{rule}: what cannot be handed over is lost"
            allowed = [
                statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]
                if statement["Principal"] == {"Service": "events.amazonaws.com"} and statement["Resource"] == queue
                and statement["Condition"] == {"ArnEquals": {"aws:SourceArn": "{%s.Arn}" % rule}}
            ]
            if not allowed:
                yield f"{rule}: EventBridge may not write to {queue}"


RULES = [check_function, check_partial_answers, check_asynchronous, check_log_sources, check_bus_source]
