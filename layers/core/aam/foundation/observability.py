"""Logs, metrics and traces in one place; logs carry ids, never texts, keys, tokens or URLs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger, Metrics

NAMESPACE = "AAM"


@lru_cache(maxsize=1)
def logger() -> Logger:
    """The structured logger; its service name and level come from the POWERTOOLS_* variables."""
    from aws_lambda_powertools import Logger

    return Logger()


@lru_cache(maxsize=1)
def metrics() -> Metrics:
    """The metrics of this function, written as EMF lines."""
    from aws_lambda_powertools import Metrics

    return Metrics(namespace=NAMESPACE)


def frames_of(error: BaseException) -> list[str]:
    """File and line of each frame, without the message: messages may quote what people said."""
    import traceback

    return [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
