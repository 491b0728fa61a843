"""Woken by a schedule, and by hand after a restart: runs that were lost, given up, that wait, or ended unbilled."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from aam.artifacts.settling import settle_ended_runs
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.settings import load
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.pipeline.budget import resume_waiting_runs
from aam.pipeline.dead_letters import DeadLetterSettings, give_up_dead_letters
from aam.pipeline.ending import fail_vanished_runs
from aam.pipeline.executions import look_up_execution, start_execution
from aam.vendors.claims import Claims


class SweepRequest(BaseModel):
    """``restarted``: the stack was made anew, so that no execution from before can be alive."""

    model_config = ConfigDict(extra="ignore")

    restarted: bool = False


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, int]:
    """Fail what hangs or was given up, book what ended runs have spent, resume what waited; says how many of each."""
    failed = fail_vanished_runs(
        restarted=SweepRequest.model_validate(event).restarted,
        open_transaction=transaction,
        look_up=look_up_execution,
        now=utc_now(),
    )
    settled = settle_ended_runs(open_transaction=transaction, store=media_store(), now=utc_now())
    resumed = resume_waiting_runs(open_transaction=transaction, start_execution=start_execution, now=utc_now())
    given_up = give_up_dead_letters(load(DeadLetterSettings).urls, claims=Claims(state_table()))
    return {"failed_runs": failed, "settled_runs": settled, "resumed_runs": resumed, "dead_letters": given_up}
