"""Parse Retry-After, in seconds or as a date (RFC 9110, section 10.2.3)."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aam.vendor_limits.limiter_state import SLOW_MOST_S

_SECONDS = re.compile(r"\d+(\.\d+)?", re.ASCII)


def seconds_named(header: str, *, now: datetime) -> float | None:
    """Return seconds to wait, SLOW_MOST_S at most, from a number or an HTTP date; None for what is neither.

    A date that is over is no time at all.
    """
    said = header.strip()
    if _SECONDS.fullmatch(said):
        seconds = float(said)
    else:
        try:
            until = parsedate_to_datetime(said)
        except (ValueError, OverflowError):
            return None
        seconds = ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), SLOW_MOST_S) if math.isfinite(seconds) else None
