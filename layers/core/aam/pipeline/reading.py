"""The one reading of a meeting with its relations that a run makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from aam.identity.models import User
from aam.meetings.models import Meeting
from aam.pipeline.errors import RunNotCurrent
from aam.pipeline.models import ProcessingRun
from aam.pipeline.schemas import Person, RunContext, RunInput, UploadContext
from aam.uploads.models import UploadBlob

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def read_context(session: Session, run: RunInput) -> RunContext:
    """The meeting, its client, type, scenario, participants, owner and upload in one statement.

    Raises RunNotCurrent when the meeting was deleted meanwhile.
    """
    found = (
        session.execute(
            select(Meeting, UploadBlob, User.full_name, ProcessingRun.attempt)
            .join(UploadBlob, UploadBlob.meeting_id == Meeting.id)
            .join(User, User.id == Meeting.owner_id)
            .join(ProcessingRun, ProcessingRun.upload_id == UploadBlob.id)
            .where(UploadBlob.id == run.upload_id, ProcessingRun.id == run.run_id)
            .options(
                joinedload(Meeting.client),
                joinedload(Meeting.meeting_type),
                joinedload(Meeting.scenario),
                joinedload(Meeting.participants),
            )
        )
        .unique()
        .one_or_none()
    )
    if found is None:
        raise RunNotCurrent
    meeting, upload, owner_name, attempt = found
    return RunContext(
        run=run,
        attempt=attempt,
        upload=UploadContext(
            key=upload.key,
            filename=upload.filename,
            content_type=upload.content_type,
            size_bytes=upload.size_bytes,
        ),
        title=meeting.title,
        language=meeting.language,
        summary_language=meeting.summary_language,
        channels_are_speakers=meeting.channels_are_speakers,
        client_name=meeting.client.name,
        scenario_key=meeting.scenario.key if meeting.scenario else None,
        meeting_type_key=meeting.meeting_type.key if meeting.meeting_type else None,
        participants=tuple(Person(full_name=p.full_name, role_title=p.role_title) for p in meeting.participants),
        owner_name=owner_name,
        held_at=meeting.created_at,
    )
