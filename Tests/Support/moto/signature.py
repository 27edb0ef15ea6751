# SPDX-License-Identifier: Apache-2.0
"""Checks a request's signature as AWS would: by computing it once more, with botocore's signer."""

import datetime
import hashlib
import re
from urllib.parse import parse_qs, parse_qsl

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)
CREDENTIAL = re.compile(r"([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request")
UNSIGNED_ACTIONS = {"AssumeRoleWithWebIdentity"}
MAXIMUM_SKEW = datetime.timedelta(minutes=5)


class Refused(Exception):
    """Why a request is not let through, by AWS's name for it."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def check(method, target, headers, body, secrets):
    """Raises Refused unless the request is signed as it must be.

    target is the request's path and query as they were sent, headers a list of pairs, secrets a secret for each access key.
    """
    values = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(value)
    if "X-Amz-Signature=" in target.partition("?")[2]:
        return check_query(method, target, values, body, secrets)
    if "authorization" not in values:
        action = parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]
        if action in UNSIGNED_ACTIONS:
            return
        raise Refused("MissingAuthenticationTokenException", "there is no authorization header")
    match = AUTHORIZATION.fullmatch(values["authorization"][0])
    if not match:
        raise Refused("IncompleteSignatureException", f"an authorization header of another form: {values['authorization'][0]}")
    key, day, region, service, signed_names, signature = match.groups()
    if key not in secrets:
        raise Refused("UnrecognizedClientException", f"the access key {key} is not known")
    names = signed_names.split(";")
    needed = {name for name in values if name == "host" or name.startswith("x-amz-")}
    if not needed <= set(names):
        raise Refused("InvalidSignatureException", f"these headers must be signed: {sorted(needed - set(names))}")
    stamp = values["x-amz-date"][0]
    check_time(stamp, day)

    request = AWSRequest(method=method, url=f"http://{values['host'][0]}{target}", data=body)
    for name in names:
        for value in values.get(name, []):
            request.headers.add_header("X-Amz-Content-SHA256" if name == "x-amz-content-sha256" else name, value)
    request.context["timestamp"] = stamp
    if service == "s3" and values.get("x-amz-content-sha256") != [hashlib.sha256(body).hexdigest()]:
        raise Refused("XAmzContentSHA256Mismatch", "x-amz-content-sha256 is not the body's hash")
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(key, secrets[key]), service, region)
    canonical = signer.canonical_request(request)
    expected = signer.signature(signer.string_to_sign(request, canonical), request)
    if expected != signature:
        raise Refused("SignatureDoesNotMatch", f"botocore signs this instead:\n{canonical}")


def check_query(method, target, values, body, secrets):
    """The same of a request that is signed in its query: a presigned one, which is good for a while and for the headers that it names."""
    path, _, query = target.partition("?")
    items = dict(parse_qsl(query, keep_blank_values=True))
    match = CREDENTIAL.fullmatch(items.get("X-Amz-Credential", ""))
    if items.get("X-Amz-Algorithm") != "AWS4-HMAC-SHA256" or not match:
        raise Refused("AuthorizationQueryParametersError", f"a query of another form: {query}")
    key, day, region, service = match.groups()
    if key not in secrets:
        raise Refused("InvalidAccessKeyId", f"the access key {key} is not known")
    names = items.get("X-Amz-SignedHeaders", "").split(";")
    needed = {name for name in values if name == "host" or name.startswith("x-amz-")}
    if not needed <= set(names):
        raise Refused("AccessDenied", f"these headers must be signed: {sorted(needed - set(names))}")
    stamp = items.get("X-Amz-Date", "")
    if not stamp.startswith(day):
        raise Refused("AuthorizationQueryParametersError", f"the day {day} is not that of {stamp}")
    seconds = int(items.get("X-Amz-Expires", "0"))
    signed = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    now = datetime.datetime.now(datetime.timezone.utc)
    if not 1 <= seconds <= 604800:
        raise Refused("AuthorizationQueryParametersError", f"X-Amz-Expires is {seconds}")
    if now > signed + datetime.timedelta(seconds=seconds) or now < signed - MAXIMUM_SKEW:
        raise Refused("AccessDenied", "Request has expired")

    rest = "&".join(item for item in query.split("&") if not item.startswith("X-Amz-Signature="))
    request = AWSRequest(method=method, url=f"http://{values['host'][0]}{path}?{rest}", data=body)
    for name in names:
        for value in values.get(name, []):
            request.headers.add_header(name, value)
    request.context["timestamp"] = stamp
    signer = (S3SigV4QueryAuth if service == "s3" else SigV4QueryAuth)(Credentials(key, secrets[key]), service, region)
    canonical = signer.canonical_request(request)
    if signer.signature(signer.string_to_sign(request, canonical), request) != items["X-Amz-Signature"]:
        raise Refused("SignatureDoesNotMatch", f"botocore signs this instead:\n{canonical}")


def check_time(stamp, day):
    if not stamp.startswith(day):
        raise Refused("InvalidSignatureException", f"the day {day} is not that of {stamp}")
    signed = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if abs(signed - datetime.datetime.now(datetime.timezone.utc)) > MAXIMUM_SKEW:
        raise Refused("RequestTimeTooSkewed", f"signed at {stamp}")
