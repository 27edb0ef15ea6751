# SPDX-License-Identifier: Apache-2.0
"""What samples/deploy/README.md tells to do with what failed gives back every byte."""

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[2] / "samples" / "deploy"
README = (DEPLOY / "README.md").read_text(encoding="utf-8")
# What a reader of JSON that is not careful changes: numbers, escapes, names that come twice, white space, order.
AWKWARD = [
    b'{"a":12345678901234567890,"b":1.10,"c":-0.0,"d":1E400,"e":0.12345678901234567890123456789012345678}',
    b'{"text":"\\u00e9 \\/ \\ud83d \xc3\xa9 ,\\"record\\":{} \xf0\x9f\x98\x80","text":2, "z" : 1 ,"a":[ ]}',
    b'{"long":' + b"7" * 5000 + b',"deep":' + b"[" * 500 + b"]" * 500 + b"}",
    b'{"record":{"record":1},"payload":"no","position":{"value":"9"}}',
]


def parked(number, content, name="Things", source=True):
    """A record as Sluice parks it."""
    head = {"kind": "rejected", "id": f"{number}/bad/1", "time": "2026-11-20T10:17:31.103Z", "reason": f'no ",\\"record\\":{{" {name}'}
    if source:
        head["source"] = {"kind": "change", "name": name, "arn": f"arn:aws:dynamodb:eu-central-1:123456789012:table/{name}/stream/x"}
        head["position"] = {"kind": "sequence", "value": str(number)}
    return json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()[:-1] + b"," + content + b"}\n"


class UnparkTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.bucket = self.folder / "bucket"
        self.bucket.mkdir()

    def keep(self, name, content):
        path = self.bucket / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def unpark(self):
        return subprocess.run([sys.executable, DEPLOY / "unpark.py", self.bucket], capture_output=True, check=False)

    def test_commands_of_the_walk_through(self):
        """They are run as they stand there, with stand-ins for the commands of AWS and Sluice."""
        broken = b"\x00\xff\xfe no JSON \xe9"
        for number, content in enumerate(AWKWARD, start=8):
            self.keep(f"{99 - number}%2Fbad%2F1.json", parked(number, b'"record":' + content))
        self.keep("0.json", parked(1, b'"record_base64":"' + base64.b64encode(broken) + b'"', source=False))
        self.keep("withheld.json", parked(2, b'"withheld_bytes":17', source=False))
        section = README[README.index("### Trying again") :]
        commands = re.search(r"```sh\n(.*?)```", section, re.DOTALL).group(1)
        tools = self.folder / "tools"
        tools.mkdir()
        for name, text in {
            "aws": f'[ "$1 $2 $3" = "s3 cp --recursive" ] && cp -r "{self.bucket}" "$5"',
            "sluice": '[ "$1 $2 $3" = "process - --config" ] && [ -e "$4" ] && cat > taken',
        }.items():
            (tools / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
            (tools / name).chmod(0o755)
        (self.folder / "samples").symlink_to(DEPLOY.parent)
        path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands], cwd=self.folder, env={**os.environ, "PATH": path}, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        # In the order of the stream; what is no JSON comes last.
        self.assertEqual((self.folder / "taken").read_bytes(), b"".join(each + b"\n" for each in [*AWKWARD, broken]))
        self.assertIn(b"5 taken out, 1 without a record in them, 0 not read", done.stderr)

    def test_what_lambda_keeps(self):
        event = b'{"Records": [{"price": 1.10, "n": 12345678901234567890, "text": "\xc3\xa9\\n"}]}'
        self.keep("aws/lambda/0a/shard/2026-11-20", json.dumps({"version": "1.0", "payload": event.decode()}, indent=1).encode())
        self.keep("aws/lambda/async/1", b'{"version":"1.0","requestContext":{"condition":"RetriesExhausted"},\r\n "requestPayload":' + event.replace(b" ", b"\r\n") + b',"responsePayload":null}')
        done = self.unpark()
        self.assertEqual((done.returncode, done.stdout.splitlines()), (0, [event, event.replace(b" ", b"  ")]))

    def test_objects_that_cannot_be_read(self):
        self.keep("broken.json", b'{"record":')
        self.keep("whole.json", parked(1, b'"record":{}') + parked(2, b'"record":{"a":1}'))
        self.keep("empty.json", b"")
        done = self.unpark()
        self.assertEqual((done.returncode, done.stdout), (1, b'{}\n{"a":1}\n'))
        self.assertIn(b"broken.json", done.stderr)


if __name__ == "__main__":
    unittest.main()
