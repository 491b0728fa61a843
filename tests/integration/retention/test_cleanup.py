"""The cleanup function: a dry run tells exactly what a run would delete."""

import importlib.util
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aam.foundation.storage import ObjectStore
from aam.retention.service import CleanupRequest, clean_up
from tests.support.store import moto_store

ROOT = Path(__file__).resolve().parents[3]
LATER = datetime.now(UTC) + timedelta(days=2)


@pytest.fixture
def store() -> Iterator[ObjectStore]:
    with moto_store() as made:
        for key, size in (("temp/a", 5), ("temp/exports/b", 7), ("meetings/m/c", 11), ("derived/m/r/d", 13)):
            made.write(key, b"x" * size, content_type="text/plain")
        yield made


def keys(store: ObjectStore) -> list[str]:
    return store.keys("")


def test_a_dry_run_deletes_nothing_and_tells_what_a_run_then_deletes(store: ObjectStore) -> None:
    plan = clean_up(CleanupRequest(mode="temp"), store=store, now=LATER)
    assert plan.dry_run
    assert len(keys(store)) == 4
    done = clean_up(CleanupRequest(mode="temp", dry_run=False), store=store, now=LATER)
    assert (done.objects, done.size_bytes, done.largest) == (plan.objects, plan.size_bytes, plan.largest) != (0, 0, ())
    assert keys(store) == ["derived/m/r/d", "meetings/m/c"]


def test_what_is_young_stays(store: ObjectStore) -> None:
    report = clean_up(CleanupRequest(mode="temp", dry_run=False), store=store, now=datetime.now(UTC))
    assert report.objects == 0
    assert len(keys(store)) == 4


def test_more_than_a_thousand_objects_go(store: ObjectStore) -> None:
    for number in range(1_003):
        store.write(f"temp/many/{number}", b"", content_type="text/plain")
    report = clean_up(CleanupRequest(mode="temp", dry_run=False), store=store, now=LATER)
    assert report.objects == 1_005
    assert len(report.largest) == 100
    assert len(keys(store)) == 2


def handler() -> Any:
    spec = importlib.util.spec_from_file_location("cleanup_app", ROOT / "functions" / "cleanup" / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "event", [{}, {"mode": "everything"}, {"mode": "temp", "dry_run": "perhaps"}, {"mode": "temp", "x": 1}]
)
def test_a_bad_request_is_refused_with_a_sentence(store: ObjectStore, event: dict[str, Any]) -> None:
    app = handler()
    with pytest.raises(app.BadCleanupRequest, match="nothing was deleted"):
        app.handler(event, None)


@pytest.mark.parametrize("case", sorted((ROOT / "events" / "cleanup").glob("*.json")), ids=lambda path: path.stem)
def test_the_sample_events_are_requests(case: Path) -> None:
    CleanupRequest.model_validate(json.loads(case.read_text()))
