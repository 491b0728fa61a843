"""Logs, metrics and traces in one place; logs carry ids, never texts, keys, tokens or URLs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

NAMESPACE = "AAM"


@lru_cache(maxsize=1)
def logger() -> Logger:
    """Return the structured logger; its service name and level come from the POWERTOOLS_* variables."""
    from aws_lambda_powertools import Logger

    return Logger()


def record_seconds(name: str, seconds: float, **dimensions: str) -> None:
    """Write one duration as a metric."""
    gauge(name, seconds, "Seconds", **dimensions)


def frames_of(error: BaseException) -> list[str]:
    """Return file and line of each frame, without the message: messages may quote a meeting's words."""
    import traceback

    return [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]


def gauge(name: str, value: float, unit: str, **dimensions: str) -> None:
    """Write one metric, at once, as an EMF line."""
    from aws_lambda_powertools import single_metric
    from aws_lambda_powertools.metrics import MetricUnit

    with single_metric(name=name, unit=MetricUnit(unit), value=value, namespace=NAMESPACE) as metric:
        for dimension, said in dimensions.items():
            metric.add_dimension(name=dimension, value=said)
