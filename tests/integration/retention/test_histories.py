"""Random histories: whatever happens in whatever order, nothing that is referenced, on its way or held ever goes.

Cleanups are killed, and things happen in their midst: uploads begin and arrive, runs begin and end, holds are placed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from aam.deletion import legal_holds
from aam.deletion.errors import UnknownScope
from aam.deletion.models import LegalHold
from aam.deletion.schemas import HoldRequest
from aam.foundation.clock import new_id
from aam.foundation.errors import AppError
from aam.retention.models import RetentionRule
from aam.store.errors import StoreNotAdopted
from aam.uploads.models import UploadBlob
from tests.support.retention import Made, World

HISTORIES = int(os.environ.get("AAM_HISTORIES", "60"))
MODES = ("temp", "logs", "media", "media", "db", "cache", "jobs", "locks", "meetings", "full", "full", "aggressive")
AUDIO_DAYS = 30
PAGE = 7
"""How many keys a listing's page has, so that things happen between two."""

WIPED = ("legal_holds", "clients", "retention_rules", "cleanup_runs", "maintenance_log", "meeting_tombstones")
ASKED = {"dry_run": False, "no_backup": True, "allow": ["objects", "bytes", "meetings"]}


class Killed(BaseException):
    """No handler sees a kill."""


@dataclass(frozen=True)
class Put:
    """An object that was put there for a meeting; ``run`` is the one that wrote it, ``at`` when it was received."""

    made: Made
    kind: Literal["recording", "pending", "derived", "result"]
    run: UUID | None = None
    at: datetime | None = None


@dataclass
class History:
    """What the world should look like: every object that was put there, and whose objects nobody may take."""

    world: World
    chance: random.Random
    meetings: list[Made] = field(default_factory=list)
    keys: dict[str, Put] = field(default_factory=dict)
    held: set[UUID] = field(default_factory=set)
    alive: dict[UUID, UUID] = field(default_factory=dict)
    working: set[UUID] = field(default_factory=set)
    audio_ends: bool = False
    doomed: set[UUID] = field(default_factory=set)
    strays: dict[str, tuple[Made, UUID]] = field(default_factory=dict)

    # ------------------------------------------------------------------ what may happen

    def make(self) -> None:
        """A meeting in one of its states."""
        status = self.chance.choice(["succeeded", "succeeded", "running", "failed"])
        client = self.chance.choice(
            [None, *(each.client_id for each in self.meetings[-2:] if each.id not in self.doomed)]
        )
        if client and not self.world.rows(f"select 1 from clients where id = '{client}'"):
            client = None
        at = self.world.ago(days=self.chance.choice([0, 2, 40, 40]))
        made = self.world.meeting(client, status=status, at=at)
        self.meetings.append(made)
        self.keys[made.key] = Put(made, "recording", at=at)
        for key in self.there():
            if key.startswith(f"derived/{made.id}/"):
                is_result = key.endswith(("transcript.json", "artifacts.json"))
                self.keys[key] = Put(made, "result" if is_result else "derived", run=made.run_id)
        if status == "running":
            self.alive[made.id] = made.run_id
            self.working.add(made.id)

    def begin_upload(self) -> None:
        """An upload begins; its object may arrive long before anybody hears of it, and twice."""
        if made := self.some():
            key = f"meetings/{made.id}/{new_id()}.mp3"
            self.insert_upload(made, key)
            for _ in range(self.chance.choice([1, 1, 2])):
                self.world.put(key, at=self.world.ago(hours=self.chance.choice([0, 30])))

    def insert_upload(self, made: Made, key: str) -> None:
        """The row of an upload that is on its way."""
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
        self.keys[key] = Put(made, "pending")

    def begin_run(self) -> None:
        """A run begins anew."""
        made = self.some()
        if made and made.id not in self.alive:
            key = f"derived/{made.id}/{(run := new_id())}/context.json"
            self.insert_run(made, run, key)
            self.world.put(key, at=self.world.ago(hours=30))

    def insert_run(self, made: Made, run: UUID, key: str) -> None:
        """The row of a run; where its recording was marked as past its age it can only fail."""
        attempt = self.chance.randrange(2, 10**6)
        self.world.run(made, attempt=attempt, status="running", at=self.world.now, run_id=run)
        self.keys[key] = Put(made, "derived", run=run)
        self.alive[made.id] = run
        if self.world.rows(f"select 1 from upload_blobs where id = '{made.upload_id}' and status = 'received'"):
            self.working.add(made.id)

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
            del self.alive[meeting]
            self.working.discard(meeting)

    def litter(self) -> None:
        """Things that nobody wants, some among what is wanted."""
        hours = self.chance.choice([1, 30, 2000, 2000])
        for prefix in ("temp/", "logs/", "meetings/", f"derived/{new_id()}/"):
            self.world.put(f"{prefix}{new_id()}", at=self.world.ago(hours=hours))
        if made := self.some():
            run = new_id()
            for key in (f"meetings/{made.id}/{run}.mp3", f"derived/{made.id}/{run}/context.json"):
                self.strays[self.world.put(key, at=self.world.ago(hours=hours))] = (made, run)
        self.world.token(expires_at=self.world.ago(hours=hours))
        self.world.table.items[str(new_id())] = int(self.world.now.timestamp()) - 1

    def refer(self) -> None:
        """Rows come late, of objects that nobody seemed to want."""
        there, known = self.there(), self.known()
        for key, (made, run) in sorted(self.strays.items()):
            if key in there and made.id in known:
                if key.startswith("meetings/"):
                    self.insert_upload(made, key)
                elif made.id not in self.alive:
                    self.insert_run(made, run, key)
        self.strays.clear()

    def hold(self) -> None:
        """A hold is placed, unless what it should stand on is locked or going at that moment."""
        if made := self.some():
            by_client = self.chance.random() < 0.5
            subject = {"client_id": made.client_id} if by_client else {"meeting_id": made.id}
            try:
                with self.world.database.transaction() as session:
                    session.execute(text("set local lock_timeout = '20ms'"))
                    legal_holds.hold(session, HoldRequest(action="hold", reason="r", **subject))
            except (AppError, DBAPIError):
                return
            self.held |= set(subject.values())

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
                RetentionRule(
                    id=new_id(), organization_id=self.world.organization_id, data_class="audio", days=AUDIO_DAYS
                )
            )

    def wait(self) -> None:
        """Time passes."""
        self.world.now += timedelta(hours=self.chance.choice([1, 25, 24 * 8]))

    def clean(self) -> None:
        """A cleanup, which may be killed or have something happen in its midst."""
        asked: dict[str, object] = {}
        made = self.some() if self.chance.random() < 0.5 else None
        mode = self.chance.choice(MODES)
        if made and mode not in ("logs", "cache", "locks"):
            scope = self.chance.choice(["client", "meeting"])
            asked = {"scope": scope, "scope_id": str(made.client_id if scope == "client" else made.id)}
        if mode == "meetings":
            self.doomed |= {
                each.id
                for each in self.meetings
                if not asked or str(each.client_id if asked["scope"] == "client" else each.id) == asked["scope_id"]
            }
        calls = self.chance.randrange(1, 5)
        listing = "list_object_versions" if self.world.store.versioned else "list_objects_v2"
        point = self.chance.choice(["put_object", "put_object", "delete_objects", listing])
        midst = self.chance.choice(
            [None, self.kill, self.hold, self.begin_upload, self.begin_run, self.make, self.refer]
        )
        if midst == self.refer and point == "delete_objects":
            midst = self.kill  # between the last look and the deed nobody can say what a row is worth

        def before(operation: str) -> None:
            nonlocal calls
            calls -= operation == point
            if calls == 0 and midst is not None:
                self.world.store.before = lambda _operation: None
                self.settle()
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
        if not self.world.rows("select 1 from cleanup_runs where state = 'running'"):
            self.doomed -= self.known()  # it is over for whoever it has left

    def kill(self) -> None:
        """The process dies."""
        raise Killed

    # ------------------------------------------------------------------ what must hold

    def known(self) -> set[UUID]:
        """The meetings that are still there."""
        return {UUID(str(row[0])) for row in self.world.rows("select id from meetings")}

    def some(self) -> Made | None:
        """A meeting that is still there."""
        known = self.known()
        left = [each for each in self.meetings if each.id in known]
        return self.chance.choice(left) if left else None

    def there(self) -> set[str]:
        """The keys that can be read now."""
        return {key for key, versions in self.world.store.objects.items() if versions[-1].body is not None}

    def is_wanted(self, put: Put) -> bool:
        """Whether nobody may take this."""
        made = put.made
        if {made.id, made.client_id} & self.held:
            return True
        if made.id in self.doomed:
            return False
        if put.kind == "recording":
            is_young = put.at is not None and put.at > self.world.ago(days=AUDIO_DAYS)
            return is_young or not self.audio_ends or made.id in self.working
        return put.kind != "derived" or self.alive.get(made.id) == put.run

    def settle(self) -> None:
        """See that all is there that anybody wants; what went without being wanted is no longer looked for.

        Before anything else comes to be wanted: nobody can have what has gone already.
        """
        wanted, there = {key: put for key, put in self.keys.items() if self.is_wanted(put)}, self.there()
        assert wanted.keys() <= there, wanted.keys() - there
        assert {put.made.id for put in wanted.values()} <= self.known()
        self.keys = {key: put for key, put in self.keys.items() if key in there}


def wipe(world: World, *, versioned: bool) -> None:
    """Everything as it was at first, in a bucket that keeps earlier versions or none."""
    with world.database.transaction() as session:
        for table in WIPED:
            session.execute(text(f"delete from {table}"))
    world.store.objects.clear()
    world.store.uploads.clear()
    world.table.items.clear()
    world.store.versioned, world.store.page = versioned, PAGE


def test_nothing_that_is_wanted_ever_goes(world: World) -> None:
    steps: dict[str, Callable[[History], None]] = {
        name: getattr(History, name)
        for name in (
            *("make", "begin_upload", "begin_run", "end_run", "litter", "refer", "hold"),
            *("release", "keep_audio_for_a_month", "wait", "clean"),
        )
    }
    names = st.sampled_from([*steps, "clean", "clean", "make"])

    @settings(
        max_examples=HISTORIES,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(names, min_size=4, max_size=10), st.integers(0, 2**32), st.booleans())
    def histories(story: list[str], seed: int, versioned: bool) -> None:
        wipe(world, versioned=versioned)
        history = History(world, random.Random(seed))
        history.make()
        if history.chance.random() < 0.5:
            history.keep_audio_for_a_month()
        history.litter()
        for name in story:
            steps[name](history)
            history.settle()
        if not world.rows("select 1 from cleanup_runs where state = 'running'"):
            rows = {str(row[0]) for row in world.rows("select key from upload_blobs where status = 'received'")}
            assert rows <= history.there()

    histories()
