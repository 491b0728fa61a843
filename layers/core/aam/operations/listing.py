"""Lists for operators: what there is of a kind, newest first, narrowed by filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, case, func, select

from aam.clients.models import Client
from aam.deletion.models import LegalHold
from aam.erasure.models import Erasure, ErasureState
from aam.foundation.pagination import after, cut, decode
from aam.foundation.schemas import View
from aam.identity.models import Organization, User
from aam.meetings.models import Meeting
from aam.meetings.status import MeetingStatus
from aam.operations.errors import BadOperationsRequest
from aam.operations.list_schemas import (
    ClientLine,
    ErasureLine,
    ErrorLine,
    HoldLine,
    Listing,
    MeetingLine,
    OrganizationLine,
    RunLine,
    UserLine,
)
from aam.operations.requests import ListRequest
from aam.pipeline.models import ProcessingError, ProcessingRun, RunStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Source:
    """Rows of a kind: what is read of them, what they are sorted by, and the columns that filters compare.

    A filter that is not in ``filters`` means nothing for this kind.
    """

    line: type[View]
    shown: Select[*tuple[Any, ...]]
    row_id: Any
    created_at: Any
    filters: Mapping[str, Any]
    statuses: Sequence[str] = ()


def list_rows(session: Session, asked: ListRequest) -> Listing:
    """Return one page of a kind; raise BadOperationsRequest for a filter that means nothing there, BadCursor."""
    source = SOURCES[asked.kind]
    refuse_meaningless(asked, source)
    conditions = [source.filters[name] == value for name, value in asked.filters.items()]
    if asked.since is not None:
        conditions.append(source.created_at >= asked.since)
    rows = session.execute(
        source.shown.where(*conditions, *after(decode(asked.cursor), source.created_at, source.row_id))
        .order_by(source.created_at.desc(), source.row_id.desc())
        .limit(asked.limit + 1)
    ).all()
    page, following = cut(rows, asked.limit)
    return Listing(kind=asked.kind, rows=tuple(source.line.model_validate(row) for row in page), next_cursor=following)


def refuse_meaningless(asked: ListRequest, source: Source) -> None:
    """Raise BadOperationsRequest for a filter or status that this kind does not have."""
    for name in asked.filters:
        if name not in source.filters:
            known = ", ".join([*source.filters, "since"])
            raise BadOperationsRequest(f"{asked.kind} can be narrowed by {known}, not by {name}; nothing was changed.")
    if asked.status is not None and asked.status not in source.statuses:
        known = ", ".join(source.statuses)
        raise BadOperationsRequest(f"The status of {asked.kind} is one of {known}; nothing was changed.")


def number_of(table: Any, column: Any, owner: Any) -> Any:
    """Return the column that counts a table's rows of one owner."""
    return select(func.count()).select_from(table).where(column == owner).scalar_subquery()


USER_STATUS = case((User.disabled_at.is_(None), "active"), else_="disabled")
ERROR_STATUS = case((ProcessingError.is_read, "read"), else_="unread")

SOURCES: dict[str, Source] = {
    "meetings": Source(
        MeetingLine,
        select(
            Meeting.id,
            Meeting.created_at,
            Meeting.status,
            Meeting.title,
            Meeting.language,
            Meeting.client_id,
            Client.name.label("client"),
            Meeting.organization_id,
        ).join(Client, Client.id == Meeting.client_id),
        Meeting.id,
        Meeting.created_at,
        {"organization": Meeting.organization_id, "client": Meeting.client_id, "status": Meeting.status},
        tuple(MeetingStatus),
    ),
    "clients": Source(
        ClientLine,
        select(
            Client.id,
            Client.created_at,
            Client.name,
            number_of(Meeting, Meeting.client_id, Client.id).label("meetings"),
            Client.organization_id,
            Organization.name.label("organization"),
        ).join(Organization, Organization.id == Client.organization_id),
        Client.id,
        Client.created_at,
        {"organization": Client.organization_id},
    ),
    "users": Source(
        UserLine,
        select(
            User.id,
            User.created_at,
            USER_STATUS.label("status"),
            User.email,
            User.full_name,
            User.organization_id,
            Organization.name.label("organization"),
        ).join(Organization, Organization.id == User.organization_id),
        User.id,
        User.created_at,
        {"organization": User.organization_id, "status": USER_STATUS},
        ("active", "disabled"),
    ),
    "organizations": Source(
        OrganizationLine,
        select(
            Organization.id,
            Organization.created_at,
            Organization.name,
            number_of(User, User.organization_id, Organization.id).label("users"),
            number_of(Meeting, Meeting.organization_id, Organization.id).label("meetings"),
        ),
        Organization.id,
        Organization.created_at,
        {},
    ),
    "runs": Source(
        RunLine,
        select(
            ProcessingRun.id,
            ProcessingRun.created_at,
            ProcessingRun.status,
            ProcessingRun.stage,
            ProcessingRun.attempt,
            ProcessingRun.failure_code,
            ProcessingRun.waiting_reason,
            ProcessingRun.meeting_id,
            ProcessingRun.organization_id,
        ).join(Meeting, Meeting.id == ProcessingRun.meeting_id),
        ProcessingRun.id,
        ProcessingRun.created_at,
        {
            "organization": ProcessingRun.organization_id,
            "client": Meeting.client_id,
            "meeting": ProcessingRun.meeting_id,
            "status": ProcessingRun.status,
        },
        tuple(RunStatus),
    ),
    "errors": Source(
        ErrorLine,
        select(
            ProcessingError.id,
            ProcessingError.occurred_at.label("created_at"),
            ERROR_STATUS.label("status"),
            ProcessingError.stage,
            ProcessingError.code,
            ProcessingError.message,
            ProcessingError.meeting_id,
            ProcessingError.organization_id,
        ).join(Meeting, Meeting.id == ProcessingError.meeting_id),
        ProcessingError.id,
        ProcessingError.occurred_at,
        {
            "organization": ProcessingError.organization_id,
            "client": Meeting.client_id,
            "meeting": ProcessingError.meeting_id,
            "status": ERROR_STATUS,
        },
        ("unread", "read"),
    ),
    "holds": Source(
        HoldLine,
        select(
            LegalHold.id,
            LegalHold.created_at,
            case((LegalHold.client_id.is_not(None), "client"), else_="meeting").label("subject"),
            func.coalesce(LegalHold.client_id, LegalHold.meeting_id).label("subject_id"),
            func.coalesce(Client.name, Meeting.title).label("name"),
            LegalHold.reason,
            LegalHold.organization_id,
        )
        .outerjoin(Client, Client.id == LegalHold.client_id)
        .outerjoin(Meeting, Meeting.id == LegalHold.meeting_id),
        LegalHold.id,
        LegalHold.created_at,
        {
            "organization": LegalHold.organization_id,
            "client": func.coalesce(LegalHold.client_id, Meeting.client_id),
            "meeting": LegalHold.meeting_id,
        },
    ),
    "erasures": Source(
        ErasureLine,
        select(
            Erasure.id,
            Erasure.created_at,
            Erasure.state.label("status"),
            Erasure.subject_kind.label("subject"),
            Erasure.subject_id,
            Erasure.trigger,
            Erasure.erased_at,
            Erasure.completed_at,
            Erasure.organization_id,
        ),
        Erasure.id,
        Erasure.created_at,
        {"organization": Erasure.organization_id, "status": Erasure.state},
        tuple(ErasureState),
    ),
}
