"""Tables of meetings, what kinds there are, and who takes part or may look."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aam.clients.models import Client
from aam.foundation.tables import Base, Identified, JsonObject, OfMeeting, OfOrganization, one_of
from aam.identity.models import User
from aam.meetings.status import MeetingStatus


class MeetingType(Identified, OfOrganization, Base):
    """A kind of meeting, from the reviewed file of meeting types; kept by every cleanup."""

    __tablename__ = "meeting_types"

    key: Mapped[str]
    name: Mapped[str]
    scenario_key: Mapped[str]
    speech: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")

    __table_args__ = (UniqueConstraint("organization_id", "key"),)


class PromptScenario(Identified, OfOrganization, Base):
    """Sections of a meeting's artifacts, from a reviewed file; kept by every cleanup."""

    __tablename__ = "prompt_scenarios"

    key: Mapped[str]
    name: Mapped[str]
    version: Mapped[str]

    __table_args__ = (UniqueConstraint("organization_id", "key"),)


class DirectoryParticipant(Identified, OfOrganization, Base):
    """A person who is often met; kept by every cleanup."""

    __tablename__ = "directory_participants"

    full_name: Mapped[str]
    role_title: Mapped[str | None]
    email: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("length(full_name) between 1 and 200", name="full_name_length"),
        Index("ix_directory_participants_organization_id_full_name", "organization_id", "full_name"),
    )


class Meeting(Identified, OfOrganization, Base):
    """A meeting and where its processing stands."""

    __tablename__ = "meetings"

    owner_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey(Client.id, ondelete="CASCADE"))
    meeting_type_id: Mapped[UUID | None] = mapped_column(ForeignKey(MeetingType.id))
    scenario_id: Mapped[UUID | None] = mapped_column(ForeignKey(PromptScenario.id))
    title: Mapped[str]
    language: Mapped[str]
    summary_language: Mapped[str | None]
    status: Mapped[str] = mapped_column(default=MeetingStatus.CREATED)
    channels_are_speakers: Mapped[bool | None]
    speech: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")
    consent_basis: Mapped[str | None]
    consent_by: Mapped[str | None]
    consent_at: Mapped[datetime | None]
    consent_note: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    client: Mapped[Client] = relationship(lazy="raise")
    meeting_type: Mapped[MeetingType | None] = relationship(lazy="raise")
    scenario: Mapped[PromptScenario | None] = relationship(lazy="raise")
    participants: Mapped[list[MeetingParticipant]] = relationship(
        lazy="raise", passive_deletes=True, order_by="MeetingParticipant.id"
    )

    __table_args__ = (
        CheckConstraint("length(title) between 1 and 300", name="title_length"),
        CheckConstraint(one_of("status", *MeetingStatus), name="status"),
        CheckConstraint(
            "num_nonnulls(consent_basis, consent_by, consent_at) in (0, 3)",
            name="consent_whole",
        ),
        Index("ix_meetings_status_owner_id", "status", "owner_id"),
        Index("ix_meetings_client_id_created_at", "client_id", text("created_at desc")),
        Index("ix_meetings_status_created_at", "status", text("created_at desc")),
        Index("ix_meetings_owner_id_created_at", "owner_id", text("created_at desc")),
    )


class MeetingParticipant(Identified, OfMeeting, Base):
    """Participant of a meeting; name and role are snapshots that later changes of the directory leave alone."""

    __tablename__ = "meeting_participants"

    directory_participant_id: Mapped[UUID | None] = mapped_column(
        ForeignKey(DirectoryParticipant.id, ondelete="SET NULL")
    )
    full_name: Mapped[str]
    role_title: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("length(full_name) between 1 and 200", name="full_name_length"),
        Index("ix_meeting_participants_meeting_id", "meeting_id"),
    )


class MeetingViewer(Identified, OfMeeting, Base):
    """User besides the owner who may read a meeting."""

    __tablename__ = "meeting_viewers"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))

    __table_args__ = (
        UniqueConstraint("meeting_id", "user_id"),
        Index("ix_meeting_viewers_user_id", "user_id"),
    )
