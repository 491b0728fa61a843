"""Woken by a schedule, or by hand: `sam local invoke CleanupFunction -e events/cleanup/temp-dry-run.json`."""

from typing import Any

from pydantic import ValidationError

from aam.foundation.clock import utc_now
from aam.foundation.errors import InvalidInput
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.observability import logger
from aam.foundation.storage import media_store
from aam.retention.service import CleanupRequest, clean_up


class BadCleanupRequest(InvalidInput):
    """The event does not say what to clean."""

    code = "bad_cleanup_request"
    sentence = 'Say {"mode": "temp"}, and "dry_run": false to delete; nothing was deleted.'


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, Any]:
    """Clean up as asked; raises BadCleanupRequest."""
    try:
        request = CleanupRequest.model_validate(event)
    except ValidationError:
        raise BadCleanupRequest from None
    report = clean_up(request, store=media_store(), now=utc_now())
    logger().info(
        "cleaned up", mode=report.mode, dry_run=report.dry_run, objects=report.objects, bytes=report.size_bytes
    )
    return report.model_dump(mode="json")
