"""Woken by S3, or by the API where a store can only call a webhook: Deepgram has put a reply under ``callbacks/``."""

from typing import Any

from aam.foundation.clock import utc_now
from aam.foundation.lambda_handler import Event, lambda_handler
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.transcription.callbacks import PREFIX, CallbackDeps, Callbacks, take_reply
from aam.uploads.notifications import arrived
from aam.vendor_limits.rate_limiter import release
from aam.vendor_limits.task_claims import TaskClaims


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, int]:
    """Take each reply; any failure is raised, so that the event comes again."""
    table, store = state_table(), media_store()
    deps = CallbackDeps(
        store=store, callbacks=Callbacks(table), claims=TaskClaims(table), release=release, clock=utc_now
    )
    replies = arrived(event, bucket=store.bucket, prefix=PREFIX)
    for reply in replies:
        take_reply(reply.key, deps=deps)
    return {"replies": len(replies)}
