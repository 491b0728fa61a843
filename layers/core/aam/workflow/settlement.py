"""Book the spending of runs that ended before their steps could: cancelled, timed out, or lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from aam.artifacts.charges import charge_of
from aam.artifacts.recorded_calls import read_interactions
from aam.costs.ledger import book
from aam.costs.models import CostEntry, CostKind
from aam.costs.prices import Charge, sums_by_model
from aam.foundation.database import Transaction
from aam.foundation.errors import Transient, code_of
from aam.foundation.observability import frames_of, logger
from aam.foundation.storage import ObjectMissing, ObjectStore
from aam.pipeline.budget import account_of, open_estimates
from aam.pipeline.context import read_context
from aam.pipeline.models import ProcessingRun, RunStatus
from aam.pipeline.schemas import RunInput
from aam.transcription.charges import transcription_charges

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WORKER_LIVES = timedelta(minutes=30)
"""Longer than a worker may go on after its run has ended, so that its answer is there when it is looked for."""

CALLBACK_TRAVELS = timedelta(minutes=10)
"""What a reply that was put at the last moment may need until it is taken."""

PATIENCE = timedelta(days=1)
"""How long a run is tried again whose answers could not be had."""

AT_ONCE = 20


@dataclass(frozen=True)
class Ended:
    """A run that is over, and since when."""

    run: RunInput
    finished_at: datetime


def settled_after(callback_s: int) -> timedelta:
    """Return how long after a run's end its vendors may still answer; ``callback_s`` bounds a callback."""
    return max(WORKER_LIVES, timedelta(seconds=callback_s) + CALLBACK_TRAVELS)


def settle_ended_runs(*, open_transaction: Transaction, store: ObjectStore, wait: timedelta, now: datetime) -> int:
    """Book the actual costs of runs that failed or were cancelled and have an estimate still open; says how many.

    Those are looked at that ended longer than ``wait`` ago.  A vendor that left no answer has cost nothing, which is
    booked too: then the run is not looked at again.  One whose answers cannot be read or booked is booked as it was
    estimated, marked incomplete; one that only met a passing fault is tried again for a day before that.
    """
    with open_transaction() as session:
        ended = unsettled(session, before=now - wait)
    return sum(settle(one, open_transaction=open_transaction, store=store, now=now) for one in ended)


def settle(ended: Ended, *, open_transaction: Transaction, store: ObjectStore, now: datetime) -> bool:
    """Settle one run by its records; return whether it is settled now."""
    try:
        found = charges_found(ended.run, store, now=now)
        book_actual(ended.run, found, open_transaction=open_transaction, now=now)
    except Exception as error:  # noqa: BLE001 - one run's trouble must not keep the others' money from being booked
        note_trouble(ended, error)
        if isinstance(error, Transient) and ended.finished_at > now - PATIENCE:
            return False
    else:
        return True
    try:
        book_actual(ended.run, None, open_transaction=open_transaction, now=now)
    except Exception as error:  # noqa: BLE001 - as above
        note_trouble(ended, error)
        return False
    return True


def note_trouble(ended: Ended, error: Exception) -> None:
    """Log that a run could not be settled: by code, since an error's text may quote what was said."""
    logger().error(
        "run could not be settled",
        run_id=str(ended.run.run_id),
        error_code=code_of(error),
        traceback_lines=frames_of(error),
    )


def book_actual(
    run: RunInput, found: tuple[Charge, ...] | None, *, open_transaction: Transaction, now: datetime
) -> None:
    """Book what was found, and nothing for vendors that left no answer; the estimates where nothing can be known."""
    with open_transaction() as session:
        estimates = open_estimates(session, run.run_id)
        if found is None:
            charges = tuple(charge.model_copy(update={"partial": True}) for charge in estimates)
        else:
            answered = {charge.vendor for charge in found}
            silent = (charge for charge in estimates if charge.vendor not in answered)
            charges = (*found, *(Charge(vendor=one.vendor, model=one.model, usd=Decimal(0)) for one in silent))
        book(session, charges, to=account_of(run), kind=CostKind.ACTUAL, now=now)


def unsettled(session: Session, *, before: datetime) -> tuple[Ended, ...]:
    """Return the oldest runs that ended before, with an estimate that no actual cost of its vendor has replaced."""
    actual = aliased(CostEntry)
    replaced = exists().where(
        actual.run_id == CostEntry.run_id, actual.vendor == CostEntry.vendor, actual.kind == CostKind.ACTUAL
    )
    still_open = exists().where(CostEntry.run_id == ProcessingRun.id, CostEntry.kind == CostKind.ESTIMATE, ~replaced)
    rows = session.scalars(
        select(ProcessingRun)
        .where(
            ProcessingRun.status.in_((RunStatus.FAILED, RunStatus.CANCELLED)),
            ProcessingRun.finished_at < before,
            still_open,
        )
        .order_by(ProcessingRun.finished_at)
        .limit(AT_ONCE)
    )
    return tuple(
        Ended(
            RunInput(
                run_id=row.id,
                meeting_id=row.meeting_id,
                organization_id=row.organization_id,
                upload_id=row.upload_id,
                correlation_id=row.correlation_id,
                resumption=row.resumptions,
            ),
            finished_at=row.finished_at or before,
        )
        for row in rows
    )


def charges_found(run: RunInput, store: ObjectStore, *, now: datetime) -> tuple[Charge, ...]:
    """Return the costs of the vendors' answers in the store."""
    try:
        context = read_context(store, run)
    except ObjectMissing:
        return ()
    calls = (charge_of(call, on=now.date()) for call in read_interactions(store, run))
    return (*transcription_charges(context, store, on=now.date()), *sums_by_model(calls))
