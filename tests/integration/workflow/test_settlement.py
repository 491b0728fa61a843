"""What ended runs have spent is booked later, once, and whatever their records hold."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from aam.artifacts.repository import keep_interactions_of_failed_run
from aam.foundation.storage import ObjectStore, StorageUnavailable
from aam.workflow.settlement import settled_after
from tests.support.paid_runs import (
    CALL,
    VTT,
    as_recording,
    begun,
    booked,
    end,
    heard_by_deepgram,
    settle,
)
from tests.support.postgres import Database
from tests.support.rows import Scene, make_scene


@pytest.mark.parametrize("how", ["cancelled", "failed"])
def test_spending_of_a_failed_run_is_booked_once(
    database: Database, store: ObjectStore, scene: Scene, how: str
) -> None:
    run, _ = begun(database, store, scene)
    as_recording(store, run)
    heard_by_deepgram(store, run, channels=1)
    assert settle(database, store) == 0, "it is under way"
    end(database, how, ago="10 minutes")
    assert settle(database, store) == 0, "its worker may still be at it"
    end(database, how)
    assert settle(database, store) == 1
    assert booked(database, "actual") == [
        ("deepgram", "nova-3", Decimal("0.008400"), True, True),
        ("openai", "gpt-5-mini", Decimal(0), True, True),
    ]
    assert settle(database, store) == 0


def test_a_run_without_objects_settles_at_zero(database: Database, store: ObjectStore, scene: Scene) -> None:
    run, _ = begun(database, store, scene)
    store.delete(run.derived("context.json"))
    end(database, "failed")
    assert settle(database, store) == 1
    assert booked(database, "actual") == [("openai", "gpt-5-mini", Decimal(0), True, True)]


def test_a_run_that_succeeded_is_settled(database: Database, store: ObjectStore, scene: Scene) -> None:
    begun(database, store, scene)
    end(database, "succeeded")
    assert settle(database, store) == 0


@pytest.mark.parametrize(
    "reported",
    [
        {"input_tokens": -5},
        {"output_tokens": 10**15},
        {"model": "a\0b"},
        {"response": "abc\0def", "prompt": "p\0q", "request_id": "r\0"},
        {"cached_tokens": 2**40, "input_tokens": 2**40},
    ],
)
def test_an_implausible_usage_report_does_not_stop_settlement(
    database: Database, store: ObjectStore, scene: Scene, reported: dict[str, Any]
) -> None:
    run, _ = begun(database, store, scene)
    noted = {**json.loads(CALL.model_dump_json()), **reported}
    store.write(run.derived("interactions/1.json"), json.dumps(noted).encode(), content_type="application/json")
    end(database, "failed")
    with database.transaction() as session:
        keep_interactions_of_failed_run(session, run=run, store=store, now=datetime.now(UTC))
    assert database.rows("select count(*) from llm_interactions") == [(1,)]
    assert database.rows("select count(*) from cost_entries where kind = 'actual'") == [(1,)]


def test_absurd_seconds_count_as_the_recordings_own(database: Database, store: ObjectStore, scene: Scene) -> None:
    run, _ = begun(database, store, scene)
    as_recording(store, run)
    heard_by_deepgram(store, run, channels=1, seconds=1e12)
    end(database, "failed")
    assert settle(database, store) == 1
    assert booked(database, "actual")[0] == ("deepgram", "nova-3", Decimal("0.005600"), True, True)


def test_a_run_that_cannot_be_settled_is_booked_as_estimated_and_holds_up_no_other(
    database: Database, store: ObjectStore, scene: Scene
) -> None:
    run, _ = begun(database, store, scene)
    ((_, _, estimate, *_),) = booked(database, "estimate")
    store.write(run.derived("interactions/1.json"), b"no record", content_type="application/json")
    end(database, "failed", ago="2 hours")
    other = make_scene(database)
    store.write(other.key, VTT, content_type="text/vtt")
    begun(database, store, other)
    with database.transaction() as session:
        session.execute(
            text(
                "update processing_runs set status = 'cancelled', finished_at = now() - interval '1 hour'"
                " where status = 'running'"
            )
        )
    assert settle(database, store) == 2
    assert database.rows("select amount_usd, partial from cost_entries where kind = 'actual' order by amount_usd") == [
        (Decimal(0), False),
        (estimate, True),
    ]
    assert settle(database, store) == 0


@pytest.mark.parametrize(("ago", "settled"), [("2 hours", 0), ("25 hours", 1)])
def test_a_transient_fault_is_retried_for_a_day(
    database: Database,
    store: ObjectStore,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    ago: str,
    settled: int,
) -> None:
    begun(database, store, scene)
    end(database, "failed", ago=ago)

    def silent(_key: str) -> bytes:
        raise StorageUnavailable

    monkeypatch.setattr(store, "read", silent)
    assert settle(database, store) == settled
    assert len(booked(database, "actual")) == settled


def test_the_longest_callback_is_waited_for() -> None:
    assert settled_after(60) == timedelta(minutes=30)
    assert settled_after(3600) > timedelta(hours=1)
