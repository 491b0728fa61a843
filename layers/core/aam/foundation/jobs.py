"""Leased jobs: rows on which one process at a time works, and which another continues when the lease ends.

A job notes its progress in the transaction of what was done, and extends its lease with it.  A process that was thought
dead finds its lease gone at its next note, and stops.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Mapped

from aam.foundation.clock import new_id
from aam.foundation.errors import AppError
from aam.foundation.tables import Identified

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LEASE = timedelta(minutes=3)
"""How long a job that notes nothing counts as alive; each of its steps notes something."""


class Leased(Identified):
    """A job's row: the process that works on it, and until when it counts as alive."""

    lease_owner: Mapped[UUID | None]
    lease_until: Mapped[datetime]


Row = TypeVar("Row", bound=Leased)


@dataclass(frozen=True)
class Jobs(Generic[Row]):
    """The jobs of one table.

    ``is_open`` is the condition that a job is not over.  ``busy`` makes the error for a job on which another process
    works, ``lost`` the one for a lease that another process has taken.
    """

    model: type[Row]
    is_open: ColumnElement[bool]
    busy: Callable[[UUID], AppError]
    lost: Callable[[], AppError]

    def take(self, session: Session, job_id: UUID, *, now: datetime) -> Row | None:
        """Take a job whose lease has ended, and return its row; None if there is no open one.

        Raises the ``busy`` error while another process has the lease.
        """
        statement = select(self.model).where(self.model.id == job_id, self.is_open).with_for_update()
        row = session.scalars(statement).one_or_none()
        if row is None:
            return None
        if row.lease_until > now:
            raise self.busy(job_id)
        row.lease_owner, row.lease_until = new_id(), now + LEASE
        return row

    def advance(self, session: Session, job_id: UUID, owner: UUID, *, now: datetime, **progress: Any) -> None:
        """Note progress and extend the lease; raises the ``lost`` error."""
        self.change(session, job_id, owner, lease_until=now + LEASE, **progress)

    def release(self, session: Session, job_id: UUID, owner: UUID, *, now: datetime, **values: Any) -> None:
        """Note values and end the lease, so that any process may continue at once; raises the ``lost`` error."""
        self.change(session, job_id, owner, lease_until=now, **values)

    def change(self, session: Session, job_id: UUID, owner: UUID, **values: Any) -> None:
        """Change the row of a job whose lease is held; raises the ``lost`` error when it is another's, or over."""
        changed = session.execute(
            update(self.model)
            .where(self.model.id == job_id, self.model.lease_owner == owner, self.is_open)
            .values(**values)
            .returning(self.model.id),
            execution_options={"synchronize_session": False},
        ).scalar_one_or_none()
        if changed is None:
            raise self.lost()
