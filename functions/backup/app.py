"""Woken by the state machine of the schedule, or by an operator (`aam backup`): the database, and copies of objects."""

from typing import Any

from aam.backups.backup_handlers import backup_deps, perform
from aam.backups.schemas import OfBackup, parse_backup
from aam.foundation.deadline import until
from aam.foundation.operator import Answer, operator_function

ENDS_BEFORE_MS = 60_000
"""Copying stops with this much time left."""


@operator_function(parse_backup)
def handler(request: OfBackup, context: Any) -> Answer:
    """Perform one request; what did not fit into the time is answered as ``finished: false``."""
    has_time = until(context, seconds=getattr(request, "seconds", None), before_ms=ENDS_BEFORE_MS)
    return perform(request, deps=backup_deps(), has_time=has_time)
