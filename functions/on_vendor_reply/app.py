"""Woken by S3: Deepgram has put a reply under ``callbacks/``."""

from typing import Any
from urllib.parse import unquote_plus

from aam.foundation.clock import utc_now
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.transcription.callbacks import Callbacks, Desk, take_reply
from aam.vendors.claims import Claims
from aam.vendors.gates import release


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, int]:
    """Take each reply; any failure is raised, so that the event comes again."""
    table, store = state_table(), media_store()
    desk = Desk(store=store, callbacks=Callbacks(table), claims=Claims(table), release=release, clock=utc_now)
    records = [record["s3"] for record in event.get("Records", ()) if "ObjectCreated:" in record["eventName"]]
    keys = [unquote_plus(s3["object"]["key"]) for s3 in records if s3["bucket"]["name"] == store.bucket]
    for key in keys:
        take_reply(key, desk=desk)
    return {"replies": len(keys)}
