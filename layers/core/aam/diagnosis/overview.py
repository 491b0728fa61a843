"""A little of everything, and what deserves attention; and the list of what waits for a retry."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from aam.diagnosis.advice import leaf_of, retry_helps
from aam.diagnosis.queues import look_at_queues
from aam.diagnosis.schemas import Advice, FailedMeeting, FailedMeetings, Overview
from aam.diagnosis.services import look_at_services
from aam.diagnosis.tools import Tools
from aam.meetings.models import Meeting
from aam.meetings.status import MeetingStatus
from aam.pipeline.models import ALIVE, ProcessingError, ProcessingRun, RunStatus
from aam.retention.models import LegalHold, MeetingTombstone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ERRORS_OF = timedelta(days=1)
FAILED_MOST = 200


def look_around(*, tools: Tools) -> Overview:
    """Meetings by status, what runs and waits, fresh errors, queues, services, and what to do."""
    services = look_at_services(tools=tools)
    queues = look_at_queues(tools=tools, letters=False)
    since = tools.clock() - ERRORS_OF
    with tools.open_transaction() as session:
        counted = session.execute(select(Meeting.status, func.count().label("n")).group_by(Meeting.status))
        meetings = {row.status: row.n for row in counted}
        alive, waiting = session.execute(
            select(func.count(), func.count(ProcessingRun.waiting_reason)).where(ProcessingRun.status.in_(ALIVE))
        ).one()
        unread = session.execute(
            select(ProcessingError.code, func.count().label("n"))
            .where(ProcessingError.is_read.is_(False), ProcessingError.occurred_at > since)
            .group_by(ProcessingError.code)
        )
        errors = {row.code: row.n for row in unread}
        holds = session.scalar(select(func.count()).select_from(LegalHold)) or 0
    failed = meetings.get(MeetingStatus.FAILED, 0)
    own = []
    if failed:
        own.append(Advice(why=f"{failed} meetings have failed.", command="aam retry --failed"))
    if waiting:
        own.append(Advice(why=f"{waiting} runs wait for their budget.", command="aam cost budget"))
    sweep = next((each.last for each in services.schedules if each.name == "sweep"), None)
    return Overview(
        meetings=meetings,
        runs_alive=alive,
        runs_waiting=waiting,
        unread_errors=errors,
        queues=queues.queues,
        checks=services.checks,
        last_sweep=sweep,
        holds=holds,
        advice=(*own, *queues.advice, *services.advice),
    )


def list_failed(session: Session) -> FailedMeetings:
    """The meetings whose newest run failed, the newest first, and whether a retry can help."""
    later = aliased(ProcessingRun)
    rows = session.execute(
        select(Meeting.id, Meeting.title, ProcessingRun.stage, ProcessingRun.failure_code, ProcessingRun.finished_at)
        .join(ProcessingRun, ProcessingRun.meeting_id == Meeting.id)
        .where(
            Meeting.status == MeetingStatus.FAILED,
            ProcessingRun.status == RunStatus.FAILED,
            ~exists().where(later.meeting_id == Meeting.id, later.created_at > ProcessingRun.created_at),
            ~exists().where(MeetingTombstone.meeting_id == Meeting.id),
        )
        .order_by(ProcessingRun.finished_at.desc())
        .limit(FAILED_MOST + 1)
    ).all()
    found = []
    for row in rows[:FAILED_MOST]:
        code = row.failure_code or "step_failed"
        leaf = leaf_of(code)
        found.append(
            FailedMeeting(
                meeting_id=row.id,
                title=row.title,
                stage=row.stage,
                code=code,
                sentence=leaf.sentence if leaf else "",
                helps=retry_helps(code),
                finished_at=row.finished_at,
            )
        )
    return FailedMeetings(meetings=tuple(found), more=len(rows) > FAILED_MOST)
