"""Changing a document while others change it too; what is over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aam.foundation.state_table import StateTable, StateUnavailable
from tests.support.limits import moto_table
from tests.support.memory_table import MemoryTable

LATER = 2_000_000_000


@pytest.fixture
def table() -> Iterator[StateTable]:
    with moto_table() as made:
        yield made


def test_a_change_sees_what_stands(table: StateTable) -> None:
    assert table.change("x", lambda stands: f"{stands}a", expires_at=LATER) == "a"
    assert table.change("x", lambda stands: f"{stands}b", expires_at=LATER) == "ab"
    assert table.change("x", lambda _: None, expires_at=LATER) == "ab", "None leaves it"


def test_who_was_outrun_computes_anew(table: StateTable) -> None:
    """The other writes between our reading and our writing, once."""
    pauses: list[float] = []

    def change(stands: str) -> str:
        if not pauses:
            table.change("x", lambda stood: f"{stood}b", expires_at=LATER)
        return f"{stands}a"

    table.change("x", lambda _: "0", expires_at=LATER)
    assert table.change("x", change, expires_at=LATER, sleep=pauses.append) == "0ba"
    assert len(pauses) == 1


def test_who_makes_it_at_the_same_time_is_outrun_too(table: StateTable) -> None:
    pauses: list[float] = []

    def change(stands: str) -> str:
        if not pauses:
            table.change("x", lambda stood: f"{stood}b", expires_at=LATER)
        return f"{stands}a"

    assert table.change("x", change, expires_at=LATER, sleep=pauses.append) == "ba"


def test_it_gives_up_in_the_end(table: StateTable) -> None:
    def outrun(stands: str) -> str:
        table.change("x", lambda stood: f"{stood}."[-5:], expires_at=LATER)
        table.dynamodb.update_item(
            TableName=table.name,
            Key={"pk": {"S": "x"}},
            UpdateExpression="SET version = :v",
            ExpressionAttributeValues={":v": {"S": str(len(pauses) + 1000)}},
        )
        return stands

    pauses: list[float] = []
    with pytest.raises(StateUnavailable):
        table.change("x", outrun, expires_at=LATER, sleep=pauses.append)
    assert max(pauses) < 0.2


def test_what_is_over_is_found_and_goes_unless_it_was_given_more_time(table: StateTable) -> None:
    """The same on the table in memory, which the tests of cleanups use."""
    memory = MemoryTable()
    memory.items = {"over": 100, "living": LATER, "renewed": 100}
    for pk, expires_at in memory.items.items():
        table.write(pk, {}, expires_at=expires_at)
    for each in (table, memory):
        assert set(each.expired(100)) == {"over", "renewed"}
    table.write("renewed", {}, expires_at=LATER)
    memory.items["renewed"] = LATER
    for each in (table, memory):
        for pk in ("over", "renewed", "never there"):
            each.delete_expired(pk, 100)
        assert set(each.expired(LATER)) == {"living", "renewed"}
        each.delete("living")
        assert set(each.expired(LATER)) == {"renewed"}


def test_texts_are_told_but_never_those_of_a_gate(table: StateTable) -> None:
    for pk, text in (("stage#r1#x", "{}"), ("gate#deepgram", "r1"), ("unwanted#r1", "yes")):
        table.write(pk, {"document": text}, expires_at=LATER)
    assert list(table.texts()) == [("stage#r1#x", {"document": "{}"})]
