"""The Idempotency-Key: a request that is sent twice is done once.

A claim is written before the work and replaced by the answer after it.  The claim of a worker that died lapses after
a minute, longer than any request may take (29 s at the gateway).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aam.foundation.errors import Conflict, InvalidInput
from aam.foundation.schemas import Value
from aam.foundation.state_table import StateTable

CLAIM_S = 60
KEPT_S = 24 * 3600
PREFIX = "idempotency#"
KEY_LENGTH = 200


class BadIdempotencyKey(InvalidInput):
    """The header cannot be used as a key."""

    code = "bad_idempotency_key"
    sentence = f"Idempotency-Key must be 1 to {KEY_LENGTH} printable ASCII characters; a UUID is a good one."


class IdempotencyKeyReused(Conflict):
    """The key came before with another body."""

    code = "idempotency_key_reused"
    sentence = "This Idempotency-Key was used with another body; use a new key for a new request."


class RequestInProgress(Conflict):
    """The same request is being worked on at this moment."""

    code = "request_in_progress"
    sentence = "The same request is being worked on; try again in a few seconds."


class StoredAnswer(Value):
    """An answer as it is kept for replays: body, or the id of what was made where the body must not be kept."""

    status: int
    body: str | None = None
    resource_id: str | None = None
    location: str | None = None


@dataclass(frozen=True)
class Once:
    """Identity of a repeatable request: caller, operation and key; equal ones are the same request.

    The organization stands beside the answer, so that an erasure looks for names in its own answers only.
    """

    user_id: str
    organization_id: str
    route: str
    key: str
    body: bytes

    @property
    def pk(self) -> str:
        """Return the key in the table; hashed, because clients choose parts of it."""
        whole = json.dumps([self.user_id, self.route, self.key])
        return f"{PREFIX}{hashlib.sha256(whole.encode()).hexdigest()}"

    @property
    def body_hash(self) -> str:
        """Return the hash that tells this body from another."""
        return hashlib.sha256(self.body).hexdigest()


def do_once(
    request: Once, work: Callable[[], StoredAnswer], *, table: StateTable, now: datetime
) -> tuple[StoredAnswer, bool]:
    """Do the work, or return the answer of the first time; the flag says whether it is a replay.

    Work that raises leaves no trace, so that it may be tried again.  Raises BadIdempotencyKey, IdempotencyKeyReused,
    RequestInProgress.
    """
    if not (1 <= len(request.key) <= KEY_LENGTH and request.key.isascii() and request.key.isprintable()):
        raise BadIdempotencyKey
    seconds = int(now.timestamp())
    claim = {"body_hash": request.body_hash, "organization_id": request.organization_id}
    standing = table.claim(request.pk, claim, expires_at=seconds + CLAIM_S, now=seconds)
    if standing is not None:
        return replayed(request, standing), True
    try:
        answer = work()
    except BaseException:
        table.delete(request.pk)
        raise
    table.write(request.pk, {**claim, "answer": answer.model_dump_json()}, expires_at=seconds + KEPT_S)
    return answer, False


def replayed(request: Once, standing: dict[str, str]) -> StoredAnswer:
    """Return the answer that stands for this request."""
    if standing and standing.get("body_hash") != request.body_hash:
        raise IdempotencyKeyReused
    if "answer" not in standing:
        raise RequestInProgress
    return StoredAnswer.model_validate_json(standing["answer"])
