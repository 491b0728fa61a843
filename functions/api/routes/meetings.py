"""Meetings and their processing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from aam.deletion.errors import OnLegalHold
from aam.foundation.database import transaction
from aam.foundation.pagination import BadCursor, Page
from aam.foundation.schemas import RequestBody, View
from aam.foundation.state_table import StateUnavailable, state_table
from aam.foundation.storage import media_store
from aam.meetings.errors import (
    ConsentRequired,
    MeetingNotFound,
    OwnerOnly,
    UnknownClient,
    UnknownMeetingType,
    UnknownParticipant,
    UnknownScenario,
    UnknownViewer,
)
from aam.meetings.listing import list_meetings, read_meeting
from aam.meetings.permissions import own_meeting
from aam.meetings.schemas import MeetingChanges, MeetingQuery, MeetingSummary, NewMeeting
from aam.meetings.service import add_meeting, change_meeting
from aam.meetings.speech import UnsupportedOption
from aam.pipeline.error_marks import mark_read
from aam.pipeline.errors import ErrorNotFound, NothingToCancel, NothingToRetry, RunInProgress, StageNotReached
from aam.pipeline.executions import ExecutionsUnavailable, start_execution, stop_execution
from aam.pipeline.models import Stage
from aam.pipeline.progress import MeetingDetails, meeting_details, read_progress
from aam.pipeline.schemas import BeginsAt
from aam.uploads.errors import RecordingArchived
from calls import Call, Endpoints

endpoints = Endpoints("meetings")

DESCRIBING = (
    ConsentRequired,
    UnknownClient,
    UnknownMeetingType,
    UnknownScenario,
    UnknownParticipant,
    UnknownViewer,
    UnsupportedOption,
)
OWNING = (MeetingNotFound, OwnerOnly)
STOPPING = (StateUnavailable, ExecutionsUnavailable)


class RunView(View):
    """The run that was begun or cancelled."""

    run_id: UUID


@endpoints.route("GET", "/meetings", query=MeetingQuery, answer=Page[MeetingSummary], errors=(BadCursor,))
def get_meetings(call: Call, *, query: MeetingQuery) -> Page[MeetingSummary]:
    """List the meetings that the caller owns or may look at, newest first."""
    with transaction() as session:
        return list_meetings(session, query, caller=call.caller)


@endpoints.route(
    "POST",
    "/meetings",
    body=NewMeeting,
    answer=MeetingDetails,
    status=201,
    idempotent=True,
    errors=DESCRIBING,
)
def post_meeting(call: Call, *, body: NewMeeting) -> MeetingDetails:
    """Add a meeting."""
    required = call.settings.consent_required
    with transaction() as session:
        meeting_id = add_meeting(session, body, caller=call.caller, consent_required=required)
        return meeting_details(
            read_meeting(session, meeting_id, caller=call.caller), read_progress(session, meeting_id)
        )


@endpoints.route("GET", "/meetings/{meeting_id}", answer=MeetingDetails, errors=(MeetingNotFound,))
def get_meeting(call: Call, *, meeting_id: UUID) -> MeetingDetails:
    """Read a meeting: its people, status, stage, progress, timings and errors."""
    with transaction() as session:
        meeting = read_meeting(session, meeting_id, caller=call.caller)
        return meeting_details(meeting, read_progress(session, meeting_id))


@endpoints.route(
    "PATCH",
    "/meetings/{meeting_id}",
    body=MeetingChanges,
    answer=MeetingDetails,
    errors=(*OWNING, *DESCRIBING),
)
def patch_meeting(call: Call, *, meeting_id: UUID, body: MeetingChanges) -> MeetingDetails:
    """Change a meeting: what is left out stays, lists replace what stood there."""
    required = call.settings.consent_required
    with transaction() as session:
        change_meeting(session, meeting_id, body, caller=call.caller, consent_required=required)
        session.expire_all()
        meeting = read_meeting(session, meeting_id, caller=call.caller)
        return meeting_details(meeting, read_progress(session, meeting_id))


@endpoints.route(
    "DELETE",
    "/meetings/{meeting_id}",
    status=204,
    errors=(*OWNING, OnLegalHold, StateUnavailable, ExecutionsUnavailable),
)
def remove_meeting(call: Call, *, meeting_id: UUID) -> None:
    """Delete a meeting with its recordings and all that was made of them; a living run is stopped.

    Objects go before rows: when the store fails half-way, the meeting is still there to be deleted again.  What its
    runs may have spent stays in the ledger.
    """
    from aam.deletion.service import delete_meeting  # with all of its tables, which no other route needs
    from aam.store.bucket import Bucket

    with transaction() as session:
        own_meeting(session, meeting_id, caller=call.caller)
    delete_meeting(
        meeting_id,
        bucket=Bucket(media_store()),
        open_transaction=transaction,
        revoke=revoking(call),
        stop_execution=stop_execution,
        now=call.now,
    )


class Retry(RequestBody):
    """At which stage to begin; left out, where the last attempt stopped.

    What was made before that stage is taken over and not paid again.  An earlier stage than necessary is done again,
    and what it costs is paid again.
    """

    from_stage: BeginsAt | None = None


@endpoints.route(
    "POST",
    "/meetings/{meeting_id}/retry",
    body=Retry,
    body_required=False,
    answer=RunView,
    status=202,
    idempotent=True,
    errors=(*OWNING, RunInProgress, NothingToRetry, StageNotReached, RecordingArchived, ExecutionsUnavailable),
)
def retry(call: Call, *, meeting_id: UUID, body: Retry) -> RunView:
    """Go on with the newest recording where the last attempt stopped, or begin at an earlier stage."""
    from aam.uploads.archive import require_readable
    from aam.workflow.service import retry_meeting  # with all that a new attempt needs

    with transaction() as session:
        own_meeting(session, meeting_id, caller=call.caller)
    run_id = retry_meeting(
        meeting_id=meeting_id,
        bucket=call.settings.media_bucket,
        correlation_id=call.correlation_id,
        open_transaction=transaction,
        start_execution=start_execution,
        require_readable=partial(require_readable, store=media_store()),
        from_stage=Stage(body.from_stage) if body.from_stage else None,
    )
    return RunView(run_id=run_id)


@endpoints.route(
    "POST",
    "/meetings/{meeting_id}/errors/{error_id}/read",
    status=204,
    errors=(*OWNING, ErrorNotFound),
)
def read_error(call: Call, *, meeting_id: UUID, error_id: UUID) -> None:
    """Mark an error of the meeting as read; once more changes nothing."""
    with transaction() as session:
        own_meeting(session, meeting_id, caller=call.caller)
        mark_read(session, error_id, meeting_id=meeting_id)


@endpoints.route(
    "POST",
    "/meetings/{meeting_id}/cancel",
    answer=RunView,
    idempotent=True,
    errors=(*OWNING, NothingToCancel, *STOPPING),
)
def cancel(call: Call, *, meeting_id: UUID) -> RunView:
    """Cancel the living run; once more, stop what a cancelled one has left running."""
    with transaction() as session:
        own_meeting(session, meeting_id, caller=call.caller)
    run_id = cancel_run(call, meeting_id)
    return RunView(run_id=run_id)


def cancel_run(call: Call, meeting_id: UUID) -> UUID:
    """Cancel a meeting's living run, or what a cancelled one has left running."""
    from aam.pipeline.termination import cancel_meeting_run

    return cancel_meeting_run(
        meeting_id=meeting_id,
        open_transaction=transaction,
        revoke=revoking(call),
        stop_execution=stop_execution,
        now=call.now,
    )


def revoking(call: Call) -> Callable[[UUID], None]:
    """Return the function that stops the workers of a run from paying for it."""
    from aam.vendor_limits.task_claims import TaskClaims

    return partial(TaskClaims(state_table()).revoke, now=call.now.timestamp())
