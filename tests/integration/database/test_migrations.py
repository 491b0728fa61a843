"""Migrations: there and back, one at a time, and never further than the models say."""

import json
import shutil
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from aam.foundation.clock import new_id
from aam.migrations import service
from aam.migrations.models import metadata
from aam.migrations.service import ADVISORY_LOCK, DatabaseBusy, MigrationRefused, MigrationRequest, migrate
from aam.pipeline.models import ProcessingRun
from tests.support.postgres import Database, admin_engine
from tests.support.results import results_of
from tests.support.rows import make_scene

HEAD = max(path.name[:4] for path in service.SCRIPTS.glob("versions/[0-9]*.py"))

MADE_LATER = {
    "erasures",
    "erasure_traces",
    "access_log",
    "cost_entries",
    "speaker_names",
    "cleanup_runs",
    "legal_holds",
    "maintenance_log",
    "meeting_tombstones",
    "retention_rules",
    "store_identity",
}
"""Tables of revisions after the first."""


@pytest.fixture
def empty(postgres_port: int) -> Iterator[Engine]:
    """A database in which nothing was ever migrated."""
    name = f"e{uuid.uuid4().hex[:16]}"
    autocommit = admin_engine(postgres_port, "postgres").execution_options(isolation_level="AUTOCOMMIT")
    with autocommit.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield admin_engine(postgres_port, name)
    with autocommit.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


def tables(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text("select tablename from pg_tables where schemaname = 'public'")))


def test_up_down_to_nothing_and_up_again(empty: Engine) -> None:
    up = MigrationRequest(command="up")
    assert migrate(MigrationRequest(command="current"), engine=empty).revision is None
    assert migrate(up, engine=empty).revision == HEAD
    assert tables(empty) == {*metadata.tables, "alembic_version"}
    assert migrate(MigrationRequest(command="down", revision="base"), engine=empty).revision is None
    assert tables(empty) == {"alembic_version"}
    assert migrate(up, engine=empty).revision == HEAD
    assert migrate(up, engine=empty).revision == HEAD
    below = migrate(MigrationRequest(command="down"), engine=empty).revision
    assert below == f"{int(HEAD) - 1:04d}"


def test_minutes_of_before_become_quoted_and_can_go_back(database: Database) -> None:
    """What was called verified had its quotes checked, and its meaning confirmed by no one."""

    def item(name: str, **outcome: object) -> dict[str, object]:
        return {"id": name, "text": name, "quotes": [], **outcome}

    before = {
        "language": "en",
        "sections": [
            {
                "kind": "decisions",
                "items": [item("b", verified=True), item("a", verified=True)],
                "unverified": [item("c", verified=False)],
            },
            {"kind": "risks", "items": [], "unverified": []},
        ],
    }
    scene, run_id = make_scene(database), new_id()
    of_meeting = {"organization_id": scene.organization_id, "meeting_id": scene.meeting_id}
    with database.transaction() as session:
        session.add(
            ProcessingRun(
                id=run_id,
                **of_meeting,
                upload_id=scene.upload_id,
                attempt=1,
                trigger="upload",
                execution_name=str(run_id),
                correlation_id="c",
            )
        )
        for row in results_of(run_id, transcript_id=new_id(), of_meeting=of_meeting):
            session.flush()
            session.add(row)
    migrate(MigrationRequest(command="down", revision="0009"), engine=database.admin)
    with database.admin.begin() as connection:
        connection.execute(
            text("update artifacts set verified_items = 2, unverified_items = 1, document = cast(:d as jsonb)"),
            {"d": json.dumps(before)},
        )
    migrate(MigrationRequest(command="up"), engine=database.admin)
    counted = "select supported_count, quoted_count, unsupported_count, document from artifacts"
    ((*counts, after),) = database.rows(counted)
    assert counts == [0, 2, 1]
    decisions, risks = after["sections"]
    assert [(found["id"], found["support"]) for found in decisions["items"]] == [("b", "quoted"), ("a", "quoted")]
    assert decisions["unsupported"] == [item("c", support="unsupported")]
    assert risks == {"kind": "risks", "items": [], "unsupported": []}
    migrate(MigrationRequest(command="down", revision="0009"), engine=database.admin)
    assert database.rows("select verified_items, unverified_items, document from artifacts") == [(2, 1, before)]
    migrate(MigrationRequest(command="up"), engine=database.admin)


def test_what_the_verbs_say(database: Database) -> None:
    assert HEAD in migrate(MigrationRequest(command="current"), engine=database.admin).output
    assert f"-> {HEAD} (head)" in migrate(MigrationRequest(command="history"), engine=database.admin).output
    assert f"{HEAD} (head)" in migrate(MigrationRequest(command="heads"), engine=database.admin).output


def test_stamping_runs_nothing(empty: Engine) -> None:
    assert migrate(MigrationRequest(command="stamp"), engine=empty).revision == HEAD
    assert tables(empty) == {"alembic_version"}


def test_the_models_and_the_migrations_agree(database: Database) -> None:
    """What `aam migrate new` would write is nothing."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.admin.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("command", ["up", "down", "stamp"])
def test_an_unknown_revision_is_refused_and_named(database: Database, command: str) -> None:
    request = MigrationRequest.model_validate({"command": command, "revision": "nowhere"})
    with pytest.raises(MigrationRefused, match=r"nowhere.*aam migrate history"):
        migrate(request, engine=database.admin)
    assert migrate(MigrationRequest(command="current"), engine=database.admin).revision == HEAD


def test_two_at_once_take_turns(empty: Engine) -> None:
    ready = threading.Barrier(2)

    def go(_number: int) -> str | None:
        ready.wait(timeout=10)
        return migrate(MigrationRequest(command="up"), engine=empty).revision

    with ThreadPoolExecutor(max_workers=2) as pool:
        assert list(pool.map(go, (1, 2), timeout=60)) == [HEAD, HEAD]


def test_a_second_one_gives_up_when_the_first_takes_long(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LOCK_TIMEOUT", "100ms")
    with database.admin.connect() as other:
        other.execute(text(f"select pg_advisory_lock({ADVISORY_LOCK})"))
        with pytest.raises(DatabaseBusy):
            migrate(MigrationRequest(command="up"), engine=database.admin)
    assert migrate(MigrationRequest(command="up"), engine=database.admin).revision == HEAD


def test_a_table_in_use_is_not_waited_for_and_no_revision_is_left_half_done(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LOCK_TIMEOUT", "100ms")
    with database.admin.begin() as other:
        other.execute(text("lock table prompt_scenarios in access share mode"))
        with pytest.raises(DatabaseBusy):
            migrate(MigrationRequest(command="down", revision="base"), engine=database.admin)
    assert tables(database.admin) == {*metadata.tables, "alembic_version"} - MADE_LATER
    assert migrate(MigrationRequest(command="current"), engine=database.admin).revision == "0001"


def test_a_statement_that_takes_too_long_is_ended(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "STATEMENT_TIMEOUT", "100ms")

    def slow(connection: object) -> None:
        connection.execute(text("select pg_sleep(10)"))  # type: ignore[attr-defined]

    with pytest.raises(DatabaseBusy):
        migrate(MigrationRequest(command="up"), engine=database.admin, finish=slow)


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of our scripts that may be written to; the folder of its revisions."""
    folder = tmp_path / "migrations"
    shutil.copytree(service.SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(service, "SCRIPTS", folder)
    return folder / "versions"


def test_a_new_revision_holds_what_the_database_lacks(database: Database, scripts: Path) -> None:
    with database.admin.begin() as connection:
        connection.execute(text("drop index ix_artifacts_transcript_id"))
    migrate(MigrationRequest(command="new", message="index again"), engine=database.admin)
    made = scripts / f"{int(HEAD) + 1:04d}_index_again.py"
    written = made.read_text()
    assert f"down_revision = '{HEAD}'" in written
    assert "create_index('ix_artifacts_transcript_id'" in written
    assert "drop_" not in written.partition("def downgrade")[0]
    assert migrate(MigrationRequest(command="up"), engine=database.admin).revision == made.name[:4]
    assert database.rows("select 1 from pg_indexes where indexname = 'ix_artifacts_transcript_id'")


def test_branches_are_joined(database: Database, scripts: Path) -> None:
    for name in ("left", "right"):
        (scripts / f"{name}.py").write_text(
            f"revision = '{name}'\ndown_revision = '{HEAD}'\ndef upgrade(): pass\ndef downgrade(): pass\n"
        )
    with pytest.raises(MigrationRefused, match="heads"):
        migrate(MigrationRequest(command="up"), engine=database.admin)
    migrate(MigrationRequest(command="merge", message="both"), engine=database.admin)
    joined = f"{int(HEAD) + 3:04d}"
    assert (scripts / f"{joined}_both.py").exists()
    assert migrate(MigrationRequest(command="up"), engine=database.admin).revision == joined


def test_our_own_history_is_one_line_in_the_order_of_its_numbers() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(service.SCRIPTS))
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert found == [f"{number:04d}" for number in range(len(found), 0, -1)]
    assert len(found) == len(list(service.SCRIPTS.glob("versions/[0-9]*.py")))
