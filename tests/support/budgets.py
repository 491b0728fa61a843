"""One organization's budget, its runs, and the executions that were started."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from aam.costs.ledger import book
from aam.costs.models import CostKind
from aam.costs.prices import Charge
from aam.foundation.clock import new_id
from aam.meetings.models import Meeting
from aam.pipeline import runs
from aam.pipeline.budget import account_of, committed, reserve, resume_waiting_runs, set_budget
from aam.pipeline.executions import ExecutionsUnavailable
from aam.pipeline.models import ProcessingRun, Stage
from aam.pipeline.schemas import RunInput
from aam.pipeline.termination import cancel_meeting_run, fail_run
from aam.uploads.models import UploadBlob
from aam.uploads.schemas import ReceivedObject
from aam.vendor_limits.ports import Vendor
from aam.workflow.start import start_from_notification
from tests.support.postgres import Database
from tests.support.rows import Scene

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NEXT_MONTH = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)

WAITING = ("queued", "queued", "budget_exceeded", True, "queued")
"""How `Desk.state` tells of a run that waits."""


def usd(amount: str) -> Decimal:
    return Decimal(amount)


def speech(amount: str | None) -> Charge:
    return Charge(vendor=Vendor.DEEPGRAM, model="nova-3", usd=None if amount is None else usd(amount))


def writing(amount: str | None) -> Charge:
    return Charge(vendor=Vendor.OPENAI, model="gpt-5-mini", usd=None if amount is None else usd(amount))


@dataclass
class Desk:
    """One organization's runs, and the executions that were started."""

    database: Database
    scene: Scene
    started: list[tuple[str, int]] = field(default_factory=list)
    refuse: bool = False

    def start(self, run: ProcessingRun) -> None:
        if self.refuse:
            raise ExecutionsUnavailable
        self.started.append((run.execution_name, run.resumptions))

    def budget(self, amount: str | None, *, resume: bool = False, now: datetime = NOW) -> int:
        with self.database.transaction() as session:
            assert set_budget(session, self.scene.organization_id, monthly_usd=None if amount is None else usd(amount))
        return self.resume(now=now) if resume else 0

    def resume(self, *, now: datetime = NOW) -> int:
        return resume_waiting_runs(
            open_transaction=self.database.transaction, start_execution=self.start, now=now, organization_id=None
        )

    def run(self) -> RunInput:
        """Return a run of a meeting of its own, in its first step."""
        with self.database.transaction() as session:
            meeting = Meeting(
                id=new_id(),
                organization_id=self.scene.organization_id,
                owner_id=self.scene.user_id,
                client_id=self.scene.client_id,
                title="M",
                language="en",
            )
            session.add(meeting)
            session.flush()
            upload = UploadBlob(
                id=new_id(),
                organization_id=self.scene.organization_id,
                meeting_id=meeting.id,
                key=f"meetings/{meeting.id}/a.mp3",
                filename="a.mp3",
                content_type="audio/mpeg",
                size_bytes=10,
            )
            session.add(upload)
        run_id = start_from_notification(
            ReceivedObject(bucket="media", key=upload.key, size=10, etag="e"),
            correlation_id="c",
            open_transaction=self.database.transaction,
            start_execution=self.start,
            delete_object=lambda _key: None,
            now=NOW,
        )
        assert run_id is not None
        made = RunInput(
            run_id=run_id,
            meeting_id=meeting.id,
            organization_id=self.scene.organization_id,
            upload_id=upload.id,
            correlation_id="c",
        )
        self.begin(made)
        return made

    def begin(self, run: RunInput, stage: Stage = Stage.PROBE) -> None:
        with self.database.transaction() as session:
            runs.begin_stage(session, run_id=run.run_id, stage=stage, now=NOW, resumption=run.resumption)

    def admit(self, run: RunInput, *charges: Charge, now: datetime = NOW) -> bool:
        return reserve(
            charges,
            run=run,
            open_statements=self.database.transaction,
            open_transaction=self.database.transaction,
            now=now,
        )

    def charge(self, run: RunInput, *charges: Charge, now: datetime = NOW) -> None:
        with self.database.transaction() as session:
            book(session, charges, to=account_of(run), kind=CostKind.ACTUAL, now=now)

    def used(self, *, now: datetime = NOW) -> tuple[Decimal, Decimal]:
        with self.database.transaction() as session:
            found = committed(session, self.scene.organization_id, now=now)
        return found.spent, found.reserved

    def state(self, run: RunInput) -> Any:
        (row,) = self.database.rows(
            "select r.status, r.stage, r.waiting_reason, r.execution_arn is null, m.status from processing_runs r"
            f" join meetings m on m.id = r.meeting_id where r.id = '{run.run_id}'"
        )
        return row

    def end(self, run: RunInput) -> None:
        with runs.holding(run.run_id, open_transaction=self.database.transaction) as session:
            runs.end_succeeded(session, run_id=run.run_id, now=NOW)


def succeed(desk: Desk, run: RunInput) -> None:
    desk.end(run)


def fail(desk: Desk, run: RunInput) -> None:
    assert fail_run(run_id=run.run_id, error_name="", cause="", open_transaction=desk.database.transaction, now=NOW)


def cancel(desk: Desk, run: RunInput) -> None:
    cancel_meeting_run(
        meeting_id=run.meeting_id,
        open_transaction=desk.database.transaction,
        revoke=lambda _run_id: None,
        stop_execution=lambda _arn: None,
        now=NOW,
    )


def delete(desk: Desk, run: RunInput) -> None:
    with desk.database.transaction() as session:
        session.execute(text(f"delete from meetings where id = '{run.meeting_id}'"))
