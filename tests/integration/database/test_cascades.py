"""What goes when a client goes, and what stays whatever is cleaned."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from aam.artifacts.models import Validation
from aam.audit.models import AccessEntry
from aam.costs.models import CostEntry
from aam.deletion.models import LegalHold, MeetingTombstone
from aam.erasure.models import Erasure, ErasureTrace
from aam.foundation.clock import new_id
from aam.foundation.database import sql_state, violates
from aam.foundation.tables import Base
from aam.identity.models import RefreshToken
from aam.meetings.models import DirectoryParticipant, MeetingParticipant, MeetingType, MeetingViewer, PromptScenario
from aam.migrations.models import metadata
from aam.pipeline.models import ProcessingError, ProcessingRun
from aam.retention.models import CleanupRun, RetentionRule
from aam.store.models import MaintenanceEntry
from aam.transcription.models import SpeakerNameRow
from tests.support.postgres import Database
from tests.support.results import results_of
from tests.support.rows import Scene, make_scene

ONE_ALIVE = "uq_processing_runs_alive_per_meeting"
OF_NOBODY = {"cleanup_runs", "maintenance_log", "store_identity"}
"""What the system keeps about itself."""

KEPT = OF_NOBODY | {
    "organizations",
    "users",
    "refresh_tokens",
    "meeting_types",
    "prompt_scenarios",
    "directory_participants",
    "meeting_tombstones",
    "cost_entries",
    "erasures",
    "erasure_traces",
}
"""Tables that outlive every client and meeting; a tombstone is what is left of one."""


def fill(database: Database) -> Scene:
    """A row in every table, all of one client's one meeting."""
    scene = make_scene(database)
    run, transcript, artifacts, directory, erasure = (new_id() for _ in range(5))
    ours: dict[str, Any] = {"organization_id": scene.organization_id}
    of_meeting = ours | {"meeting_id": scene.meeting_id}
    rows: list[Base] = [
        RefreshToken(
            **ours,
            user_id=scene.user_id,
            family_id=new_id(),
            token_hash="h",
            expires_at=datetime(2027, 1, 1, tzinfo=UTC),
        ),
        MeetingType(**ours, key="k", name="n", scenario_key="s"),
        PromptScenario(**ours, key="k", name="n", version="1"),
        DirectoryParticipant(id=directory, **ours, full_name="N"),
        MeetingParticipant(**of_meeting, directory_participant_id=directory, full_name="N"),
        MeetingViewer(**of_meeting, user_id=scene.user_id),
        AccessEntry(
            **of_meeting,
            user_id=scene.user_id,
            what="transcript",
            day=date(2026, 11, 1),
            first_at=datetime(2026, 11, 1, tzinfo=UTC),
            last_at=datetime(2026, 11, 1, tzinfo=UTC),
        ),
        ProcessingRun(
            id=run,
            **of_meeting,
            upload_id=scene.upload_id,
            attempt=1,
            trigger="upload",
            execution_name=str(run),
            correlation_id="c",
        ),
        ProcessingError(**of_meeting, run_id=run, stage="probe", code="c", message="m"),
        *results_of(run, transcript_id=transcript, artifacts_id=artifacts, of_meeting=of_meeting),
        SpeakerNameRow(**ours, transcript_id=transcript, label="A", name="B"),
        CostEntry(
            **of_meeting,
            client_id=scene.client_id,
            user_id=scene.user_id,
            run_id=run,
            vendor="openai",
            model="m",
            kind="actual",
            amount_usd=Decimal("0.01"),
            month=date(2026, 11, 1),
            at=datetime(2026, 11, 21, tzinfo=UTC),
        ),
        Validation(**of_meeting, artifacts_id=artifacts, user_id=scene.user_id, decision="accepted"),
        RetentionRule(**ours, client_id=scene.client_id, data_class="audio", days=1),
        MeetingTombstone(**of_meeting, marked_at=datetime(2027, 1, 1, tzinfo=UTC)),
        CleanupRun(
            mode="temp", scope="all", trigger="event", plan_hash="h", lease_until=datetime(2027, 1, 1, tzinfo=UTC)
        ),
        MaintenanceEntry(level="INFO", operation="o", result="r"),
        Erasure(
            id=erasure,
            **ours,
            subject_kind="client",
            subject_id=scene.client_id,
            trigger="person",
            lease_until=datetime(2027, 1, 1, tzinfo=UTC),
        ),
        ErasureTrace(**ours, erasure_id=erasure, kind="meeting", traced_id=scene.meeting_id),
    ]
    with database.transaction() as session:
        for row in rows:
            session.add(row)
            session.flush()
    return scene


def filled_tables(database: Database) -> set[str]:
    return {name for name in metadata.tables if database.rows(f"select 1 from {name} limit 1")}


def refusal(database: Database, statement: str) -> str | None:
    """The SQLSTATE with which a statement is refused; pg8000 has a class of its own for unique violations only."""
    with pytest.raises(DBAPIError) as caught, database.transaction() as session:
        session.execute(text(statement))
    return sql_state(caught.value)


def hold(database: Database, scene: Scene, **subject: Any) -> None:
    with database.transaction() as session:
        session.add(LegalHold(organization_id=scene.organization_id, reason="r", **subject))


def test_every_table_can_be_filled(database: Database) -> None:
    scene = fill(database)
    hold(database, scene, meeting_id=scene.meeting_id)
    assert filled_tables(database) == set(metadata.tables)


def test_deleting_all_clients_leaves_users_and_catalogues(database: Database) -> None:
    fill(database)
    with database.transaction() as session:
        session.execute(text("delete from clients"))
    assert filled_tables(database) == KEPT


def test_deleting_a_meeting_leaves_its_client(database: Database) -> None:
    fill(database)
    with database.transaction() as session:
        session.execute(text("delete from meetings"))
    assert filled_tables(database) == KEPT | {"clients", "retention_rules"}


@pytest.mark.parametrize("statement", ["delete from meetings", "delete from clients", "delete from organizations"])
def test_nothing_takes_along_what_is_held(database: Database, statement: str) -> None:
    scene = fill(database)
    hold(database, scene, meeting_id=scene.meeting_id)
    assert refusal(database, statement) == "23001"


def test_a_held_client_stays_when_its_meetings_go(database: Database) -> None:
    scene = fill(database)
    hold(database, scene, client_id=scene.client_id)
    assert refusal(database, "delete from clients") == "23001"


def test_money_stays_spent_when_meeting_client_and_user_are_gone(database: Database) -> None:
    fill(database)
    with database.transaction() as session:
        session.execute(text("delete from clients"))
        session.execute(text("delete from users"))
    assert database.rows("select amount_usd, client_id, user_id, meeting_id, run_id from cost_entries") == [
        (Decimal("0.010000"), None, None, None, None)
    ]


def test_a_participant_keeps_name_and_role_when_the_directory_forgets_them(database: Database) -> None:
    fill(database)
    with database.transaction() as session:
        session.execute(text("delete from directory_participants"))
    assert database.rows("select full_name, directory_participant_id from meeting_participants") == [("N", None)]


def test_a_meeting_type_in_use_cannot_go(database: Database) -> None:
    fill(database)
    with database.transaction() as session:
        session.execute(text("update meetings set meeting_type_id = (select id from meeting_types)"))
    assert refusal(database, "delete from meeting_types") == "23503"


def test_every_row_belongs_to_an_organization(database: Database) -> None:
    missing = [name for name, table in metadata.tables.items() if "organization_id" not in table.columns]
    assert set(missing) == {"organizations"} | OF_NOBODY
    nullable = database.rows(
        "select table_name from information_schema.columns "
        "where table_schema = 'public' and column_name = 'organization_id' and is_nullable = 'YES'"
    )
    assert nullable == []


@pytest.mark.parametrize(
    "statement",
    [
        "update meetings set status = 'done'",
        "update processing_runs set status = 'paused'",
        "update processing_runs set stage = 'lunch'",
        "update processing_runs set trigger = 'whim'",
        "update processing_runs set attempt = 0",
        "update upload_blobs set status = 'lost'",
        "update upload_blobs set size_bytes = -1",
        "update validations set decision = 'perhaps'",
        "update transcripts set version = 0",
        "update artifacts set version = 0",
        "update utterances set number = 0",
        "update utterances set start_ms = 2, end_ms = 1",
        "update meetings set title = ''",
        "update clients set name = ''",
        "update users set email = 'nobody'",
        "update meetings set consent_basis = 'contract'",
        "update retention_rules set days = -1",
        "update retention_rules set data_class = 'smell'",
        "update cleanup_runs set state = 'perhaps'",
        "update maintenance_log set level = 'LOUD'",
        "insert into legal_holds (id, organization_id, reason) select gen_random_uuid(), id, 'r' from organizations",
        "update cost_entries set kind = 'guess'",
        "update cost_entries set vendor = 'nobody'",
        "update cost_entries set amount_usd = -0.01",
        "update cost_entries set month = '2026-11-02'",
        "update organizations set monthly_budget_usd = -1",
        "update processing_runs set waiting_reason = 'whim', status = 'queued'",
        "update processing_runs set waiting_reason = 'budget_exceeded', status = 'running'",
    ],
)
def test_the_database_refuses_what_makes_no_sense(database: Database, statement: str) -> None:
    fill(database)
    assert refusal(database, statement) == "23514"


def test_two_runs_of_a_meeting_cannot_live_at_once(database: Database) -> None:
    """Two workers at the same moment: the partial unique index lets one through."""
    scene = make_scene(database)
    ready = threading.Barrier(2)
    outcomes: list[str] = []

    def begin(attempt: int) -> None:
        run = new_id()
        row = ProcessingRun(
            id=run,
            organization_id=scene.organization_id,
            meeting_id=scene.meeting_id,
            upload_id=scene.upload_id,
            attempt=attempt,
            trigger="upload",
            execution_name=str(run),
            correlation_id="c",
        )
        try:
            with database.transaction() as session:
                ready.wait(timeout=10)
                session.add(row)
        except IntegrityError as error:
            outcomes.append("refused" if violates(error, ONE_ALIVE) else str(error))
        else:
            outcomes.append("begun")

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(begin, (1, 2), timeout=30))
    assert sorted(outcomes) == ["begun", "refused"]
    assert database.rows("select count(*) from processing_runs") == [(1,)]


def test_a_run_that_is_over_makes_room_for_the_next(database: Database) -> None:
    fill(database)
    for status in ("succeeded", "failed", "cancelled"):
        with database.transaction() as session:
            session.execute(text(f"update processing_runs set status = '{status}'"))
            session.execute(
                text(
                    "insert into processing_runs (id, organization_id, meeting_id, upload_id, attempt, trigger, "
                    "status, stage, execution_name, correlation_id) select gen_random_uuid(), organization_id, "
                    "meeting_id, upload_id, (select max(attempt) + 1 from processing_runs), 'retry', 'queued', "
                    "'queued', gen_random_uuid()::text, 'c' from processing_runs limit 1"
                )
            )
    assert database.rows("select count(*) from processing_runs where status = 'queued'") == [(1,)]
