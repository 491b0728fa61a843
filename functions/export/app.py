"""Woken by an operator (`aam export`): packs all that is kept of a client, user or participant."""

from typing import Any

from aam.data_export.schemas import parse
from aam.data_export.service import ExportDeps, export
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.errors import AppError
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.storage import media_store, public_store

ENDS_BEFORE_MS = 30_000
"""A chunk is begun only with this much time left."""


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Answer one request; an error of ours is told as ``{"error": code, "detail": sentence}``."""
    deps = ExportDeps(
        store=media_store(),
        public=public_store(),
        open_transaction=transaction,
        clock=utc_now,
        has_time=lambda: context is None or context.get_remaining_time_in_millis() > ENDS_BEFORE_MS,
    )
    try:
        return export(parse(event), deps=deps).model_dump(mode="json")
    except AppError as error:
        return {"error": error.code, "detail": error.detail}
