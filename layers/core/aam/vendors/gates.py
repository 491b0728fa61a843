"""The gates to the vendors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from aam.foundation.clock import new_id


class Passage:
    """A request on its way."""

    def __init__(self) -> None:
        self.owner = str(new_id())

    def keep_until(self, deadline: datetime) -> None:
        """Nothing is held."""


class OpenGate:
    """Lets every request pass."""

    @contextmanager
    def request(self) -> Iterator[Passage]:
        """One request."""
        yield Passage()
