"""Woken by an operator (`aam diagnose`, `aam retry`): looks at what stands in the way, and tries again."""

from typing import Any

from aam.diagnosis.dispatch import perform, repair_tools
from aam.diagnosis.requests import parse
from aam.foundation.errors import AppError
from aam.foundation.handlers import Event, lambda_handler


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, Any]:
    """Answer one request; an error of ours is told as ``{"error": code, "detail": sentence}``."""
    try:
        return perform(parse(event), tools=repair_tools())
    except AppError as error:
        return {"error": error.code, "detail": error.detail}
