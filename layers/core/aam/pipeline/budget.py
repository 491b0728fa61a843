"""Budgets: a run reserves what it may cost before it spends anything, or waits until it fits.

What is reserved is not counted up and down but summed anew each time, from the estimates of runs that are under way and
the vendors that they have not yet been charged for.  So nothing needs to be given back: a run that ends stops counting,
and a charge replaces its estimate.  Only a vendor whose stage had begun may go on working for a run that failed or was
cancelled: its estimate counts until the run is settled.  The organization's row is locked meanwhile; the sums stand in
a later statement than the lock, because a statement that waits for a lock goes on with what it saw before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import takewhile
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true, update
from sqlalchemy.orm import aliased

from aam.costs.ledger import Account, book, month_of
from aam.costs.models import CostEntry, CostKind
from aam.costs.prices import Charge, has_unknown, known_sum
from aam.foundation.database import Transaction
from aam.foundation.deadline import HasTime
from aam.foundation.observability import logger
from aam.identity.models import Organization
from aam.pipeline import runs
from aam.pipeline.errors import RunNotCurrent
from aam.pipeline.executions import ExecutionsUnavailable, StartExecution, execution_arn, resumed_name
from aam.pipeline.models import ALIVE, ProcessingRun, RunStatus, Stage, WaitingReason
from aam.pipeline.schemas import RunInput
from aam.vendor_limits.ports import Vendor

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WARN_AT = Decimal("0.8")
WORKS_IN = {
    Vendor.DEEPGRAM: (Stage.TRANSCRIBE,),
    Vendor.OPENAI_AUDIO: (Stage.TRANSCRIBE,),
    Vendor.OPENAI: (Stage.WRITE_ARTIFACTS, Stage.CONFIRM_MEANING),
}
"""The stages from whose beginning on a vendor may have been asked."""


@dataclass(frozen=True)
class Committed:
    """Use of a month's budget (US dollars): spent, and reserved for runs under way."""

    spent: Decimal
    reserved: Decimal

    @property
    def total(self) -> Decimal:
        """Return the sum of both."""
        return self.spent + self.reserved


def account_of(run: RunInput) -> Account:
    """Return the account that pays for a run."""
    return Account(organization_id=run.organization_id, meeting_id=run.meeting_id, run_id=run.run_id)


def reserve(
    charges: Sequence[Charge],
    *,
    run: RunInput,
    open_statements: Transaction,
    open_transaction: Transaction,
    now: datetime,
) -> bool:
    """Reserve what a run may cost, or park it as ``budget_exceeded``; says whether it may go on.

    Where nothing is paid for, nothing is asked or written; where there is no budget, the estimate is one statement.
    Raises RunNotCurrent.
    """
    if not charges:
        return True
    unlimited = exists().where(Organization.id == run.organization_id, Organization.monthly_budget_usd.is_(None))
    only_if = (runs.while_current(run.run_id), unlimited)
    with open_statements() as session:
        if book(session, charges, to=account_of(run), kind=CostKind.ESTIMATE, now=now, only_if=only_if):
            return True
    with open_transaction() as session:
        return admit(session, charges, run=run, now=now)


def admit(session: Session, charges: Sequence[Charge], *, run: RunInput, now: datetime) -> bool:
    """Decide on a run that is held as current meanwhile, while no other of its organization is decided on.

    What has no known price is reserved at the dearest that is known of its vendor: it must not pass where a known
    cost waits.  Raises RunNotCurrent.
    """
    charges = tuple(charge.at_ceiling() for charge in charges)
    budget = hold_with_budget(session, run)
    book(session, charges, to=account_of(run), kind=CostKind.ESTIMATE, now=now)
    if budget is None:
        return True
    used = committed(session, run.organization_id, now=now, besides=run.run_id)
    if not fits(budget, used, charges):
        runs.park(session, run_id=run.run_id, reason=WaitingReason.BUDGET_EXCEEDED)
        logger().warning("run waits for its budget", organization_id=str(run.organization_id))
        return False
    warn_once(session, run.organization_id, budget=budget, used=used.total + known_sum(charges), now=now)
    return True


def lock_budget(session: Session, organization_id: UUID) -> Decimal | None:
    """Return the monthly budget, whose row stays locked; others may still refer to the organization meanwhile."""
    return session.execute(_locked_budget(organization_id)).scalar_one()


def hold_with_budget(session: Session, run: RunInput) -> Decimal | None:
    """Return the locked budget and hold the run as current, in one statement; raises RunNotCurrent."""
    current = and_(ProcessingRun.id == run.run_id, ProcessingRun.status == RunStatus.RUNNING)
    held = session.execute(_locked_budget(run.organization_id).join(ProcessingRun, current)).one_or_none()
    if held is None:
        raise RunNotCurrent
    (budget,) = held
    return budget


def _locked_budget(organization_id: UUID) -> Select[Decimal | None]:
    return (
        select(Organization.monthly_budget_usd)
        .where(Organization.id == organization_id)
        .with_for_update(key_share=True)
    )


def fits(budget: Decimal, used: Committed, charges: Iterable[Charge]) -> bool:
    """Return whether these charges fit; one without a known price fits as long as anything is left."""
    wanted = tuple(charges)
    return used.total + known_sum(wanted) <= budget and (used.total < budget or not has_unknown(wanted))


def committed(session: Session, organization_id: UUID, *, now: datetime, besides: UUID | None = None) -> Committed:
    """Return the use of the month's budget, without the estimates of the run ``besides``; one statement."""
    row = session.execute(_commitments(organization_id, now=now, besides=besides)).one()
    return Committed(spent=row.spent, reserved=row.reserved)


def is_overdrawn(session: Session, organization_id: UUID, *, now: datetime) -> bool:
    """Return whether more is committed than the month's budget allows, as after the budget was lowered."""
    used = _commitments(organization_id, now=now, besides=None).subquery()
    overdrawn = (
        select(Organization.monthly_budget_usd < used.c.spent + used.c.reserved)
        .join(used, true())
        .where(Organization.id == organization_id)
    )
    return bool(session.scalar(overdrawn))


def _commitments(
    organization_id: UUID, *, now: datetime, besides: UUID | None
) -> Select[Decimal | None, Decimal | None]:
    spent = and_(CostEntry.kind == CostKind.ACTUAL, CostEntry.month == month_of(now))
    ended = ProcessingRun.status.in_((RunStatus.FAILED, RunStatus.CANCELLED))
    reserved = and_(
        is_open(),
        exists().where(
            ProcessingRun.id == CostEntry.run_id,
            or_(
                and_(ProcessingRun.status.in_(ALIVE), ProcessingRun.waiting_reason.is_(None)),
                and_(ended, maybe_asked()),
            ),
        ),
        CostEntry.run_id.is_distinct_from(besides),
    )
    zero = Decimal(0)
    return select(
        func.coalesce(func.sum(CostEntry.amount_usd).filter(spent), zero).label("spent"),
        func.coalesce(func.sum(CostEntry.amount_usd).filter(reserved), zero).label("reserved"),
    ).where(CostEntry.organization_id == organization_id, or_(spent, reserved))


def is_open() -> ColumnElement[bool]:
    """Return whether an entry is an estimate that no actual cost of its vendor has replaced."""
    charged = aliased(CostEntry)
    return and_(
        CostEntry.kind == CostKind.ESTIMATE,
        ~exists().where(
            charged.run_id == CostEntry.run_id,
            charged.vendor == CostEntry.vendor,
            charged.kind == CostKind.ACTUAL,
        ),
    )


def maybe_asked() -> ColumnElement[bool]:
    """Return whether the run of an entry had begun a stage in which the entry's vendor works."""
    begun = (
        and_(CostEntry.vendor == vendor, func.jsonb_exists(ProcessingRun.stage_started, stage.value))
        for vendor, stages in WORKS_IN.items()
        for stage in stages
    )
    return or_(*begun)


def book_before_deletion(session: Session, meeting_ids: Collection[UUID], *, now: datetime) -> None:
    """Book unsettled costs of the meetings' runs, and detach the entries from meetings and runs.

    Afterwards there is no run to book it for.  The estimate counts as spent, marked incomplete, where the vendor's
    stage had begun.  The cascade would part them too, one reference at a time; but PostgreSQL looks at every reference
    of a row that the same transaction has changed before, and in a restored database the run has gone by then.
    """
    asked = exists().where(
        ProcessingRun.id == CostEntry.run_id, ProcessingRun.status != RunStatus.SUCCEEDED, maybe_asked()
    )
    session.execute(
        update(CostEntry)
        .where(CostEntry.meeting_id.in_(meeting_ids), is_open(), asked)
        .values(kind=CostKind.ACTUAL, partial=True, month=month_of(now), at=now),
        execution_options=runs.BLIND,
    )
    session.execute(
        update(CostEntry).where(CostEntry.meeting_id.in_(meeting_ids)).values(meeting_id=None, run_id=None),
        execution_options=runs.BLIND,
    )


def warn_once(session: Session, organization_id: UUID, *, budget: Decimal, used: Decimal, now: datetime) -> None:
    """Log once a month that a budget is used up to 80 %."""
    if used < WARN_AT * budget:
        return
    month = month_of(now)
    first = session.execute(
        update(Organization)
        .where(Organization.id == organization_id, Organization.budget_warned_month.is_distinct_from(month))
        .values(budget_warned_month=month)
        .returning(Organization.id)
    ).scalar_one_or_none()
    if first is not None:
        logger().warning("budget is used up to 80 %", organization_id=str(organization_id), month=f"{month:%Y-%m}")


def set_budget(session: Session, organization_id: UUID, *, monthly_usd: Decimal | None) -> bool:
    """Set the monthly budget (US dollars), or take it away; says whether there is such an organization."""
    found = session.execute(
        update(Organization)
        .where(Organization.id == organization_id)
        .values(monthly_budget_usd=monthly_usd, budget_warned_month=None)
        .returning(Organization.id)
    ).scalar_one_or_none()
    return found is not None


def resume_waiting_runs(
    *,
    open_transaction: Transaction,
    start_execution: StartExecution,
    now: datetime,
    organization_id: UUID | None = None,
    has_time: HasTime = lambda: True,
) -> int:
    """Start the runs that wait and now fit their budget, the oldest first; returns how many.

    It ends when there is no more time.  One that does not fit is passed over, so that smaller ones behind it need not
    wait.
    """
    waiting = select(ProcessingRun.id, ProcessingRun.organization_id).where(ProcessingRun.waiting_reason.is_not(None))
    if organization_id is not None:
        waiting = waiting.where(ProcessingRun.organization_id == organization_id)
    with open_transaction() as session:
        candidates = session.execute(waiting.order_by(ProcessingRun.created_at, ProcessingRun.id)).all()
    resumed = 0
    for candidate in takewhile(lambda _candidate: has_time(), candidates):
        try:
            with open_transaction() as session:
                resumed += _resume(session, candidate.id, candidate.organization_id, start_execution, now)
        except ExecutionsUnavailable:
            logger().warning("a waiting run could not be started; it stays where it is", run_id=str(candidate.id))
    return resumed


def _resume(
    session: Session, run_id: UUID, organization_id: UUID, start_execution: StartExecution, now: datetime
) -> bool:
    """Start one run if it still waits and fits.

    Its row is locked until it says that it waits no longer, and its first step needs that row: so the execution can be
    started before, and where it cannot, the run simply goes on waiting.
    """
    budget = lock_budget(session, organization_id)
    run = session.execute(
        select(ProcessingRun)
        .where(ProcessingRun.id == run_id, ProcessingRun.waiting_reason.is_not(None))
        .with_for_update(skip_locked=True)
    ).scalar_one_or_none()
    if run is None:
        return False
    if budget is not None:
        charges = estimated_charges(session, run_id)
        used = committed(session, organization_id, now=now, besides=run_id)
        if not fits(budget, used, charges):
            return False
        warn_once(session, organization_id, budget=budget, used=used.total + known_sum(charges), now=now)
    run.resumptions += 1
    run.execution_name = resumed_name(run.execution_name, run.resumptions)
    run.execution_arn = execution_arn(run.execution_name)
    run.waiting_reason = None
    session.flush()
    start_execution(run)
    return True


def open_estimates(session: Session, run_id: UUID) -> tuple[Charge, ...]:
    """Return a run's estimates, for vendors whose actual cost is not booked."""
    booked = set(
        session.scalars(select(CostEntry.vendor).where(CostEntry.run_id == run_id, CostEntry.kind == CostKind.ACTUAL))
    )
    return tuple(charge for charge in estimated_charges(session, run_id) if charge.vendor not in booked)


def estimated_charges(session: Session, run_id: UUID) -> tuple[Charge, ...]:
    """Return a run's estimates."""
    rows = session.execute(
        select(CostEntry.vendor, CostEntry.model, CostEntry.amount_usd, CostEntry.partial).where(
            CostEntry.run_id == run_id, CostEntry.kind == CostKind.ESTIMATE
        )
    )
    return tuple(Charge(vendor=row.vendor, model=row.model, usd=row.amount_usd, partial=row.partial) for row in rows)
