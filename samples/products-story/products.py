# SPDX-License-Identifier: Apache-2.0
"""A products service: HTTP calls create, read, update and delete products, and each of them, reads too, is told to a queue.

    products.py PORT            on this machine: products in memory, events to the API at SLUICE_API_URL; port 0 takes a free one
    products.handler            in Lambda: products in the DynamoDB table TABLE, events to the SQS queue QUEUE_URL

An event names the item as changes in Sluice's plain envelope do: {"op", "table", "keys", …}. So it belongs to the item's history.
"""
import base64
import decimal
import http.server
import json
import os
import sys
import urllib.request

TABLE = os.environ.get("TABLE", "Products")


class Refused(Exception):
    """A request that cannot be met: the HTTP status, and why."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


class Memory(dict):
    """Products of this process."""

    def put(self, product):
        self[product["Id"]] = product

    def remove(self, number):
        del self[number]


class Table:
    """Products in DynamoDB."""

    def __init__(self):
        import boto3

        self.table = boto3.resource("dynamodb").Table(TABLE)

    def get(self, number):
        return self.table.get_item(Key={"Id": number}, ConsistentRead=True).get("Item")

    def put(self, product):
        self.table.put_item(Item=product)

    def remove(self, number):
        self.table.delete_item(Key={"Id": number})


def send_to_api(event):
    request = urllib.request.Request(
        os.environ["SLUICE_API_URL"] + "/events?source=products&type=product",
        dumps(event).encode(),
        {"content-type": "application/json", "x-api-key": os.environ.get("SLUICE_API_KEY", "")},
    )
    urllib.request.urlopen(request, timeout=10).read()


def send_to_queue(event):
    import boto3

    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=dumps(event))


def dumps(value):
    return json.dumps(value, ensure_ascii=False, default=lambda number: int(number) if number == int(number) else float(number))


def answer(products, send, method, path, body, user):
    """Does what a request asks for. Returns the status and the product."""
    parts = path.strip("/").split("/")
    if len(parts) != 2 or parts[0] != "products" or not parts[1].isdigit():
        raise Refused(404, "there is nothing but /products/NUMBER")
    number = int(parts[1])
    old = products.get(number)
    if method != "PUT" and old is None:
        raise Refused(404, f"there is no product {number}")
    event = {"table": TABLE, "keys": {"Id": number}, "user": user}
    if method == "GET":
        send({"op": "READ", **event})
        return 200, old
    if method == "DELETE":
        products.remove(number)
        send({"op": "REMOVE", **event, "old": old})
        return 200, old
    if method != "PUT":
        raise Refused(405, "GET, PUT and DELETE are understood")
    try:
        new = {**json.loads(body, parse_float=decimal.Decimal), "Id": number}
    except (ValueError, TypeError):
        raise Refused(400, "the body is not a JSON object") from None
    products.put(new)
    if old is None:
        send({"op": "INSERT", **event, "new": new})
        return 201, new
    changed = [name for name in {**new, **old} if old.get(name) != new.get(name)]
    send({"op": "MODIFY", **event, "old": old, "new": new, "changed": changed})
    return 200, new


def handler(event, context):
    """An HTTP API of API Gateway, or a function URL."""
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body)
    try:
        status, product = answer(
            Table(), send_to_queue, event["requestContext"]["http"]["method"], event["rawPath"], body,
            event["headers"].get("x-user", "somebody"),
        )
    except Refused as refused:
        status, product = refused.status, {"error": str(refused)}
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": dumps(product)}


class Server(http.server.BaseHTTPRequestHandler):
    products = Memory()

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            status, product = answer(
                self.products, send_to_api, self.command, self.path, body, self.headers.get("x-user", "somebody"))
        except Refused as refused:
            status, product = refused.status, {"error": str(refused)}
        content = dumps(product).encode() + b"\n"
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_DELETE = do_POST = handle_request

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Server)
    print(f"products on http://127.0.0.1:{server.server_port}", file=sys.stderr, flush=True)
    server.serve_forever()
