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
from tests.support.wsgi import application

DOCUMENT = json.loads((CHECKOUT / "docs" / "openapi.json").read_text("utf-8"))
EXAMPLES = 8
LEAST_CASES = 1500


@pytest.fixture
def api(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    with running_api(database, monkeypatch) as made:
        yield made


def config_for(person: Person) -> SchemathesisConfig:
    """What is sent: every field at its limits and beyond them, then a few examples at random."""
    return SchemathesisConfig.from_dict(
        {
            "seed": 7,
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


def test_every_operation_does_as_its_document_says(api: Api) -> None:
    schema = from_dict(DOCUMENT, config=config_for(api.person()))
    schema.app = application
    found: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    cases = 0
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), event
        if not isinstance(event, events.ScenarioFinished):
            continue
        for case_id, checks in event.recorder.checks.items():
            cases += 1
            interaction = event.recorder.interactions.get(case_id)
            for check in checks:
                if check.failure_info is None:
                    continue
                failure = check.failure_info.failure
                if is_named_refusal(event.label, failure, interaction):
                    continue
                kind = (event.label, check.name)
                found[kind] += 1
                answer = interaction.response.content[:300] if interaction and interaction.response else b""
                examples.setdefault(kind, f"{failure.message}\n{check.failure_info.code_sample[:600]}\n-> {answer!r}")
    assert not found, "\n\n".join(f"{kind} x {found[kind]}: {examples[kind]}" for kind in found)
    assert cases > LEAST_CASES, "the document was read, and every operation asked"
