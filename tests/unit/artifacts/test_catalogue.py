from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from aam.artifacts.catalogue import SEEDS, load_catalogue
from aam.artifacts.errors import CatalogueInvalid, UnknownScenario
from aam.artifacts.reference import sections_markdown
from aam.artifacts.reply_schema import reply_schema
from aam.language.tokens import norms_of

ROOT = Path(__file__).resolve().parents[3]
NAMED = {
    *(
        "summary",
        "topics",
        "decisions",
        "action_items",
        "risks",
        "open_questions",
        "agreements",
        "next_steps",
    ),
    *("client_needs", "objections", "commitments", "figures", "dates", "budget", "competitors", "blockers"),
    *("technical_requirements", "feedback", "follow_up_letter"),
}


def test_there_are_25_kinds_of_section_and_every_one_is_used() -> None:
    catalogue = load_catalogue()
    assert len(catalogue.sections) == 25
    assert set(catalogue.sections) >= NAMED
    used = {spec.kind for scenario in catalogue.scenarios.values() for spec in scenario.sections}
    assert used == set(catalogue.sections)


def test_every_meeting_type_has_its_scenario() -> None:
    catalogue = load_catalogue()
    assert {t.scenario for t in catalogue.meeting_types.values()} <= set(catalogue.scenarios)
    with pytest.raises(UnknownScenario):
        catalogue.scenario("seance")


def test_titles_follow_the_language() -> None:
    title = load_catalogue().sections["decisions"].title
    assert [title.in_language(tag) for tag in ("ru", "uk-UA", "en-GB", "fr")] == [
        "Решения",
        "Рішення",
        "Decisions",
        "Decisions",
    ]


def test_no_cue_is_longer_than_what_it_is_compared_with() -> None:
    for spec in load_catalogue().sections.values():
        for cue in spec.cues:
            for word in cue.replace("{person}", "anna").split():
                assert word == "*" or norms_of(word.removesuffix("*")) == [word.removesuffix("*")], cue


def test_the_reply_schema_is_closed_all_the_way_down() -> None:
    def closed(schema: Any) -> int:
        if not isinstance(schema, dict):
            return 0
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])
        return 1 + sum(closed(value) for value in schema.values())

    assert closed(reply_schema(list(load_catalogue().sections.values()))) > 100


def test_the_documentation_is_what_the_files_say() -> None:
    written = (ROOT / "docs" / "sections.md").read_text(encoding="utf-8")
    assert written == sections_markdown(load_catalogue()), "python -m aam.artifacts.reference > docs/sections.md"


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("sections/facts.toml", 'kind = "figures"', 'kind = "dates"', "stands twice"),
        ("sections/facts.toml", 'kind = "figures"', 'kind = "Figures!"', "kind"),
        ("sections/facts.toml", 'extractive = "figures"', 'extractive = "magic"', "extractive"),
        ("sections/facts.toml", 'extractive = "figures"', 'extractive = "cues"', "no cues"),
        ("sections/facts.toml", 'fields = ["amount"]', 'fields = ["weight"]', "there is no weight"),
        ("sections/facts.toml", 'fields = ["amount"]', 'fields = ["amount", "amount"]', "twice"),
        ("sections/facts.toml", 'fields = ["amount"]', 'fields = "amount"', "a list of names"),
        ("sections/facts.toml", "[[section]]", "[[sektion]]", "[[section]] is missing"),
        ("sections/facts.toml", 'kind = "figures"', 'kind = "figures"\ncolour = "red"', "colour"),
        ("fields.toml", 'values = ["ours", "client", "both"]', "", "values"),
        ("fields.toml", "[owner]", "owner = 1\n[x]", "owner"),
        ("scenarios/stand-up.toml", '"minutes-v2"', '"minutes-v9"', "no prompt"),
        ("scenarios/stand-up.toml", '"merge-v1"', '"merge-v9"', "no prompt"),
        ("scenarios/stand-up.toml", '"progress"', '"gossip"', "there is no gossip"),
        ("scenarios/stand-up.toml", 'key = "stand-up"', 'key = "standup"', "the key is standup"),
        ("scenarios/stand-up.toml", "key =", "key", "scenarios/stand-up.toml"),
        ("meeting_types.toml", 'scenario = "interview"', 'scenario = "seance"', "no scenario seance"),
        ("meeting_types.toml", 'key = "interview"', 'key = "general"', "twice"),
    ],
)
def test_a_damaged_file_is_named_with_its_fault(tmp_path: Path, file: str, old: str, new: str, fault: str) -> None:
    root = tmp_path / "seeds"
    shutil.copytree(SEEDS, root)
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueInvalid, match=Path(file).name) as caught:
        load_catalogue(root)
    assert fault in caught.value.detail
