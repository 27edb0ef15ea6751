# SPDX-License-Identifier: Apache-2.0
"""Checks the checks: each mistake that somebody could make in samples/deploy must be told."""

import copy
import unittest

import yaml

import check_template
import configuration
import documentation
import metrics
from cloudformation import Stack, TemplateError

TEMPLATE = check_template.load(check_template.SAMPLES / "template.yaml")
SETTINGS = yaml.safe_load((check_template.SAMPLES / "sluice.yaml").read_text(encoding="utf-8"))
# All parts on, all off, and what else there is to choose.
TRIED = [
    {key: value for choices in check_template.CHOICES.values() for key, value in choices[index % len(choices)].items()}
    for index in (0, -1, 1, 2)
]


def properties(template, name):
    return template["Resources"][name]["Properties"]


def policy(template, name):
    """The statements of a policy of the role, whether it is there on a condition or not."""
    for each in properties(template, "ConsumerRole")["Policies"]:
        each = each["Fn::If"][1] if "Fn::If" in each else each
        if each["PolicyName"] == name:
            return each["PolicyDocument"]["Statement"]
    raise KeyError(name)


def put(*path, value=None):
    """A mistake: a value put where the path leads; without one, what is there goes away."""

    def change(template):
        place = template["Resources"]
        for key in path[:-1]:
            place = place[key]
        if value is None:
            del place[path[-1]]
        else:
            place[path[-1]] = value

    return change


def widen(name, **members):
    """A mistake: a statement of the role's policy says something else."""
    return lambda template: policy(template, name)[0].update(members)


def swap_text(name, member, old, new):
    """A mistake in a text with Fn::Sub."""

    def change(template):
        text = properties(template, name)[member]["Fn::Sub"]
        assert old in text[0]
        text[0] = text[0].replace(old, new)

    return change


def swap_widget(name, old, new):
    """A mistake in the widgets that are on the dashboard on a condition."""

    def change(template):
        text = properties(template, "Dashboard")["DashboardBody"]["Fn::Sub"][1][name]["Fn::If"][1]["Fn::Sub"]
        assert old in text[0]
        text[0] = text[0].replace(old, new)

    return change


# (what is done to the template, part of what must be said of it)
MISTAKES = {
    "all actions": (widen("write-archive", Action="s3:*"), "the action s3:* has a *"),
    "all resources": (widen("send-messages", Resource="*"), "the resource * has a *"),
    "all buckets": (widen("write-archive", Resource="arn:aws:s3:::*"), "where a name could stand"),
    "more than needed": (widen("put-events", Action=["events:DescribeEventBus", "events:PutEvents", "events:PutRule"]), "events:PutRule on {RecordBus.Arn} is not needed"),
    "less than needed": (widen("read-stream", Action=["dynamodb:GetRecords"]), "dynamodb:GetShardIterator on {SourceTable.StreamArn} is missing"),
    "parked records that are not compared": (widen("keep-failures", Action="s3:PutObject"), "s3:GetObject on {FailureBucket.Arn}/* is missing"),
    "a queue that is not looked up": (widen("send-messages", Action="sqs:SendMessage"), "sqs:GetQueueAttributes on {RecordQueue.Arn} is missing"),
    "another resource": (widen("write-event-table", Resource={"Fn::GetAtt": ["SourceTable", "Arn"]}), "dynamodb:PutItem on {SourceTable.Arn} is not needed"),
    "all but": (widen("log", NotAction="s3:PutObject"), "NotAction allows"),
    "a managed policy": (put("ConsumerRole", "Properties", "ManagedPolicyArns", value=["arn:aws:iam::aws:policy/AdministratorAccess"]), "managed policies"),
    "a role for others": (put("ConsumerRole", "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Principal", value={"AWS": "*"}), "somebody other than Lambda"),
    "a role all the same": (put("ConsumerRole", "Condition"), "a role is made although one was given"),
    "logs of all accounts": (put("LogPermission1", "Properties", "SourceAccount"), "lacks the account"),
    "logs without permission": (put("LogPermission1", "Properties", "Principal", value="sns.amazonaws.com"), "logs.amazonaws.com may not invoke"),
    "permission for any log": (put("LogPermission1", "Properties", "SourceArn"), "which is no source"),
    "events for anybody": (put("BusPermission", "Properties", "SourceArn", value={"Fn::Sub": "arn:aws:events:${AWS::Region}:${AWS::AccountId}:rule/*"}), "which is no source"),
    "a queue for anybody": (put("BusFailurePolicy", "Properties", "PolicyDocument", "Statement", 0, "Principal", value="*"), "everybody is allowed"),
    "a queue without condition": (put("BusFailurePolicy", "Properties", "PolicyDocument", "Statement", 0, "Condition", value={}), "lacks a condition"),
    "no partial answers": (put("StreamMapping", "Properties", "FunctionResponseTypes"), "do not agree on partial answers"),
    "no partial answers set": (put("Consumer", "Properties", "Environment", "Variables", "SLUICE_PARTIAL_RESPONSES"), "do not agree on partial answers"),
    "from now on": (put("StreamMapping", "Properties", "StartingPosition", value="LATEST"), "is missed"),
    "no bisecting": (put("StreamMapping", "Properties", "BisectBatchOnFunctionError", value=False), "fails its whole batch"),
    "no age": (put("StreamMapping", "Properties", "MaximumRecordAgeInSeconds"), "the age of -1 s"),
    "an age before parking": (put("StreamMapping", "Properties", "MaximumRecordAgeInSeconds", value=600), "the age of 600 s"),
    "failures without records": (put("StreamMapping", "Properties", "DestinationConfig", "OnFailure", "Destination", value={"Fn::GetAtt": ["FailureQueue", "Arn"]}), "not just their place"),
    "failures nowhere": (put("StreamMapping", "Properties", "DestinationConfig"), "not just their place"),
    "new images only": (put("SourceTable", "Properties", "StreamSpecification", "StreamViewType", value="NEW_IMAGE"), "does not stream both images"),
    "a table all the same": (put("SourceTable", "Condition"), "although a stream was given"),
    "asynchronous failures nowhere": (put("AsynchronousInvocations", "Properties", "DestinationConfig"), "failures go to None"),
    "asynchronous failures in a FIFO queue": (put("FailureQueue", "Properties", "FifoQueue", value=True), "nothing into a FIFO queue"),
    "failures for a minute": (put("FailureQueue", "Properties", "MessageRetentionPeriod", value=60), "less than SQS can"),
    "a loop over the log": (put("LogSubscription1", "Properties", "LogGroupName", value={"Ref": "ConsumerLogGroup"}), "logs.amazonaws.com may not invoke"),
    "a loop over the log by name": (put("LogSubscription1", "Properties", "LogGroupName", value={"Fn::Sub": "/aws/lambda/${NamePrefix}-stream-consumer"}), "its own log, without end"),
    "a loop over the bus": (put("BusRule", "Properties", "EventBusName", value={"Fn::Sub": "${NamePrefix}-stream-records"}), "the events it has put there"),
    "a loop over the event table": (put("EventTable", "Properties", "StreamSpecification", value={"StreamViewType": "NEW_IMAGE"}), "fed back to the function"),
    "a subscription too soon": (put("LogSubscription1", "DependsOn"), "does not wait for its permission"),
    "a rule that loses": (put("BusRule", "Properties", "Targets", 0, "DeadLetterConfig"), "what cannot be handed over is lost"),
    "a rule whose queue refuses": (put("BusFailurePolicy", "Properties", "PolicyDocument", "Statement", 0, "Principal", value={"Service": "sns.amazonaws.com"}), "EventBridge may not write"),
    "text logs": (put("Consumer", "Properties", "LoggingConfig", "LogFormat", value="Text"), "JSON logs"),
    "logs without metrics": (put("Consumer", "Properties", "LoggingConfig", "ApplicationLogLevel", value="WARN"), "metrics are lost"),
    "another runtime": (put("Consumer", "Properties", "Runtime", value="provided.al2"), "Runtime is provided.al2"),
    "a reference to what may not be there": (put("Consumer", "Properties", "Environment", "Variables", "QUEUE_URL", value={"Ref": "RecordQueue"}), "which is left out by CreatesQueue"),
    "a reference in a text": (put("Consumer", "Properties", "Description", value={"Fn::Sub": "for ${RecordBus}"}), "refers to RecordBus"),
    "a dependency": (put("Consumer", "DependsOn", value="EventTable"), "DependsOn refers to EventTable"),
    "an index less": (lambda template: properties(template, "EventTable")["GlobalSecondaryIndexes"].pop(), "the index by-verdict is None"),
    "an index with too little": (put("EventTable", "Properties", "GlobalSecondaryIndexes", 0, "Projection", value={"ProjectionType": "KEYS_ONLY"}), "the index by-subject is"),
    "no expiry": (put("EventTable", "Properties", "TimeToLiveSpecification"), "do not expire"),
    "no recovery": (put("EventTable", "Properties", "PointInTimeRecoverySpecification"), "no point-in-time recovery"),
    "an open bucket": (put("ArchiveBucket", "Properties", "PublicAccessBlockConfiguration", "BlockPublicPolicy", value=False), "BlockPublicPolicy is not on"),
    "a bucket in the clear": (put("FailureBucket", "Properties", "BucketEncryption"), "is not encrypted"),
    "a bucket without TLS": (put("FailureBucketPolicy", "Properties", "PolicyDocument", "Statement", 0, "Resource", value=[{"Fn::GetAtt": ["FailureBucket", "Arn"]}]), "takes connections without TLS"),
    "data that goes": (put("ArchiveBucket", "DeletionPolicy", value="Delete"), "its data goes with the stack"),
    "data that is replaced": (put("EventTable", "UpdateReplacePolicy"), "its data goes with the stack"),
    "a dead-letter queue that forgets": (put("RecordDeadLetterQueue", "Properties", "MessageRetentionPeriod", value=3600), "would be forgotten there"),
    "a dead-letter queue of another kind": (put("RecordDeadLetterQueue", "Properties", "FifoQueue", value=False), "is of the same kind"),
    "no order": (put("RecordQueue", "Properties", "RedrivePolicy"), "no FIFO queue with a dead-letter queue"),
    "a name of its own": (put("RecordBus", "Properties", "Name", value="records"), "does not begin with the prefix"),
    "two of a name": (put("RecordDeadLetterQueue", "Properties", "QueueName", value={"Fn::Sub": "${NamePrefix}-stream-records.fifo"}), "has the name of RecordQueue"),
    "an alarm on nothing": (put("RejectedAlarm", "Properties", "MetricName", value="Rejections"), "there is no metric Rejections"),
    "an alarm by the wrong dimension": (put("IteratorAgeAlarm", "Properties", "Dimensions", 0, "Name", value="TableName"), "nobody publishes to AWS/Lambda with TableName"),
    "an alarm less": (put("LostFailuresAlarm", "Condition", value="AlarmsOnQueue"), "no alarm watches DestinationDeliveryFailures"),
    "an alarm gone": (put("ThrottlesAlarm"), "no alarm watches Throttles"),
    "an alarm that tells nobody": (put("ErrorsAlarm", "Properties", "AlarmActions"), "tells None"),
    "a metric that is not published": (put("StreamMapping", "Properties", "MetricsConfig"), "lacks EventCount"),
    "a widget on nothing": (swap_text("Dashboard", "DashboardBody", '"Delivered"', '"Deliveries"'), "there is no metric Deliveries"),
    "a search for nothing": (swap_text("Dashboard", "DashboardBody", "SinkLatency", "SinkTime"), "there is no metric SinkTime"),
    "no invocations": (swap_text("Dashboard", "DashboardBody", '"Invocations", "F', '"Errors", "F'), "does not show Invocations"),
    "no errors": (swap_text("Dashboard", "DashboardBody", '"Errors", "F', '"Throttles", "F'), "does not show Errors"),
    "no throttles": (swap_text("Dashboard", "DashboardBody", '"Throttles", "F', '"Errors", "F'), "does not show Throttles"),
    "no duration": (swap_text("Dashboard", "DashboardBody", '"Duration", "F', '"Errors", "F'), "does not show Duration"),
    "no memory": (swap_text("Dashboard", "DashboardBody", '"MaxMemoryUsed"', '"MemorySize"'), "does not show MaxMemoryUsed"),
    "no latency": (swap_text("Dashboard", "DashboardBody", "SinkLatency", "Retried"), "does not show SinkLatency"),
    "no iterator age": (swap_widget("StreamWidgets", '"IteratorAge", "F', '"Errors", "F'), "does not show IteratorAge"),
    "no reading of the source": (swap_widget("StreamWidgets", '"ConsumedRead', '"ConsumedWrite'), "does not show ConsumedReadCapacityUnits of {SourceTable}"),
    "no reading of a source that was there": (swap_widget("StreamWidgets", '"ConsumedRead', '"ConsumedWrite'), "does not show ConsumedReadCapacityUnits of Orders"),
    "no writing of the source": (swap_widget("StreamWidgets", '"ConsumedWrite', '"ConsumedRead'), "does not show ConsumedWriteCapacityUnits of {SourceTable}"),
    "no reading of the event table": (swap_widget("EventTableWidgets", '"ConsumedRead', '"ConsumedWrite'), "does not show ConsumedReadCapacityUnits of {EventTable}"),
    "no writing of the event table": (
        swap_widget("EventTableWidgets", '"ConsumedWriteCapacityUnits", "TableName", "${TableName}"],', '"ReadThrottleEvents", "TableName", "${TableName}"],'),
        "does not show ConsumedWriteCapacityUnits of {EventTable}"),
    "a widget less": (swap_text("Dashboard", "DashboardBody", '"Retried"', '"Received"'), "does not show Retried"),
    "a broken dashboard": (swap_text("Dashboard", "DashboardBody", '"widgets": [', '"widgets": [,'), "the body is no dashboard"),
    "a variable that is not used": (put("Consumer", "Properties", "Environment", "Variables", "TABLE", value="x"), "the variable TABLE is not both"),
    "a variable that is not set": (put("Consumer", "Properties", "Environment", "Variables", "BUS_NAME"), "the variable BUS_NAME is not set"),
    "an API without a key": (put("ApiMethod", "Properties", "ApiKeyRequired", value=False), "a key is not asked for"),
    "a key before anybody may ask": (put("ApiPreflight", "Properties", "ApiKeyRequired", value=True), "a key is asked for"),
    "an API without preflight": (put("ApiPreflight", "Properties", "HttpMethod", value="GET"), "the methods are ['ANY', 'GET']"),
    "an API with one path": (put("ApiProxy", "Properties", "PathPart", value="executions"), "takes only executions"),
    "requests that are changed": (put("ApiMethod", "Properties", "Integration", "Type", value="AWS"), "does not go to the function as it came"),
    "an API too soon": (put("ApiDeployment", "DependsOn", value=["ApiMethod"]), "may be made before ApiPreflight"),
    "an API before its answers": (put("ApiDeployment", "DependsOn", value=["ApiMethod", "ApiPreflight"]), "may be made before ApiRefusals"),
    "a key without a plan": (put("ApiUsagePlanKey", "Properties", "KeyId", value="other"), "is not one of the usage plan"),
    "a plan without a stage": (put("ApiUsagePlan", "Properties", "ApiStages", value=[]), "is not for the stage"),
    "a plan without a rate": (put("ApiUsagePlan", "Properties", "Throttle"), "the rate is None"),
    "a plan without a quota": (put("ApiUsagePlan", "Properties", "Quota", "Period", value="MONTH"), "the quota is"),
    "refusals for some pages": (
        put("ApiRefusals", "Properties", "ResponseParameters", "gatewayresponse.header.access-control-allow-origin", value={"Fn::Sub": "'${ApiCorsOrigin}'"}),
        "own answers are for 'https://example.org'"),
    "refusals for no page": (put("ApiRefusals", "Properties", "ResponseParameters", "gatewayresponse.header.access-control-allow-origin"), "own answers are for None"),
    "refusals of another kind": (put("ApiRefusals", "Properties", "ResponseType", value="INVALID_API_KEY"), "the API answers ['DEFAULT_5XX', 'INVALID_API_KEY'"),
    "refusals that are no problem": (put("ApiFailures", "Properties", "ResponseParameters", "gatewayresponse.header.content-type"), "no problem by its type"),
    "refusals that say nothing": (put("ApiRefusals", "Properties", "ResponseTemplates", "application/json", value='{"title":"No"}'), "says only {"),
    "too many, and when to come again": (put("ApiThrottled", "Properties", "ResponseParameters", "gatewayresponse.header.retry-after"), "when to come again is None"),
    "requests by anybody's API": (put("ApiPermission", "Properties", "SourceArn"), "which is no source"),
    "an API all the same": (put("Api", "Condition"), "although none was asked for"),
    "any function run again": (widen("run-again", Resource={"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:*"}), "function:* is not needed"),
    "no verdicts": (widen("answer-requests", Action=["dynamodb:GetItem", "dynamodb:Query"]), "dynamodb:ConditionCheckItem on {EventTable.Arn} is missing"),
    "reserved concurrency": (put("Consumer", "Properties", "ReservedConcurrentExecutions"), "reserves None executions"),
}


class Mistakes(unittest.TestCase):
    def problems(self, change):
        template = copy.deepcopy(TEMPLATE)
        change(template)
        return check_template.check(template, configuration.Settings(SETTINGS), TRIED)

    def test_template_as_it_is(self):
        self.assertEqual(self.problems(lambda template: None), {})

    def test_mistakes_are_told(self):
        for name, (change, expected) in MISTAKES.items():
            with self.subTest(name):
                problems = self.problems(change)
                self.assertTrue([each for each in problems if expected in each], problems)

    def test_parameters_that_make_a_loop(self):
        for name in ("ExistingLogGroup1", "SourceBusName", "LogLevel"):
            template = copy.deepcopy(TEMPLATE)
            for restriction in ("AllowedPattern", "AllowedValues"):
                template["Parameters"][name].pop(restriction, None)
            self.assertTrue(list(check_template.check_refusals(template)), name)
        self.assertEqual(list(check_template.check_refusals(TEMPLATE)), [])

    def test_condition_that_is_always_true(self):
        template = copy.deepcopy(TEMPLATE)
        template["Conditions"]["CreatesQueue"] = {"Fn::Equals": ["true", "true"]}
        told = check_template.check_conditions(template, check_template.combinations(0))
        self.assertEqual(told, ["the condition CreatesQueue is always {True}"])


    def test_metrics_of_another_name(self):
        names = ["Received", "Delivered", "Filtered", "Rejected", "Retried", "IteratorAge", "SinkLatency"]
        source = "".join(f'Metric("{name}", .count, 1), ' for name in names)
        self.assertEqual(list(metrics.check_published(source)), [])
        self.assertEqual(
            list(metrics.check_published(source.replace("Retried", "Repeated"))),
            ["the metric Retried is known here, but the function does not write it",
             "the function writes the metric Repeated, which is not known here"])


class Configurations(unittest.TestCase):
    def problems(self, change):
        settings = copy.deepcopy(SETTINGS)
        change(settings)
        return list(configuration.Settings(settings).problems())

    def test_mistakes_are_told(self):
        self.assertEqual(self.problems(lambda settings: None), [])
        mistakes = {
            "there is no sink": lambda settings: settings["routes"][0]["to"].append("nowhere"),
            "no route takes anything": lambda settings: settings["routes"].pop(),
            "there is not on Lambda": lambda settings: settings["sinks"]["parked"].update(type="file"),
            "has the settings": lambda settings: settings["sinks"]["queue"].update(url="x"),
            "gives two records one name": lambda settings: settings["sinks"]["archive"].update(key="{date}"),
            "archive reads back": lambda settings: settings["sinks"]["archive"].update(key="{date}/{id}.json"),
            "parked reads back": lambda settings: settings["sinks"]["parked"].update(key="{source}/{id}.json"),
            "is not the bucket for failures": lambda settings: settings["rejected"].update(to=["archive"]),
            "there is no api": lambda settings: settings.pop("api"),
            "is not shown": lambda settings: settings["sinks"]["bus"].update(type="log"),
        }
        for expected, change in mistakes.items():
            with self.subTest(expected):
                self.assertTrue([each for each in self.problems(change) if expected in each])


class Documentation(unittest.TestCase):
    def test_mistakes_are_told(self):
        template = {
            "Parameters": {"Size": {"Default": 1}, "CreateQueue": {"Default": "true", "AllowedValues": ["true", "false"]}},
            "Resources": {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": {"Fn::Sub": "${NamePrefix}-errors"}}}},
        }
        text = (
            "| `Size` | 1 (MB) | how large |\n\n`CreateQueue=false` leaves it out\n`…-errors` tells; one alarms; that is all\n"
            "aws cloudformation deploy --template-file a \\\n  --stack-name b --s3-bucket c \\\n  --capabilities d\n"
        )
        self.assertEqual(list(documentation.problems(text, template)), [])
        mistakes = {
            "Size is 2 there": text.replace("| 1", "| 2"),
            "no parameter Length": text.replace("`Size`", "`Length`"),
            "no parameter MakeQueue": text.replace("Create", "Make"),
            "cannot be no": text.replace("=false", "=no"),
            "Size is not told of": text.replace("Size", "size"),
            "without --s3-bucket": text.replace(" --s3-bucket c", "") + "aws s3 cp --s3-bucket",
            "the alarm ${NamePrefix}-errors is not told of": text.replace("-errors", "-failures"),
            "not of one alarms": text.replace("one alarms", "two alarms"),
        }
        for expected, changed in mistakes.items():
            with self.subTest(expected):
                self.assertTrue([each for each in documentation.problems(changed, template) if expected in each])


class Evaluation(unittest.TestCase):
    """What CloudFormation does, in small."""

    def stack(self, value, **parameters):
        template = {
            "Parameters": {
                "Name": {"Type": "String", "Default": "a", "AllowedPattern": "[a-z]*"},
                "Size": {"Type": "Number", "Default": 1, "MaxValue": 9},
                "List": {"Type": "CommaDelimitedList", "Default": "x, y"},
            },
            "Conditions": {
                "Named": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]},
                "Small": {"Fn::And": [{"Condition": "Named"}, {"Fn::Equals": [{"Ref": "Size"}, "1"]}]},
            },
            "Resources": {
                "Always": {"Type": "T", "Properties": {"Value": value}},
                "Maybe": {"Type": "T", "Condition": "Small", "Properties": {}},
            },
        }
        return Stack(template, parameters)

    def value(self, value, **parameters):
        stack = self.stack(value, **parameters)
        self.assertEqual(stack.problems, [])
        return stack.resources["Always"]["Properties"].get("Value")

    def test_functions(self):
        no_value = {"Ref": "AWS::NoValue"}
        self.assertEqual(self.value({"Fn::Sub": "${Name}-${AWS::Region}-${!x}-${Maybe.Arn}"}), "a-eu-central-1-${x}-{Maybe.Arn}")
        self.assertEqual(self.value({"Fn::Sub": ["${A}", {"A": {"Ref": "Size"}}]}), "1")
        self.assertEqual(self.value({"Fn::Select": [1, {"Fn::Split": ["/", "a/b/c"]}]}), "b")
        self.assertEqual(self.value({"Fn::Join": ["-", {"Ref": "List"}]}), "x-y")
        self.assertEqual(self.value([1, {"Fn::If": ["Named", no_value, 2]}, 3]), [1, 3])
        self.assertEqual(self.value({"Fn::If": ["Named", no_value, 2]}), None)
        self.assertEqual(self.value({"Fn::GetAtt": ["Maybe", "Arn"]}), "{Maybe.Arn}")

    def test_branch_that_is_not_taken(self):
        choice = {"Fn::If": ["Small", {"Ref": "Maybe"}, "none"]}
        self.assertEqual(self.value(choice), "{Maybe}")
        self.assertEqual(self.value(choice, Size=2), "none")
        self.assertEqual(self.value(choice, Name=""), "none")

    def test_reference_to_what_is_not_there(self):
        self.assertEqual(
            self.stack({"Ref": "Maybe"}, Size=2).problems, ["Always.Value refers to Maybe, which is left out by Small"])
        self.assertEqual(
            self.stack({"Ref": "Nothing"}).problems, ["Always.Value refers to Nothing, which is not in the template"])

    def test_parameters_that_are_refused(self):
        for parameters in ({"Name": "A"}, {"Size": 10}, {"Size": "x"}, {"Other": 1}):
            with self.assertRaises(TemplateError):
                self.stack("", **parameters)

    def test_circle_of_conditions(self):
        template = {"Conditions": {"A": {"Condition": "B"}, "B": {"Fn::Not": [{"Condition": "A"}]}}, "Resources": {}}
        with self.assertRaises(TemplateError):
            Stack(template)


if __name__ == "__main__":
    unittest.main()
