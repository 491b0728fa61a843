"""Woken by S3: an object arrived, so a message goes into the processing queue."""

from typing import Any

from pydantic import Field

from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.observability import logger
from aam.foundation.queues import send
from aam.foundation.settings import Environment, load
from aam.uploads.notifications import queue_notifications


class OnUploadSettings(Environment):
    """Our bucket, and where its notifications go."""

    media_bucket: str = Field(alias="MEDIA_BUCKET", min_length=3)
    processing_queue_url: str = Field(alias="PROCESSING_QUEUE_URL", min_length=1)


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, int]:
    """Queue what arrived; any failure is raised, so that the event comes again."""
    settings = load(OnUploadSettings)
    queued = queue_notifications(
        event,
        bucket=settings.media_bucket,
        send=lambda notification: send(settings.processing_queue_url, notification),
    )
    logger().info("queued", notifications=queued)
    return {"queued": queued}
