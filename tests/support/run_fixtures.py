"""Fixtures of two rooms: a budget with its runs, and runs with what they leave in the store."""

from collections.abc import Iterator

import pytest

from aam.foundation.settings import load
from aam.foundation.storage import ObjectStore
from tests.support.budgets import Desk
from tests.support.paid_runs import VTT
from tests.support.postgres import Database
from tests.support.rows import Scene, make_scene
from tests.support.store import moto_store

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:aam"


@pytest.fixture
def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("STATE_MACHINE_ARN", MACHINE)
    load.cache_clear()
    yield Desk(database, make_scene(database))
    load.cache_clear()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    for name, value in {
        "STATE_MACHINE_ARN": MACHINE,
        "TRANSCRIPTION_ENGINE": "pocketsphinx",
        "DEEPGRAM_MODEL": "nova-3",
        "ARTIFACTS_ENGINE": "openai",
        "OPENAI_MODEL": "gpt-5-mini",
        "OPENAI_BASE_URL": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    load.cache_clear()
    with moto_store() as made:
        yield made
    load.cache_clear()


@pytest.fixture
def scene(database: Database, store: ObjectStore) -> Scene:
    made = make_scene(database)
    store.write(made.key, VTT, content_type="text/vtt")
    return made
