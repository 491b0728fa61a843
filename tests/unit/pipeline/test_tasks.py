"""The frame around paid work: claims, retries, waiting, dying, answering by callback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aam.artifacts.errors import ModelRateLimited, ModelUnavailable
from aam.foundation.clock import new_id
from aam.foundation.storage import StorageUnavailable
from aam.pipeline import tasks
from aam.pipeline.schemas import Stored
from aam.pipeline.tasks import DEATHS_MOST, FAULTS_MOST, Job, perform_task, resume_stage
from aam.transcription.errors import EngineCredentialsRefused, EngineTimedOut, EngineUnavailable
from aam.vendor_limits.errors import VendorBusy
from aam.vendor_limits.heartbeat import LIFE_S
from aam.vendor_limits.ports import Submitted
from aam.vendor_limits.task_claims import Record, TaskClaims
from tests.support.limits import HandClock, moto_table
from tests.support.store import moto_store
from tests.support.tasks import ANSWER, CONTEXT, RUN, STAGE, TASK, Scene


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    told: list[tuple[str, dict[str, Any]]] = []

    class StepFunctions:
        def send_task_heartbeat(self, **_arguments: Any) -> None:
            pass

        def send_task_success(self, **arguments: Any) -> None:
            told.append(("success", arguments))

        def send_task_failure(self, **arguments: Any) -> None:
            told.append(("failure", arguments))

    monkeypatch.setattr(tasks, "client", lambda _service: StepFunctions())
    with moto_store() as store, moto_table() as table:
        store.write(RUN.derived("context.json"), CONTEXT.model_dump_json().encode(), content_type="application/json")
        yield Scene(store, TaskClaims(table), HandClock(), told)


def answers(_job: Job) -> Stored:
    return ANSWER


def never(_job: Job) -> Stored:
    pytest.fail("nothing may be asked")


def raises(error: Exception) -> Callable[[Job], Stored]:
    def work(_job: Job) -> Stored:
        raise error

    return work


SUCCESS = ("success", {"taskToken": "token", "output": '{"name":"deepgram.json"}'})


def failure(scene: Scene) -> str:
    (kind, arguments), *more = scene.told
    assert (kind, more) == ("failure", [])
    return str(arguments["error"])


def test_an_answer_resumes_the_execution_and_is_remembered(scene: Scene) -> None:
    assert scene.perform(answers) is None
    assert scene.perform(never) is None, "a second delivery finds the answer"
    assert scene.told == [SUCCESS, SUCCESS]


def test_the_message_comes_back_within_a_minute_whatever_its_queue_says(scene: Scene) -> None:
    message = scene.message()
    perform_task(TASK, message, scene.worker(answers))
    assert message.hidden == [LIFE_S]


def test_a_heart_beats_while_it_works(scene: Scene) -> None:
    message = scene.message()
    deadline = scene.clock.seconds + LIFE_S

    def work(_job: Job) -> Stored:
        scene.clock.sleep(40)
        pause = threading.Event()
        while scene.record.deadline <= deadline or len(message.hidden) < 2:
            pause.wait(0.01)
        return ANSWER

    perform_task(TASK, message, scene.worker(work, beat_s=0.01))
    assert set(message.hidden) == {LIFE_S}


def test_a_second_delivery_waits_while_the_first_is_at_work(scene: Scene) -> None:
    waits: list[float | None] = []

    def work(_job: Job) -> Stored:
        waits.append(scene.perform(never))
        return ANSWER

    scene.perform(work)
    (wait,) = waits
    assert wait is not None
    assert LIFE_S <= wait <= LIFE_S + 3
    assert scene.told == [SUCCESS]


def test_a_run_that_was_deleted_costs_nothing(scene: Scene) -> None:
    scene.store.delete(RUN.derived("context.json"))
    assert scene.perform(never) is None
    assert scene.told == []


def test_a_final_leaf_fails_at_once_by_name(scene: Scene) -> None:
    assert scene.perform(raises(EngineCredentialsRefused())) is None
    assert scene.perform(never) is None
    assert {arguments["error"] for _, arguments in scene.told} == {"EngineCredentialsRefused"}


def test_an_unexpected_error_fails_the_stage_without_its_message(scene: Scene) -> None:
    scene.perform(raises(ValueError("what was said")))
    assert failure(scene) == "StepFailed"
    assert "what was said" not in json.dumps(scene.told)


def test_waiting_for_a_slot_counts_no_fault(scene: Scene) -> None:
    for _ in range(50):
        wait = scene.perform(raises(VendorBusy(wait_s=30)))
        assert wait is not None
        assert 30 <= wait <= 33
    assert scene.perform(answers) is None
    assert scene.told == [SUCCESS]


def test_a_429_waits_as_told_and_counts_no_fault(scene: Scene) -> None:
    limited = ModelRateLimited()
    limited.retry_after_s = 120.0
    for _ in range(10):
        wait = scene.perform(raises(limited))
        assert wait is not None
        assert 120 <= wait <= 123
    assert scene.told == []


@pytest.mark.parametrize("error", [EngineUnavailable, ModelUnavailable])
def test_passing_faults_come_back_until_there_were_too_many(scene: Scene, error: type[Exception]) -> None:
    for attempt in range(FAULTS_MOST - 1):
        wait = scene.perform(raises(error()))
        assert wait is not None
        assert 0 <= wait <= 10 * 2**attempt + 2
    assert scene.perform(raises(error())) is None
    assert failure(scene) == error.__name__
    assert scene.asked == FAULTS_MOST


def test_a_vendor_that_is_down_does_not_count_against_the_work(scene: Scene) -> None:
    down = EngineUnavailable()
    down.vendor_is_down = True
    for _ in range(20):
        assert scene.perform(raises(down)) is not None
    assert scene.perform(answers) is None
    assert scene.told == [SUCCESS]


def test_what_may_have_been_paid_counts_although_the_vendor_is_down(scene: Scene) -> None:
    down = EngineTimedOut()
    down.vendor_is_down = True
    for _ in range(FAULTS_MOST):
        scene.perform(raises(down))
    assert failure(scene) == "EngineTimedOut"


def test_after_a_death_the_next_worker_goes_on(scene: Scene) -> None:
    scene.die()
    assert scene.record.deaths == 0, "nobody knows yet"
    assert scene.perform(answers) is None
    assert scene.record.deaths == 1
    assert scene.told == [SUCCESS]


def test_a_poison_message_stops_after_three_deaths(scene: Scene) -> None:
    for _ in range(DEATHS_MOST):
        scene.die()
    assert scene.perform(never) is None
    assert failure(scene) == "WorkerDied"
    assert scene.asked == DEATHS_MOST


def test_an_answer_that_was_stored_before_the_death_is_not_paid_again(scene: Scene) -> None:
    with pytest.raises(KeyboardInterrupt):
        scene.perform(stores_and_dies)
    scene.clock.sleep(LIFE_S + 1)
    assert scene.perform(never) is None
    assert scene.told == [SUCCESS]


def stores_and_dies(job: Job) -> Stored:
    job.store.write(job.task.run.derived(ANSWER.name), b"{}", content_type="application/json")
    raise KeyboardInterrupt


def test_an_answer_that_was_stored_before_the_last_death_is_taken(scene: Scene) -> None:
    scene.die()
    scene.die()
    with pytest.raises(KeyboardInterrupt):
        scene.perform(stores_and_dies)
    scene.clock.sleep(LIFE_S + 1)
    assert scene.perform(never) is None
    assert scene.told == [SUCCESS]


def test_an_answer_that_was_stored_is_taken_however_old_its_message_is(scene: Scene) -> None:
    with pytest.raises(KeyboardInterrupt):
        scene.perform(stores_and_dies)
    scene.clock.sleep(86_401)
    assert perform_task(TASK, scene.message(age_s=86_401), scene.worker(never)) is None
    assert scene.told == [SUCCESS]


def test_an_answer_whose_writing_seemed_to_fail_is_taken(scene: Scene) -> None:
    def stores_and_stumbles(job: Job) -> Stored:
        job.store.write(job.task.run.derived(ANSWER.name), b"{}", content_type="application/json")
        raise StorageUnavailable

    assert scene.perform(stores_and_stumbles) is not None
    assert scene.perform(never) is None
    assert scene.told == [SUCCESS]


def test_a_worker_that_dies_while_looking_does_not_look_forever(scene: Scene) -> None:
    def dies(_job: Job) -> None:
        raise KeyboardInterrupt

    for _ in range(DEATHS_MOST):
        scene.die()
    with pytest.raises(KeyboardInterrupt):
        perform_task(TASK, scene.message(), scene.worker(never, look=dies))
    scene.clock.sleep(LIFE_S + 1)
    assert perform_task(TASK, scene.message(), scene.worker(never, look=dies)) is None
    assert failure(scene) == "WorkerDied"


def test_what_waited_for_a_day_is_not_begun(scene: Scene) -> None:
    assert perform_task(TASK, scene.message(age_s=86_401), scene.worker(never)) is None
    assert failure(scene) == "VendorWaitedTooLong"


def test_expired_token_is_no_error(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def send_task_heartbeat(self, **_arguments: Any) -> None:
            pass

        def send_task_success(self, **_arguments: Any) -> None:
            raise ClientError({"Error": {"Code": "TaskTimedOut", "Message": ""}}, "SendTaskSuccess")

    monkeypatch.setattr(tasks, "client", lambda _service: Gone())
    assert scene.perform(answers) is None


@pytest.mark.parametrize("code", sorted(tasks.NOBODY_WAITS))
def test_nothing_is_paid_for_a_run_that_was_cancelled(scene: Scene, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    class Gone:
        def send_task_heartbeat(self, **_arguments: Any) -> None:
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "SendTaskHeartbeat")

    monkeypatch.setattr(tasks, "client", lambda _service: Gone())
    assert scene.perform(never) is None
    assert scene.record == Record()


def test_nothing_is_paid_for_a_revoked_run_although_its_execution_lives(scene: Scene) -> None:
    def pays(job: Job) -> Stored:
        with job.limiter.request():
            paid.append("one call")
        scene.claims.revoke(RUN.run_id, now=scene.clock.seconds)
        with job.limiter.request():
            paid.append("another")
        return ANSWER

    paid: list[str] = []
    assert scene.perform(pays) is None
    assert paid == ["one call"]
    assert failure(scene) == "RunNotCurrent", "which ends the execution"


# ---------------------------------------------------------------- answers by callback


def submits(scene: Scene) -> Callable[[Job], Submitted]:
    return lambda job: Submitted(answer_by=scene.clock() + timedelta(hours=2), lease=f"lease-{job.submission}")


def test_what_the_vendor_accepted_waits_for_its_answer(scene: Scene) -> None:
    wait = scene.perform(submits(scene))
    assert wait == pytest.approx(7201, abs=1)
    assert scene.told == []
    assert scene.record.lease == "lease-0"
    scene.clock.sleep(3600)
    wait = scene.perform(never)
    assert wait == pytest.approx(3601, abs=2), "a second delivery waits for the same answer"


def test_an_answer_resumes_the_execution_once_and_ends_its_message(scene: Scene) -> None:
    scene.perform(submits(scene))
    record = resume_stage(STAGE, ANSWER, claims=scene.claims, now=scene.clock())
    assert record.lease == "lease-0"
    assert resume_stage(STAGE, Stored(name="other.json"), claims=scene.claims, now=scene.clock()) == record
    assert set(map(str, scene.told)) == {str(SUCCESS)}
    scene.clock.sleep(7201)
    assert scene.perform(never) is None


def test_an_answer_that_is_faster_than_the_worker_is_not_overwritten(scene: Scene) -> None:
    def work(job: Job) -> Submitted:
        resume_stage(STAGE, ANSWER, claims=scene.claims, now=scene.clock())
        return submits(scene)(job)

    assert scene.perform(work) is None
    assert scene.record.answered == ANSWER.name


def test_an_answer_that_never_comes_is_asked_for_once_more(scene: Scene) -> None:
    scene.perform(submits(scene))
    scene.clock.sleep(7201)
    assert scene.perform(submits(scene)) is not None
    assert scene.record.lease == "lease-1"
    scene.clock.sleep(7201)
    assert scene.perform(never) is None
    assert failure(scene) == "VendorNeverAnswered"


def test_an_answer_that_lies_somewhere_is_looked_for_before_the_vendor_counts_as_silent(scene: Scene) -> None:
    for _ in range(2):
        scene.perform(submits(scene))
        scene.clock.sleep(7201)
    assert perform_task(TASK, scene.message(), scene.worker(never, look=answers)) is None
    assert scene.told == [SUCCESS]


def test_no_task_counts_as_silent_while_the_store_is_unavailable(scene: Scene) -> None:
    def away(_job: Job) -> None:
        raise StorageUnavailable

    for _ in range(2):
        scene.perform(submits(scene))
        scene.clock.sleep(7201)
    for _ in range(FAULTS_MOST + 1):
        assert perform_task(TASK, scene.message(), scene.worker(never, look=away)) is not None
    assert scene.told == []


def test_answer_to_an_unclaimed_stage_resumes_nothing(scene: Scene) -> None:
    stage = replace(STAGE, run_id=new_id())
    resume_stage(stage, ANSWER, claims=scene.claims, now=scene.clock())
    assert scene.told == []
