"""Woken by an operator (`aam restore`): a backup into an empty database, and rows and objects side by side."""

from typing import Any

from aam.backups.restore_handlers import perform, restore_deps
from aam.backups.schemas import OfRestore, parse_restore
from aam.foundation.deadline import until
from aam.foundation.operator import Answer, operator_function

ENDS_BEFORE_MS = 60_000
"""Moving and copying objects stops with this much time left."""


@operator_function(parse_restore)
def handler(request: OfRestore, context: Any) -> Answer:
    """Perform one request; what did not fit into the time is answered as ``finished: false``."""
    has_time = until(context, seconds=getattr(request, "seconds", None), before_ms=ENDS_BEFORE_MS)
    return perform(request, deps=restore_deps(), has_time=has_time)
