"""Parts that are independent of each other: each is done although another fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aam.foundation.errors import code_of
from aam.foundation.observability import frames_of, logger


def run_each(parts: Mapping[str, Callable[[], int]], *, failed: str) -> dict[str, int]:
    """Return what each part returns; log each failure as ``failed``, and raise the first when all have been tried."""
    done: dict[str, int] = {}
    failures: list[Exception] = []
    for name, part in parts.items():
        try:
            done[name] = part()
        except Exception as error:  # noqa: BLE001 - the parts are independent of each other
            logger().error(failed, part=name, error_code=code_of(error), traceback_lines=frames_of(error))
            failures.append(error)
    if failures:
        raise failures[0]
    return done
