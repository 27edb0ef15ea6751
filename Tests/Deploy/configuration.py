# SPDX-License-Identifier: Apache-2.0
"""Rules on the configuration that goes into the function's zip, beside the template that sets its variables."""

import re

from permissions import READ_BACK, environment

# The sinks there are on Lambda, with the settings that each must have.
SINKS = {
    "log": set(),
    "event-table": {"table"},
    "s3-json": {"bucket", "key"},
    "sqs": {"queue"},
    "eventbridge": {"bus"},
}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# The parameters under which the template leaves a variable out.
SWITCHES = {
    "EVENT_TABLE": lambda given: given["CreateEventTable"] == "true" or given["ExistingEventTableName"],
    "ARCHIVE_BUCKET": lambda given: given["CreateArchive"] == "true",
    "QUEUE_URL": lambda given: given["CreateQueue"] == "true",
    "BUS_NAME": lambda given: given["CreateBus"] == "true",
    "FAILURE_BUCKET": lambda given: True,
    "API_CORS_ORIGIN": lambda given: has_api(given) and given["ApiCorsOrigin"],
    "RERUN_FUNCTION": lambda given: has_api(given) and given["RerunFunctionName"],
}


def has_api(given):
    """The API is made, which it is only beside an event table."""
    return given["CreateApi"] == "true" and bool(SWITCHES["EVENT_TABLE"](given))


class Settings:
    """A configuration as it was read."""

    def __init__(self, root):
        self.root = root
        self.variables = {
            name for sink in [*root["sinks"].values(), root.get("api", {}), root.get("rerun", {})] for value in sink.values()
            for name in re.findall(r"\$\{([A-Z_]+)(?::-[^}]*)?\}", str(value))
        }

    @property
    def park_after(self):
        """Seconds."""
        number, unit = re.fullmatch(r"([0-9]+)([smhd])", self.root["rejected"]["park_after"]).groups()
        return int(number) * UNITS[unit]

    def problems(self):
        sinks = self.root["sinks"]
        for name, sink in sinks.items():
            kind = sink.get("type")
            if kind not in SINKS:
                yield f"the sink {name} is of the type {kind}, which there is not on Lambda"
            elif set(sink) - {"type"} != SINKS[kind]:
                yield f"the sink {name} has the settings {sorted(set(sink) - {'type'})} and not {sorted(SINKS[kind])}"
        named = [name for route in self.root["routes"] for name in route["to"]] + self.root["rejected"]["to"]
        for name in named:
            if name not in sinks:
                yield f"there is no sink {name}"
        for name in sinks:
            if name not in named:
                yield f"no route takes anything to the sink {name}"
        for kind in SINKS:
            if kind not in [sink.get("type") for sink in sinks.values()]:
                yield f"the sink {kind} is not shown"
        for name in self.root["rejected"]["to"]:
            if sinks.get(name, {}).get("bucket") != "${FAILURE_BUCKET}":
                yield f"rejected records go to {name}, which is not the bucket for failures"
        if "api" not in self.root:
            yield "there is no api, which the template puts an API Gateway in front of"
        # A record goes to several sinks, and can be rejected by each: {id} tells the rejections apart.
        for name, sink in sinks.items():
            if sink.get("type") == "s3-json" and "{id}" not in sink.get("key", ""):
                yield f"the sink {name} gives two records one name"

        # Where a name does not tell the source, the sink reads an object that is there, and the role has to allow that.
        for name, sink in sinks.items():
            if sink.get("type") == "s3-json" and ("{source}" not in sink.get("key", "")) != (sink.get("bucket", "")[2:-1] in READ_BACK):
                yield f"the sink {name} reads back what it finds, or does not, and the role allows the other"

    def check_variables(self, stack):
        """The template sets a variable exactly where the part it names is there."""
        given = environment(stack)
        for name in sorted(self.variables | (set(given) - {"SLUICE_PARTIAL_RESPONSES"})):
            if name not in SWITCHES or name not in self.variables:
                yield f"the variable {name} is not both set by the template and used by the configuration"
            elif (name in given) != bool(SWITCHES[name](stack.parameters)):
                yield f"the variable {name} is {given.get(name, 'not set')}"
