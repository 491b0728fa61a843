"""Woken by an operator (`aam diagnose`, `aam retry`): looks at what stands in the way, and tries again."""

from typing import Any

from aam.foundation.errors import AppError
from aam.foundation.handlers import Event, lambda_handler
from aam.operations.handlers import operations_deps, perform
from aam.operations.requests import parse


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, Any]:
    """Answer one request; an error of ours is told as ``{"error": code, "detail": sentence}``."""
    try:
        return perform(parse(event), deps=operations_deps())
    except AppError as error:
        return {"error": error.code, "detail": error.detail}
