"""functions/start_processing: a batch in which one message is bad begins the others and gives the bad one back."""

import json
from typing import Any
from uuid import uuid4

import pytest

from aam.foundation.clock import utc_now
from aam.foundation.storage import ObjectMissing
from aam.pipeline.executions import ExecutionsUnavailable
from aam.pipeline.models import ProcessingRun
from aam.store import identity
from aam.store.restore_marker import KEY as RESTORED
from aam.store.restore_marker import RestoreMarker, RestoreState
from aam.workflow import service
from tests.support.apps import app_of
from tests.support.postgres import Database
from tests.support.rows import make_scene


class Store:
    def __init__(self) -> None:
        self.deleted: list[str] = []
        self.said: dict[str, str] = {}

    def read(self, key: str) -> bytes:
        if key not in self.said:
            raise ObjectMissing
        return self.said[key].encode()

    def delete(self, key: str) -> None:
        self.deleted.append(key)


@pytest.fixture
def app(database: Database, monkeypatch: pytest.MonkeyPatch) -> Any:
    from aam.foundation.settings import load

    monkeypatch.setenv("STATE_MACHINE_ARN", "arn:aws:states:us-east-1:000000000000:stateMachine:aam")
    load.cache_clear()
    store = Store()
    monkeypatch.setattr(service, "transaction", database.transaction)
    monkeypatch.setattr(service, "media_store", lambda: store)
    return app_of("start_processing")


def batch(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [
            {"messageId": f"m{number}", "body": body, "eventSource": "aws:sqs"} for number, body in enumerate(bodies)
        ]
    }


def notification(key: str) -> str:
    return json.dumps({"bucket": "media", "key": key, "size": 10, "etag": "e1"})


def test_a_bad_message_comes_back_alone(app: Any, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = make_scene(database)
    started: list[ProcessingRun] = []
    monkeypatch.setattr(service, "start_execution", started.append)
    answer = app.handler(batch(notification(scene.key), "not json"), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert [run.meeting_id for run in started] == [scene.meeting_id]


def test_a_start_that_failed_comes_back_and_starts_the_same_run_later(
    app: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = make_scene(database)

    def nobody_answers(_run: ProcessingRun) -> None:
        raise ExecutionsUnavailable

    monkeypatch.setattr(service, "start_execution", nobody_answers)
    assert app.handler(batch(notification(scene.key)), None)["batchItemFailures"] == [{"itemIdentifier": "m0"}]
    started: list[ProcessingRun] = []
    monkeypatch.setattr(service, "start_execution", started.append)
    assert app.handler(batch(notification(scene.key)), None)["batchItemFailures"] == []
    assert len(started) == 1
    assert database.rows("select count(*) from processing_runs") == [(1,)]


def test_what_belongs_to_no_meeting_is_deleted_unless_the_database_was_lost_or_restored(
    app: Any, database: Database
) -> None:
    """Messages outlive a database: then the meeting that it does not know may be in a backup, or newer than that."""
    store, key = service.media_store(), f"meetings/{uuid4()}/x.mp3"
    note = RestoreMarker(backup="b", point=utc_now(), store_id=uuid4(), state=RestoreState.RESTORED)
    for said in (
        {identity.KEY: json.dumps({"store_id": str(uuid4())})},
        {identity.KEY: "?"},
        {RESTORED: note.model_dump_json()},
    ):
        store.said = said
        assert app.handler(batch(notification(key)), None) == {"batchItemFailures": []}
        assert store.deleted == []
    with database.transaction() as session:
        ours = {identity.KEY: json.dumps({"store_id": str(identity.store_id(session))})}
    settled = note.model_copy(update={"state": RestoreState.SETTLED})
    for said in ({}, ours, {**ours, RESTORED: settled.model_dump_json()}):
        store.said, store.deleted = said, []
        app.handler(batch(notification(key)), None)
        assert store.deleted == [key]
