"""A small world for cleanups: real PostgreSQL, a bucket in memory, a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from aam.clients.models import Client
from aam.deletion.models import MeetingTombstone
from aam.deletion.schemas import HoldRequest
from aam.deletion.service import delete_meeting
from aam.foundation.clock import new_id
from aam.foundation.storage import ObjectStore
from aam.foundation.tables import Base
from aam.identity.models import Organization, RefreshToken, User
from aam.meetings.models import Meeting
from aam.migrations.models import metadata
from aam.pipeline.models import ProcessingError, ProcessingRun
from aam.retention import expiry_tags
from aam.retention.dependencies import CleanupDeps
from aam.retention.plan import Line, read_lines
from aam.retention.policy import Policy, load_policy
from aam.retention.schemas import CleanupReport, CleanupRequest, KeepRequest
from aam.retention.service import clean_up
from aam.store.bucket import Bucket
from aam.store.layout import PLANS
from aam.uploads.models import UploadBlob
from tests.support.memory_s3 import MemoryClient
from tests.support.memory_sqs import MemorySqs
from tests.support.memory_table import MemoryTable
from tests.support.postgres import Database
from tests.support.results import results_of

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
BOOKKEEPING = {"cleanup_runs", "maintenance_log", "meeting_tombstones", "store_identity"}
"""Tables in which cleanups keep their own books."""


@dataclass(frozen=True)
class Made:
    """The ids of a meeting and of what belongs to it."""

    id: UUID
    client_id: UUID
    upload_id: UUID
    run_id: UUID
    key: str


@dataclass
class World:
    """Everything that a cleanup can see."""

    database: Database
    folder: Path
    now: datetime = NOW
    policy: Policy = field(default_factory=load_policy)
    store: MemoryClient = field(init=False)
    backups: MemoryClient = field(default_factory=MemoryClient)
    table: MemoryTable = field(default_factory=MemoryTable)
    sqs: MemorySqs = field(default_factory=MemorySqs)
    stopped: list[str] = field(default_factory=list)
    folders: int = 0
    organization_id: UUID = field(default_factory=new_id)
    user_id: UUID = field(default_factory=new_id)
    written_at: datetime | None = None

    def __post_init__(self) -> None:
        """Make an organization with a user."""
        self.store = MemoryClient(clock=lambda: self.written_at or self.now)
        self.insert(
            Organization(id=self.organization_id, name="O"),
            User(
                id=self.user_id,
                organization_id=self.organization_id,
                email=f"{self.user_id}@example.com",
                full_name="U",
                password_hash="x",
            ),
        )

    @property
    def bucket(self) -> Bucket:
        """Return the bucket."""
        return Bucket(ObjectStore(self.store, "aam-media-test"))  # type: ignore[arg-type]

    @property
    def deps(self) -> CleanupDeps:
        """Return the dependencies of the use cases."""
        return CleanupDeps(
            bucket=self.bucket,
            backups=ObjectStore(self.backups, "b"),  # type: ignore[arg-type]
            open_transaction=self.database.transaction,
            open_statements=self.statements,
            table=self.table,  # type: ignore[arg-type]
            queues=self.sqs.queues(),
            policy=self.policy,
            clock=lambda: self.now,
            stop_execution=self.stopped.append,
            folder=self.new_folder,
        )

    @contextmanager
    def statements(self) -> Iterator[Session]:
        """Yield what `aam.foundation.database.single_statements` is in production."""
        with Session(self.database.engine.execution_options(isolation_level="AUTOCOMMIT")) as session:
            yield session

    def new_folder(self) -> Path:
        """Return an empty folder."""
        self.folders += 1
        made = self.folder / str(self.folders)
        made.mkdir()
        return made

    # ------------------------------------------------------------------ making things

    def ago(self, **since: float) -> datetime:
        """Return a moment before now."""
        return self.now - timedelta(**since)

    def insert(self, *rows: Base) -> None:
        """Insert rows in this order."""
        with self.database.transaction() as session:
            for row in rows:
                session.add(row)
                session.flush()

    def put(self, key: str, *, size: int = 10, at: datetime | None = None) -> str:
        """Write an object as if it were then."""
        self.written_at = at
        self.store.put_object(Bucket="b", Key=key, Body=b"x" * size)
        self.written_at = None
        return key

    def client(self, **more: Any) -> UUID:
        """Return a client."""
        client_id = new_id()
        self.insert(Client(id=client_id, **{"name": "C", "organization_id": self.organization_id, **more}))
        return client_id

    def meeting(
        self,
        client_id: UUID | None = None,
        *,
        at: datetime | None = None,
        status: str = "succeeded",
        upload_status: str = "received",
        content_type: str = "audio/mpeg",
        objects: bool = True,
        **more: Any,
    ) -> Made:
        """Return a meeting with an upload, its run, transcript and artifacts, and their objects."""
        client_id = client_id or self.client()
        at = at or self.ago(days=1)
        meeting_id, upload_id, run_id, transcript_id = (new_id() for _ in range(4))
        made = Made(meeting_id, client_id, upload_id, run_id, f"meetings/{meeting_id}/20261101T000000Z_a.mp3")
        ours: dict[str, Any] = {"organization_id": self.organization_id, "created_at": at}
        of_meeting = ours | {"meeting_id": meeting_id}
        over = {"finished_at": at} if status not in ("queued", "running") else {}
        rows: list[Base] = [
            Meeting(
                id=meeting_id, **ours, owner_id=self.user_id, client_id=client_id, title="T", language="en", **more
            ),
            UploadBlob(
                id=upload_id,
                **of_meeting,
                key=made.key,
                filename="a.mp3",
                content_type=content_type,
                size_bytes=10,
                status=upload_status,
                received_at=at if upload_status == "received" else None,
            ),
            ProcessingRun(
                id=run_id,
                **of_meeting,
                **over,
                upload_id=upload_id,
                attempt=1,
                trigger="upload",
                status=status,
                execution_name=str(run_id),
                execution_arn=f"arn:{run_id}",
                correlation_id="c",
            ),
        ]
        if status == "succeeded":
            rows += results_of(run_id, transcript_id=transcript_id, of_meeting=of_meeting)
        self.insert(*rows)
        if objects:
            self.put(made.key, size=1_000, at=at)
            names = ("context.json", "prepared.json", "audio.ogg", "deepgram.json", "transcript.json", "artifacts.json")
            for name in names if status == "succeeded" else names[:3]:
                self.put(f"derived/{meeting_id}/{run_id}/{name}", size=100, at=at)
        return made

    def run(self, made: Made, *, attempt: int, status: str, at: datetime, run_id: UUID | None = None) -> UUID:
        """Return a further run of a meeting."""
        run_id = run_id or new_id()
        self.insert(
            ProcessingRun(
                id=run_id,
                organization_id=self.organization_id,
                meeting_id=made.id,
                upload_id=made.upload_id,
                attempt=attempt,
                trigger="retry",
                status=status,
                created_at=at,
                finished_at=None if status in ("queued", "running") else at,
                execution_name=str(run_id),
                correlation_id="c",
            )
        )
        return run_id

    def token(self, *, expires_at: datetime) -> UUID:
        """Return a refresh token."""
        token_id = new_id()
        self.insert(
            RefreshToken(
                id=token_id,
                organization_id=self.organization_id,
                user_id=self.user_id,
                family_id=new_id(),
                token_hash=str(token_id),
                expires_at=expires_at,
            )
        )
        return token_id

    def error(self, made: Made, *, at: datetime, is_read: bool) -> UUID:
        """Return an error of a meeting."""
        error_id = new_id()
        self.insert(
            ProcessingError(
                id=error_id,
                organization_id=self.organization_id,
                meeting_id=made.id,
                run_id=made.run_id,
                stage="probe",
                code="c",
                message="m",
                occurred_at=at,
                is_read=is_read,
            )
        )
        return error_id

    def insert_tombstone(self, made: Made) -> None:
        """Mark a meeting as going."""
        self.insert(MeetingTombstone(meeting_id=made.id, organization_id=self.organization_id, marked_at=self.now))

    def insert_multipart(self, made: Made, multipart_id: str, *, key: str | None = None) -> None:
        """Insert a pending upload in parts."""
        self.insert(
            UploadBlob(
                id=new_id(),
                organization_id=self.organization_id,
                meeting_id=made.id,
                key=key or f"meetings/{made.id}/part.mp3",
                filename="part.mp3",
                content_type="audio/mpeg",
                size_bytes=10,
                multipart_id=multipart_id,
            )
        )

    def place_hold(self, **subject: UUID) -> None:
        """Place a legal hold."""
        expiry_tags.hold(HoldRequest(action="hold", reason="Case 12", **subject), deps=self.deps)

    def keep(self, data_class: str, days: int | None, **of: Any) -> None:
        """Set an age of the organization's."""
        asked = {"organization_id": self.organization_id, "data_class": data_class, "days": days, **of}
        expiry_tags.keep(KeepRequest.model_validate({"action": "keep", **asked}), deps=self.deps)

    def delete_one(self, meeting_id: UUID) -> int:
        """Delete one meeting, as its owner does."""
        deps = self.deps
        return delete_meeting(
            meeting_id,
            bucket=deps.bucket,
            open_transaction=deps.open_transaction,
            revoke=lambda _run_id: None,
            stop_execution=deps.stop_execution,
            now=self.now,
        )

    # ------------------------------------------------------------------ cleaning and looking

    def clean(self, mode: str, *, has_time: Callable[[], bool] = lambda: True, **more: Any) -> CleanupReport:
        """Run a cleanup."""
        request = CleanupRequest.model_validate({"mode": mode, **more})
        return clean_up(request, deps=self.deps, has_time=has_time)

    def plan(self, mode: str, **more: Any) -> tuple[CleanupReport, list[Line]]:
        """Return a dry run, and the lines of its plan."""
        report = self.clean(mode, **more)
        assert report.plan is not None
        file = self.new_folder() / "plan"
        self.bucket.get_file(f"{PLANS}{report.plan.hash}.jsonl", file)
        return report, list(read_lines(file))

    def found(self) -> set[str]:
        """Return every key, but those of cleanups themselves."""
        return {key for key in self.store.objects if not key.startswith(("cleanup/", "system/"))}

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Return the rows of a statement, on a connection that is open already."""
        with self.database.transaction() as session:
            return [tuple(row) for row in session.execute(text(statement))]

    def ids(self) -> set[tuple[str, str]]:
        """Return every row with an id: table and id."""
        names = sorted(
            name for name, table in metadata.tables.items() if name not in BOOKKEEPING and "id" in table.columns
        )
        every = " union all ".join(f"select '{name}', id::text from {name}" for name in names)
        return {(str(row[0]), str(row[1])) for row in self.rows(every)}

    def orphans(self) -> set[str]:
        """Return objects without a row, and rows without an object."""
        rows = {str(row[0]) for row in self.rows("select key from upload_blobs where status = 'received'")}
        rows |= {str(row[0]) for row in self.rows("select key from transcripts")}
        runs = {f"derived/{meeting}/{run}/" for meeting, run in self.rows("select meeting_id, id from processing_runs")}
        lost = rows - self.found()
        stray = {key for key in self.found() if key.startswith("meetings/")} - {
            str(row[0]) for row in self.rows("select key from upload_blobs where status <> 'aborted'")
        }
        derived = {
            key for key in self.found() if key.startswith("derived/") and f"{'/'.join(key.split('/')[:3])}/" not in runs
        }
        return lost | stray | derived
