"""Booking what runs have spent that ended before their steps could say so: cancelled, timed out, or lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from aam.artifacts.charging import charge_of, sums_by_model
from aam.artifacts.records import read_interactions
from aam.costs.ledger import book
from aam.costs.models import CostEntry, CostKind
from aam.costs.prices import Charge
from aam.foundation.database import Transaction
from aam.foundation.storage import ObjectMissing, ObjectStore
from aam.pipeline.budget import account_of, estimated_charges
from aam.pipeline.models import ProcessingRun, RunStatus
from aam.pipeline.schemas import RunContext, RunInput
from aam.transcription.charging import transcription_charges

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SETTLED_AFTER = timedelta(minutes=30)
"""Longer than a worker may go on after its run has ended, so that its answer is there when it is looked for."""

AT_ONCE = 20


def settle_ended_runs(*, open_transaction: Transaction, store: ObjectStore, now: datetime) -> int:
    """Book the actual costs of runs that failed or were cancelled and have an estimate still open; says how many.

    A vendor that left no answer has cost nothing, which is booked too: then the run is not looked at again.
    """
    with open_transaction() as session:
        ended = unsettled(session, now=now)
    for run in ended:
        found = charges_found(run, store, now=now)
        with open_transaction() as session:
            answered = {charge.vendor for charge in found}
            nothing = tuple(
                Charge(vendor=open_one.vendor, model=open_one.model, usd=Decimal(0))
                for open_one in estimated_charges(session, run.run_id)
                if open_one.vendor not in answered
            )
            book(session, (*found, *nothing), to=account_of(run), kind=CostKind.ACTUAL, now=now)
    return len(ended)


def unsettled(session: Session, *, now: datetime) -> tuple[RunInput, ...]:
    """The oldest ended runs with an estimate that no actual cost of its vendor has replaced."""
    actual = aliased(CostEntry)
    replaced = exists().where(
        actual.run_id == CostEntry.run_id, actual.vendor == CostEntry.vendor, actual.kind == CostKind.ACTUAL
    )
    still_open = exists().where(CostEntry.run_id == ProcessingRun.id, CostEntry.kind == CostKind.ESTIMATE, ~replaced)
    rows = session.scalars(
        select(ProcessingRun)
        .where(
            ProcessingRun.status.in_((RunStatus.FAILED, RunStatus.CANCELLED)),
            ProcessingRun.finished_at < now - SETTLED_AFTER,
            still_open,
        )
        .order_by(ProcessingRun.finished_at)
        .limit(AT_ONCE)
    )
    return tuple(
        RunInput(
            run_id=row.id,
            meeting_id=row.meeting_id,
            organization_id=row.organization_id,
            upload_id=row.upload_id,
            correlation_id=row.correlation_id,
            resumption=row.resumptions,
        )
        for row in rows
    )


def charges_found(run: RunInput, store: ObjectStore, *, now: datetime) -> tuple[Charge, ...]:
    """What the vendors' answers in the store have cost."""
    try:
        context = RunContext.model_validate_json(store.read(run.derived("context.json")))
    except ObjectMissing:
        return ()
    calls = (charge_of(call, on=now.date()) for call in read_interactions(store, run))
    return (*transcription_charges(context, store, on=now.date()), *sums_by_model(calls))
