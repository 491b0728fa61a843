"""The system itself: is it there, is it well, and what the object store has to say."""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import Literal

from aam.foundation.aws import client
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.errors import NotFound
from aam.foundation.queues import send
from aam.foundation.schemas import View
from aam.foundation.secrets import read_secret
from aam.foundation.settings import load
from aam.foundation.state_table import StateSettings
from aam.identity.errors import BadAccessToken
from aam.pipeline.health import Health, Probes, aws_probes, check_health
from aam.uploads.notifications import BadNotification, arrived, queue_notifications
from calls import Call, Endpoints, Reply
from settings import ApiSettings

endpoints = Endpoints("system")


class Welcome(View):
    """A sign of life."""

    name: Literal["aam"] = "aam"
    status: Literal["ok"] = "ok"


class Queued(View):
    """Number of objects whose notifications went into the queue, and of notifications of vendors' replies."""

    queued: int
    replies: int


class NoWebhook(NotFound):
    """No secret is configured, so notifications cannot be posted."""

    code = "no_webhook"


class BadWebhookSecret(BadAccessToken):
    """The store did not send the shared secret."""

    code = "bad_webhook_secret"
    sentence = "Send the shared secret as 'Authorization: Bearer …'."


@endpoints.route("GET", "/", answer=Welcome, public=True)
def get_root(_call: Call) -> Welcome:
    """Say that the API is there; nothing else is asked."""
    return Welcome()


@lru_cache(maxsize=1)
def probes() -> Probes:
    """Return the probes of the health route, made once a worker."""
    settings = load(ApiSettings)
    return aws_probes(
        queue_url=settings.processing_queue_url,
        bucket=settings.media_bucket,
        storage_endpoint=settings.storage_endpoint,
        state_table=load(StateSettings).state_table,
    )


@endpoints.route("GET", "/health", answer=Health, also=(503,), public=True)
def get_health(_call: Call) -> Reply:
    """Check database, queue, storage, workers and what is known of the vendors; 503 when a part does not answer.

    A vendor that is down or busy is a warning: work waits for it and resumes by itself.
    """
    health = check_health(probes(), open_transaction=transaction, now=utc_now())
    return Reply(body=health.model_dump_json(), status=503 if health.status == "error" else 200)


@endpoints.route(
    "POST", "/storage-events", answer=Queued, public=True, errors=(BadWebhookSecret, NoWebhook, BadNotification)
)
def post_storage_events(call: Call) -> Queued:
    """Take the notification of an S3-compatible store that cannot invoke functions; shared secret as bearer."""
    from aam.transcription.callbacks import PREFIX as REPLIES

    arn = call.settings.storage_events_secret_arn
    if not arn:
        raise NoWebhook
    sent = call.headers.get("authorization", "")
    expected = f"Bearer {read_secret(arn).strip()}"
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        raise BadWebhookSecret
    event, bucket, queue_url = call.json_object(), call.settings.media_bucket, call.settings.processing_queue_url
    queued = queue_notifications(event, bucket=bucket, send=lambda notification: send(queue_url, notification))
    replies = arrived(event, bucket=bucket, prefix=REPLIES)
    if replies:
        client("lambda").invoke(
            FunctionName=call.settings.on_vendor_reply_function, InvocationType="Event", Payload=call.body
        )
    return Queued(queued=queued, replies=len(replies))
