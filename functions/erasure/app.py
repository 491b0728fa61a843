"""Woken by an operator (`aam erase`) and by its schedule: erase a subject, or continue erasures that wait."""

from typing import Any

from aam.erasure.handlers import erasure_deps, perform
from aam.erasure.schemas import Request, SweepRequest, parse
from aam.foundation.deadline import from_first_use, until
from aam.foundation.operator import Answer, operator_function

ENDS_BEFORE_MS = 120_000
"""A meeting begins only with this much time left."""


@operator_function(parse, unattended=lambda request: isinstance(request, SweepRequest))
def handler(request: Request, context: Any) -> Answer:
    """Perform one request; what did not fit into the time is answered as ``finished: false``."""
    seconds = getattr(request, "seconds", None)
    # A replay reads all of the ledger first; counted in, a large one would leave each call without time to erase.
    has_time = from_first_use(lambda: until(context, seconds=seconds, before_ms=ENDS_BEFORE_MS))
    return perform(request, deps=erasure_deps(), has_time=has_time)
