"""How much memory the transcription worker takes to stream a recording, and five of them at once.

Each worker is a process of its own that runs the function's handler as Lambda would, with nothing replaced: the sound
comes from a store on the loopback that makes it up as it is read, and goes to the fake of Deepgram, which counts it.
All other services are moto's, in this process.  The peak is that of the process after its imports (VmHWM); for five at
once it is the sum of what they hold (PSS), looked at twenty times a second.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aam.foundation.clock import new_id
from aam.pipeline.schemas import RunInput
from aam_fakes.deepgram import DeepgramFake
from aam_fakes.deepgram_replies import listen_reply
from aam_fakes.scripted_server import FakeServer, Reply, served
from tests.benchmarks.figures import Figure
from tests.support.memory import PEAK_MB
from tests.support.vendor_jobs import audio_output, context_of, prepared_audio

ROOT = Path(__file__).parents[2]
SMALL, LARGE, EACH_OF_FIVE = 10_000_000, 1_200_000_000, 150_000_000
DIFFERENCE_MB, FIVE_MB = 10, 500
PIECE = os.urandom(256 * 1024)
BUCKET = "bench-media"
LOOKS_EVERY_S = 0.05
SAID = listen_reply((0, 0.1, 4.0, "We move the release to Monday."))

_WORKER = """
import json, sys
sys.path[:0] = [{core!r}, {function!r}]
import app
done = app.handler(json.loads(sys.argv[1]), None)
assert done == {{"batchItemFailures": []}}, done
print({peak})
"""


class Store(ThreadingHTTPServer):
    """As much of S3 as the worker uses: small objects are kept, sound is made up while it is read."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _StoreHandler)
        self.kept: dict[str, bytes] = {}
        self.sounds: dict[str, int] = {}

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _StoreHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Store

    def do_GET(self) -> None:
        key = urlsplit(self.path).path
        size = self.server.sounds.get(key)
        body = self.server.kept.get(key, b"")
        found = size is not None or key in self.server.kept
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body) if size is None else size))
        self.end_headers()
        if size is None:
            self.wfile.write(body)
            return
        while size > 0:
            self.wfile.write(PIECE[:size])
            size -= len(PIECE)

    def do_PUT(self) -> None:
        self.server.kept[urlsplit(self.path).path] = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing on the screen."""


@contextmanager
def surroundings() -> Iterator[tuple[Store, DeepgramFake, dict[str, str]]]:
    """The store, Deepgram, and a worker's environment with AWS around it."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-east-1"}
    client = {name: _client(name, endpoint) for name in ("secretsmanager", "dynamodb", "sqs")}
    secret = client["secretsmanager"].create_secret(Name="vendor-keys", SecretString='{"deepgram": "k", "openai": ""}')
    client["dynamodb"].create_table(
        TableName="state",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    queue = client["sqs"].create_queue(QueueName="transcription")["QueueUrl"]
    store = Store()
    threading.Thread(target=store.serve_forever, daemon=True).start()
    with served(DeepgramFake()) as deepgram, served(FakeServer()) as steps:
        steps.script = [Reply(body={})]  # somebody waits for every token
        deepgram.script = [Reply(body=SAID)]
        environment = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "LD_LIBRARY_PATH", "HOME")},
            **keys,
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ENDPOINT_URL_SFN": steps.url,
            "STORAGE_ENDPOINT": store.url,
            "MEDIA_BUCKET": BUCKET,
            "STATE_TABLE": "state",
            "TASK_QUEUE_URL": queue,
            "VENDOR_KEYS_SECRET_ARN": secret["ARN"],
            "DEEPGRAM_BASE_URL": deepgram.url,
            "DEEPGRAM_SPACING_MS": "0",
            "POWERTOOLS_SERVICE_NAME": "aam",
            "POWERTOOLS_LOG_LEVEL": "ERROR",
        }
        try:
            yield store, deepgram, environment
        finally:
            store.shutdown()
            store.server_close()
            moto.stop()


def begin(store: Store, environment: dict[str, str], *, size: int) -> subprocess.Popen[str]:
    """A worker that streams a recording of this size."""
    run = RunInput(
        run_id=new_id(), meeting_id=new_id(), organization_id=new_id(), upload_id=new_id(), correlation_id="c"
    )
    output = audio_output(run, duration_ms=4_000, size_bytes=size)
    store.kept[f"/{BUCKET}/{run.derived('context.json')}"] = context_of(run).model_dump_json().encode()
    store.kept[f"/{BUCKET}/{run.derived('prepared.json')}"] = prepared_audio(output).model_dump_json().encode()
    store.sounds[f"/{BUCKET}/{output.key}"] = size
    queue = _client("sqs", environment["AWS_ENDPOINT_URL"])
    body = json.dumps({"run": json.loads(run.model_dump_json()), "task_token": "t" * 64})
    queue.send_message(QueueUrl=environment["TASK_QUEUE_URL"], MessageBody=body)
    (message,) = queue.receive_message(QueueUrl=environment["TASK_QUEUE_URL"], VisibilityTimeout=600)["Messages"]
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": str(int(time.time() * 1000))},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:transcription",
        "awsRegion": "us-east-1",
    }
    core, function = str(ROOT / "layers" / "core"), str(ROOT / "functions" / "work_transcription")
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            _WORKER.format(core=core, function=function, peak=PEAK_MB),
            json.dumps({"Records": [record]}),
        ],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def peak_mb(worker: subprocess.Popen[str]) -> float:
    """The most that a worker has held, once it is done."""
    out, err = worker.communicate(timeout=600)
    if worker.returncode:
        raise RuntimeError(err[-2000:])
    return float(out.strip().splitlines()[-1])


def held_kb(worker: subprocess.Popen[str]) -> int:
    """What a worker holds now: its own memory and its share of what it shares."""
    with suppress(OSError):
        rollup = Path(f"/proc/{worker.pid}/smaps_rollup").read_text(encoding="ascii")
        return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return 0


def measure() -> list[Figure]:
    """The difference between a small and a large recording, and five workers at once."""
    with surroundings() as (store, deepgram, environment):
        peaks: dict[int, float] = {}
        for size in (SMALL, LARGE):
            peaks[size] = peak_mb(begin(store, environment, size=size))
            _demand(deepgram.asked[-1].size == size, f"Deepgram got {deepgram.asked[-1].size} bytes of {size}")
        five = [begin(store, environment, size=EACH_OF_FIVE) for _ in range(5)]
        most = 0
        while any(worker.poll() is None for worker in five):
            most = max(most, sum(held_kb(worker) for worker in five))
            time.sleep(LOOKS_EVERY_S)
        for worker in five:
            peak_mb(worker)
        sizes: list[Any] = [asked.size for asked in deepgram.asked[-5:]]
        _demand(sizes == [EACH_OF_FIVE] * 5, f"Deepgram got {sizes}")
    difference, together = abs(peaks[LARGE] - peaks[SMALL]), most / 1024
    return [
        Figure("transcription_memory_10mb", round(peaks[SMALL], 1), "MB", 512, peaks[SMALL] <= 512),
        Figure("transcription_memory_1200mb", round(peaks[LARGE], 1), "MB", 512, peaks[LARGE] <= 512),
        Figure(
            "transcription_memory_difference", round(difference, 1), "MB", DIFFERENCE_MB, difference <= DIFFERENCE_MB
        ),
        Figure("transcription_memory_of_five", round(together), "MB", FIVE_MB, together <= FIVE_MB),
    ]


def _client(service: str, endpoint: str) -> Any:
    import boto3

    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",
    )


def _demand(holds: bool, fault: str) -> None:
    """A measurement of something else is none."""
    if not holds:
        raise RuntimeError(fault)
