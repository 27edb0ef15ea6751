# SPDX-License-Identifier: Apache-2.0
"""The products service: what happened to table Products from 18 to 20 November 2026, and who did it."""

import hashlib

from aws import BS, N, NS, SS, Table, millis

TABLE = Table("Products", ["Id"], "2026-11-02T08:14:36.210", 4521600000000031876520112)

# What each function did: (milliseconds, function, request line, what it logs, change). The logs are written from this.
calls = []


def sha(text):
    return hashlib.sha256(text.encode()).digest()


def at(time, function, request, said, change):
    calls.append((millis("2026-11-" + time), function, request, said, change))


def create(time, identity, **attributes):
    item = {"Id": N(identity), **attributes}
    at(time, "products-api", "POST /products", f"product {identity} created: {attributes['name']}",
       TABLE.put(millis("2026-11-" + time), item))


def change(time, identity, remove=(), function="products-api", **attributes):
    names = ", ".join([*attributes, *remove])
    request = f"PATCH /products/{identity}" if function == "products-api" else f"stock count of product {identity}"
    at(time, function, request, f"product {identity} updated: {names}",
       TABLE.update(millis("2026-11-" + time), {"Id": N(identity)}, attributes, remove))


def stock(time, identity, **attributes):
    change(time, identity, function="stock-sync", **attributes)


def delete(time, identity):
    at(time, "products-api", f"DELETE /products/{identity}", f"product {identity} deleted",
       TABLE.delete(millis("2026-11-" + time), {"Id": N(identity)}))


def expire(time, identity):
    at(time, None, None, None, TABLE.delete(millis("2026-11-" + time), {"Id": N(identity)}, expired=True))


# 18 November: the catalogue is filled.

create("18T08:55:10.204", 1, name="Pour-over kettle", price=N("54"), currency="EUR", active=True,
       tags=SS(["coffee", "kettle"]), stock={"berlin": 20, "porto": 9}, volume_ml=900)
create("18T08:56:02.711", 2, name="Paper filters, 100 pcs", price=N("4.75"), currency="EUR", active=True,
       tags=SS(["coffee", "paper"]), stock={"berlin": 340, "porto": 210}, sizes=NS(["2", "4"]))
create("18T08:57:40.018", 3, name="Espresso cups, set of 4", price=N("32.5"), currency="EUR", active=True,
       tags=SS(["cups"]), stock={"berlin": 14, "porto": 0}, colours=["white", "slate", "terracotta"])
create("18T09:12:04.381", 5, name="Hand grinder", price=N("89.9"), currency="EUR", active=False,
       description="(to be written)", tags=SS(["coffee", "grinder", "new"]), stock={"berlin": 12, "porto": 4},
       grind_microns=NS(["200", "450", "800"]), image_sha256=sha("hand-grinder.jpg"), successor=None,
       materials=["steel", "walnut"], size={"height_mm": N("192"), "weight_g": N("485.5")})
create("18T09:15:33.907", 4, name="Milk jug 350 ml", price=N("18.2"), currency="EUR", active=True,
       tags=SS(["jug", "milk"]), stock={"berlin": 3, "porto": 0})
create("18T09:40:21.566", 6, name="Travel press", price=N("29"), currency="EUR", active=True,
       tags=SS(["coffee", "travel"]), stock={"berlin": 41, "porto": 17}, note='Says "no more bad coffee" on the lid')
change("18T10:02:00.125", 1, price=N("49.5"))
change("18T11:30:47.930", 5, active=True,
       description="Kegelmahlwerk aus Edelstahl, 38\u00a0mm – mahlt für Espresso ☕ bis French Press 🫘")
create("18T12:05:13.442", 7, name="Scale, 0.1 g", price=N("38"), currency="EUR", active=True,
       tags=SS(["scale"]), stock={"berlin": 25, "porto": 25},
       calibration=N("0.12345678901234567890123456789012345678"), certificates=BS([sha("scale-a")[:20], sha("scale-b")[:20]]))
stock("18T13:22:09.300", 3, stock={"berlin": 11, "porto": 6})
create("18T14:00:00.873", 9, name="Advent box 2026", price=N("59"), currency="EUR", active=True,
       tags=SS(["gift", "season"]), stock={"berlin": 60, "porto": 30}, contents=[
           {"product": 5, "count": 1}, {"product": 2, "count": 2}, "a card ✨"],
       expires_at=N(str(millis("2026-11-20T00:00:00") // 1000)))
change("18T16:02:41.655", 5, price=N("79.9"))
change("18T16:45:00.210", 2, price=N("4.95"), sizes=NS(["1", "2", "4"]))
delete("18T17:10:30.044", 4)

# 19 November: orders come in, counts go down.

create("19T07:30:12.390", 8, name="Descaler", price=N("7.8"), currency="EUR", active=True, tags=SS(["care"]),
       stock={"berlin": 80, "porto": 55}, warning="Säure – Augen schützen!")
stock("19T08:20:05.117", 5, stock={"berlin": 7, "porto": 4})
create("19T09:00:00.480", 10, name="Gift card", price=N("50"), currency="EUR", active=True, tags=SS(["gift"]),
       serial=N("12345678901234567890123456789012345678"), stock=None)
change("19T10:05:27.703", 5, tags=SS(["coffee", "grinder", "sale"]))
change("19T10:41:03.228", 7, price=N("36"), active=False)
create("19T11:15:44.019", 11, name="Cold brew bottle", price=N("24.9"), currency="EUR", active=True,
       tags=SS(["bottle", "coffee"]), stock={"berlin": 9, "porto": 12}, ratings=[])
change("19T12:00:00.561", 9, price=N("55"))
change("19T14:20:16.872", 11, ratings=[{"stars": 5, "by": "mira", "text": "Großartig 👍"}])
change("19T15:33:09.034", 1, remove=["volume_ml"], volume={"value": N("0.9"), "unit": "l"})
create("19T18:01:50.777", 12, name="Cleaning brush", price=N("3.9"), currency="EUR", active=True, tags=SS(["care"]),
       stock={"berlin": 150, "porto": 90}, discount=N("-0.5"))
change("19T18:03:22.190", 12, price=N("3.4"), remove=["discount"])
create("19T18:30:00.256", 13, name="Breakfast voucher", price=N("0"), currency="EUR", active=True, tags=SS(["gift"]),
       expires_at=N(str(millis("2026-11-19T22:00:00") // 1000)))
delete("19T20:30:05.616", 8)
expire("19T22:04:40.000", 13)

# 20 November: the advent box expires, the grinder sells out and is taken off.

expire("20T00:07:31.000", 9)
change("20T07:00:00.349", 5, price=N("69.9"), sale_until="2026-11-27")
change("20T08:15:38.901", 12, active=False)
change("20T09:50:11.083", 6, price=N("27.5"), note='Says "no more bad coffee" on the lid\nand is right')
stock("20T11:42:57.520", 2, stock={"berlin": 310, "porto": 180})
stock("20T13:40:18.246", 5, stock={"berlin": 0, "porto": 0}, active=False)
change("20T14:10:02.655", 10, price=N("25"))
delete("20T15:00:00.492", 5)

changes = [call[4] for call in calls]


def between(first, last):
    """The changes from one time up to another, as '18T09:00' and '18T12:00'."""
    low, high = millis(f"2026-11-{first}:00"), millis(f"2026-11-{last}:00")
    return [change for change in changes if low <= change["ms"] < high]
