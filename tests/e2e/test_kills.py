"""Workers and the emulator die at the worst moments."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aam_fakes.deepgram import DeepgramFake
from aam_local import processes
from tests.e2e.test_notifications import ONCE, counts_of
from tests.support.recordings import cut
from tests.support.stack import CHECKOUT, Person, Stack
from tests.support.vendor_load import PAID, UNPAID, Load, vendor_load

SAMPLE = CHECKOUT / "infra" / "sample"
REDELIVERY_S = 4
"""The visibility timeout of the processing queue meanwhile: as shipped, a dead worker's message comes back after three
minutes.  The vendors' queues keep what is shipped."""

REPLACED_WITHIN_S = 90
"""A vendor's worker counts as dead after a minute; its message is then seen within seconds."""

OF_A_TRANSCRIPT = [  # the last stages first: later on, the vendors' messages come back and need these themselves
    ("FinishFunction", "reply"),
    ("FinishFunction", "event"),
    ("VerifyEvidenceFunction", "reply"),
    ("VerifyEvidenceFunction", "call"),
    ("SaveTranscriptFunction", "reply"),
    ("SaveTranscriptFunction", "call"),
    ("ProbeFunction", "reply"),
    ("ProbeFunction", "call"),
    ("StartProcessingFunction", "reply"),
    ("StartProcessingFunction", "call"),
    ("OnUploadFunction", "call"),
]
OF_A_VENDORS_WORKER = ["GetObject", "PutItem", "PutObject", "SendTaskSuccess", "reply"]
"""Before it claims the stage, claiming it, with the answer in its hands, with the answer stored, having told all."""

OF_A_RECORDING = [
    ("ExtractAudioFunction", "call"),
    ("ExtractAudioFunction", "reply"),
    ("RecogniseFunction", "call"),
    ("RecogniseFunction", "reply"),
]


@pytest.fixture(scope="module")
def quick_queue(stack: Stack) -> Iterator[None]:
    """A queue that gives up on a dead worker within seconds."""
    queues, url = stack.aws("sqs"), stack.state.outputs["ProcessingQueueUrl"]
    before = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    queues.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(REDELIVERY_S)})
    yield
    queues.set_queue_attributes(QueueUrl=url, Attributes=before)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of the sample."""
    file = tmp_path_factory.mktemp("clip") / "clip.wav"
    file.write_bytes(cut((SAMPLE / "standup.ogg").read_bytes(), seconds=4))
    return file


@dataclass
class Dying:
    """Stages whose vendors' workers were killed, and when; the queue shows them again a minute later."""

    load: Load
    done: contextlib.ExitStack
    killed: dict[str, datetime] = field(default_factory=dict)


@pytest.fixture(scope="module")
def dying(stack: Stack, person: Person) -> Iterator[Dying]:
    """Workers of vendors, killed; other workers are killed in the meantime, so that nobody waits for the minute."""
    with contextlib.ExitStack() as done:
        dying = Dying(done.enter_context(vendor_load(stack, DeepgramFake(work_s=1.0))), done)
        for moment in (*UNPAID, *PAID):
            dying.load.kill_at(moment)
        for point in OF_A_VENDORS_WORKER:
            meeting_id = person.meeting(f"The worker dies at {point}")
            with stack.holding("ArtifactsWorkerFunction", point) as held:
                person.upload(meeting_id, SAMPLE / "standup.vtt")
                stack.kill_worker(held())
            dying.killed[meeting_id] = datetime.now(UTC)
        yield dying


def die(stack: Stack, person: Person, file: Path, function: str, point: str) -> None:
    """Kill a function's worker at a point of a meeting's run, which comes to its end all the same, and once."""
    meeting_id = person.meeting(f"{function} dies at its {point}")
    with stack.holding(function, point) as held:
        person.upload(meeting_id, file)
        stack.kill_worker(held())
    meeting, _ = person.follow(meeting_id)
    assert meeting["status"] == "review", stack.failures_of(meeting_id)
    settle(stack, meeting_id)  # what was redelivered or retried afterwards changes nothing
    assert person.look(meeting_id)["status"] == "review"
    assert counts_of(stack, meeting_id) == ONCE


def settle(stack: Stack, meeting_id: str) -> None:
    """Wait until nothing is left that could begin or go on with the meeting's runs."""
    machine, queue = stack.aws("stepfunctions"), stack.state.outputs["ProcessingQueueUrl"]

    def nothing_left() -> bool:
        found = stack.rows("SELECT execution_arn FROM processing_runs WHERE meeting_id = %s", meeting_id)
        ended = all(machine.describe_execution(executionArn=arn)["status"] != "RUNNING" for (arn,) in found)
        return ended and stack.queue_is_empty(queue)

    stack.until(nothing_left, "an empty queue and no running execution")


@pytest.mark.usefixtures("quick_queue", "dying")
@pytest.mark.parametrize(("function", "point"), OF_A_TRANSCRIPT)
def test_a_worker_killed_at_any_stage_leaves_no_run_hanging(
    stack: Stack, person: Person, function: str, point: str
) -> None:
    die(stack, person, SAMPLE / "standup.vtt", function, point)


def test_killed_workers_of_vendors_are_replaced_within_a_minute_and_little_is_paid_twice(
    stack: Stack, person: Person, dying: Dying
) -> None:
    """With queues and workers as shipped, whose messages would be hidden for an hour and more.

    Whenever it dies, nothing is lost; and only what a worker had asked for and not stored yet is asked for again.
    """
    assert dying.load.wait(seconds=150) == ["SUCCEEDED"] * 5
    assert len(dying.load.deepgram.asked) == len(UNPAID) + 2 * len(PAID)
    assert dying.load.dead_letters() == 0
    for meeting_id, at in dying.killed.items():
        meeting, _ = person.follow(meeting_id)
        assert meeting["status"] == "review", stack.failures_of(meeting_id)
        ((ended,),) = stack.rows("SELECT finished_at FROM processing_runs WHERE meeting_id = %s", meeting_id)
        assert (ended - at).total_seconds() < REPLACED_WITHIN_S
    stack.quiet()
    dying.done.close()
    assert [counts_of(stack, meeting_id) for meeting_id in dying.killed] == [ONCE] * len(dying.killed)


@pytest.mark.usefixtures("quick_queue")
@pytest.mark.parametrize(("function", "point"), OF_A_RECORDING)
def test_a_worker_killed_while_it_hears_leaves_no_run_hanging(
    stack: Stack, person: Person, clip: Path, function: str, point: str
) -> None:
    die(stack, person, clip, function, point)


def test_a_killed_emulator_fails_its_runs_and_a_retry_brings_them_home(stack: Stack, person: Person) -> None:
    stack.collect_histories()
    meeting_id = person.meeting("The emulator dies")
    with stack.holding("SaveTranscriptFunction", "event") as held:
        person.upload(meeting_id, SAMPLE / "standup.vtt")
        held()
        stack.kill_emulator()
        stack.up()
    meeting = person.look(meeting_id)
    assert meeting["status"] == "failed"
    assert [error["code"] for error in meeting["errors"]] == ["stack_restarted"]
    person.api.call("POST", f"/meetings/{meeting_id}/retry")
    meeting, _ = person.follow(meeting_id, attempt=2)
    assert meeting["status"] == "review"
    assert person.api.call("GET", f"/meetings/{meeting_id}/artifacts")["version"] == 1


def test_an_upload_whose_notification_died_with_the_stack_is_begun_by_the_next_start(
    stack: Stack, person: Person
) -> None:
    stack.collect_histories()
    meeting_id = person.meeting("Database and emulator die")
    with stack.holding("OnUploadFunction", "event") as held:
        person.upload(meeting_id, SAMPLE / "standup.vtt")
        held()
        database = processes.find(stack.state.database)
        assert database is not None
        database.kill()
        database.wait(10)
        stack.kill_emulator()
        stack.up()
    meeting, _ = person.follow(meeting_id)
    assert meeting["status"] == "review", stack.failures_of(meeting_id)
    assert counts_of(stack, meeting_id) == ONCE
