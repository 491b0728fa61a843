"""Which short-lived facts speak of somebody."""

from __future__ import annotations

import json

import pytest

from aam.erasure.places.state_table_items import speaking_of
from aam.foundation.clock import new_id
from aam.redaction.name_matching import person
from tests.support.memory_table import MemoryTable

OURS, RUN = new_id(), str(new_id())


def found(table: MemoryTable, name: str, *, email: str = "") -> set[str]:
    known = person([name], [email], erasure_id=new_id())
    return set(speaking_of(table, {RUN}, organization_id=OURS, known=known))  # type: ignore[arg-type]


def table_of(**facts: tuple[str, object]) -> MemoryTable:
    table = MemoryTable()
    for pk, (owner, answer) in facts.items():
        table.answers[pk.replace("_", "#", 1)], table.owners[pk.replace("_", "#", 1)] = json.dumps(answer), owner
    return table


@pytest.mark.parametrize("name", ["A", "Li", "Bo"])
def test_a_short_name_is_no_part_of_a_strangers_token(name: str) -> None:
    table = table_of(
        stage_1=(str(OURS), {"token": f"{name} {name}Liz+Bo/A=="}),
        stage_2=("", {"run": RUN}),
        idempotency_theirs=(str(new_id()), {"body": json.dumps({"full_name": name})}),
        idempotency_before=("", {"body": json.dumps({"full_name": name})}),
        idempotency_within=(str(OURS), {"body": json.dumps({"full_name": f"{name}bel x{name}"})}),
        idempotency_ours=(str(OURS), {"body": json.dumps({"note": f"said\n{name}, today"})}),
        idempotency_id=(str(new_id()), {"body": json.dumps({"id": RUN})}),
    )
    assert found(table, name) == {"stage#2", "idempotency#ours", "idempotency#id"}


@pytest.mark.parametrize("said", ['Ann "Й" Stone', 'ask ANN "й" STONE', "Stone, Ann", "to ann.stone@example.com."])
def test_a_name_is_found_however_it_was_written(said: str) -> None:
    once, twice = {"name": said}, {"body": json.dumps({"people": [{"name": said}]}, ensure_ascii=False)}
    table = table_of(idempotency_1=(str(OURS), once), idempotency_2=(str(OURS), twice))
    name = "Ann Stone" if said == "Stone, Ann" else 'Ann "Й" Stone'
    assert found(table, name, email="Ann.Stone@example.com") == {"idempotency#1", "idempotency#2"}
