"""Cost of processing an upload, shown before anything is uploaded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.costs.estimates import PaidModels, Workload, estimate
from aam.costs.schemas import CostView, PricedUpload, view_of
from aam.identity.models import Organization
from aam.meetings.models import Meeting, MeetingType
from aam.meetings.speech import SpeechOptions, resolved
from aam.uploads.facts import announces_transcript
from aam.uploads.schemas import UploadView

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def cost_of_upload(
    session: Session,
    *,
    meeting_id: UUID,
    filename: str,
    size_bytes: int,
    content_type: str,
    models: PaidModels,
    on: date,
) -> CostView:
    """Return the highest likely cost, guessed from size, type and the meeting's options.

    Before a recording is looked at it may have two channels, each of which is a speaker and paid for, unless the
    meeting says that its channels are none.
    """
    meeting = session.execute(
        select(
            Meeting.language,
            Meeting.channels_are_speakers,
            Organization.speech.label("of_organization"),
            MeetingType.speech.label("of_type"),
            Meeting.speech.label("own"),
        )
        .join(Organization, Organization.id == Meeting.organization_id)
        .outerjoin(MeetingType, MeetingType.id == Meeting.meeting_type_id)
        .where(Meeting.id == meeting_id)
    ).one()
    given = (SpeechOptions.model_validate(options or {}) for options in meeting[2:])
    work = Workload(
        is_transcript=announces_transcript(filename, content_type),
        size_bytes=size_bytes,
        content_type=content_type,
        language=meeting.language,
        channels=1 if meeting.channels_are_speakers is False else 2,
        asked=resolved(*given),
    )
    return view_of(estimate(work, models, on=on))


def with_cost(upload: UploadView, cost: CostView) -> PricedUpload:
    """Return the upload together with its cost."""
    return PricedUpload(**dict(upload), estimated_cost=cost)
