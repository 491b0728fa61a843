"""Much work for Deepgram at once, through the deployed queue and workers of the tests' stack.

A state machine of its own holds the one state that matters, so that the rest of a run is neither needed nor measured;
tokens, queue, function, table and SDK are those of the stack, only the vendor is a fake.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import psutil

from aam.foundation.clock import new_id
from aam.media.schemas import AudioOutput, ExtractedAudio, MediaFacts
from aam.pipeline.schemas import RunContext, RunInput, UploadContext
from aam.transcription.prepared_audio import PreparedAudio
from aam_fakes.deepgram import DeepgramFake
from aam_fakes.scripted_server import served
from tests.support.stack import Stack
from tests.support.template import state_machine

STATE = "TranscribeByService"
WORKER = "TranscriptionWorkerFunction"
KEY = "a-key-of-the-tests"
SOUND = bytes(range(256)) * 8
DURATION_MS = 1_000

UNPAID = ("PutItem", "SendTaskSuccess", "reply")
"""Moments of a worker's death that may not cost a second call: claiming, telling, having told."""

PAID = ("asking", "PutObject")
"""Those that cannot but: while the vendor works, and with its answer in hand but not stored."""


@dataclass
class Load:
    """Stages that wait for Deepgram, each an execution of its own."""

    stack: Stack
    deepgram: DeepgramFake
    machine: str
    executions: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Begin one more stage."""
        run = RunInput(
            run_id=new_id(),
            meeting_id=new_id(),
            organization_id=new_id(),
            upload_id=new_id(),
            correlation_id=str(uuid.uuid4()),
        )
        self._put(run.derived("context.json"), context_of(run).model_dump_json().encode())
        self._put(run.derived("audio.ogg"), SOUND)
        self._put(run.derived("prepared.json"), prepared(run.derived("audio.ogg")).model_dump_json().encode())
        started = self.stack.aws("stepfunctions").start_execution(
            stateMachineArn=self.machine, input=run.model_dump_json()
        )
        self.executions.append(started["executionArn"])

    def statuses(self) -> list[str]:
        """Return the states of the executions."""
        found = []
        pages = self.stack.aws("stepfunctions").get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=self.machine):
            found += [execution["status"] for execution in page["executions"]]
        return found

    def wait(self, *, seconds: float) -> list[str]:
        """Wait until none runs; how each ended."""
        self.stack.until(lambda: "RUNNING" not in self.statuses(), "the end of all stages", seconds=seconds, every=1.0)
        return self.statuses()

    def kill_at(self, moment: str) -> None:
        """Begin a stage, and kill its worker at a moment of UNPAID or PAID."""
        if moment == "asking":
            before, usual = len(self.deepgram.asked), self.deepgram.work_s
            self.deepgram.work_s = 30.0  # longer than it takes to find the process on a busy machine
            self.begin()
            self.stack.until(lambda: len(self.deepgram.asked) > before, "a request", every=0.01)
            self.stack.kill_worker(self._asking())
            self.deepgram.work_s = usual
            return
        with self.stack.holding(WORKER, moment) as held:
            self.begin()
            self.stack.kill_worker(held())

    def dead_letters(self) -> int:
        """Return the number of dead letters."""
        url = self._resources["TranscriptionDeadLetters"]
        told = self.stack.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return int(told["ApproximateNumberOfMessages"]) + int(told["ApproximateNumberOfMessagesNotVisible"])

    @cached_property
    def _resources(self) -> dict[str, str]:
        return self.stack.resources

    def _put(self, key: str, body: bytes) -> None:
        self.stack.aws("s3").put_object(Bucket=self.stack.bucket, Key=key, Body=body)

    def _asking(self) -> int:
        """Return the process that is connected to the fake."""
        pids = {
            connection.pid
            for connection in psutil.net_connections(kind="tcp4")
            if connection.raddr
            and connection.raddr.port == self.deepgram.port
            and connection.status == psutil.CONN_ESTABLISHED
            and connection.pid != psutil.Process().pid
        }
        (pid,) = pids - {None}
        assert pid is not None
        return pid


@contextmanager
def vendor_load(stack: Stack, deepgram: DeepgramFake, **limits: str) -> Iterator[Load]:
    """Yield the load's state machine, and a worker that asks the fake, within these limits (settings of the worker)."""
    steps, secrets = stack.aws("stepfunctions"), stack.aws("secretsmanager")
    arn = stack.state.outputs["VendorKeysSecretArn"]
    before = secrets.get_secret_value(SecretId=arn)["SecretString"]
    role = steps.describe_state_machine(stateMachineArn=stack.state.outputs["StateMachineArn"])["roleArn"]
    machine = steps.create_state_machine(
        name=f"load-{uuid.uuid4().hex[:8]}", roleArn=role, definition=json.dumps(definition(stack))
    )["stateMachineArn"]
    secrets.put_secret_value(SecretId=arn, SecretString=json.dumps({"deepgram": KEY, "openai": ""}))
    try:
        with served(deepgram), stack.changed(WORKER, DEEPGRAM_BASE_URL=deepgram.url, DEEPGRAM_MODE="stream", **limits):
            yield Load(stack, deepgram, machine)
    finally:
        secrets.put_secret_value(SecretId=arn, SecretString=before)
        steps.delete_state_machine(stateMachineArn=machine)


def definition(stack: Stack) -> dict[str, Any]:
    """Return the template's own state, alone."""
    (machine,) = state_machine()["States"]["Process"]["Branches"]
    state = {name: value for name, value in machine["States"][STATE].items() if name != "Next"}
    state["Arguments"] = {**state["Arguments"], "QueueUrl": stack.resources["TranscriptionQueue"]}
    return {"QueryLanguage": "JSONata", "StartAt": STATE, "States": {STATE: {**state, "End": True}}}


def context_of(run: RunInput) -> RunContext:
    """Return a meeting without participants."""
    return RunContext(
        run=run,
        attempt=1,
        upload=UploadContext(
            key=f"meetings/{run.meeting_id}/x.ogg", filename="x.ogg", content_type="audio/ogg", size_bytes=len(SOUND)
        ),
        title="Load",
        language="en",
        channels_are_speakers=None,
        client_name="Client",
        scenario_key=None,
        meeting_type_key=None,
        participants=(),
        owner_name="Owner",
        held_at=datetime(2026, 11, 21, tzinfo=UTC),
    )


def prepared(key: str) -> PreparedAudio:
    """Return the results that the extraction would have left."""
    output = AudioOutput(
        key=key, channel=None, channels=1, duration_ms=DURATION_MS, size_bytes=len(SOUND), silent=False
    )
    facts = MediaFacts(
        container="ogg",
        audio_codec="opus",
        video_codec=None,
        declared_duration_ms=DURATION_MS,
        channels=1,
        sample_rate=48_000,
        has_video=False,
        size_bytes=len(SOUND),
    )
    audio = ExtractedAudio(
        facts=facts,
        audio_format="opus",
        outputs=(output,),
        duration_ms=DURATION_MS,
        peak_dbfs=-3.0,
        rms_dbfs=-20.0,
        correlation=None,
        channels_are_speakers=False,
        damaged_packets=0,
    )
    return PreparedAudio(engine="deepgram", audio=audio)
