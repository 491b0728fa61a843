"""Woken by a schedule, and by hand after a restart: runs that were lost, given up, that wait, or ended unbilled."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from aam.artifacts.settling import settle_ended_runs, settled_after
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.errors import AppError
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.observability import frames_of, logger
from aam.foundation.settings import Environment, load
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


class SettlingSettings(Environment):
    """How long Deepgram may take to call back."""

    deepgram_callback_s: int = Field(alias="DEEPGRAM_CALLBACK_S", ge=1)


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, int]:
    """Fail what hangs or was given up, book what ended runs have spent, resume what waited; says how many of each.

    Each part is done although another fails; then the first failure is raised, so that the alarm hears of it.
    """
    request = SweepRequest.model_validate(event)
    parts: dict[str, Callable[[], int]] = {
        "failed_runs": lambda: fail_vanished_runs(
            restarted=request.restarted, open_transaction=transaction, look_up=look_up_execution, now=utc_now()
        ),
        "dead_letters": lambda: give_up_dead_letters(load(DeadLetterSettings).urls, claims=Claims(state_table())),
        "settled_runs": lambda: settle_ended_runs(
            open_transaction=transaction,
            store=media_store(),
            wait=settled_after(load(SettlingSettings).deepgram_callback_s),
            now=utc_now(),
        ),
        "resumed_runs": lambda: resume_waiting_runs(
            open_transaction=transaction, start_execution=start_execution, now=utc_now()
        ),
    }
    return do_all(parts)


def do_all(parts: dict[str, Callable[[], int]]) -> dict[str, int]:
    """What each part says; raises the first failure when all have been tried."""
    done: dict[str, int] = {}
    failures: list[Exception] = []
    for name, part in parts.items():
        try:
            done[name] = part()
        except Exception as error:  # noqa: BLE001 - the parts have nothing to do with each other
            code = error.code if isinstance(error, AppError) else type(error).__name__
            logger().error("part of the sweep failed", part=name, error_code=code, traceback_lines=frames_of(error))
            failures.append(error)
    if failures:
        raise failures[0]
    return done
