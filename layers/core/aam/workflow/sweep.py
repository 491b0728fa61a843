"""Sweep: end or retry runs that were lost or stalled, resume those that waited, and book what ended unbilled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from aam.deletion.tombstones import require_meeting
from aam.foundation.clock import new_id, utc_now
from aam.foundation.database import transaction
from aam.foundation.deadline import HasTime, within
from aam.foundation.paging import PagedSweep
from aam.foundation.run_each import run_each
from aam.foundation.settings import Environment, QueueSettings, StorageSettings, load
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.pipeline.budget import resume_waiting_runs
from aam.pipeline.executions import look_up_execution, start_execution, stop_execution
from aam.pipeline.models import Trigger
from aam.pipeline.termination import fail_vanished_runs
from aam.uploads.archive import require_readable
from aam.uploads.schemas import ReceivedObject
from aam.uploads.store import upload_store
from aam.vendor_limits.rate_limiter import read_limiter
from aam.vendor_limits.task_claims import StageName, TaskClaims
from aam.workflow.dead_letters import begin_dead_letters, give_up_dead_letters
from aam.workflow.last_sweep import note_sweep
from aam.workflow.metrics import measure
from aam.workflow.service import begin, retry_meeting
from aam.workflow.settlement import settle_ended_runs, settled_after
from aam.workflow.stalled import emptiness, fail_overdue_runs, retry_stalled_runs, settle_silent_tasks
from aam.workflow.unfinished_uploads import begin_arrived_uploads, end_unfinished_uploads

SECONDS_A_PART = 10.0
"""There are nine parts, and the function lives for two minutes."""


class SweepRequest(BaseModel):
    """``restarted``: the stack was made anew, so that no execution from before can be alive."""

    model_config = ConfigDict(extra="ignore")

    restarted: bool = False


class SettlingSettings(Environment):
    """Time that Deepgram may take to call back."""

    deepgram_callback_s: int = Field(alias="DEEPGRAM_CALLBACK_S", ge=1)


VENDORS: tuple[StageName, ...] = ("transcription", "artifacts")
"""The vendors' queues by the stage whose work they bring; a message that names its own stage is of that one."""


def sweep(request: SweepRequest) -> dict[str, int]:
    """End, retry, resume and book what there is; return how many of each.

    Each part is done although another fails; then the first failure is raised, so that the alarm counts it.
    """
    parts = {
        **vanished_work(request),
        **(undelivered_uploads() if request.restarted else {}),
        **stalled_runs(),
        **waiting_runs(),
    }
    done = run_each(parts, failed="part of the sweep failed")
    note_sweep(state_table(), now=utc_now())
    with transaction() as session:
        measure(session, read_limiter=partial(read_limiter, state_table()), now=utc_now())
    return done


def vanished_work(request: SweepRequest) -> dict[str, Callable[[], int]]:
    """Return the parts that settle vanished executions, undelivered messages and unfinished uploads."""
    queues = load(QueueSettings)
    return {
        "failed_runs": lambda: fail_vanished_runs(
            restarted=request.restarted,
            open_transaction=transaction,
            look_up=look_up_execution,
            now=utc_now(),
            paging=None if request.restarted else paging(),
        ),
        "dead_letters": lambda: give_up_dead_letters(
            {name: queues.dead_letters[name] for name in VENDORS}, claims=TaskClaims(state_table()), has_time=a_part()
        ),
        "begun_letters": lambda: begin_dead_letters(
            queues.processing_dead_letters_url,
            bucket=load(StorageSettings).media_bucket,
            begin=begin_undelivered,
            has_time=a_part(),
        ),
        "ended_uploads": lambda: end_unfinished_uploads(
            store=upload_store(), open_transaction=transaction, paging=paging(), begin=begin_undelivered, now=utc_now()
        ),
    }


def undelivered_uploads() -> dict[str, Callable[[], int]]:
    """Return the part for uploads whose notification was lost with an earlier stack; others' may still come."""
    return {
        "begun_uploads": lambda: begin_arrived_uploads(
            store=upload_store(), open_transaction=transaction, begin=begin_undelivered
        )
    }


def stalled_runs() -> dict[str, Callable[[], int]]:
    """Return the parts that fail stalled runs, with a reason, and retry them twice."""
    return {
        "overdue_runs": lambda: fail_overdue_runs(
            open_transaction=transaction, paging=paging(), revoke=revoke, stop_execution=stop_execution, now=utc_now()
        ),
        "silent_tasks": lambda: settle_silent_tasks(
            open_transaction=transaction,
            paging=paging(),
            claims=TaskClaims(state_table()),
            store=media_store(),
            is_empty=emptiness({name: load(QueueSettings).work[name] for name in VENDORS}),
            stop_execution=stop_execution,
            now=utc_now(),
        ),
        "retried_runs": lambda: retry_stalled_runs(
            open_transaction=transaction,
            paging=paging(),
            revoke=revoke,
            stop_execution=stop_execution,
            retry=retry,
            now=utc_now(),
        ),
    }


def waiting_runs() -> dict[str, Callable[[], int]]:
    """Return the parts that book the costs of ended runs, and start runs that wait for a budget."""
    return {
        "settled_runs": lambda: settle_ended_runs(
            open_transaction=transaction,
            store=media_store(),
            wait=settled_after(load(SettlingSettings).deepgram_callback_s),
            now=utc_now(),
        ),
        "resumed_runs": lambda: resume_waiting_runs(
            open_transaction=transaction, start_execution=start_execution, now=utc_now(), has_time=a_part()
        ),
    }


def paging() -> PagedSweep:
    """Return the paging by which a part continues at its last position, for its share of the time."""
    return PagedSweep(state_table(), a_part(), utc_now())


def a_part() -> HasTime:
    """Return a part's share of the time, from now on."""
    return within(SECONDS_A_PART)


def begin_undelivered(received: ReceivedObject) -> None:
    """Begin the run of an object whose notification was not delivered."""
    begin(received, delete_object=media_store().delete)


def retry(meeting_id: UUID) -> None:
    """Begin the next attempt at a meeting whose run stalled; raises MeetingUnknown for one that is on its way out."""
    with transaction() as session:
        require_meeting(session, meeting_id)
    retry_meeting(
        meeting_id=meeting_id,
        bucket=load(StorageSettings).media_bucket,
        correlation_id=str(new_id()),
        open_transaction=transaction,
        start_execution=start_execution,
        require_readable=partial(require_readable, store=media_store()),
        trigger=Trigger.STALL,
    )


def revoke(run_id: UUID) -> None:
    """Keep the workers of a run from paying for it any more."""
    TaskClaims(state_table()).revoke(run_id, now=utc_now().timestamp())
