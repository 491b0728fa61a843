"""Woken by a schedule, and by hand after a restart: runs without an execution fail, and so do dead letters' tasks."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.settings import load
from aam.foundation.state_table import state_table
from aam.pipeline.dead_letters import DeadLetterSettings, give_up_dead_letters
from aam.pipeline.ending import fail_vanished_runs
from aam.pipeline.executions import look_up_execution
from aam.vendors.claims import Claims


class SweepRequest(BaseModel):
    """``restarted``: the stack was made anew, so that no execution from before can be alive."""

    model_config = ConfigDict(extra="ignore")

    restarted: bool = False


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, int]:
    """Fail what hangs; says how many runs failed, and how many dead letters there are."""
    failed = fail_vanished_runs(
        restarted=SweepRequest.model_validate(event).restarted,
        open_transaction=transaction,
        look_up=look_up_execution,
        now=utc_now(),
    )
    dead_letters = give_up_dead_letters(load(DeadLetterSettings).urls, claims=Claims(state_table()))
    return {"failed_runs": failed, "dead_letters": dead_letters}
