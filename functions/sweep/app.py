"""Woken by a schedule, and by hand after a restart: runs that were lost, that wait, or that ended without a bill."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from aam.artifacts.settling import settle_ended_runs
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.storage import media_store
from aam.pipeline.budget import resume_waiting_runs
from aam.pipeline.ending import fail_vanished_runs
from aam.pipeline.executions import look_up_execution, start_execution


class SweepRequest(BaseModel):
    """``restarted``: the stack was made anew, so that no execution from before can be alive."""

    model_config = ConfigDict(extra="ignore")

    restarted: bool = False


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, int]:
    """Fail what hangs, book what ended runs have spent, and resume what waited for its budget; says how many."""
    failed = fail_vanished_runs(
        restarted=SweepRequest.model_validate(event).restarted,
        open_transaction=transaction,
        look_up=look_up_execution,
        now=utc_now(),
    )
    settled = settle_ended_runs(open_transaction=transaction, store=media_store(), now=utc_now())
    resumed = resume_waiting_runs(open_transaction=transaction, start_execution=start_execution, now=utc_now())
    return {"failed_runs": failed, "settled_runs": settled, "resumed_runs": resumed}
