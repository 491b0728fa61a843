"""Use case: bring an organization's meeting types and scenarios in line with the reviewed files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy.dialects.postgresql import insert

from aam.foundation.clock import new_id
from aam.foundation.schemas import Key, Value
from aam.meetings.models import MeetingType, PromptScenario
from aam.meetings.speech import SpeechOptions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class ScenarioEntry(Value):
    """Description of a scenario from its file; its sections are the artifacts' business."""

    model_config = ConfigDict(extra="ignore")

    key: Key
    title: dict[str, str]
    prompt: str
    terms: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class TypeEntry(Value):
    """A kind of meeting as the reviewed file has it."""

    model_config = ConfigDict(extra="ignore")

    key: Key
    title: dict[str, str]
    scenario: Key
    speech: SpeechOptions = Field(default_factory=SpeechOptions)


class Entries(Value):
    """All that the files list."""

    scenarios: tuple[ScenarioEntry, ...]
    types: tuple[TypeEntry, ...]


@lru_cache(maxsize=1)
def read_entries() -> Entries:
    """Return the entries of the files under ``aam/seeds``."""
    seeds = files("aam") / "seeds"
    folder = seeds / "scenarios"
    scenarios = (entry for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return Entries(
        scenarios=tuple(
            ScenarioEntry.model_validate(tomllib.loads(entry.read_text("utf-8")))
            for entry in sorted(scenarios, key=lambda entry: entry.name)
        ),
        types=tuple(
            TypeEntry.model_validate(entry)
            for entry in tomllib.loads((seeds / "meeting_types.toml").read_text("utf-8"))["type"]
        ),
    )


def sync_catalogue(session: Session, organization_id: UUID, entries: Entries | None = None) -> None:
    """Add what is new and rename what changed, by key; nothing is deleted, because meetings may speak of it."""
    entries = entries or read_entries()
    for scenario in entries.scenarios:
        row = insert(PromptScenario).values(
            id=new_id(),
            organization_id=organization_id,
            key=scenario.key,
            name=scenario.title["en"],
            version=scenario.prompt,
        )
        session.execute(
            row.on_conflict_do_update(
                index_elements=["organization_id", "key"],
                set_={"name": row.excluded.name, "version": row.excluded.version},
            )
        )
    for kind in entries.types:
        row = insert(MeetingType).values(
            id=new_id(),
            organization_id=organization_id,
            key=kind.key,
            name=kind.title["en"],
            scenario_key=kind.scenario,
            speech=kind.speech.model_dump(mode="json", exclude_none=True),
        )
        session.execute(
            row.on_conflict_do_update(
                index_elements=["organization_id", "key"],
                set_={name: row.excluded[name] for name in ("name", "scenario_key", "speech")},
            )
        )


def scenario_terms(key: str | None, *, language: str) -> tuple[str, ...]:
    """Return the words that a scenario's meetings use, in the language spoken."""
    found = next((entry for entry in read_entries().scenarios if entry.key == key), None)
    return found.terms.get(language.partition("-")[0], ()) if found else ()
