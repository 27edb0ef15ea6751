#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command beside moto's server, which stands in for SQS on loopback.

    moto_queue.py COMMAND ARGUMENTS    gets `--queue URL` with the URL of a standard queue, at the end

Its exit status is the command's. scripts/benchmark sqs --moto calls this.
"""

import subprocess
import sys

import boto3
from moto.server import ThreadedMotoServer


def main():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        sqs = boto3.client(
            "sqs", endpoint_url=f"http://{host}:{port}", region_name="eu-central-1", aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="EXAMPLE",
        )
        queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
        return subprocess.run([*sys.argv[1:], "--queue", queue]).returncode
    finally:
        server.stop()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main())
