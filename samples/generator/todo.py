# SPDX-License-Identifier: Apache-2.0
"""The to-do app: table Todos, with a key of two attributes, and the function that writes it."""

from aws import N, SS, Table, digest, iso, millis

TABLE = Table("Todos", ["UserId", "TodoId"], "2026-10-28T17:02:11.904", 118340000000000902214483)

calls = []
_ids = {}


def _identity(ms, title):
    """A ULID-like id: sorts by time."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = (ms << 80) + int(digest("todo:" + title, 20), 16)
    return "".join(alphabet[(number >> shift) & 31] for shift in range(125, -1, -5))


def add(time, user, title, **attributes):
    ms = millis("2026-11-" + time)
    _ids[title] = {"UserId": user, "TodoId": _identity(ms, title)}
    item = {**_ids[title], "title": title, "done": False, "priority": N("3"), "created_at": iso(ms), **attributes}
    calls.append((ms, "todo-api", f"POST /users/{user}/todos", f"added {_ids[title]['TodoId']}", TABLE.put(ms, item)))


def edit(time, title, remove=(), **attributes):
    ms, key = millis("2026-11-" + time), _ids[title]
    calls.append((ms, "todo-api", f"PATCH /users/{key['UserId']}/todos/{key['TodoId']}",
                  f"changed {', '.join([*attributes, *remove])}", TABLE.update(ms, key, attributes, remove)))


def drop(time, title):
    ms, key = millis("2026-11-" + time), _ids[title]
    calls.append((ms, "todo-api", f"DELETE /users/{key['UserId']}/todos/{key['TodoId']}", "deleted",
                  TABLE.delete(ms, key)))


# The morning of the 18th is in the incremental export (one line for an item: what was before the window, what is after it).
OLD = "Renew passport"
_ids[OLD] = {"UserId": "mira", "TodoId": _identity(millis("2026-11-03T19:20:00"), OLD)}
TABLE.items[tuple(_ids[OLD].values())] = {
    **_ids[OLD], "title": OLD, "done": False, "priority": N("2"), "created_at": "2026-11-03T19:20:00.000Z",
    "due": "2026-11-18"}
STALE = "Buy a 2026 calendar"
_ids[STALE] = {"UserId": "tomasz", "TodoId": _identity(millis("2026-01-02T08:00:00"), STALE)}
TABLE.items[tuple(_ids[STALE].values())] = {
    **_ids[STALE], "title": STALE, "done": False, "priority": N("5"), "created_at": "2026-01-02T08:00:00.000Z"}

add("18T07:41:20.300", "mira", "Book train to Porto", labels=SS(["travel"]), due="2026-12-04")
edit("18T08:05:02.118", OLD, done=True)
drop("18T08:30:44.860", STALE)
add("18T10:17:09.451", "tomasz", "Descale the machine", steps=[
    {"text": "empty the tank", "done": False}, {"text": "run citric acid twice", "done": False}])

# The afternoon of the 18th and the morning of the 19th came through the table's own stream.
add("18T13:02:55.007", "mira", "Geschenk für Oma 🎁", priority=N("1"), due="2026-12-20")
edit("18T13:04:10.640", "Geschenk für Oma 🎁", labels=SS(["family", "gift"]))
edit("18T19:55:31.212", "Descale the machine", steps=[
    {"text": "empty the tank", "done": True}, {"text": "run citric acid twice", "done": False}])
edit("19T06:58:47.905", "Descale the machine", done=True, remove=["steps"])
edit("19T08:12:00.333", "Book train to Porto", priority=N("1.5"))

# From then on the table wrote to a Kinesis data stream.
add("19T15:26:18.019", "tomasz", "Order a hand grinder", note="79.90? wait for the sale", labels=SS(["coffee"]))
edit("19T16:00:03.774", "Book train to Porto", done=True)
edit("20T07:20:41.586", "Order a hand grinder", note="69.90 now!", priority=N("1"))
drop("20T09:14:15.300", "Descale the machine")
edit("20T15:06:30.925", "Order a hand grinder", done=True, note=None)

changes = [call[4] for call in calls]
exported, streamed, to_kinesis = changes[:4], changes[4:9], changes[9:]
