"""End runs from outside: callers cancel them, executions die, stacks are restarted."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Row, select, update

from aam.foundation.database import Transaction
from aam.foundation.errors import AppError, leaves
from aam.foundation.paging import FIRST, PagedSweep, one_by_one
from aam.meetings.status import MeetingStatus
from aam.pipeline import runs
from aam.pipeline.errors import ExecutionAborted, NothingToCancel, StackRestarted, StepFailed, StepTimedOut
from aam.pipeline.executions import LookUpExecution, StopExecution
from aam.pipeline.models import ALIVE, ProcessingRun, RunStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

STARTS_WITHIN = timedelta(minutes=15)
"""How long a run may wait before a missing execution counts as lost."""


def cancel_meeting_run(
    *,
    meeting_id: UUID,
    open_transaction: Transaction,
    revoke: Callable[[UUID], None],
    stop_execution: StopExecution,
    now: datetime,
) -> UUID:
    """Cancel the meeting's living run, so that nothing more is paid for it, and stop its execution; returns its id.

    The row is changed first: a step that ends meanwhile finds its run over, and the end of its execution does not count
    as a failure.  What comes after may fail; then it is done by cancelling again, for which the newest run may be
    cancelled already.  Raises NothingToCancel, and what ``revoke`` and ``stop_execution`` raise.
    """
    with open_transaction() as session:
        ended = session.execute(
            update(ProcessingRun)
            .where(ProcessingRun.meeting_id == meeting_id, ProcessingRun.status.in_(ALIVE))
            .values(status=RunStatus.CANCELLED, waiting_reason=None, finished_at=now)
            .returning(ProcessingRun.id, ProcessingRun.execution_arn)
        ).one_or_none()
        if ended is not None:
            runs.set_meeting_status(session, meeting_id, MeetingStatus.CANCELLED)
        run_id, execution_arn = ended or _cancelled_before(session, meeting_id)
    revoke(run_id)
    if execution_arn:
        stop_execution(execution_arn)
    return run_id


def _cancelled_before(session: Session, meeting_id: UUID) -> tuple[UUID, str | None]:
    """Id and execution of the meeting's newest run, if it was cancelled; raises NothingToCancel."""
    newest = session.execute(
        select(ProcessingRun.id, ProcessingRun.execution_arn, ProcessingRun.status)
        .where(ProcessingRun.meeting_id == meeting_id)
        .order_by(ProcessingRun.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None or newest.status != RunStatus.CANCELLED:
        raise NothingToCancel
    return newest.id, newest.execution_arn


def error_by_name(name: str, cause: str) -> AppError:
    """Return our error that Step Functions names, by class name or by the code its cause begins with.

    A Lambda's failure arrives as its exception's class name; an emulator may lose the name and keep the message.
    """
    if name in {"States.Timeout", "Sandbox.Timedout", "TIMED_OUT"}:
        return StepTimedOut()
    if name == "ABORTED":
        return ExecutionAborted()
    by_name = {leaf.__name__: leaf for leaf in leaves()}
    leaf = by_name.get(name)
    if leaf is None:
        said = message_of_lambda(cause)
        leaf = next((leaf for leaf in by_name.values() if leaf.sentence == said), None)
    return leaf() if leaf is not None else StepFailed()


def message_of_lambda(cause: str) -> str:
    """Return the error message inside the JSON of a Lambda failure's cause."""
    try:
        told = json.loads(cause)
    except ValueError:
        return cause
    return str(told.get("errorMessage", "")) if isinstance(told, dict) else ""


def fail_run(
    *,
    run_id: UUID,
    error_name: str,
    cause: str,
    open_transaction: Transaction,
    now: datetime,
    resumption: int | None = None,
) -> bool:
    """Fail a run whose execution caught an error or ended badly; says whether the run was still alive and its own."""
    with open_transaction() as session:
        return runs.fail_from_outside(
            session, run_id=run_id, error=error_by_name(error_name, cause), now=now, resumption=resumption
        )


def fail_vanished_runs(
    *,
    restarted: bool,
    open_transaction: Transaction,
    look_up: LookUpExecution,
    now: datetime,
    paging: PagedSweep | None = None,
) -> int:
    """Fail living runs whose execution is over or gone; returns how many.  Those that wait have none to lose.

    After a restart of the stack every living run is looked at, otherwise those older than STARTS_WITHIN.  With
    ``paging`` it is the next page of them, without it all at once.  Raises what all of the look-ups raise.
    """
    error = StackRestarted() if restarted else StepFailed()

    def living(after: UUID, most: int | None) -> Sequence[Row[UUID, str | None, int]]:
        found = select(ProcessingRun.id, ProcessingRun.execution_arn, ProcessingRun.resumptions).where(
            ProcessingRun.status.in_(ALIVE), ProcessingRun.waiting_reason.is_(None)
        )
        if not restarted:
            found = found.where(ProcessingRun.created_at < now - STARTS_WITHIN)
        with open_transaction() as session:
            return session.execute(found.order_by(ProcessingRun.id <= after, ProcessingRun.id).limit(most)).all()

    def fail_if_vanished(run: Row[UUID, str | None, int]) -> bool:
        if look_up(run.execution_arn or "") == "running":
            return False
        return _fail(run.id, run.resumptions, error, open_transaction, now)

    if paging is not None:
        return paging.run("vanished", living, fail_if_vanished)
    return one_by_one("vanished", living(FIRST, None), fail_if_vanished, has_time=lambda: True)[0]


def _fail(run_id: UUID, resumption: int, error: AppError, open_transaction: Transaction, now: datetime) -> bool:
    with open_transaction() as session:
        return runs.fail_from_outside(session, run_id=run_id, error=error, now=now, resumption=resumption)


def living_run(session: Session, meeting_id: UUID) -> UUID | None:
    """Return the id of the meeting's queued or running run, or None."""
    return session.execute(
        select(ProcessingRun.id).where(ProcessingRun.meeting_id == meeting_id, ProcessingRun.status.in_(ALIVE))
    ).scalar_one_or_none()
