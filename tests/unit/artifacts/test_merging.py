from __future__ import annotations

import pytest

from aam.artifacts.errors import ModelReplyMismatch
from aam.artifacts.merging import MAX_QUOTES, Candidate, _groups, _one_of, _read
from aam.artifacts.schemas import DraftItem, DraftQuote, FieldKind, ItemField, Priority


def item(text: str, *quotes: int, owner: str | None = None, priority: Priority = Priority.MEDIUM) -> DraftItem:
    return DraftItem(
        text=text,
        priority=priority,
        fields=(ItemField(name="owner", kind=FieldKind.PERSON, value=owner),),
        quotes=tuple(DraftQuote(quote=f"quote number {n} of them", utterance_id=n) for n in quotes),
    )


def cited(made: DraftItem) -> list[int]:
    return [quote.utterance_id for quote in made.quotes]


def test_the_first_item_speaks_for_the_group() -> None:
    first, second = item("Send it.", 3, 4), item("Send that.", 4, 9, owner="Boris", priority=Priority.HIGH)
    made = _one_of([first, second])
    assert (made.text, made.priority, made.fields[0].value) == ("Send it.", Priority.HIGH, "Boris")
    assert cited(made) == [3, 4, 9]
    assert _one_of([first]) == first


def test_a_field_is_filled_only_together_with_the_quotes_that_bear_it_out() -> None:
    full = item("Send it.", *range(1, MAX_QUOTES + 1))
    made = _one_of([full, item("Send that.", 99, owner="Boris")])
    assert cited(made) == cited(full)
    assert made.fields[0].value is None


def test_groups_hold_known_numbers_once_and_of_one_section() -> None:
    chunk = [Candidate(n, 0 if n < 4 else 1, item(f"text {n}", n)) for n in range(1, 7)]
    groups = _groups([[2, 5, 1], [2], [99], [], [4, 6, 4], [5]], chunk)
    assert [[candidate.number for candidate in group] for group in groups] == [[2, 1], [4, 6], [5]]


@pytest.mark.parametrize(
    "content", ["", "{}", '{"groups": 1}', '{"groups": [["one"]]}', '{"groups": [], "x": 1}', "[[1]]"]
)
def test_groups_of_another_form_are_a_mismatch(content: str) -> None:
    with pytest.raises(ModelReplyMismatch):
        _read(content)


def test_an_item_is_one_short_line() -> None:
    line = Candidate(7, 0, item("Say\n8 no " * 100, 1, owner="Bo\nris")).line
    assert line.startswith("7 Say 8 no")
    assert line.endswith(" | owner: Bo ris")
    assert len(line) < 150
