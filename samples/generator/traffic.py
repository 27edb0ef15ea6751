# SPDX-License-Identifier: Apache-2.0
"""Messages of queues and events of a bus, as functions get them."""

from aws import ACCOUNT, REGION, bus_event, digest, dumps, lambda_event, millis, sns_body, sqs_record

T = "2026-11-"


def ms(time):
    return millis(T + time)


def stock_updates():
    """A standard queue: counts from the warehouses, which stock-sync writes into Products."""
    def count(time, product, berlin, porto, **more):
        body = dumps({"type": "stock-count", "product": product, "berlin": berlin, "porto": porto})
        return sqs_record("stock-updates", ms(time), body, {"warehouse": "berlin", "format": "count/1"},
                          sender="warehouse-gateway", **more)

    return [lambda_event([count("18T13:22:07.906", 3, 11, 6), count("19T08:20:03.118", 5, 7, 4)]),
            lambda_event([
                count("20T11:42:55.001", 2, 310, 180), count("20T12:10:43.870", 4, 5, 0, receive_count=3),
                sqs_record("stock-updates", ms("20T13:00:00.120"), "ping – not JSON, just text",
                           sender="warehouse-gateway"),
                count("20T13:40:16.550", 5, 0, 0)])]


def orders():
    """A FIFO queue: one group for each customer."""
    def order(time, number, customer, event, **more):
        body = dumps({"order": f"A-{number}", "event": event, "customer": customer, **more})
        return sqs_record("orders.fifo", ms(time), body, group=customer, number=number, sender="shop")

    return lambda_event([
        order("20T07:21:30.410", 1041, "tomasz", "placed", items=[{"product": 5, "count": 1, "price": 69.90}]),
        order("20T07:21:31.022", 1042, "mira", "placed", items=[{"product": 2, "count": 3, "price": 4.95}]),
        order("20T07:22:05.777", 1041, "tomasz", "paid", amount=69.90),
        order("20T07:30:12.308", 1042, "mira", "cancelled", reason="found some at home"),
        order("20T15:04:59.650", 1041, "tomasz", "shipped", parcel="JD014600012345678901")])


def price_watch():
    """A queue that a topic feeds: the body is SNS's envelope around the message."""
    records = []
    for number, (time, was, now) in enumerate([("18T16:02:42.001", "89.9", "79.9"), ("20T07:00:00.802", "79.9", "69.9")]):
        message = f'{{"product":5,"was":{was},"now":{now}}}'
        records.append(sqs_record("price-watch", ms(time) + 31, sns_body("price-changes", ms(time), "Product 5", message),
                                  number=number, sender="sns"))
    return lambda_event(records)


def shop_audit():
    """A queue that a rule of the bus feeds: the body is the event."""
    event = bus_event("shop.products", "Product Removed", ms("20T15:00:01"),
                      {"product": 5, "reason": "sold out", "by": "mira"})
    return lambda_event([sqs_record("shop-audit", ms("20T15:00:01.388"), dumps(event), sender="events")])


def bus():
    """What rules hand to a function: one event an invocation."""
    bucket = f"arn:aws:s3:::shop-images-{ACCOUNT}"
    yield bus_event("shop.products", "Product Published", ms("18T11:30:48"), {"product": 5, "name": "Hand grinder", "price": 89.90})
    yield bus_event("aws.s3", "Object Created", ms("18T11:31:02"), {
        "version": "0", "bucket": {"name": bucket.rsplit(":", 1)[1]},
        "object": {"key": "products/5/hand-grinder.jpg", "size": 482133, "etag": digest("etag"),
                   "sequencer": digest("sequencer", 18).upper()},
        "request-id": digest("request", 16).upper(), "requester": ACCOUNT, "source-ip-address": "203.0.113.17",
        "reason": "PutObject"}, [bucket])
    yield bus_event("shop.products", "Product Price Changed", ms("18T16:02:42"), {"product": 5, "was": 89.90, "now": 79.90})
    yield bus_event("aws.events", "Scheduled Event", ms("19T08:00:00"), {},
                    [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/daily-count"])
    yield bus_event("shop.products", "Product Price Changed", ms("20T07:00:01"), {"product": 5, "was": 79.90, "now": 69.90})


def order_event():
    return bus_event("shop.orders", "Order Placed", ms("20T07:21:30"), {
        "order": "A-1041", "customer": "tomasz", "total": {"amount": 69.90, "currency": "EUR"},
        "items": [{"product": 5, "name": "Hand grinder", "count": 1}]})
