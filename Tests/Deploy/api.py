# SPDX-License-Identifier: Apache-2.0
"""Rules on the API: every request goes to the function, and none without a key but a browser's question whether it may ask."""

import json

from configuration import has_api
from permissions import environment, function_of

KIND = "AWS::ApiGateway::"


def check_api(stack):
    """There is one where it was asked for and there is a table to ask."""
    made = [name for name, each in stack.resources.items() if each["Type"].startswith(KIND)]
    if not has_api(stack.parameters):
        if made or "ApiUrl" in stack.outputs:
            yield f"an API is made although none was asked for: {made}"
        return
    if len(stack.of_type(KIND + "RestApi")) != 1 or "ApiUrl" not in stack.outputs:
        yield "there is no API, or nobody is told where it is"
    if "EVENT_TABLE" not in environment(stack):
        yield "there is an API without an event table"


def check_methods(stack):
    name, _ = function_of(stack)
    resources = dict(stack.of_type(KIND + "Resource"))
    for resource, each in resources.items():
        if each["PathPart"] != "{proxy+}":
            yield f"{resource}: takes only {each['PathPart']}"
    methods = stack.of_type(KIND + "Method")
    if resources and sorted(each["HttpMethod"] for _, each in methods) != ["ANY", "OPTIONS"]:
        yield f"the methods are {sorted(each['HttpMethod'] for _, each in methods)}"
    for method, each in methods:
        if each["ApiKeyRequired"] != (each["HttpMethod"] != "OPTIONS"):
            yield f"{method}: a key is {'' if each['ApiKeyRequired'] else 'not '}asked for"
        integration = each["Integration"]
        if integration["Type"] != "AWS_PROXY" or integration["IntegrationHttpMethod"] != "POST" or "{%s.Arn}" % name not in integration["Uri"]:
            yield f"{method}: does not go to the function as it came"
    for deployment, _ in stack.of_type(KIND + "Deployment"):
        waits = stack.resources[deployment].get("DependsOn", [])
        for part, _ in methods + stack.of_type(KIND + "GatewayResponse"):
            if part not in waits:
                yield f"{deployment}: may be made before {part}, and then lacks it"


def check_plan(stack):
    """The key is of a plan with limits, for the stage that is made."""
    keys, plans = stack.of_type(KIND + "ApiKey"), stack.of_type(KIND + "UsagePlan")
    joined = stack.of_type(KIND + "UsagePlanKey")
    stages = {"{%s}" % name for name, _ in stack.of_type(KIND + "Stage")}
    for plan, each in plans:
        if {stage["Stage"] for stage in each["ApiStages"]} != stages:
            yield f"{plan}: is not for the stage that is made"
        given = stack.parameters
        if each.get("Throttle") != {"RateLimit": given["ApiRate"], "BurstLimit": given["ApiBurst"]}:
            yield f"{plan}: the rate is {each.get('Throttle')}"
        if each.get("Quota") != {"Limit": given["ApiDailyQuota"], "Period": "DAY"}:
            yield f"{plan}: the quota is {each.get('Quota')}"
    if [(each["KeyId"], each["UsagePlanId"]) for _, each in joined] != [("{%s}" % key, "{%s}" % plan) for (key, _), (plan, _) in zip(keys, plans)]:
        yield "the key is not one of the usage plan"


def check_own_answers(stack):
    """What API Gateway answers itself is a problem as the function's are, and any page can read it: a deployment that is there would not follow a
    change of the pages that the function lets in."""
    responses = stack.of_type(KIND + "GatewayResponse")
    if not stack.of_type(KIND + "RestApi"):
        return
    if sorted(each["ResponseType"] for _, each in responses) != ["DEFAULT_4XX", "DEFAULT_5XX", "QUOTA_EXCEEDED", "THROTTLED"]:
        yield f"the API answers {sorted(each['ResponseType'] for _, each in responses)} itself"
    for name, each in responses:
        headers = {header.removeprefix("gatewayresponse.header."): value for header, value in each["ResponseParameters"].items()}
        allowed = headers.get("access-control-allow-origin")
        if allowed != "'*'":
            yield f"{name}: the API's own answers are for {allowed}, and not for all pages"
        if headers.get("content-type") != "'application/problem+json'":
            yield f"{name}: is no problem by its type {headers.get('content-type')}"
        body = json.loads(each["ResponseTemplates"]["application/json"].replace("$context.error.messageString", '"said"'))
        if not body.get("title") or body.get("detail") != "said":
            yield f"{name}: says only {body}"
        if (each["ResponseType"] in ("THROTTLED", "QUOTA_EXCEEDED")) != ("retry-after" in headers and body.get("status") == 429):
            yield f"{name}: when to come again is {headers.get('retry-after')}, the status {body.get('status')}"


RULES = [check_api, check_methods, check_plan, check_own_answers]
