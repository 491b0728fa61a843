"""Protocols of rate limiters and permits, as the adapters of vendors see them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from aam.foundation.schemas import Value


class Vendor(StrEnum):
    """A service that is paid per request."""

    DEEPGRAM = "deepgram"
    OPENAI = "openai"
    OPENAI_AUDIO = "openai_audio"


class Permit(Protocol):
    """The right to one running request at a vendor."""

    @property
    def owner(self) -> str:
        """Return the name of the holder, under which the answer's reader frees the place later."""

    def wait_for_slot(self) -> None:
        """Wait, right before the request goes out, for its slot, or the next where that passed.

        What is between the limiter and this call (imports, connections, building the request) then moves no request
        closer to another one.
        """

    def keep_until(self, deadline: datetime) -> None:
        """Leave it held when the request's block ends, because the vendor works on until it answers by callback."""


class RateLimiter(Protocol):
    """Protocol of a limiter, at which a request waits for its turn."""

    def request(self) -> AbstractContextManager[Permit]:
        """Open a request: waits its turn on the way in, and frees its place on the way out.

        The block begins a moment before its slot, in which the request is made ready.  Raises VendorBusy
        when the turn is further away than a worker should wait.
        """


class Submitted(Value):
    """The vendor has accepted the work and answers by callback, at the latest by ``answer_by``.

    ``lease`` is the owner of the place that was kept for it; the answer's arrival frees it.
    """

    answer_by: datetime
    lease: str = ""
