"""Names that people give to speakers, and what they must leave alone."""

from __future__ import annotations

from aam.artifacts.schemas import Artifacts, FieldKind, Item, ItemField, Priority, Quote, Section, Support
from aam.artifacts.speaker_names import with_names


def named(text: str, said: str, speaker: str, names: dict[str, str]) -> Item:
    """An item whose owner is its speaker, after naming."""
    item = Item(
        id="a-1",
        text=text,
        priority=Priority.HIGH,
        fields=(ItemField(name="owner", kind=FieldKind.PERSON, value=speaker),),
        quotes=(Quote(quote=said, utterance_id=1, last_utterance_id=1, start_ms=0, end_ms=9, speaker=speaker),),
        support=Support.QUOTED,
    )
    sections = (Section(kind="action_items", title="Action items", items=(item,)),)
    artifacts = Artifacts(engine="openai", model="m", prompt_version="1", label=None, language="en", sections=sections)
    return with_names(artifacts, names).sections[0].items[0]


def test_an_engines_label_becomes_the_name_everywhere_but_in_the_quote() -> None:
    item = named("Speaker 1 calls Speaker 10.", "I will call them.", "Speaker 1", {"Speaker 1": "Helen"})
    assert (item.text, item.fields[0].value, item.quotes[0].speaker) == ("Helen calls Speaker 10.", "Helen", "Helen")
    assert item.quotes[0].quote == "I will call them."


def test_a_label_that_is_a_name_or_a_word_changes_nothing_that_was_checked() -> None:
    said = "Mark will not send the contract."
    item = named(said, said, "Mark", {"Mark": "Helen", "not": "gladly"})
    assert (item.text, item.fields[0].value, item.quotes[0].speaker) == (said, "Mark", "Helen")


def test_a_label_that_was_said_means_something_else() -> None:
    said = "Speaker 2 of the conference is ill."
    assert named(said, said, "Speaker 1", {"Speaker 2": "Helen"}).text == said
