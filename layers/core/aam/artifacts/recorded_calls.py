"""The calls of a run as its worker notes them: an object each, written before the next call is made.

A call that need not be made again is noted under the digest of its request, so that a worker that begins anew finds
the answer instead of paying for it twice.  What the attempt before had asked lies apart: it is found, but it is booked
where it was paid.
"""

from __future__ import annotations

from aam.artifacts.schemas import Interaction
from aam.foundation.clock import new_id
from aam.foundation.storage import ObjectStore
from aam.pipeline.schemas import RunInput
from aam.vendor_limits.store_with_retry import store_with_retry

INTERACTIONS = "interactions/"
EARLIER = "earlier_interactions/"
"""The calls that can be taken over from the attempt before."""


class RecordedCalls:
    """The calls of one run."""

    def __init__(self, store: ObjectStore, run: RunInput) -> None:
        self._store, self._run = store, run
        self._known: dict[str, str] | None = None

    def find(self, digest: str) -> Interaction | None:
        """Return the call that was made with this request, if its answer stands."""
        if self._known is None:
            keys = [key for name in (EARLIER, INTERACTIONS) for key in self._store.keys(self._run.derived(name))]
            self._known = {digest_in(key): key for key in keys if digest_in(key)}
        key = self._known.get(digest)
        return Interaction.model_validate_json(self._store.read(key)) if key else None

    def note(self, call: Interaction, *, digest: str | None) -> None:
        """Keep a call; without a digest it may be made again."""
        key = self._run.derived(f"{INTERACTIONS}{new_id()}{f'_{digest}' if digest else ''}.json")
        store_with_retry(self._store, key, call.model_dump_json().encode())
        if digest and self._known is not None:
            self._known[digest] = key


def digest_in(key: str) -> str:
    """Return the digest of the request in the key of a call; empty where it may be made again."""
    return key.rpartition("/")[2].removesuffix(".json").partition("_")[2]


def read_interactions(store: ObjectStore, run: RunInput) -> list[Interaction]:
    """Return the calls that a run's worker has noted, in the order of time."""
    keys = sorted(store.keys(run.derived(INTERACTIONS)))
    return [Interaction.model_validate_json(store.read(key)) for key in keys]
