"""Woken by S3: an object arrived, so a message goes into the processing queue."""

from typing import Any

from aam.foundation.lambda_handler import Event, lambda_handler
from aam.foundation.observability import logger
from aam.uploads.enqueue import enqueue


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, int]:
    """Queue what arrived; any failure is raised, so that the event comes again."""
    queued = enqueue(event)
    logger().info("queued", notifications=queued)
    return {"queued": queued}
