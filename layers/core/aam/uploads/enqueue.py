"""Queue one message for each upload of which the store notifies."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from aam.foundation.queues import send
from aam.foundation.settings import Environment, load
from aam.uploads.notifications import queue_notifications


class EnqueueSettings(Environment):
    """Our bucket, and where its notifications go."""

    media_bucket: str = Field(alias="MEDIA_BUCKET", min_length=3)
    processing_queue_url: str = Field(alias="PROCESSING_QUEUE_URL", min_length=1)


def enqueue(event: dict[str, Any]) -> int:
    """Queue what arrived, and return how many messages; raise any failure, so that the event comes again."""
    settings = load(EnqueueSettings)
    return queue_notifications(
        event,
        bucket=settings.media_bucket,
        send=lambda notification: send(settings.processing_queue_url, notification),
    )
