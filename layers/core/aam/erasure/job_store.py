"""Store erasure jobs: one process at a time holds the lease of each and resumes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from aam.erasure.errors import ErasureInProgress, ErasureLost, ErasureUnknown
from aam.erasure.models import Erasure, ErasureState, ErasureTrace, Trace, Trigger
from aam.foundation.clock import new_id
from aam.foundation.database import Transaction
from aam.foundation.jobs import LEASE, Jobs
from aam.redaction.schemas import SubjectKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

JOBS = Jobs(Erasure, Erasure.state != ErasureState.COMPLETE, busy=ErasureInProgress.of, lost=ErasureLost)


@dataclass
class Progress:
    """Progress of an erasure and the state to continue from; it survives in the erasure's row and its traces.

    ``current`` is the meeting at work with its counts from before: whoever goes on takes these, because part of it is
    gone by then.  ``held`` and ``clients`` are what a hold keeps, ``alive`` the runs that have to end, ``holds`` all
    that stood in the organization when this was looked at.  ``put_off`` are meetings at work on which a hold was placed
    meanwhile.  ``looked`` is the last of each kind that was looked at again.  ``traces`` are all that is to be looked
    at again; those of ``unsaved`` are not in the database yet.
    """

    counts: Counter[str] = field(default_factory=Counter)
    vendors: set[str] = field(default_factory=set)
    unrecognised: int = 0
    current: dict[str, Any] | None = None
    held: set[UUID] = field(default_factory=set)
    clients: set[UUID] = field(default_factory=set)
    alive: set[UUID] = field(default_factory=set)
    holds: set[UUID] = field(default_factory=set)
    put_off: list[dict[str, Any]] = field(default_factory=list)
    cursor: UUID | None = None
    looked: dict[Trace, UUID] = field(default_factory=dict)
    traces: dict[Trace, set[UUID]] = field(default_factory=lambda: {kind: set() for kind in Trace})
    unsaved: set[tuple[Trace, UUID]] = field(default_factory=set)

    @classmethod
    def read(cls, report: dict[str, Any], trail: dict[str, Any]) -> Progress:
        """Return the progress that the erasure's row holds."""

        def ids(name: str) -> set[UUID]:
            return {UUID(each) for each in trail.get(name, ())}

        return cls(
            counts=Counter(report.get("counts", {})),
            vendors=set(report.get("vendors", ())),
            unrecognised=report.get("unrecognised", 0),
            current=trail.get("current"),
            cursor=UUID(trail["cursor"]) if trail.get("cursor") else None,
            looked={Trace(kind): UUID(each) for kind, each in trail.get("looked", {}).items()},
            put_off=list(trail.get("put_off", ())),
            held=ids("held"),
            clients=ids("clients"),
            alive=ids("alive"),
            holds=ids("holds"),
        )

    def begin_anew(self) -> None:
        """Forget what kept something, and what was looked at again: it is looked at anew."""
        self.held, self.clients, self.alive = set(), set(), set()
        self.looked.clear()

    @property
    def waits(self) -> bool:
        """Return whether a hold or a run keeps something."""
        return bool(self.held or self.clients or self.alive)

    @property
    def report(self) -> dict[str, Any]:
        """Return the counts that stay in the row."""
        return {
            "counts": {name: count for name, count in sorted(self.counts.items()) if count},
            "vendors": sorted(self.vendors),
            "unrecognised": self.unrecognised,
            "kept": len(self.held) + len(self.clients),
            "waits": len(self.alive),
        }

    @property
    def trail(self) -> dict[str, Any]:
        """Return the ids that the row holds until the erasure is complete."""
        sets = {"held": self.held, "clients": self.clients, "alive": self.alive, "holds": self.holds}
        ids = {name: sorted(str(each) for each in found) for name, found in sets.items()}
        cursor = str(self.cursor) if self.cursor else None
        looked = {kind: str(each) for kind, each in self.looked.items()}
        return {**ids, "current": self.current, "put_off": self.put_off, "cursor": cursor, "looked": looked}

    def trace(self, kind: Trace, ids: Iterable[UUID]) -> None:
        """Note what is to be looked at again."""
        fresh = set(ids) - self.traces[kind]
        self.traces[kind] |= fresh
        self.unsaved |= {(kind, each) for each in fresh}

    @property
    def traced(self) -> set[UUID]:
        """Return everything that is to be rescanned."""
        return set().union(*self.traces.values())


@dataclass(frozen=True)
class Lease:
    """The right to go on with an erasure."""

    erasure_id: UUID
    owner: UUID
    kind: SubjectKind
    subject_id: UUID
    organization_id: UUID
    trigger: Trigger
    began: datetime


def request(
    session: Session, kind: SubjectKind, subject_id: UUID, *, organization_id: UUID, trigger: Trigger, now: datetime
) -> UUID:
    """Note that a subject is to be erased; the erasure's id, which is the standing one when there is one."""
    session.execute(
        insert(Erasure)
        .values(
            id=new_id(),
            organization_id=organization_id,
            subject_kind=kind,
            subject_id=subject_id,
            trigger=trigger,
            state=ErasureState.RUNNING,
            lease_until=now,
        )
        .on_conflict_do_nothing(
            index_elements=["subject_kind", "subject_id"], index_where=Erasure.state != ErasureState.COMPLETE
        )
    )
    return session.execute(
        select(Erasure.id).where(
            Erasure.subject_kind == kind,
            Erasure.subject_id == subject_id,
            Erasure.state != ErasureState.COMPLETE,
        )
    ).scalar_one()


def take_over(erasure_id: UUID, *, open_transaction: Transaction, now: datetime) -> tuple[Lease, Progress] | None:
    """Take an erasure whose lease has ended; None when everything is gone already.

    Raises ErasureUnknown, and ErasureInProgress while another process has it.
    """
    with open_transaction() as session:
        row = JOBS.take(session, erasure_id, now=now)
        if row is None:
            if session.get(Erasure, erasure_id) is None:
                raise ErasureUnknown
            return None
        assert row.lease_owner is not None  # noqa: S101 - just taken
        lease = Lease(
            erasure_id=row.id,
            owner=row.lease_owner,
            kind=SubjectKind(row.subject_kind),
            subject_id=row.subject_id,
            organization_id=row.organization_id,
            trigger=Trigger(row.trigger),
            began=row.created_at,
        )
        progress = Progress.read(row.report, row.trail)
        for trace in session.scalars(select(ErasureTrace).where(ErasureTrace.erasure_id == erasure_id)):
            progress.traces[Trace(trace.kind)].add(trace.traced_id)
        return lease, progress


def advance(session: Session, lease: Lease, progress: Progress, *, now: datetime) -> None:
    """Note how far the erasure is, in the transaction of what was done; raises ErasureLost when it is another's."""
    save(session, lease, progress, lease_until=now + LEASE)


def pause(session: Session, lease: Lease, progress: Progress, *, now: datetime) -> None:
    """Give the lease back, so that another worker may continue at once."""
    save(session, lease, progress, lease_until=now)


def save(session: Session, lease: Lease, progress: Progress, **values: Any) -> None:
    """Write down how far the erasure is, and the traces that are new.

    Whoever commits says that they are saved: this transaction may yet be rolled back.
    """
    change(session, lease, report=progress.report, trail=progress.trail, **values)
    if progress.unsaved:
        ours = {"erasure_id": lease.erasure_id, "organization_id": lease.organization_id}
        session.execute(
            insert(ErasureTrace)
            .values([{**ours, "kind": kind, "traced_id": each} for kind, each in sorted(progress.unsaved)])
            .on_conflict_do_nothing()
        )


def change(session: Session, lease: Lease, **values: Any) -> None:
    """Change the erasure's row; raises ErasureLost when it is another's."""
    JOBS.change(session, lease.erasure_id, lease.owner, **values)
