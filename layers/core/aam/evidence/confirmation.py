"""Verdicts of a second reader on quoted items, and their effect.

Its word counts for quoted items only: what does not hold by quotes and facts stays unsupported whatever it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from aam.evidence.schemas import CheckedArtifacts, Exact, Item, Problem, SecondReader, Section, Support
from aam.foundation.schemas import Storable

DIFFERS = "meaning_differs"
"""The problem of an item of which the second reader says that its quotes do not say it."""

REASON_CHARACTERS = 200


class Verdict(StrEnum):
    """Verdict of the second reader on an item: its quotes support it, they do not, or it cannot tell."""

    SUPPORTED = "supported"
    NOT = "not"
    UNSURE = "unsure"


class Reading(Exact):
    """The verdict about one item, and the reason in the reader's own words."""

    item_id: str
    verdict: Verdict
    reason: Storable = Field(default="", max_length=REASON_CHARACTERS)


class Readings(Exact):
    """All verdicts about a meeting's artifacts; an item without one is as if the reader could not tell."""

    second_reader: SecondReader
    readings: tuple[Reading, ...] = ()


def with_readings(artifacts: CheckedArtifacts, readings: Readings) -> CheckedArtifacts:
    """Return the artifacts in which quoted items are supported or unsupported where the second reader said so."""
    by_id = {reading.item_id: reading for reading in readings.readings}
    sections = tuple(_read(section, by_id) for section in artifacts.sections)
    return artifacts.model_copy(update={"sections": sections, "second_reader": readings.second_reader})


def _read(section: Section, by_id: Mapping[str, Reading]) -> Section:
    items = [_judged(item, by_id.get(item.id)) for item in section.items]
    return section.model_copy(
        update={
            "items": tuple(item for item in items if item.support is not Support.UNSUPPORTED),
            "unsupported": (*section.unsupported, *(i for i in items if i.support is Support.UNSUPPORTED)),
        }
    )


def _judged(item: Item, reading: Reading | None) -> Item:
    if item.support is not Support.QUOTED or reading is None or reading.verdict is Verdict.UNSURE:
        return item
    if reading.verdict is Verdict.SUPPORTED:
        return item.model_copy(update={"support": Support.SUPPORTED})
    problem = Problem(code=DIFFERS, about=reading.reason)
    return item.model_copy(update={"support": Support.UNSUPPORTED, "problems": (*item.problems, problem)})
