"""Erasures that act: one process at a time on each, resumable by whoever holds the lease."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from aam.erasure.errors import ErasureInProgress, ErasureLost, ErasureUnknown
from aam.erasure.models import Erasure, ErasureState, SubjectKind, Trigger
from aam.foundation.clock import new_id
from aam.foundation.database import Transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LEASE = timedelta(minutes=3)
"""How long an erasure that says nothing counts as alive; each meeting says something."""


@dataclass
class Progress:
    """What was done so far, and what it takes to go on; it survives in the erasure's row.

    ``current`` is the meeting at work with its counts from before: whoever goes on takes these, because part of it is
    gone by then.  ``meetings`` are gone, ``redacted`` stay without the subject; ``runs`` are their runs.  ``held`` and
    ``alive`` are meetings and runs that something has to end for.
    """

    counts: Counter[str] = field(default_factory=Counter)
    vendors: set[str] = field(default_factory=set)
    unrecognised: int = 0
    current: dict[str, Any] | None = None
    meetings: set[UUID] = field(default_factory=set)
    redacted: set[UUID] = field(default_factory=set)
    runs: set[UUID] = field(default_factory=set)
    held: set[UUID] = field(default_factory=set)
    alive: set[UUID] = field(default_factory=set)
    cursor: UUID | None = None

    @classmethod
    def read(cls, report: dict[str, Any], trail: dict[str, Any]) -> Progress:
        """From the erasure's row."""
        sets = {name: {UUID(each) for each in trail.get(name, ())} for name in SETS}
        return cls(
            counts=Counter(report.get("counts", {})),
            vendors=set(report.get("vendors", ())),
            unrecognised=report.get("unrecognised", 0),
            current=trail.get("current"),
            cursor=UUID(trail["cursor"]) if trail.get("cursor") else None,
            **sets,
        )

    @property
    def report(self) -> dict[str, Any]:
        """What stays in the row: counts."""
        return {
            "counts": {name: count for name, count in sorted(self.counts.items()) if count},
            "vendors": sorted(self.vendors),
            "unrecognised": self.unrecognised,
            "kept": len(self.held),
            "waits": len(self.alive),
        }

    @property
    def trail(self) -> dict[str, Any]:
        """What the row holds until the erasure is complete: ids."""
        sets = {name: sorted(str(each) for each in getattr(self, name)) for name in SETS}
        return {**sets, "current": self.current, "cursor": str(self.cursor) if self.cursor else None}


SETS = ("meetings", "redacted", "runs", "held", "alive")


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

    Raises ErasureUnknown, and ErasureInProgress while somebody has it.
    """
    owner = new_id()
    with open_transaction() as session:
        row = session.get(Erasure, erasure_id, with_for_update=True)
        if row is None:
            raise ErasureUnknown
        if row.state == ErasureState.COMPLETE:
            return None
        if row.lease_until > now:
            raise ErasureInProgress
        row.lease_owner, row.lease_until = owner, now + LEASE
        lease = Lease(
            erasure_id=row.id,
            owner=owner,
            kind=SubjectKind(row.subject_kind),
            subject_id=row.subject_id,
            organization_id=row.organization_id,
            trigger=Trigger(row.trigger),
            began=row.created_at,
        )
        return lease, Progress.read(row.report, row.trail)


def advance(session: Session, lease: Lease, progress: Progress, *, now: datetime) -> None:
    """Note how far the erasure is, in the transaction of what was done; raises ErasureLost when it is another's."""
    change(session, lease, report=progress.report, trail=progress.trail, lease_until=now + LEASE)


def pause(session: Session, lease: Lease, progress: Progress, *, now: datetime) -> None:
    """Give the lease back, so that anybody may go on at once."""
    change(session, lease, report=progress.report, trail=progress.trail, lease_until=now)


def change(session: Session, lease: Lease, **values: Any) -> None:
    """Change the erasure's row; raises ErasureLost when it is another's."""
    changed = session.execute(
        update(Erasure)
        .where(
            Erasure.id == lease.erasure_id,
            Erasure.lease_owner == lease.owner,
            Erasure.state != ErasureState.COMPLETE,
        )
        .values(**values)
        .returning(Erasure.id),
        execution_options={"synchronize_session": False},
    ).scalar_one_or_none()
    if changed is None:
        raise ErasureLost
