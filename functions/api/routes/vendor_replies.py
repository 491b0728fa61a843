"""Receive vendors' replies that cannot be put into the store."""

from __future__ import annotations

from aam.foundation.schemas import View
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.transcription.errors import BadReplyPassword
from calls import Call, Endpoints

endpoints = Endpoints("vendors")

REPLY_BYTES_MAX = 6_000_000
"""What a function can be called with."""


class Acknowledged(View):
    """The reply arrived; ``kept`` is False for one that came late or again."""

    kept: bool


@endpoints.route(
    "POST",
    "/vendor-replies/deepgram",
    answer=Acknowledged,
    public=True,
    body_max=REPLY_BYTES_MAX,
    errors=(BadReplyPassword,),
)
def post_deepgram_reply(call: Call) -> Acknowledged:
    """Take a reply of Deepgram's; name and password as basic authentication, as they stood in the callback's URL."""
    from aam.transcription.callbacks import Callbacks, receive_posted  # with all that takes a reply apart

    kept = receive_posted(
        call.headers.get("authorization", ""),
        call.body,
        store=media_store(),
        callbacks=Callbacks(state_table()),
        now=call.now,
    )
    return Acknowledged(kept=kept)
