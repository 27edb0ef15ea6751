# SPDX-License-Identifier: Apache-2.0
"""Calls of boto3 for the tests: to prepare what a test needs, and to read back what it did."""

import base64
import datetime
import decimal
import zipfile
import io

import boto3
from boto3.dynamodb.types import Binary, TypeDeserializer
from botocore.config import Config
from botocore.exceptions import ClientError


def client(service, url, region, keys):
    return boto3.client(
        service, endpoint_url=url, region_name=region, aws_access_key_id=keys[0], aws_secret_access_key=keys[1],
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )


def run(url, region, keys, call):
    """Runs one call: {"service", "operation", "arguments", "deserialize"}; "base64:…" in the arguments stands for bytes."""
    try:
        answer = getattr(client(call["service"], url, region, keys), call["operation"])(**arguments(call.get("arguments", {})))
    except ClientError as error:
        return {"error": error.response["Error"]["Code"], "message": str(error)}
    answer.pop("ResponseMetadata", None)
    if call.get("deserialize"):
        reader = TypeDeserializer()
        items = answer.get("Items") or ([answer["Item"]] if "Item" in answer else [])
        return [plain({name: reader.deserialize(value) for name, value in item.items()}) for item in items]
    return plain(answer)


def arguments(value):
    if isinstance(value, dict):
        return {name: arguments(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [arguments(inner) for inner in value]
    if value == "zip:empty":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("lambda_function.py", "def handler(event, context):\n    return event\n")
        return file.getvalue()
    if isinstance(value, str) and value.startswith("base64:"):
        return base64.b64decode(value[7:])
    return value


def plain(value):
    """JSON for what boto3 gives: numbers as {"n": digits}, bytes as {"b": base64}, sets as {"set": sorted}."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, (set, frozenset)):
        return {"set": sorted((plain(inner) for inner in value), key=repr)}
    if isinstance(value, decimal.Decimal):
        return {"n": digits(value)}
    if isinstance(value, Binary):
        value = value.value
    if isinstance(value, (bytes, bytearray)):
        return {"b": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if hasattr(value, "read"):
        return {"b": base64.b64encode(value.read()).decode()}
    return value


def digits(number):
    """All of them, without needless zeros and without an exponent."""
    with decimal.localcontext() as context:
        context.prec = 400
        text = format(number.normalize(), "f")
    return "0" if text in ("-0", "0") else text
