"""The indexes that the listings and the status pages stand on, by their definition."""

import pytest

from tests.support.postgres import Database

WANTED = {
    ("meetings", "(status, owner_id)"),
    ("meetings", "(client_id, created_at DESC)"),
    ("meetings", "(status, created_at DESC)"),
    ("meetings", "(owner_id, created_at DESC)"),
    ("processing_errors", "(meeting_id, is_read, occurred_at DESC)"),
    ("processing_errors", "(stage, occurred_at DESC)"),
    ("llm_interactions", "(meeting_id, is_final)"),
    ("llm_interactions", "(meeting_id, attempt)"),
    ("processing_runs", "(meeting_id, created_at DESC)"),
}


def definitions(database: Database) -> list[tuple[str, str]]:
    return [(str(t), str(d)) for t, d in database.rows("select tablename, indexdef from pg_indexes")]


@pytest.mark.parametrize(("table", "columns"), sorted(WANTED))
def test_a_listing_has_its_index(database: Database, table: str, columns: str) -> None:
    assert any(name == table and definition.endswith(f"btree {columns}") for name, definition in definitions(database))


def test_one_living_run_a_meeting_is_a_partial_unique_index(database: Database) -> None:
    (definition,) = [text for _, text in definitions(database) if "uq_processing_runs_alive_per_meeting" in text]
    assert definition.startswith("CREATE UNIQUE INDEX")
    assert "(meeting_id) WHERE" in definition
    assert "queued" in definition
    assert "running" in definition
    assert "failed" not in definition


def test_every_foreign_key_that_cascades_from_a_meeting_is_indexed(database: Database) -> None:
    """Otherwise deleting one meeting reads whole tables."""
    unindexed = database.rows(
        """
        select c.conrelid::regclass::text, a.attname
        from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and c.confdeltype = 'c' and c.confrelid <> 'organizations'::regclass
          and not exists (
            select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1]
          )
        order by 1, 2
        """
    )
    assert unindexed == []
