"""Rows that many tests need: an organization with a user, a client, a meeting and an upload."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from aam.clients.models import Client
from aam.foundation.clock import new_id
from aam.identity.models import Organization, User
from aam.meetings.models import Meeting
from aam.uploads.models import UploadBlob
from tests.support.postgres import Database


@dataclass(frozen=True)
class Scene:
    """The ids of what was made, and the upload's key."""

    organization_id: UUID
    user_id: UUID
    client_id: UUID
    meeting_id: UUID
    upload_id: UUID
    key: str


def make_scene(database: Database, *, filename: str = "meeting.vtt") -> Scene:
    """Return one meeting with one pending upload."""
    organization = Organization(id=new_id(), name="Test organization")
    user = User(
        id=new_id(), organization_id=organization.id, email=f"{new_id()}@example.com", full_name="U", password_hash="x"
    )
    client = Client(id=new_id(), organization_id=organization.id, name="Client")
    meeting = Meeting(
        id=new_id(),
        organization_id=organization.id,
        owner_id=user.id,
        client_id=client.id,
        title="A meeting",
        language="en",
    )
    upload = UploadBlob(
        id=new_id(),
        organization_id=organization.id,
        meeting_id=meeting.id,
        key=f"meetings/{meeting.id}/20261121T100000Z_{filename}",
        filename=filename,
        content_type="text/vtt",
        size_bytes=10,
    )
    with database.transaction() as session:
        for row in (organization, user, client, meeting, upload):
            session.add(row)
            session.flush()
    database.statements.clear()
    return Scene(organization.id, user.id, client.id, meeting.id, upload.id, upload.key)
