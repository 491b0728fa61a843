"""Schemathesis over every operation: what the document allows is taken, all else is refused as it says.

The seed is fixed and the examples are few, so that a run is the same everywhere and takes less than three minutes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import Interaction
from schemathesis.openapi.loaders import from_dict

from tests.support.api import Api, Person, running_api
from tests.support.postgres import Database
from tests.support.stack import CHECKOUT
from tests.support.wsgi import served

DOCUMENT = json.loads((CHECKOUT / "docs" / "openapi.json").read_text("utf-8"))
EXAMPLES = 8
LEAST_CASES = 1500


@pytest.fixture
def api(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    with running_api(database, monkeypatch) as made:
        yield made


def config_for(person: Person, *, url: str) -> SchemathesisConfig:
    """What is sent, and where: every field at its limits and beyond them, then a few examples at random."""
    return SchemathesisConfig.from_dict(
        {
            "seed": 7,
            "base-url": url,
            "headers": {"Authorization": f"Bearer {person.token}"},
            "generation": {"max-examples": EXAMPLES, "database": "none", "deterministic": True},
            "phases": {"stateful": {"enabled": False}},
            "continue-on-failure": True,
        }
    )


def is_named_refusal(label: str, failure: Failure, interaction: Interaction | None) -> bool:
    """Whether valid data was refused for a reason that the operation's document names, as an unknown client is.

    ``invalid_fields`` is none: then the document allows what the code does not.
    """
    if interaction is None or interaction.response is None or failure.title != "Schema-valid request rejected":
        return False
    method, path = label.split(" ", 1)
    status, code = str(interaction.response.status_code), json.loads(interaction.response.content)["code"]
    said: dict[str, Any] = DOCUMENT["paths"][path][method.lower()]["responses"]
    return f"`{code}`" in said.get(status, {}).get("description", "")


def failures_of(event: events.ScenarioFinished) -> Iterator[tuple[tuple[str, str], str]]:
    """Give operation and check of each failure, with what was sent and answered."""
    for case_id, checks in event.recorder.checks.items():
        interaction = event.recorder.interactions.get(case_id)
        for check in checks:
            info = check.failure_info
            if info is not None and not is_named_refusal(event.label, info.failure, interaction):
                answer = interaction.response.content[:300] if interaction and interaction.response else b""
                yield (event.label, check.name), f"{info.failure.message}\n{info.code_sample[:600]}\n-> {answer!r}"


def test_every_operation_does_as_its_document_says(api: Api) -> None:
    found: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    cases = 0
    with served() as url:
        schema = from_dict(DOCUMENT, config=config_for(api.person(), url=url))
        for event in from_schema(schema).execute():
            assert not isinstance(event, events.NonFatalError | events.FatalError), event
            if isinstance(event, events.ScenarioFinished):
                cases += len(event.recorder.checks)
                for kind, example in failures_of(event):
                    found[kind] += 1
                    examples.setdefault(kind, example)
    assert not found, "\n\n".join(f"{kind} x {found[kind]}: {examples[kind]}" for kind in found)
    assert cases > LEAST_CASES, "the document was read, and every operation asked"
