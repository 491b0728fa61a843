"""The table of uploads."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from aam.foundation.tables import Base, Identified, JsonObject, OfMeeting, one_of
from aam.identity.models import User
from aam.meetings import models as _meetings  # noqa: F401 - OfMeeting refers to its table
from aam.uploads.status import UploadStatus


class UploadBlob(Identified, OfMeeting, Base):
    """One object that a client uploads; logs and state machines speak of it by id, never by key."""

    __tablename__ = "upload_blobs"

    created_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    key: Mapped[str] = mapped_column(unique=True)
    filename: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(default=UploadStatus.PENDING)
    multipart_id: Mapped[str | None]
    part_size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    etag: Mapped[str | None]
    version_id: Mapped[str | None]
    received_at: Mapped[datetime | None]
    media_facts: Mapped[JsonObject | None]

    __table_args__ = (
        CheckConstraint("size_bytes >= 0", name="size"),
        CheckConstraint(one_of("status", *UploadStatus), name="status"),
        Index("ix_upload_blobs_meeting_id_created_at", "meeting_id", "created_at"),
    )
