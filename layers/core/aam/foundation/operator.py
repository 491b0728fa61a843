"""Envelope of operator functions: parse the event, perform the request, return its answer or a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel

from aam.foundation.errors import AppError
from aam.foundation.lambda_handler import Handler, lambda_handler
from aam.foundation.observability import logger

Answer = BaseModel | dict[str, Any]
Asked = TypeVar("Asked")


def operator_function(
    parse: Callable[[Any], Asked], *, unattended: Callable[[Asked], bool] = lambda _request: False
) -> Callable[[Callable[[Asked, Any], Answer]], Handler]:
    """Wrap a function of a request and Lambda's context as a handler.

    A refusal is answered as ``{"error": code, "detail": sentence, "finished": true}``.  Transient errors are raised, so
    that the caller retries.  The refusal of an ``unattended`` request is raised as well: no caller reads its answer,
    and the alarm counts only what is raised.
    """

    def wrap(perform: Callable[[Asked, Any], Answer]) -> Handler:
        def handle(event: Any, context: Any) -> dict[str, Any]:
            try:
                request = parse(event)
            except AppError as error:
                return refusal(error)
            try:
                answer = perform(request, context)
            except AppError as error:
                if error.retryable or unattended(request):
                    raise
                return refusal(error)
            return as_json(answer)

        return lambda_handler(handle)

    return wrap


def as_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as the JSON object that the caller gets."""
    return answer.model_dump(mode="json") if isinstance(answer, BaseModel) else answer


def refusal(error: AppError) -> dict[str, Any]:
    """Return an error as an answer."""
    logger().warning("request refused", error_code=error.code)
    return {"error": error.code, "detail": error.detail, "finished": True}
