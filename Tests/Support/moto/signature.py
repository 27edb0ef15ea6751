# SPDX-License-Identifier: Apache-2.0
"""Checks a request's signature as AWS would: by computing it once more, with botocore's signer."""

import datetime
import hashlib
import re
from urllib.parse import parse_qs

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)
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


def check_time(stamp, day):
    if not stamp.startswith(day):
        raise Refused("InvalidSignatureException", f"the day {day} is not that of {stamp}")
    signed = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if abs(signed - datetime.datetime.now(datetime.timezone.utc)) > MAXIMUM_SKEW:
        raise Refused("RequestTimeTooSkewed", f"signed at {stamp}")
