#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the cases in cases/: requests, and what botocore's signer makes of them.

The requests are those of the Signature Version 4 test suite that AWS used to publish, by their names there, and some of our own for S3, Lambda, session
tokens and presigned addresses. Run it with the interpreter that scripts/python-env prints, after adding a case:

    "$(scripts/python-env)" Tests/AWSSignerTests/Fixtures/make-cases.py
"""

import datetime
import json
import pathlib
from urllib.parse import urlsplit

import botocore.auth
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI=="
NOW = datetime.datetime(2015, 8, 30, 12, 36, 0)
UNRESERVED = "-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def case(name, method="GET", path="/", query="", headers=(), body="", service="service", region="us-east-1", token=None, expires=None, host=None):
    return dict(
        name=name, method=method, path=path, query=query, headers=[list(h) for h in headers], body=body, service=service, region=region,
        token=token, expires=expires, host=host or "example.amazonaws.com",
    )


FORM = [("Content-Type", "application/x-www-form-urlencoded")]
FUNCTION = "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Astock-sync%3Alive"

CASES = [
    # Those of the published suite.
    case("get-header-key-duplicate", headers=[("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")]),
    case("get-header-value-order", headers=[("My-Header1", "value4"), ("My-Header1", "value1"), ("My-Header1", "value3"), ("My-Header1", "value2")]),
    case("get-header-value-trim", headers=[("My-Header1", " value1"), ("My-Header2", ' "a   b   c"  ')]),
    case("get-header-value-multiline", headers=[("My-Header1", "value1\n  value2\n     value3")]),
    case("get-unreserved", path=f"/{UNRESERVED}"),
    case("get-utf8", path="/%E1%88%B4"),
    case("get-space", path="/example%20space/"),
    case("get-vanilla"),
    case("get-vanilla-empty-query-key", query="Param1=value1"),
    case("get-vanilla-query", query=""),
    case("get-vanilla-query-order-encoded", query="Param-3=Value3&Param=Value2&%E1%88%B4=Value1"),
    case("get-vanilla-query-order-key", query="Param1=value2&Param1=Value1"),
    case("get-vanilla-query-order-key-case", query="Param2=value2&Param1=value1"),
    case("get-vanilla-query-order-value", query="Param1=value2&Param1=value1"),
    case("get-vanilla-query-unreserved", query=f"{UNRESERVED}={UNRESERVED}"),
    case("get-vanilla-utf8-query", query="%E1%88%B4=bar"),
    case("normalize-path-get-relative", path="/example/.."),
    case("normalize-path-get-relative-relative", path="/example1/example2/../.."),
    case("normalize-path-get-slash", path="//"),
    case("normalize-path-get-slash-dot-slash", path="/./"),
    case("normalize-path-get-slash-pointless-dot", path="/./example"),
    case("normalize-path-get-slashes", path="//example//"),
    case("normalize-path-get-space", path="/example%20space/"),
    case("post-header-key-case", method="POST"),
    case("post-header-key-sort", method="POST", headers=[("My-Header1", "value1")]),
    case("post-header-value-case", method="POST", headers=[("My-Header1", "VALUE1")]),
    case("post-sts-header-after", method="POST", token=TOKEN),
    case("post-vanilla", method="POST"),
    case("post-vanilla-empty-query-value", method="POST", query="Param1=value1"),
    case("post-vanilla-query", method="POST", query="Param1=value1"),
    case("post-x-www-form-urlencoded", method="POST", headers=FORM, body="Param1=value1"),
    case("post-x-www-form-urlencoded-parameters", method="POST", headers=[("Content-Type", "application/x-www-form-urlencoded; charset=utf8")], body="Param1=value1"),
    # What clients add that must not be signed.
    case("get-unsigned-headers", headers=[("User-Agent", "sluice"), ("X-Amzn-Trace-Id", "Root=1-2-3"), ("Expect", "100-continue"), ("X-Amz-Meta-A", "b")]),
    case("get-port", host="localhost:4566", path="/a"),
    case("get-query-key-without-value", query="acl="),
    case("get-query-prefix-of-another", query="a-b=1&a=2&a1=3&aB=4&A=5"),
    # Services as Sluice calls them.
    case("dynamodb-put", method="POST", service="dynamodb", region="eu-central-1", body='{"TableName":"Products","Item":{"Id":{"N":"5"}}}',
         headers=[("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "DynamoDB_20120810.PutItem")], host="dynamodb.eu-central-1.amazonaws.com"),
    case("sqs-send-token", method="POST", service="sqs", region="eu-central-1", body='{"QueueUrl":"q"}', token=TOKEN,
         headers=[("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "AmazonSQS.SendMessageBatch")], host="sqs.eu-central-1.amazonaws.com"),
    case("lambda-arn-in-path", method="POST", service="lambda", path=f"/2015-03-31/functions/{FUNCTION}/invocations", query="Qualifier=live",
         body="{}", headers=[("X-Amz-Invocation-Type", "Event")], host="lambda.us-east-1.amazonaws.com"),
    case("sts-china", method="POST", service="sts", region="cn-north-1", headers=FORM, body="Action=GetCallerIdentity&Version=2011-06-15",
         host="sts.cn-north-1.amazonaws.com.cn"),
    # S3 takes the path as it is sent.
    case("s3-get", service="s3", path="/test.txt", headers=[("Range", "bytes=0-9")], host="examplebucket.s3.amazonaws.com"),
    case("s3-put", method="PUT", service="s3", path="/test%24file.text", body="Welcome to Amazon S3.",
         headers=[("x-amz-storage-class", "REDUCED_REDUNDANCY")], host="examplebucket.s3.amazonaws.com"),
    case("s3-list", service="s3", query="max-keys=2&prefix=J", host="examplebucket.s3.amazonaws.com"),
    case("s3-key-not-normalised", method="PUT", service="s3", path="/a//b/./c/../d%20e%2Bf%25g%C3%A9/", body="x", host="bucket.s3.eu-central-1.amazonaws.com"),
    case("s3-key-of-punctuation", method="PUT", service="s3", path="/%21%2A%27%28%29%3B%3A%40%26%3D%24%2C%3F%23%5B%5D", body="x", token=TOKEN,
         host="bucket.s3.eu-central-1.amazonaws.com"),
    # Presigned addresses.
    case("presigned-get", expires=60, token=None),
    case("presigned-token", expires=604800, token=TOKEN, query="a=b", headers=[("X-Amz-Meta-A", "b")]),
    case("presigned-s3", expires=3600, service="s3", path="/a%20b/c.json", token=TOKEN, host="bucket.s3.amazonaws.com"),
]


def signed(case):
    url = f"https://{case['host']}{case['path']}" + (f"?{case['query']}" if case["query"] else "")
    request = AWSRequest(method=case["method"], url=url, data=case["body"].encode())
    for name, value in case["headers"]:
        request.headers.add_header(name, value)
    credentials = Credentials(KEY, SECRET, case["token"])
    kinds = {(False, False): SigV4Auth, (True, False): S3SigV4Auth, (False, True): SigV4QueryAuth, (True, True): S3SigV4QueryAuth}
    kind = kinds[case["service"] == "s3", case["expires"] is not None]
    options = {"expires": case["expires"]} if case["expires"] is not None else {}
    signer = kind(credentials, case["service"], case["region"], **options)
    steps = {}

    def recording(name):
        original = getattr(signer, name)

        def call(*arguments):
            steps[name] = original(*arguments)
            return steps[name]

        return call

    for name in ("canonical_request", "string_to_sign", "signature"):
        setattr(signer, name, recording(name))
    botocore.auth.get_current_datetime = lambda *a, **k: NOW
    signer.add_auth(request)
    expected = dict(canonicalRequest=steps["canonical_request"], stringToSign=steps["string_to_sign"], signature=steps["signature"])
    if case["expires"] is None:
        expected["authorization"] = request.headers["Authorization"]
    else:
        expected["query"] = urlsplit(request.url).query
    return expected


folder = pathlib.Path(__file__).parent / "cases"
for old in folder.glob("*.json"):
    old.unlink()
for one in CASES:
    content = dict(one, expected=signed(one))
    (folder / f"{one['name']}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
print(f"{len(CASES)} cases")
