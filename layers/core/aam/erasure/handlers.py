"""Map each erasure request to its use case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel, Field

from aam.erasure.dependencies import ErasureDeps
from aam.erasure.erasure_ledger import Ledger
from aam.erasure.places.queue_messages import QueueMessages
from aam.erasure.schemas import (
    CertificateRequest,
    ContinueRequest,
    EraseRequest,
    LedgerRequest,
    ListRequest,
    ReplayRequest,
    Report,
    Request,
    SweepRequest,
)
from aam.foundation.aws import client
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.deadline import HasTime
from aam.foundation.secrets import read_secret
from aam.foundation.settings import Environment, QueueSettings, load
from aam.foundation.state_table import StateTable, state_table
from aam.foundation.storage import ObjectStore, backup_store, make_client, media_store
from aam.pipeline.executions import stop_execution
from aam.store.bucket import Bucket
from aam.uploads.store import URL_LIFETIME_S
from aam.vendor_limits.task_claims import TaskClaims

if TYPE_CHECKING:
    from botocore.client import BaseClient

UNDER_WAY = timedelta(minutes=15)
"""A request that began before its URL ended may last as long as this."""


class ErasureSettings(Environment):
    """Location of the ledger and its secret, and the time that Deepgram may take to call back."""

    ledger_bucket: str = Field(alias="LEDGER_BUCKET", min_length=3)
    ledger_secret_arn: str = Field(alias="LEDGER_SECRET_ARN", min_length=1)
    deepgram_callback_s: int = Field(alias="DEEPGRAM_CALLBACK_S", ge=1)

    @property
    def url_life(self) -> timedelta:
        """Return the time after an erasure during which a URL signed before it may still be written to."""
        return timedelta(seconds=max(URL_LIFETIME_S, self.deepgram_callback_s)) + UNDER_WAY


@lru_cache(maxsize=1)
def own_s3() -> BaseClient:
    """Return the client of the ledger's bucket, which stays with AWS even where recordings lie in another store."""
    return make_client("")


def ledger() -> Ledger:
    """Return the ledger that this function's settings name.

    Its key is read anew for every request: one that was carried here a minute ago counts, and no mark is ever made
    with the one before.
    """
    settings = load(ErasureSettings)
    key = cache(partial(read_secret, settings.ledger_secret_arn, fresh=True))
    return Ledger(ObjectStore(own_s3(), settings.ledger_bucket), key)


def revoking(table: StateTable) -> Any:
    """Return the function that notes that nothing more may be paid for a run."""

    def revoke(run_id: UUID) -> None:
        TaskClaims(table).revoke(run_id, now=utc_now().timestamp())

    return revoke


def erasure_deps() -> ErasureDeps:
    """Return the dependencies that this function's settings name."""
    settings, queues, table = load(ErasureSettings), load(QueueSettings), state_table()
    return ErasureDeps(
        bucket=Bucket(media_store()),
        backups=Bucket(backup_store()),
        ledger=ledger(),
        open_transaction=transaction,
        table=table,
        message_queues=QueueMessages(
            client("sqs"), dead=tuple(queues.dead_letters.values()), work=(queues.processing_queue_url,)
        ),
        clock=utc_now,
        stop_execution=stop_execution,
        revoke=revoking(table),
        url_life=settings.url_life,
    )


def perform(request: Request, *, deps: ErasureDeps, has_time: HasTime) -> BaseModel:
    """Perform one request and return its answer; raise leaves of `aam.erasure.errors`, and transient errors."""
    return handlers()[type(request)](request, deps, has_time)


@cache
def handlers() -> dict[type[Request], Callable[[Any, ErasureDeps, HasTime], BaseModel]]:
    """Return the use case of each request; they import every table, which no refusal needs."""
    from aam.erasure.certificate import newest
    from aam.erasure.replay import replay
    from aam.erasure.service import certificate, continue_erasure, erase, sweep

    def list_certificates(request: ListRequest, deps: ErasureDeps, _has_time: HasTime) -> BaseModel:
        with deps.open_transaction() as session:
            return newest(session, request)

    return {
        EraseRequest: lambda request, deps, has_time: erase(request, deps=deps, has_time=has_time),
        ContinueRequest: lambda request, deps, has_time: continue_erasure(
            request.erasure_id, deps=deps, has_time=has_time
        ),
        CertificateRequest: lambda request, deps, _: Report(certificate=certificate(request.erasure_id, deps=deps)),
        ListRequest: list_certificates,
        SweepRequest: lambda _request, deps, has_time: sweep(deps=deps, has_time=has_time),
        ReplayRequest: lambda _request, deps, has_time: replay(deps=deps, has_time=has_time),
        LedgerRequest: lambda request, deps, _: deps.ledger.facts(read=request.read),
    }
