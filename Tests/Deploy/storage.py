# SPDX-License-Identifier: Apache-2.0
"""Rules on tables, buckets, queues and names."""

from permissions import environment

# The event table's keys, and its indexes: partition key and projection; the range key is `sort`.
EVENT_TABLE_KEYS = ("aws_request_id", "FunctionName")
EVENT_TABLE_INDEXES = {
    "by-subject": ("subject", {"ProjectionType": "ALL"}),
    "by-function": (
        "fn_shard",
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["duration_ms", "kind", "problem", "report_at", "validity"]},
    ),
    "by-problem": ("problem", {"ProjectionType": "KEYS_ONLY"}),
    "by-verdict": ("verdict_key", {"ProjectionType": "KEYS_ONLY"}),
}
# What holds data outlives its stack.
HOLDS_DATA = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue")
# The property that names a resource. Without a name CloudFormation would make one up from the stack's.
NAMES = {
    "AWS::ApiGateway::ApiKey": "Name", "AWS::ApiGateway::RestApi": "Name", "AWS::ApiGateway::UsagePlan": "UsagePlanName",
    "AWS::CloudWatch::Alarm": "AlarmName", "AWS::CloudWatch::Dashboard": "DashboardName", "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::EventBus": "Name", "AWS::Events::Rule": "Name", "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName", "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Logs::SubscriptionFilter": "FilterName", "AWS::S3::Bucket": "BucketName", "AWS::SQS::Queue": "QueueName",
}
WITHOUT_NAME = {
    "AWS::ApiGateway::Deployment", "AWS::ApiGateway::GatewayResponse", "AWS::ApiGateway::Method", "AWS::ApiGateway::Resource",
    "AWS::ApiGateway::Stage", "AWS::ApiGateway::UsagePlanKey",
    "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::Permission", "AWS::Logs::MetricFilter",
    "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy",
}


def keys(schema):
    return tuple(key["AttributeName"] for kind in ("HASH", "RANGE") for key in schema if key["KeyType"] == kind)


def check_event_table(stack):
    existing = stack.parameters["ExistingEventTableName"]
    wanted = bool(existing) or stack.parameters["CreateEventTable"] == "true"
    reference = environment(stack).get("EVENT_TABLE", "")
    if bool(reference) != wanted:
        yield f"the function's event table is {reference!r}"
    if existing:
        if reference != existing:
            yield f"the function's event table is {reference!r} and not {existing!r}"
        return
    if not reference:
        return
    name = reference.strip("{}")
    table = stack.resources[name]["Properties"]
    if "StreamSpecification" in table:
        yield f"{name}: has a stream, which could be fed back to the function"
    if table["BillingMode"] != "PAY_PER_REQUEST":
        yield f"{name}: is not on demand"
    if keys(table["KeySchema"]) != EVENT_TABLE_KEYS:
        yield f"{name}: the keys are {keys(table['KeySchema'])}"
    indexes = {}
    for index in table["GlobalSecondaryIndexes"]:
        partition, *sort = keys(index["KeySchema"])
        projection = dict(index["Projection"])
        if "NonKeyAttributes" in projection:
            projection["NonKeyAttributes"] = sorted(projection["NonKeyAttributes"])
        if sort != ["sort"]:
            yield f"{name}: {index['IndexName']} is sorted by {sort}"
        indexes[index["IndexName"]] = (partition, projection)
    for index in sorted(set(indexes) | set(EVENT_TABLE_INDEXES)):
        if indexes.get(index) != EVENT_TABLE_INDEXES.get(index):
            yield f"{name}: the index {index} is {indexes.get(index)} and not {EVENT_TABLE_INDEXES.get(index)}"
    if table.get("TimeToLiveSpecification") != {"AttributeName": "expires_at", "Enabled": True}:
        yield f"{name}: rows do not expire at expires_at"


def check_tables(stack):
    for name, table in stack.of_type("AWS::DynamoDB::Table"):
        if table.get("PointInTimeRecoverySpecification") != {"PointInTimeRecoveryEnabled": True}:
            yield f"{name}: has no point-in-time recovery"
        schemas = [table["KeySchema"]] + [index["KeySchema"] for index in table.get("GlobalSecondaryIndexes", [])]
        used = {key for schema in schemas for key in keys(schema)}
        defined = {attribute["AttributeName"] for attribute in table["AttributeDefinitions"]}
        if used != defined:
            yield f"{name}: the attributes defined are not the keys: {sorted(used ^ defined)}"


def check_buckets(stack):
    policies = {each["Bucket"]: each["PolicyDocument"]["Statement"] for _, each in stack.of_type("AWS::S3::BucketPolicy")}
    for name, bucket in stack.of_type("AWS::S3::Bucket"):
        block = bucket.get("PublicAccessBlockConfiguration", {})
        for setting in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"):
            if block.get(setting) is not True:
                yield f"{name}: {setting} is not on"
        if not bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration"):
            yield f"{name}: is not encrypted"
        rules = bucket.get("LifecycleConfiguration", {}).get("Rules", [])
        if not [rule for rule in rules if rule["Status"] == "Enabled" and "AbortIncompleteMultipartUpload" in rule]:
            yield f"{name}: no rule clears away unfinished uploads"
        denied = [
            each for each in policies.get("{%s}" % name, [])
            if each["Effect"] == "Deny" and each["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            and set(each["Resource"]) == {"{%s.Arn}" % name, "{%s.Arn}/*" % name}
        ]
        if not denied:
            yield f"{name}: takes connections without TLS"
        days = stack.parameters["ArchiveRetentionDays" if name == "ArchiveBucket" else "FailureRetentionDays"]
        expiring = [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule]
        if expiring != ([days] if days else []):
            yield f"{name}: objects expire after {expiring} days and not {days}"


def check_queues(stack):
    queues = dict(stack.of_type("AWS::SQS::Queue"))
    for name, queue in queues.items():
        is_fifo = queue.get("FifoQueue", False)
        if queue["QueueName"].endswith(".fifo") != is_fifo:
            yield f"{name}: {queue['QueueName']} is no name for it"
        if not queue.get("SqsManagedSseEnabled"):
            yield f"{name}: is not encrypted"
        if "RedrivePolicy" in queue:
            dead = queue["RedrivePolicy"]["deadLetterTargetArn"].strip("{}").removesuffix(".Arn")
            if queues[dead].get("FifoQueue", False) != is_fifo:
                yield f"{name}: a dead-letter queue is of the same kind"
            if queues[dead]["MessageRetentionPeriod"] <= queue["MessageRetentionPeriod"]:
                yield f"{name}: messages keep their age in {dead}, and would be forgotten there"
            if queue["RedrivePolicy"]["maxReceiveCount"] < 5:
                yield f"{name}: messages are given up after {queue['RedrivePolicy']['maxReceiveCount']} attempts"
    url = environment(stack).get("QUEUE_URL")
    if bool(url) != (stack.parameters["CreateQueue"] == "true"):
        yield f"the function's queue is {url}"
    if url:
        queue = queues[url.strip("{}")]
        if not queue.get("FifoQueue") or "RedrivePolicy" not in queue:
            yield f"{url}: is no FIFO queue with a dead-letter queue"
        if queue.get("ContentBasedDeduplication"):
            yield f"{url}: the record's id tells a repetition, not the content"


def check_retention(stack):
    for name, each in stack.resources.items():
        if each["Type"] in HOLDS_DATA:
            if each.get("DeletionPolicy") not in ("Retain", "RetainExceptOnCreate") or each.get("UpdateReplacePolicy") != "Retain":
                yield f"{name}: its data goes with the stack"
        elif "Retain" in (each.get("DeletionPolicy") or ""):
            yield f"{name}: stays when the stack goes, and holds nothing"


def check_names(stack):
    prefix = stack.parameters["NamePrefix"]
    seen = {}
    for name, each in stack.resources.items():
        if each["Type"] in WITHOUT_NAME:
            continue
        if each["Type"] not in NAMES:
            yield f"{name}: what names a {each['Type']}?"
            continue
        text = each["Properties"].get(NAMES[each["Type"]], "")
        if not text.removeprefix("/aws/lambda/").startswith(prefix + "-"):
            yield f"{name}: its name {text!r} does not begin with the prefix"
        if each["Type"] == "AWS::S3::Bucket" and not 3 <= len(text.replace("eu-central-1", "x" * 14)) <= 63:
            yield f"{name}: {text} is too long for a bucket"
        # A subscription's name need only be unique in its log group.
        other = seen.setdefault((each["Type"], text), name)
        if other != name and each["Type"] != "AWS::Logs::SubscriptionFilter":
            yield f"{name}: has the name of {other}"


RULES = [check_event_table, check_tables, check_buckets, check_queues, check_retention, check_names]
