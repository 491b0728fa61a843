"""What a second reader's word counts for: quoted items, and nothing else."""

from __future__ import annotations

import pytest

from aam.evidence.confirmation import DIFFERS, Reading, Readings, Verdict, with_readings
from aam.evidence.schemas import CheckedArtifacts, SecondReader, Support
from tests.support.claims import claim, claims
from tests.support.minutes import transcript_of

TALK = transcript_of(("Anna", "We may move the release to Monday."), ("Boris", "Let us see what the client says."))
READER = SecondReader(outcome="ok", model="gpt-r", prompt_version="reader-v1")


def read(item_id: str, verdict: Verdict, support: Support = Support.QUOTED) -> CheckedArtifacts:
    """A section with one item, of which one reading says something."""
    item = claim(1, "The release moves to Monday.", TALK, 1, support=support)
    held = support is not Support.UNSUPPORTED
    artifacts = claims([item] if held else [], [] if held else [item])
    readings = Readings(
        second_reader=READER, readings=(Reading(item_id=item_id, verdict=verdict, reason="only considered"),)
    )
    return with_readings(artifacts, readings)


@pytest.mark.parametrize(
    ("verdict", "support"),
    [
        (Verdict.SUPPORTED, Support.SUPPORTED),
        (Verdict.UNSURE, Support.QUOTED),
        (Verdict.NOT, Support.UNSUPPORTED),
    ],
)
def test_a_quoted_item_becomes_what_the_reader_says(verdict: Verdict, support: Support) -> None:
    artifacts = read("decisions-1", verdict)
    (section,) = artifacts.sections
    (item,) = section.items + section.unsupported
    assert item.support is support
    assert bool(section.unsupported) is (support is Support.UNSUPPORTED)
    reasons = [("meaning_differs", "only considered")] if support is Support.UNSUPPORTED else []
    assert [(problem.code, problem.about) for problem in item.problems] == reasons
    assert DIFFERS == "meaning_differs"
    assert artifacts.second_reader == READER


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("support", [Support.SUPPORTED, Support.UNSUPPORTED])
def test_what_code_has_decided_stays_whatever_the_reader_says(verdict: Verdict, support: Support) -> None:
    (section,) = read("decisions-1", verdict, support).sections
    assert [item.support for item in section.items + section.unsupported] == [support]


def test_a_verdict_about_an_unknown_item_changes_nothing() -> None:
    (section,) = read("decisions-2", Verdict.NOT).sections
    assert [item.support for item in section.items] == [Support.QUOTED]


def test_artifacts_of_before_there_was_a_reader_are_still_read() -> None:
    document = claims([claim(1, "x", TALK, 1)]).model_dump(mode="json")
    del document["second_reader"]
    assert CheckedArtifacts.model_validate(document).second_reader is None
