"""No column is forgotten: each either is looked through for a name, or cannot hold one."""

from __future__ import annotations

import pytest
from sqlalchemy import JSON, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from aam.migrations.models import metadata
from aam.redaction import columns
from tests.support.erasure import ANNA, MARK, ErasureWorld

SEARCHED = [
    text
    for _, texts in (*columns.OF_MEETING, *columns.OF_TRANSCRIPT, ("organization", columns.OF_ORGANIZATION))
    for text in texts
]

OWN = frozenset(
    {
        *("users.full_name", "users.email", "users.password_hash"),
        *("directory_participants.full_name", "directory_participants.email", "meeting_participants.full_name"),
    }
)
"""Whose row it is: it goes with its person, and a namesake's stays."""

FOLLOWS = {
    "utterances.words": "emptied with the text",
    "upload_blobs.key": "given up with the file's name",
    "upload_blobs.etag": "given up with the file's name",
    "upload_blobs.version_id": "given up with the file's name",
}
"""What goes with another column."""

NAMELESS = {
    "access_log": "kinds",
    "artifacts.engine": "",
    "artifacts.label": "the engine's word for what it is",
    "artifacts.language": "",
    "artifacts.model": "",
    "artifacts.prompt_version": "",
    "cleanup_runs": "counts, ids and keys of the plan that named none",
    "cost_entries": "vendors, models, kinds",
    "erasure_traces": "kinds",
    "erasures": "counts and ids",
    "legal_holds": "a hold's reason stays as long as it does",
    "llm_interactions.model": "",
    "llm_interactions.outcome": "",
    "llm_interactions.prompt_version": "",
    "llm_interactions.purpose": "",
    "llm_interactions.request_id": "the vendor's id",
    "maintenance_log": "counts and ids",
    "meeting_types.key": "of the reviewed file",
    "meeting_types.name": "of the reviewed file",
    "meeting_types.scenario_key": "of the reviewed file",
    "meetings.language": "",
    "meetings.status": "",
    "meetings.summary_language": "",
    "processing_errors.code": "",
    "processing_errors.stage": "",
    "processing_runs": "kinds, ids, moments",
    "prompt_scenarios": "of the reviewed file",
    "refresh_tokens": "hashes",
    "retention_rules": "kinds",
    "transcripts.engine": "",
    "transcripts.engine_version": "",
    "transcripts.key": "ids",
    "transcripts.language": "",
    "transcripts.model": "",
    "upload_blobs.content_type": "",
    "upload_blobs.media_facts": "numbers, codecs and the language",
    "upload_blobs.multipart_id": "the store's id",
    "upload_blobs.status": "",
    "validations.decision": "",
}
"""Columns, or whole tables, of codes, ids and counts, with the reason where the name of the column is none."""


def test_every_column_of_text_is_known() -> None:
    covered = {f"{each.class_.__tablename__}.{each.key}" for each in SEARCHED} | OWN | set(FOLLOWS)
    there = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, (String, JSON, JSONB, ARRAY))
    }
    nameless = {each for each in there if {each, each.partition(".")[0]} & set(NAMELESS)}
    assert covered | nameless == there
    assert covered & nameless == set()
    idle = {each for each in NAMELESS if not any(each in (name, name.partition(".")[0]) for name in there)}
    assert idle == set()


@pytest.mark.parametrize("kind", ["participant", "user"])
def test_the_name_goes_out_of_every_column_that_is_looked_through(world: ErasureWorld, kind: str) -> None:
    talk = world.talk(said=((MARK, "Nothing"),), prompt="p")
    world.rename(talk, MARK, "M")
    world.participant(talk.id, MARK)
    world.directory("Vera Stone", role_title="Engineer")
    anna = world.directory(ANNA) if kind == "participant" else world.user(ANNA, "a@example.com")
    plain = [each for each in SEARCHED if not isinstance(each.type, JSONB) and each.key != "response"]
    with world.database.transaction() as session:
        for table in {each.class_.__tablename__ for each in plain}:
            said = {
                each.key: f"Assistant to {ANNA}, {each.key}" for each in plain if each.class_.__tablename__ == table
            }
            whole = ", utterance_number = 1" if table == "speaker_names" else ""
            assigned = ", ".join(f"{key} = %s" for key in said)
            session.connection().exec_driver_sql(f"update {table} set {assigned}{whole}", tuple(said.values()))
    assert world.preview(kind, anna).counts["meetings_to_look_through"] == 1
    world.erased(kind, anna)
    left = world.everything()
    assert [line[:200] for line in left.splitlines() if "petrov" in line.casefold()] == []
    assert [each.key for each in plain if each.key != "filename" and f", {each.key}" not in left] == []


@pytest.mark.parametrize("table", ["meeting_participants.role_title", "transcripts.label"])
def test_a_meeting_that_names_them_in_one_column_only_is_found(world: ErasureWorld, table: str) -> None:
    talk = world.talk(said=((MARK, "Nothing"),), prompt="p")
    world.participant(talk.id, MARK)
    anna = world.directory(ANNA)
    name, _, column = table.partition(".")
    with world.database.transaction() as session:
        session.connection().exec_driver_sql(f"update {name} set {column} = %s", (f"For {ANNA}",))
    world.erased("participant", anna)
    assert "Person" in world.one(f"select {column} from {name}")
