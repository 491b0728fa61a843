"""Runs begin once, fail with a reason, and nothing late changes what is over."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from aam.foundation.clock import new_id
from aam.foundation.state_table import StateUnavailable
from aam.foundation.storage import StorageUnavailable
from aam.pipeline import runs
from aam.pipeline.errors import NothingToCancel, NothingToRetry, RunInProgress, RunNotCurrent, StackRestarted
from aam.pipeline.executions import ExecutionsUnavailable
from aam.pipeline.models import ProcessingRun, Stage
from aam.pipeline.termination import cancel_meeting_run, error_by_name, fail_run, fail_vanished_runs
from aam.uploads.models import UploadBlob
from aam.uploads.schemas import ReceivedObject
from aam.uploads.status import UploadStatus
from aam.workflow.service import retry_meeting
from aam.workflow.start import start_from_notification
from tests.support.postgres import Database
from tests.support.rows import Scene, make_scene

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:aam"


@pytest.fixture(autouse=True)
def _state_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    from aam.foundation.settings import load

    monkeypatch.setenv("STATE_MACHINE_ARN", MACHINE)
    load.cache_clear()


class Services:
    """What a start calls outside the database."""

    def __init__(self) -> None:
        self.started: list[ProcessingRun] = []
        self.deleted: list[str] = []


def notify(database: Database, services: Services, key: str, **changes: Any) -> UUID | None:
    received = ReceivedObject(**{"bucket": "media", "key": key, "size": 10, "etag": "e1", **changes})
    return start_from_notification(
        received,
        correlation_id="c",
        open_transaction=database.transaction,
        start_execution=services.started.append,
        delete_object=services.deleted.append,
        now=NOW,
    )


def begin(database: Database, run_id: UUID, stage: Stage = Stage.PROBE) -> None:
    with database.transaction() as session:
        runs.begin_stage(session, run_id=run_id, stage=stage, now=NOW)


def started_run(database: Database, scene: Scene) -> UUID:
    run_id = notify(database, Services(), scene.key)
    assert run_id is not None
    begin(database, run_id)
    return run_id


def state(database: Database) -> tuple[Any, ...]:
    ((run_status, code),) = database.rows("select status, failure_code from processing_runs")
    ((meeting_status,),) = database.rows("select status from meetings")
    return run_status, code, meeting_status


def test_ten_duplicates_make_one_run_and_one_execution_name(database: Database) -> None:
    scene, services = make_scene(database), Services()
    ids = {notify(database, services, scene.key) for _ in range(10)}
    assert len(ids) == 1
    assert len({run.execution_name for run in services.started}) == 1
    assert database.rows("select count(*) from processing_runs") == [(1,)]


def test_a_duplicate_after_the_run_began_starts_nothing(database: Database) -> None:
    scene, services = make_scene(database), Services()
    started_run(database, scene)
    assert notify(database, services, scene.key) is None
    assert services.started == []


def test_an_object_of_a_deleted_meeting_is_deleted(database: Database) -> None:
    scene, services = make_scene(database), Services()
    with database.transaction() as session:
        session.execute(text("delete from meetings"))
    assert notify(database, services, scene.key) is None
    assert services.deleted == [scene.key]


def test_an_object_of_an_upload_given_up_is_deleted(database: Database) -> None:
    scene, services = make_scene(database), Services()
    with database.transaction() as session:
        upload = session.get(UploadBlob, scene.upload_id)
        assert upload is not None
        upload.status = UploadStatus.ABORTED
    assert notify(database, services, scene.key) is None
    assert services.deleted == [scene.key]
    assert database.rows("select count(*) from processing_runs") == [(0,)]


def test_a_second_upload_while_a_run_lives_waits_and_is_kept(database: Database) -> None:
    scene, services = make_scene(database), Services()
    started_run(database, scene)
    with database.transaction() as session:
        session.add(
            UploadBlob(
                organization_id=scene.organization_id,
                meeting_id=scene.meeting_id,
                key="meetings/x/second.vtt",
                filename="second.vtt",
                content_type="text/vtt",
                size_bytes=1,
            )
        )
    assert notify(database, services, "meetings/x/second.vtt") is None
    assert services.deleted == []
    assert services.started == []
    assert database.rows("select code from processing_errors") == [("run_in_progress",)]
    assert database.rows("select count(*) from upload_blobs where status = 'received'") == [(2,)]


def test_a_retry_makes_the_next_attempt_under_another_name(database: Database) -> None:
    scene, services = make_scene(database), Services()
    run_id = started_run(database, scene)
    with pytest.raises(RunInProgress):
        retry(database, scene, services)
    fail_run(run_id=run_id, error_name="", cause="", open_transaction=database.transaction, now=NOW)
    retry(database, scene, services)
    assert database.rows("select attempt, trigger from processing_runs order by attempt") == [
        (1, "upload"),
        (2, "retry"),
    ]
    assert len({name for (name,) in database.rows("select execution_name from processing_runs")}) == 2
    assert database.rows("select count(*) from processing_errors where not is_read") == [(0,)]


def retry(database: Database, scene: Scene, services: Services) -> UUID:
    return retry_meeting(
        meeting_id=scene.meeting_id,
        bucket="media",
        correlation_id="c",
        open_transaction=database.transaction,
        start_execution=services.started.append,
        require_readable=lambda _key: None,
    )


def cancel(
    database: Database, scene: Scene, revoke: Callable[[UUID], None], stop_execution: Callable[[str], None]
) -> UUID:
    return cancel_meeting_run(
        meeting_id=scene.meeting_id,
        open_transaction=database.transaction,
        revoke=revoke,
        stop_execution=stop_execution,
        now=NOW,
    )


def test_nothing_received_nothing_to_retry(database: Database) -> None:
    with pytest.raises(NothingToRetry):
        retry(database, make_scene(database), Services())


def test_cancelling_stops_the_execution_and_late_steps_change_nothing(database: Database) -> None:
    scene = make_scene(database)
    run_id = started_run(database, scene)
    stopped: list[str] = []
    revoked: list[UUID] = []
    assert cancel(database, scene, revoked.append, stopped.append) == run_id
    assert revoked == [run_id]
    assert stopped[0].startswith(MACHINE.replace("stateMachine", "execution"))
    assert state(database) == ("cancelled", None, "cancelled")
    with pytest.raises(RunNotCurrent):
        begin(database, run_id, Stage.TRANSCRIBE)
    with pytest.raises(RunNotCurrent), runs.holding(run_id, open_transaction=database.transaction):
        raise AssertionError("a late step got in")
    with database.transaction() as session:
        runs.record_error(session, run_id=run_id, stage=Stage.PROBE, error=StorageUnavailable(), now=NOW)
    assert not fail_run(run_id=run_id, error_name="", cause="", open_transaction=database.transaction, now=NOW)
    assert database.rows("select count(*) from processing_errors") == [(0,)]
    assert state(database) == ("cancelled", None, "cancelled")


@pytest.mark.parametrize("away", ["table", "workflow service"])
def test_what_could_not_be_stopped_is_stopped_by_cancelling_again(database: Database, away: str) -> None:
    scene = make_scene(database)
    run_id = started_run(database, scene)
    done: list[str] = []

    def revoke(_run_id: UUID) -> None:
        if away == "table":
            raise StateUnavailable
        done.append("revoked")

    def refuse(_arn: str) -> None:
        raise ExecutionsUnavailable

    with pytest.raises((StateUnavailable, ExecutionsUnavailable)):
        cancel(database, scene, revoke, refuse)
    assert done == ([] if away == "table" else ["revoked"]), "nothing more is paid, whatever becomes of the execution"
    assert state(database) == ("cancelled", None, "cancelled")
    stopped: list[str] = []
    assert cancel(database, scene, lambda _run_id: None, stopped.append) == run_id
    assert len(stopped) == 1


def test_a_run_that_ended_otherwise_is_not_cancelled(database: Database) -> None:
    scene = make_scene(database)
    started_run(database, scene)
    cancel(database, scene, lambda _run_id: None, lambda _arn: None)
    newer = retry(database, scene, Services())
    assert fail_run(run_id=newer, error_name="", cause="", open_transaction=database.transaction, now=NOW)
    with pytest.raises(NothingToCancel):
        cancel(database, scene, lambda _run_id: None, lambda _arn: pytest.fail("the old run's time is over"))


def test_an_error_that_the_stage_wrote_stands_when_the_execution_fails(database: Database) -> None:
    scene = make_scene(database)
    run_id = started_run(database, scene)
    with database.transaction() as session:
        runs.record_error(session, run_id=run_id, stage=Stage.PROBE, error=StorageUnavailable(), now=NOW)
    assert fail_run(
        run_id=run_id, error_name="States.TaskFailed", cause="", open_transaction=database.transaction, now=NOW
    )
    assert database.rows("select code from processing_errors") == [("storage_unavailable",)]
    assert state(database) == ("failed", "storage_unavailable", "failed")


def test_an_error_of_an_earlier_stage_does_not_speak_for_a_later_one(database: Database) -> None:
    scene = make_scene(database)
    run_id = started_run(database, scene)
    with database.transaction() as session:
        runs.record_error(session, run_id=run_id, stage=Stage.PROBE, error=StorageUnavailable(), now=NOW)
    begin(database, run_id, Stage.TRANSCRIBE)
    fail_run(run_id=run_id, error_name="Sandbox.Timedout", cause="", open_transaction=database.transaction, now=NOW)
    assert state(database) == ("failed", "timed_out", "failed")


@pytest.mark.parametrize(
    ("name", "cause", "code"),
    [
        ("StorageUnavailable", "", "storage_unavailable"),
        ("Runtime.HandlerError", f'{{"errorMessage": "{StorageUnavailable.sentence}"}}', "storage_unavailable"),
        ("Runtime.HandlerError", "anything", "step_failed"),
        ("States.Timeout", "", "timed_out"),
        ("TIMED_OUT", "", "timed_out"),
        ("ABORTED", "", "aborted"),
        ("", "", "step_failed"),
    ],
)
def test_what_the_state_machine_says_becomes_one_of_our_errors(name: str, cause: str, code: str) -> None:
    assert error_by_name(name, cause).code == code


def test_after_a_restart_runs_without_execution_fail_and_can_be_retried(database: Database) -> None:
    scene = make_scene(database)
    started_run(database, scene)
    failed = fail_vanished_runs(
        restarted=True, open_transaction=database.transaction, look_up=lambda _arn: "missing", now=NOW
    )
    assert failed == 1
    assert state(database) == ("failed", StackRestarted.code, "failed")
    retry(database, scene, Services())


def test_a_running_execution_is_left_alone(database: Database) -> None:
    started_run(database, make_scene(database))
    failed = fail_vanished_runs(
        restarted=True, open_transaction=database.transaction, look_up=lambda _arn: "running", now=NOW
    )
    assert failed == 0


def test_a_run_that_is_gone_takes_no_error(database: Database) -> None:
    make_scene(database)
    with database.transaction() as session:
        runs.record_error(session, run_id=new_id(), stage=Stage.PROBE, error=StorageUnavailable(), now=NOW)
    assert database.rows("select count(*) from processing_errors") == [(0,)]
