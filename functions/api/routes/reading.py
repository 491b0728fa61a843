"""Results of a meeting: its transcript and its minutes."""

from __future__ import annotations

from uuid import UUID

from aam.artifacts.queries import (
    MARKDOWN,
    ArtifactsFormat,
    ArtifactsNotReady,
    ArtifactsQuery,
    ArtifactsView,
    artifacts_view,
    facts_of_meeting,
    minutes_as_markdown,
    named_document,
    newest_artifacts,
)
from aam.foundation.database import transaction
from aam.foundation.storage import ObjectStore, media_store, public_s3
from aam.meetings.errors import MeetingNotFound
from aam.meetings.listing import read_meeting
from aam.meetings.permissions import reach_meeting
from aam.transcription.errors import NoTiming
from aam.transcription.queries import (
    MEDIA_TYPES,
    TranscriptFormat,
    TranscriptNotReady,
    TranscriptPage,
    TranscriptQuery,
    exported,
    load_transcript,
    newest_transcript,
    read_page,
)
from calls import JSON_TYPE, Call, Endpoints, Reply

endpoints = Endpoints("results")

DIRECT_MAX = 1_000_000
EXPORT_LIFETIME_S = 900


@endpoints.route(
    "GET",
    "/meetings/{meeting_id}/transcript",
    query=TranscriptQuery,
    answer=TranscriptPage,
    media_types=tuple(kind.partition(";")[0] for kind in MEDIA_TYPES.values()),
    errors=(MeetingNotFound, TranscriptNotReady, NoTiming),
)
def get_transcript(call: Call, *, meeting_id: UUID, query: TranscriptQuery) -> Reply:
    """Read the transcript, page by page as JSON, or whole as VTT, SRT or text."""
    from aam.audit.models import Read
    from aam.audit.service import note_read  # with a table that no other route needs

    with transaction() as session:
        reach_meeting(session, meeting_id, caller=call.caller)
        row = newest_transcript(session, meeting_id)
        note_read(session, meeting_id, Read.TRANSCRIPT, caller=call.caller, now=call.now)
        if query.format == TranscriptFormat.JSON:
            page = read_page(session, row, query)
            name = f"transcript-{row.version}-from-{query.first}.json"
            return delivered(page.model_dump_json(), JSON_TYPE, meeting_id=meeting_id, name=name)
        whole = load_transcript(session, row, words=False, named=True)
    name = f"transcript-{row.version}.{query.format.value}"
    return delivered(exported(whole, query.format), MEDIA_TYPES[query.format], meeting_id=meeting_id, name=name)


@endpoints.route(
    "GET",
    "/meetings/{meeting_id}/artifacts",
    query=ArtifactsQuery,
    answer=ArtifactsView,
    media_types=("text/markdown",),
    errors=(MeetingNotFound, ArtifactsNotReady),
)
def get_artifacts(call: Call, *, meeting_id: UUID, query: ArtifactsQuery) -> Reply:
    """Read the newest minutes as data or as Markdown."""
    from aam.audit.models import Read
    from aam.audit.service import note_read

    with transaction() as session:
        meeting = read_meeting(session, meeting_id, caller=call.caller)
        row = newest_artifacts(session, meeting_id)
        note_read(session, meeting_id, Read.ARTIFACTS, caller=call.caller, now=call.now)
        occasion = facts_of_meeting(
            session,
            row,
            title=meeting.title,
            people=[person.full_name for person in meeting.participants],
            held_at=meeting.created_at,
        )
        document = named_document(session, row)
    if query.format == ArtifactsFormat.JSON:
        text = artifacts_view(row, document).model_dump_json()
        return delivered(text, JSON_TYPE, meeting_id=meeting_id, name=f"artifacts-{row.version}.json")
    text = minutes_as_markdown(document, occasion)
    return delivered(text, MARKDOWN, meeting_id=meeting_id, name=f"minutes-{row.version}.md")


def delivered(text: str, media_type: str, *, meeting_id: UUID, name: str) -> Reply:
    """Return a text as the answer's body, or by a redirect to the store where a Lambda's reply would be too large.

    The object lies under ``temp/``, whose lifecycle ends it after a day.
    """
    body = text.encode()
    if len(body) <= DIRECT_MAX:
        return Reply(body=text, media_type=media_type)
    store = media_store()
    key = f"temp/exports/{meeting_id}/{name}"
    store.write(key, body, content_type=media_type)
    url = ObjectStore(public_s3(), store.bucket).presigned_get(key, expires_s=EXPORT_LIFETIME_S)
    return Reply(status=303, headers={"Location": url})
