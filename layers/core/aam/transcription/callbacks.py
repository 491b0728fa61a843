"""Replies that Deepgram brings later: what is expected, and taking what comes.

A reply is put to a key with a nonce that nobody can guess, by a URL that works until the deadline.  Deepgram can send
no ``If-None-Match``, so the URL itself may be used more than once: write-once holds here instead.  The first reply that
is taken is noted in the state table by its hash, and the very bytes that were checked are kept among the run's derived
objects (a copy by the store could be of bytes that came later); whatever else comes to the same key, or to another of
the run's, is acknowledged and dropped.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from aam.foundation.clock import Clock
from aam.foundation.errors import AppError
from aam.foundation.observability import logger
from aam.foundation.schemas import Value
from aam.foundation.state_table import StateTable
from aam.foundation.storage import ObjectMissing, ObjectStore
from aam.pipeline.context import read_context
from aam.pipeline.schemas import RunInput, Stored
from aam.pipeline.tasks import resume_stage
from aam.transcription.deepgram_reply import check_deepgram_reply
from aam.transcription.errors import BadReplyPassword
from aam.transcription.prepared_audio import DEEPGRAM_REPLY
from aam.transcription.usage_records import store_reply
from aam.vendor_limits.ports import Vendor
from aam.vendor_limits.task_claims import Stage, TaskClaims

PREFIX = "callbacks/"
KEPT_FOR_S = 2 * 24 * 3600
"""How long a late reply is still known as ours: Deepgram tries for some minutes, a queue may hold a day."""

REPLY_BYTES_MAX = 64 * 1024 * 1024
"""Four hours of talk by channel are some 24 MB."""

NONCE = re.compile(r"[\w-]{20,60}", re.ASCII)
KEY = re.compile(rf"callbacks/(?P<run>[0-9a-f-]{{36}})/(?P<nonce>{NONCE.pattern})\.json", re.ASCII)
"""Where a reply is put."""

Outcome = Literal["taken", "refused", "late", "unknown"]


class Expected(Value):
    """A reply that Deepgram owes us; it is noted before the recording is handed over.

    ``request_id`` is empty until Deepgram has accepted.  ``secret_sha256`` is of the password that a POST must bring,
    and empty where the reply comes by PUT.  ``expected_ms`` is the recording's duration, ``model`` the one asked.
    """

    run: RunInput
    nonce: str
    lease: str
    deadline: AwareDatetime
    submission: int
    expected_ms: int
    request_id: str = ""
    secret_sha256: str = ""
    model: str = ""

    @property
    def key(self) -> str:
        """Return the key to which the reply is put."""
        return f"{PREFIX}{self.run.run_id}/{self.nonce}.json"

    @property
    def usage_name(self) -> str:
        """Return the name of its usage record, from which the place of the reply cannot be found."""
        return hashed(self.nonce)[:16]

    @property
    def stage(self) -> Stage:
        """Return the stage that waits for it."""
        return Stage(self.run.run_id, "transcription")

    def knows(self, secret: str) -> bool:
        """Return whether this is the password, compared in constant time."""
        return bool(self.secret_sha256) and hmac.compare_digest(hashed(secret), self.secret_sha256)


def new_nonce() -> str:
    """Return 32 random bytes, as text for keys and URLs."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """Return the stored hash of a password that is itself 32 random bytes."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class Callbacks:
    """The replies that are owed; every method raises StateUnavailable when the table does not answer."""

    table: StateTable

    def note(self, expected: Expected) -> None:
        """Write down what is owed, and that it is the newest of its run."""
        until = int(expected.deadline.timestamp()) + KEPT_FOR_S
        self.table.write(_owed(expected.nonce), {"document": expected.model_dump_json()}, expires_at=until)
        self.table.write(_newest(expected.run.run_id), {"nonce": expected.nonce}, expires_at=until)

    def find(self, nonce: str) -> Expected | None:
        """Return the open request under a nonce; None when there is none, or no longer, or the nonce is malformed.

        Strangers may say any nonce: a key of the table has its limits (2,048 bytes, not empty).
        """
        if not NONCE.fullmatch(nonce):
            return None
        document = self.table.read(_owed(nonce)).get("document")
        return Expected.model_validate_json(document) if document else None

    def newest(self, run_id: UUID) -> Expected | None:
        """Return the newest submission of a run."""
        nonce = self.table.read(_newest(run_id)).get("nonce")
        return self.find(nonce) if nonce else None

    def take(self, expected: Expected, body: bytes, *, now: datetime) -> bool:
        """Choose these bytes as the run's reply; says whether they are, which a repetition of the same confirms."""
        mine = hashlib.sha256(body).hexdigest()
        until = int(expected.deadline.timestamp()) + KEPT_FOR_S
        stands = self.table.claim(
            _taken(expected.run.run_id), {"sha256": mine}, expires_at=until, now=int(now.timestamp())
        )
        return stands is None or stands.get("sha256") == mine

    def taken(self, expected: Expected) -> bool:
        """Return whether a reply was chosen for the run, this one or another."""
        return bool(self.table.read(_taken(expected.run.run_id)))


@dataclass(frozen=True)
class CallbackDeps:
    """Dependencies of taking a reply: the store, the records, and a call that frees a place at the rate limiter."""

    store: ObjectStore
    callbacks: Callbacks
    claims: TaskClaims
    release: Callable[[Vendor, str], None]
    clock: Clock


def take_reply(key: str, *, deps: CallbackDeps) -> Outcome:
    """Take what was put under a key: check it, keep it, resume the run, and delete it where it was put.

    Harmless when repeated.  Raises StateUnavailable, StorageUnavailable and what AWS raises; then it is to be called
    again.
    """
    found = KEY.fullmatch(key)
    expected = deps.callbacks.find(found["nonce"]) if found else None
    if expected is None or expected.key != key:
        logger().warning("a reply that no run waits for")
        deps.store.delete(key)
        return "unknown"
    logger().append_keys(run_id=str(expected.run.run_id), meeting_id=str(expected.run.meeting_id))
    logger().set_correlation_id(expected.run.correlation_id)
    outcome = _settle(expected, deps)
    deps.release(Vendor.DEEPGRAM, expected.lease)
    deps.store.delete(key)
    logger().info("a reply came", outcome=outcome)
    return outcome


def receive_posted(authorization: str, body: bytes, *, store: ObjectStore, callbacks: Callbacks, now: datetime) -> bool:
    """Put a posted reply where others are put by Deepgram itself, so that all are taken by the same function.

    Returns False for one that is late or there already: it is acknowledged, lest it come again.  Raises
    BadReplyPassword.
    """
    nonce, secret = _basic(authorization)
    expected = callbacks.find(nonce)
    if expected is None or not expected.knows(secret):
        raise BadReplyPassword
    if expected.deadline <= now or callbacks.taken(expected):
        return False
    store.write(expected.key, body, content_type="application/json")
    return True


def _basic(authorization: str) -> tuple[str, str]:
    """Return user and password (RFC 7617); empty where there are none."""
    scheme, _, pair = authorization.partition(" ")
    try:
        user, _, password = base64.b64decode(pair, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return (user, password) if scheme.lower() == "basic" else ("", "")


def _settle(expected: Expected, deps: CallbackDeps) -> Outcome:
    try:
        body = _read(expected, deps)
        context = read_context(deps.store, expected.run)
    except ObjectMissing:  # the meeting was deleted, or this event is the second of its kind
        return "late"
    store_reply(deps.store, expected.run, expected.usage_name, body, model=expected.model)
    if deps.claims.read(expected.stage).over and not deps.callbacks.taken(expected):
        return "late"
    outcome: Stored | AppError = Stored(name=DEEPGRAM_REPLY)
    try:
        check_deepgram_reply(body, language=context.language, expected_ms=expected.expected_ms)
    except AppError as error:
        outcome = error
    if not deps.callbacks.take(expected, body, now=deps.clock()):
        return "late"
    if isinstance(outcome, Stored):
        deps.store.write(expected.run.derived(DEEPGRAM_REPLY), body, content_type="application/json")
    resume_stage(expected.stage, outcome, claims=deps.claims, now=deps.clock())
    return "taken" if isinstance(outcome, Stored) else "refused"


def _read(expected: Expected, deps: CallbackDeps) -> bytes:
    """Return the reply; one that is far too large is not read, and counts as none."""
    return b"" if deps.store.size(expected.key) > REPLY_BYTES_MAX else deps.store.read(expected.key)


def _owed(nonce: str) -> str:
    return f"callback#{nonce}"


def _newest(run_id: UUID) -> str:
    return f"callback-of#{run_id}"


def _taken(run_id: UUID) -> str:
    return f"callback-taken#{run_id}"
