#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes gateway/*.json: the same HTTP requests as each kind of front hands them to a function, and what they are to be understood as.

What the fronts do to paths and parameters, by AWS's pages and by what people have captured:
- REST APIs keep the path as it was sent and decode parameters; `path` lacks the stage, `requestContext.path` has it; a domain's base path is in both.
- HTTP APIs decode the path, an encoded slash too, and put the stage before it unless that is $default; 2.0 keeps the query as it was sent.
  A domain's mapping is not in the path of 2.0, but the stage is.
- Function URLs keep both as they were sent.
"""

import base64
import json
import unicodedata
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote

HERE = Path(__file__).parent / "gateway"
COMPOSED = unicodedata.normalize("NFC", "reexecuta_função")
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
RERUN = '{"aws_request_id":"8f1c","FunctionName":"orders"}'

# name: (method, path as sent, query as sent, headers, body, its bytes come as base64; the parts of the path that are meant)
REQUESTS = {
    "look-up": ("GET", "/executions/8f1c", "lines=5&function=orders", [], None, False, ["executions", "8f1c"]),
    "list": ("GET", "/executions", "function=a%2Bb%20c&from=2026-11-20T15%3A00%3A00Z", [("accept", "text/html"), ("accept", "*/*")], None, False, ["executions"]),
    "history": ("GET", "/subjects/" + quote('Products#{"Id":5}', safe=""), "", [], None, False, ["subjects", 'Products#{"Id":5}']),
    "history-slash": ("GET", "/subjects/" + quote('Files#{"Path":"a/b c"}', safe=""), "", [], None, False, ["subjects", 'Files#{"Path":"a/b c"}']),
    "history-percent": ("GET", "/subjects/" + quote('Rates#{"Name":"5%25"}', safe=""), "", [], None, False, ["subjects", 'Rates#{"Name":"5%25"}']),
    "save": ("POST", "/executions", "", [("content-type", "application/json")], '{"aws_request_id":"é","FunctionName":"orders","event":1}', True, ["executions"]),
    "events": ("POST", "/events", "", [("content-type", "application/json")], '{"text":"é"}', False, ["events"]),
    "preflight": ("OPTIONS", "/executions", "", [("origin", "https://example.org"), ("access-control-request-method", "POST")], None, False, ["executions"]),
    "head": ("HEAD", "/openapi.json", "", [], None, False, ["openapi.json"]),
    "rerun-composed": ("POST", "/" + quote(COMPOSED), "", [], RERUN, False, [COMPOSED]),
    "rerun-decomposed": ("POST", "/" + quote(DECOMPOSED), "", [], RERUN, False, [COMPOSED]),
    "rerun-small-letters": ("POST", "/" + quote(COMPOSED).replace("%C3", "%c3"), "", [], RERUN, False, [COMPOSED]),
    "rerun-unencoded": ("POST", "/" + COMPOSED, "", [], RERUN, False, [COMPOSED]),
    "rerun-ascii": ("POST", "/reexecuta_funcao", "", [], RERUN, True, ["reexecuta_funcao"]),
    "query": ("GET", "/consulta_logs", "aws_request_id=8f1c&FunctionName=orders", [], None, False, ["consulta_logs"]),
}
HOST = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"
OWN_HOST = "api.example.org"


def grouped(pairs):
    """Names with all their values; null where there are none, as REST APIs have it."""
    lists = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists or None


def last(lists):
    return {name: values[-1] for name, values in lists.items()} if lists else None


def body_of(text, is_base64):
    if text is None:
        return None, False
    return (base64.b64encode(text.encode()).decode(), True) if is_base64 else (text, False)


def lists_payload(request, host, prefix, resource, base, stage, key=None):
    """Payload 1.0 of a REST API. `prefix` is what the domain's mapping puts before the path, `base` what `requestContext.path` begins with."""
    method, path, query, headers, text, is_base64, _ = request
    body, encoded = body_of(text, is_base64)
    headers = grouped([("Host", host), ("X-Forwarded-Proto", "https"), *headers])
    parameters = grouped(parse_qsl(query, keep_blank_values=True))
    stem = resource.removesuffix("/{proxy+}")
    return {
        "resource": resource, "path": prefix + stem + path, "httpMethod": method, "headers": last(headers), "multiValueHeaders": headers,
        "queryStringParameters": last(parameters), "multiValueQueryStringParameters": parameters, "pathParameters": {"proxy": path[1:]},
        "stageVariables": None,
        "requestContext": {
            "resourceId": "x8y7z6", "resourcePath": resource, "httpMethod": method, "path": base + stem + path, "accountId": "123456789012",
            "protocol": "HTTP/1.1", "stage": stage, "domainPrefix": host.split(".")[0], "domainName": host, "apiId": "a1b2c3d4e5",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "requestTimeEpoch": 1795186800000,
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "curl/8.5.0", "userArn": None, "user": None, "apiKey": key and "shown", "apiKeyId": key},
        },
        "body": body, "isBase64Encoded": encoded,
    }


def old_payload(request, stage):
    """Payload 1.0 of an HTTP API."""
    method, path, query, headers, text, is_base64, _ = request
    body, encoded = body_of(text, is_base64)
    headers = grouped([("Host", HOST), *headers])
    parameters = grouped(parse_qsl(query, keep_blank_values=True))
    whole = f"/{stage}" + unquote(path)
    return {
        "version": "1.0", "resource": "/{proxy+}", "path": whole, "httpMethod": method, "headers": last(headers), "multiValueHeaders": headers,
        "queryStringParameters": last(parameters), "multiValueQueryStringParameters": parameters, "pathParameters": {"proxy": unquote(path)[1:]},
        "requestContext": {
            "accountId": "123456789012", "apiId": "a1b2c3d4e5", "domainName": HOST, "httpMethod": method, "path": whole, "stage": stage,
            "authorizer": {"claims": None, "scopes": None}, "identity": {"sourceIp": "192.0.2.1", "userArn": None},
        },
        "stageVariables": None, "body": body, "isBase64Encoded": encoded,
    }


def single_payload(request, host, whole, route, proxy, stage, authorizer=None):
    """Payload 2.0."""
    method, path, query, headers, text, is_base64, _ = request
    body, encoded = body_of(text, is_base64)
    lists = grouped([("host", host), *headers])
    event = {
        "version": "2.0", "routeKey": route, "rawPath": whole, "rawQueryString": query,
        "headers": {name: ",".join(values) for name, values in lists.items()},
        "requestContext": {
            "accountId": "123456789012", "apiId": "a1b2c3d4e5", "domainName": host, "domainPrefix": host.split(".")[0],
            "http": {"method": method, "path": whole, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "curl/8.5.0"},
            "requestId": "JKJaXmPLvHcESHA=", "routeKey": route, "stage": stage, "time": "20/Nov/2026:15:00:00 +0000", "timeEpoch": 1795186800000,
        },
        "isBase64Encoded": encoded,
    }
    if proxy is not None:
        event["pathParameters"] = {"proxy": proxy}
    if query:
        event["queryStringParameters"] = {name: ",".join(values) for name, values in grouped(parse_qsl(query)).items()}
    if authorizer:
        event["requestContext"]["authorizer"] = authorizer
    if body is not None:
        event["body"] = body
    return event


URL = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws"
# name: (how the event is made, what a client puts before the path, who is let in, whether the path is decoded)
FRONTS = {
    "rest": (lambda r: lists_payload(r, HOST, "", "/{proxy+}", "/prod", "prod", "k1e2y3"), "/prod", ["k1e2y3", True], False),
    "rest-own-domain": (lambda r: lists_payload(r, OWN_HOST, "/events", "/{proxy+}", "/events", "prod"), "/events", None, False),
    "rest-below": (lambda r: lists_payload(r, HOST, "", "/table/{proxy+}", "/prod", "prod"), "/prod/table", None, False),
    "http": (lambda r: single_payload(r, HOST, "/prod" + unquote(r[1]), "ANY /{proxy+}", unquote(r[1])[1:], "prod"), "/prod", None, True),
    "http-default": (lambda r: single_payload(r, HOST, unquote(r[1]), "$default", None, "$default"), "", None, True),
    "http-stage": (
        lambda r: single_payload(r, HOST, "/prod" + unquote(r[1]), "$default", None, "prod", {"jwt": {"claims": {"sub": "mira"}, "scopes": None}}), "/prod",
        ["mira", False], True),
    "http-own-domain": (lambda r: single_payload(r, OWN_HOST, "/prod" + unquote(r[1]), "ANY /{proxy+}", unquote(r[1])[1:], "prod"), "", None, True),
    "http-old": (lambda r: old_payload(r, "prod"), "/prod", None, True),
    "url": (lambda r: single_payload(r, URL, r[1], "$default", None, "$default"), "", None, False),
    "url-signed": (
        lambda r: single_payload(r, URL, r[1], "$default", None, "$default", {"iam": {"accountId": "123456789012", "userArn": "arn:aws:iam::123456789012:user/mira"}}),
        "", ["arn:aws:iam::123456789012:user/mira", False], False),
}


def main():
    HERE.mkdir(exist_ok=True)
    for front, (make, base, admission, _) in FRONTS.items():
        cases = []
        for name, request in REQUESTS.items():
            method, _, query, headers, text, _, parts = request
            cases.append({
                "name": name, "event": make(request),
                "expected": {
                    "method": method, "path": parts, "query": [list(pair) for pair in parse_qsl(query)], "base": base, "body": text or "",
                    "admission": admission, "headers": [list(pair) for pair in headers],
                },
            })
        (HERE / f"{front}.json").write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


main()
