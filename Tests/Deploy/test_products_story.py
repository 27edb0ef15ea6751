# SPDX-License-Identifier: Apache-2.0
"""The function of samples/products-story, called as an HTTP API calls it, over a table and a queue in moto."""

import base64
import importlib
import json
import os
import sys
import unittest
from pathlib import Path
from unittest import mock

import boto3
from moto import mock_aws

STORY = Path(__file__).resolve().parents[2] / "samples" / "products-story"
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "TABLE": "Products",
}


@mock_aws
class ProductsStoryTests(unittest.TestCase):
    def setUp(self):
        environment = mock.patch.dict(os.environ, ENVIRONMENT)
        environment.start()
        self.addCleanup(environment.stop)
        sys.path.insert(0, str(STORY))
        self.addCleanup(sys.path.remove, str(STORY))
        self.products = importlib.import_module("products")
        boto3.client("dynamodb").create_table(
            TableName="Products", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "N"}])
        self.queue = boto3.client("sqs").create_queue(QueueName="events")["QueueUrl"]
        os.environ["QUEUE_URL"] = self.queue

    def call(self, method, path, body=None, encoded=False):
        answer = self.products.handler(
            {
                "version": "2.0", "rawPath": path, "headers": {"x-user": "mira"}, "requestContext": {"http": {"method": method}},
                "body": base64.b64encode(body.encode()).decode() if encoded else body, "isBase64Encoded": encoded,
            }, None)
        return answer["statusCode"], json.loads(answer["body"])

    def events(self):
        messages = boto3.client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]

    def test_every_call_is_told(self):
        self.assertEqual(self.call("PUT", "/products/5", '{"price":89.9}')[0], 201)
        self.assertEqual(self.call("GET", "/products/5"), (200, {"price": 89.9, "Id": 5}))
        self.assertEqual(self.call("PUT", "/products/5", '{"price":79.9}', encoded=True)[0], 200)
        self.assertEqual(self.call("DELETE", "/products/5")[0], 200)
        events = self.events()
        self.assertEqual([event["op"] for event in events], ["INSERT", "READ", "MODIFY", "REMOVE"])
        for event in events:
            self.assertEqual((event["table"], event["keys"], event["user"]), ("Products", {"Id": 5}, "mira"))
        self.assertEqual(events[2]["changed"], ["price"])
        self.assertEqual((events[2]["old"], events[2]["new"]), ({"price": 89.9, "Id": 5}, {"price": 79.9, "Id": 5}))

    def test_what_is_refused_is_told_to_nobody(self):
        for method, path, body, status in [
            ("GET", "/products/5", None, 404), ("DELETE", "/products/5", None, 404), ("GET", "/products/x", None, 404), ("GET", "/", None, 404),
            ("PUT", "/products/5", "[1]", 400), ("PUT", "/products/5", "{", 400),
        ]:
            with self.subTest(method=method, path=path, body=body):
                self.assertEqual(self.call(method, path, body)[0], status)
        self.assertEqual(self.events(), [])


if __name__ == "__main__":
    unittest.main()
