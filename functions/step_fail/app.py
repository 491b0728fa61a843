"""Called by the state machine's Catch: a failure that its step could not note itself."""

from typing import Any

import aam.artifacts.errors
import aam.media.errors
import aam.transcription.errors  # noqa: F401 - all three: a failure can only be named by a leaf that is imported
from aam.artifacts.saving import keep_interactions_of_failed_run
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.storage import media_store
from aam.pipeline.ending import fail_run
from aam.pipeline.schemas import Failure, RunInput
from aam.transcription.charging import charge_failed_transcription


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, bool]:
    """Fail the run, then keep what it has spent; an error that its stage wrote already stands."""
    failure = Failure.model_validate(event["failure"])
    run = RunInput.model_validate(event)
    now = utc_now()
    noted = fail_run(
        run_id=run.run_id,
        error_name=failure.error,
        cause=failure.cause,
        open_transaction=transaction,
        now=now,
        resumption=run.resumption,
    )
    with transaction() as session:
        charge_failed_transcription(session, run=run, store=media_store(), now=now)
        keep_interactions_of_failed_run(session, run=run, store=media_store(), now=now)
    return {"was_alive": noted}
