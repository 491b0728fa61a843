"""Random histories: whatever happens in whatever order, nothing that is referenced, on its way or held ever goes.

Cleanups are killed, and things happen in their midst: uploads begin and arrive, runs begin and end, holds are placed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from aam.foundation.clock import new_id
from aam.foundation.errors import AppError
from aam.pipeline.models import ProcessingRun
from aam.retention import holds
from aam.retention.errors import StoreNotAdopted, UnknownScope
from aam.retention.models import LegalHold, RetentionRule
from aam.retention.schemas import HoldRequest
from aam.uploads.models import UploadBlob
from tests.support.retention import Made, World

HISTORIES = int(os.environ.get("AAM_HISTORIES", "60"))
MODES = ("temp", "logs", "media", "media", "db", "cache", "jobs", "meetings", "full", "full", "aggressive")
ALIVE = ("queued", "running")
WIPED = ("legal_holds", "clients", "retention_rules", "cleanup_runs", "maintenance_log", "meeting_tombstones")
ASKED = {"dry_run": False, "no_backup": True, "allow": ["objects", "bytes", "meetings"]}


class Killed(BaseException):
    """No handler sees a kill."""


@dataclass
class History:
    """What the world should look like: whose objects nobody may take."""

    world: World
    chance: random.Random
    meetings: list[Made] = field(default_factory=list)
    held: set[UUID] = field(default_factory=set)
    alive: set[UUID] = field(default_factory=set)
    pending: set[str] = field(default_factory=set)
    audio_ends: bool = False
    doomed: set[UUID] = field(default_factory=set)

    # ------------------------------------------------------------------ what may happen

    def make(self) -> None:
        """A meeting in one of its states."""
        status = self.chance.choice(["succeeded", "succeeded", "running", "failed"])
        client = self.chance.choice(
            [None, *(each.client_id for each in self.meetings[-2:] if each.id not in self.doomed)]
        )
        if client and not self.world.rows(f"select 1 from clients where id = '{client}'"):
            client = None
        made = self.world.meeting(client, status=status, at=self.world.ago(days=self.chance.choice([0, 2, 40, 40])))
        self.meetings.append(made)
        if status == "running":
            self.alive.add(made.id)

    def begin_upload(self) -> None:
        """An upload begins; its object may arrive long before anybody hears of it."""
        if made := self.some():
            key = f"meetings/{made.id}/{new_id()}.mp3"
            self.world.insert(
                UploadBlob(
                    id=new_id(),
                    organization_id=self.world.organization_id,
                    meeting_id=made.id,
                    key=key,
                    filename="a.mp3",
                    content_type="audio/mpeg",
                    size_bytes=10,
                    created_at=self.world.now,
                )
            )
            self.world.put(key, at=self.world.ago(hours=self.chance.choice([0, 30])))
            self.pending.add(key)

    def begin_run(self) -> None:
        """A run begins anew."""
        made = self.some()
        if made and made.id not in self.alive:
            self.world.insert(
                ProcessingRun(
                    id=(run := new_id()),
                    organization_id=self.world.organization_id,
                    meeting_id=made.id,
                    upload_id=made.upload_id,
                    attempt=self.chance.randrange(2, 10**6),
                    trigger="retry",
                    status="running",
                    execution_name=str(run),
                    correlation_id="c",
                    created_at=self.world.now,
                )
            )
            self.world.put(f"derived/{made.id}/{run}/context.json", at=self.world.ago(hours=30))
            self.alive.add(made.id)

    def end_run(self) -> None:
        """A run ends."""
        if self.alive:
            meeting = self.chance.choice(sorted(self.alive))
            with self.world.database.transaction() as session:
                session.execute(
                    text(
                        "update processing_runs set status = 'failed', finished_at = :now"
                        " where meeting_id = :id and status in ('queued', 'running')"
                    ),
                    {"id": meeting, "now": self.world.now},
                )
            self.alive.discard(meeting)

    def litter(self) -> None:
        """Things that nobody wants."""
        hours = self.chance.choice([1, 30, 2000])
        for prefix in ("temp/", "logs/", "meetings/", f"derived/{new_id()}/"):
            self.world.put(f"{prefix}{new_id()}", at=self.world.ago(hours=hours))
        self.world.token(expires_at=self.world.ago(hours=hours))
        self.world.table.items[str(new_id())] = int(self.world.now.timestamp()) - 1

    def hold(self) -> None:
        """A hold is placed, unless what it should stand on is locked or going at that moment."""
        if made := self.some():
            by_client = self.chance.random() < 0.5
            subject = {"client_id": made.client_id} if by_client else {"meeting_id": made.id}
            try:
                with self.world.database.transaction() as session:
                    session.execute(text("set local lock_timeout = '20ms'"))
                    holds.hold(session, HoldRequest(action="hold", reason="r", **subject))
            except (AppError, DBAPIError):
                return
            self.held |= {
                each.id for each in self.meetings if (each.client_id if by_client else each.id) in subject.values()
            }

    def release(self) -> None:
        """All holds end."""
        with self.world.database.transaction() as session:
            session.query(LegalHold).delete()
        self.held.clear()

    def keep_audio_for_a_month(self) -> None:
        """Recordings get an age."""
        if not self.audio_ends:
            self.audio_ends = True
            self.world.insert(
                RetentionRule(id=new_id(), organization_id=self.world.organization_id, data_class="audio", days=30)
            )

    def wait(self) -> None:
        """Time passes."""
        self.world.now += timedelta(hours=self.chance.choice([1, 25, 24 * 8]))

    def clean(self) -> None:
        """A cleanup, which may be killed or have something happen in its midst."""
        asked: dict[str, object] = {}
        made = self.some() if self.chance.random() < 0.5 else None
        mode = self.chance.choice(MODES)
        if made and mode not in ("logs", "cache"):
            scope = self.chance.choice(["client", "meeting"])
            asked = {"scope": scope, "scope_id": str(made.client_id if scope == "client" else made.id)}
        if mode == "meetings":
            self.doomed |= {
                each.id
                for each in self.meetings
                if not asked or str(each.client_id if asked["scope"] == "client" else each.id) == asked["scope_id"]
            }
        calls = self.chance.randrange(1, 4)
        point = self.chance.choice(["put_object", "put_object", "delete_objects", "list_object_versions"])
        midst = self.chance.choice([None, self.kill, self.hold, self.begin_upload, self.begin_run, self.make])

        def before(operation: str) -> None:
            nonlocal calls
            calls -= operation == point
            if calls == 0 and midst is not None:
                self.world.store.before = lambda _operation: None
                midst()

        self.world.store.before = before
        try:
            self.world.clean(mode, **(ASKED | asked))
        except Killed:
            self.world.now += timedelta(minutes=5)
        except (UnknownScope, StoreNotAdopted):
            pass
        finally:
            self.world.store.before = lambda _operation: None

    def kill(self) -> None:
        """The process dies."""
        raise Killed

    # ------------------------------------------------------------------ what must hold

    def some(self) -> Made | None:
        """A meeting that is still there."""
        there = {row[0] for row in self.world.rows("select id from meetings")}
        left = [each for each in self.meetings if each.id in there]
        return self.chance.choice(left) if left else None

    def protected(self) -> set[str]:
        """The keys that are there now and that nobody may take."""
        wanted = set()
        there = self.world.found()
        for made in self.meetings:
            of_meeting = {key for key in there if str(made.id) in key and not key.startswith("temp/")}
            if made.id in self.held:
                wanted |= of_meeting
            elif made.id not in self.doomed:
                wanted |= of_meeting & self.pending
                if made.id in self.alive or not self.audio_ends:
                    wanted |= of_meeting & {made.key}
                wanted |= {key for key in of_meeting if key.endswith(("transcript.json", "artifacts.json"))}
                if made.id in self.alive:
                    wanted |= {key for key in of_meeting if self.is_of_living_run(key)}
        return wanted

    def is_of_living_run(self, key: str) -> bool:
        """Whether a run that lives has written this."""
        run = key.split("/")[2] if key.startswith("derived/") else None
        return bool(run and self.world.rows(f"select 1 from processing_runs where id = '{run}' and status = 'running'"))


def wipe(world: World) -> None:
    """Everything as it was at first."""
    with world.database.transaction() as session:
        for table in WIPED:
            session.execute(text(f"delete from {table}"))
    world.store.objects.clear()
    world.store.uploads.clear()
    world.table.items.clear()


def test_nothing_that_is_wanted_ever_goes(world: World) -> None:
    steps: dict[str, Callable[[History], None]] = {
        name: getattr(History, name)
        for name in (
            *("make", "begin_upload", "begin_run", "end_run", "litter", "hold", "release"),
            *("keep_audio_for_a_month", "wait", "clean"),
        )
    }
    names = st.sampled_from([*steps, "clean", "clean", "make"])

    @settings(
        max_examples=HISTORIES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(names, min_size=4, max_size=10), st.integers(0, 2**32))
    def histories(story: list[str], seed: int) -> None:
        wipe(world)
        history = History(world, random.Random(seed))
        history.make()
        if history.chance.random() < 0.5:
            history.keep_audio_for_a_month()
        for name in story:
            before = history.protected() if name == "clean" else set()
            steps[name](history)
            lost = (before & history.protected()) - world.found() if name != "clean" else before - world.found()
            assert not {key for key in lost if still_wanted(history, key)}, (story, seed, lost)
            assert_held_stay(history)
        for held in history.held:
            assert world.rows(f"select 1 from meetings where id = '{held}'"), (story, seed)
        if not world.rows("select 1 from cleanup_runs where state = 'running'"):
            rows = {str(row[0]) for row in world.rows("select key from upload_blobs where status = 'received'")}
            assert rows <= world.found(), (story, seed)

    histories()


def still_wanted(history: History, key: str) -> bool:
    """Whether nothing that happened in the midst has made the object free to go."""
    meeting = next(made for made in history.meetings if str(made.id) in key)
    return meeting.id in history.held or meeting.id not in history.doomed


def assert_held_stay(history: History) -> None:
    """What is held has its recording, unless that went before the hold was placed."""
    statuses = dict(
        history.world.rows("select meeting_id, status from upload_blobs where key not like '%-%-%-%-%-%-%-%-%'")
    )
    for made in history.meetings:
        if made.id in history.held and statuses.get(made.id) == "received":
            assert made.key in history.world.found()
