# SPDX-License-Identifier: Apache-2.0
"""Rules on permissions: each is exactly what is needed, on exactly what it is needed for."""

import re

# Actions for which AWS knows no resource to name.
WITHOUT_RESOURCE = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
# The buckets whose sinks read an object that is there already.
READ_BACK = {"FAILURE_BUCKET"}
# All of something that has a name: objects of a bucket, streams of a table, streams of a log group.
ALL_OF_ONE = re.compile(r"[^*]*[^*/:][/:]\*")


def as_list(value):
    return value if isinstance(value, list) else [value]


def function_of(stack):
    """The function's name in the template, and its properties."""
    [(name, properties)] = stack.of_type("AWS::Lambda::Function")
    return name, properties


def environment(stack):
    return function_of(stack)[1]["Environment"]["Variables"]


def failure_destinations(stack):
    """Where Lambda puts what failed: on behalf of the stream's mapping, and of asynchronous invocations."""
    configurations = stack.of_type("AWS::Lambda::EventSourceMapping") + stack.of_type("AWS::Lambda::EventInvokeConfig")
    return [each["DestinationConfig"]["OnFailure"]["Destination"] for _, each in configurations if "DestinationConfig" in each]


def needed(stack):
    """(action, resource) of all that the function does as this stack configures it."""
    name, function = function_of(stack)
    log_group = function["LoggingConfig"]["LogGroup"].strip("{}")
    pairs = {(action, "{%s.Arn}" % log_group) for action in ("logs:CreateLogStream", "logs:PutLogEvents")}
    variables = environment(stack)

    def table(text):
        if text.startswith("{"):
            return "{%s.Arn}" % text.strip("{}")
        return f"arn:aws:dynamodb:eu-central-1:123456789012:table/{text}"

    buckets = [variables[key] for key in ("FAILURE_BUCKET", "ARCHIVE_BUCKET") if key in variables]
    pairs |= {("s3:PutObject", "{%s.Arn}/*" % each.strip("{}")) for each in buckets}
    # What the sink finds there it compares, since its names do not tell the source: see configuration.py.
    pairs |= {("s3:GetObject", "{%s.Arn}/*" % variables[key].strip("{}")) for key in READ_BACK if key in variables}
    if "EVENT_TABLE" in variables:
        actions = ("dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:UpdateItem")
        pairs |= {(action, table(variables["EVENT_TABLE"])) for action in actions}
    if stack.of_type("AWS::ApiGateway::RestApi") and "EVENT_TABLE" in variables:
        whole = table(variables["EVENT_TABLE"])
        pairs |= {(f"dynamodb:{verb}", whole) for verb in ("ConditionCheckItem", "GetItem", "Query")}
        pairs.add(("dynamodb:Query", whole + "/index/*"))
    if "RERUN_FUNCTION" in variables:
        for each in (function["FunctionName"], variables["RERUN_FUNCTION"]):
            pairs.add(("lambda:InvokeFunction", f"arn:aws:lambda:eu-central-1:123456789012:function:{each}"))
    if "QUEUE_URL" in variables:
        # The sink looks its queue up at start, as it does unless its settings say otherwise: configuration.py allows none that do.
        queue = "{%s.Arn}" % variables["QUEUE_URL"].strip("{}")
        pairs |= {("sqs:GetQueueAttributes", queue), ("sqs:SendMessage", queue)}
    if "BUS_NAME" in variables:
        bus = "{%s.Arn}" % variables["BUS_NAME"].strip("{}")
        pairs |= {("events:DescribeEventBus", bus), ("events:PutEvents", bus)}
    for destination in failure_destinations(stack):
        kind = stack.resources[destination.strip("{}").removesuffix(".Arn")]["Type"]
        if kind == "AWS::S3::Bucket":
            pairs |= {("s3:PutObject", destination + "/*"), ("s3:ListBucket", destination)}
        else:
            pairs.add(("sqs:SendMessage", destination))
    for _, mapping in stack.of_type("AWS::Lambda::EventSourceMapping"):
        stream = mapping["EventSourceArn"]
        whole = stream.replace(".StreamArn}", ".Arn}") if stream.startswith("{") else stream.split("/stream/")[0]
        pairs |= {(f"dynamodb:{verb}", stream) for verb in ("DescribeStream", "GetRecords", "GetShardIterator")}
        pairs.add(("dynamodb:ListStreams", whole + "/stream/*"))
        key = stack.parameters.get("ExistingTableKeyArn")
        if key and not stream.startswith("{"):
            pairs.add(("kms:Decrypt", key))
    if function["TracingConfig"]["Mode"] == "Active":
        pairs |= {(action, "*") for action in WITHOUT_RESOURCE}
    return pairs


def check_role(stack):
    """The role that the stack makes allows what is needed and nothing else."""
    roles = stack.of_type("AWS::IAM::Role")
    given = stack.parameters.get("ExistingRoleArn")
    role = function_of(stack)[1]["Role"]
    if given:
        if roles:
            yield "a role is made although one was given"
        if role != given:
            yield f"the function has the role {role} and not the one that was given"
        return
    if [name for name, _ in roles if role == "{%s.Arn}" % name] != [name for name, _ in roles] or len(roles) != 1:
        yield f"the function's role is {role}; made are {[name for name, _ in roles]}"
        return
    name, properties = roles[0]
    if properties.get("ManagedPolicyArns"):
        yield f"{name}: managed policies allow more than is needed"
    [trust] = properties["AssumeRolePolicyDocument"]["Statement"]
    if trust != {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}:
        yield f"{name}: somebody other than Lambda may take the role: {trust}"
    boundary = stack.parameters.get("PermissionsBoundaryArn") or None
    if properties.get("PermissionsBoundary") != boundary:
        yield f"{name}: the permissions boundary is {properties.get('PermissionsBoundary')} and not {boundary}"
    allowed = set()
    for policy in properties["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            allowed |= {
                (action, resource)
                for action in as_list(statement["Action"]) for resource in as_list(statement["Resource"])
            }
    for action, resource in sorted(needed(stack) - allowed):
        yield f"{name}: {action} on {resource} is missing"
    for action, resource in sorted(allowed - needed(stack)):
        yield f"{name}: {action} on {resource} is not needed"


def statements(stack):
    """Every statement of every policy: (where, statement, the policy is a resource's own)."""
    for name, properties in stack.of_type("AWS::IAM::Role"):
        for policy in properties.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield f"{name}: {policy['PolicyName']}", statement, False
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for name, properties in stack.of_type(kind):
            for statement in properties["PolicyDocument"]["Statement"]:
                yield name, statement, False
    for kind in ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"):
        for name, properties in stack.of_type(kind):
            for statement in properties["PolicyDocument"]["Statement"]:
                yield name, statement, True


def check_wildcards(stack):
    """What is allowed names its actions and resources, and to whom."""
    for place, statement, is_of_resource in statements(stack):
        if statement["Effect"] != "Allow":
            continue
        for member in ("NotAction", "NotResource", "NotPrincipal"):
            if member in statement:
                yield f"{place}: {member} allows whatever it does not name"
        actions = as_list(statement.get("Action", []))
        for action in actions:
            if "*" in action:
                yield f"{place}: the action {action} has a *"
        for resource in as_list(statement.get("Resource", [])):
            if resource == "*" and set(actions) <= WITHOUT_RESOURCE:
                continue
            if "*" in resource and not ALL_OF_ONE.fullmatch(resource):
                yield f"{place}: the resource {resource} has a * where a name could stand"
        if is_of_resource:
            principal = statement.get("Principal")
            if principal == "*" or (isinstance(principal, dict) and "*" in [x for each in principal.values() for x in as_list(each)]):
                yield f"{place}: everybody is allowed {actions}"
            if not statement.get("Condition"):
                yield f"{place}: any account's {principal} is allowed {actions}; it lacks a condition"


def check_invocation(stack):
    """Each source that invokes the function may do so, and no other."""
    name, _ = function_of(stack)
    reference = "{%s}" % name
    wanted = set()
    for _, each in stack.of_type("AWS::Logs::SubscriptionFilter"):
        if each["DestinationArn"] == "{%s.Arn}" % name:
            wanted.add(("logs.amazonaws.com", f"arn:aws:logs:eu-central-1:123456789012:log-group:{each['LogGroupName']}:*"))
    for rule, each in stack.of_type("AWS::Events::Rule"):
        if "{%s.Arn}" % name in [target["Arn"] for target in each["Targets"]]:
            wanted.add(("events.amazonaws.com", "{%s.Arn}" % rule))
    for api, _ in stack.of_type("AWS::ApiGateway::RestApi"):
        wanted.add(("apigateway.amazonaws.com", "arn:aws:execute-api:eu-central-1:123456789012:{%s}/*/*/*" % api))
    granted = set()
    for permission, each in stack.of_type("AWS::Lambda::Permission"):
        if each["FunctionName"] != reference or each["Action"] != "lambda:InvokeFunction":
            yield f"{permission}: allows {each['Action']} on {each['FunctionName']}"
        granted.add((each["Principal"], each.get("SourceArn", "*")))
        # A log group's ARN names the account, but logs.amazonaws.com acts for all of them.
        if each["Principal"] == "logs.amazonaws.com" and each.get("SourceAccount") != "123456789012":
            yield f"{permission}: lacks the account"
    for principal, source in sorted(wanted - granted):
        yield f"{principal} may not invoke the function for {source}"
    for principal, source in sorted(granted - wanted):
        yield f"{principal} may invoke the function for {source}, which is no source"


RULES = [check_role, check_wildcards, check_invocation]
