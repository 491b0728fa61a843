"""Erase a user: locked out at once, meetings handed over or erased, the row deleted last."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, func, select, update

from aam.clients.models import Client
from aam.deletion import rows
from aam.deletion.legal_holds import load_holds
from aam.erasure.job import ErasureJob, Outcome
from aam.foundation.throttle import counter_key
from aam.identity.models import Organization, RefreshToken, User
from aam.identity.service import LOGIN_PER_EMAIL
from aam.meetings.models import DirectoryParticipant, Meeting
from aam.redaction import person_records
from aam.redaction.name_matching import ERASED

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BLIND = {"synchronize_session": False}


def end_sessions(job: ErasureJob) -> None:
    """End a user's sessions at once, before anything else; delete their counters of attempts to log in."""
    user_id = job.lease.subject_id
    with job.transaction() as session:
        user = session.get(User, user_id)
        if user is None:
            return
        user.disabled_at = user.disabled_at or job.now
        gone = session.execute(
            delete(RefreshToken).where(RefreshToken.user_id == user_id).returning(RefreshToken.id),
            execution_options=BLIND,
        ).all()
        job.progress.counts["refresh_tokens"] += len(gone)
        job.note(session)
        email = user.email
    for address in {email.lower(), email}:
        for windows in range(3):
            at = job.now - timedelta(seconds=windows * LOGIN_PER_EMAIL.window_s)
            job.deps.table.delete(counter_key(LOGIN_PER_EMAIL, address, at))


def has_heir(job: ErasureJob) -> bool:
    """Return whether a user is left in the organization who can take the meetings; a deleted user needs none."""
    with job.transaction() as session:
        user = session.get(User, job.lease.subject_id)
        return user is None or person_records.heir_of(session, user) is not None


def erase_organization(job: ErasureJob) -> Outcome:
    """Erase the meetings and clients of an organization that loses its last user."""
    organization_id = job.lease.organization_id
    with job.transaction() as session:
        found = session.execute(
            select(Meeting.id, Meeting.client_id).where(Meeting.organization_id == organization_id)
        ).all()
        holds = load_holds(session)
        every = session.scalars(select(Client.id).where(Client.organization_id == organization_id)).all()
    job.progress.clients |= holds.clients & set(every)
    job.progress.held |= {row.id for row in found if holds.cover(row.id, row.client_id)}
    if job.erase_meetings(sorted({row.id for row in found} - job.progress.held)) is Outcome.LATER:
        return Outcome.LATER
    with job.transaction() as session:
        clients = session.scalars(select(Client.id).where(Client.organization_id == organization_id)).all()
        rows.delete(session, "clients", clients, now=job.now)
        left = session.scalar(select(func.count()).where(Client.organization_id == organization_id)) or 0
        job.progress.counts["clients"] += len(clients) - left
        if not job.progress.waits:
            people_gone = session.execute(
                delete(DirectoryParticipant)
                .where(DirectoryParticipant.organization_id == organization_id)
                .returning(DirectoryParticipant.id),
                execution_options=BLIND,
            ).all()
            job.progress.counts["directory_participants"] += len(people_gone)
            organization = session.get_one(Organization, organization_id)
            organization.name, organization.speech = ERASED, {}
        job.note(session)
    return Outcome.GONE


def delete_user(session: Session, user_id: UUID) -> Counter[str] | None:
    """Hand a user's meetings and organization over, and delete the user; None where there is data and no heir."""
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        return Counter()
    heir = person_records.heir_of(session, user)
    counts: Counter[str] = Counter({"users": 1})
    if heir is not None:
        handed = session.execute(
            update(Meeting).where(Meeting.owner_id == user_id).values(owner_id=heir).returning(Meeting.id),
            execution_options=BLIND,
        ).all()
        counts["meetings_handed_over"] = len(handed)
        session.execute(
            update(Organization).where(Organization.owner_id == user_id).values(owner_id=heir), execution_options=BLIND
        )
    elif session.scalar(select(func.count()).where(Meeting.owner_id == user_id)):
        return None
    session.execute(delete(User).where(User.id == user_id), execution_options=BLIND)
    return counts
