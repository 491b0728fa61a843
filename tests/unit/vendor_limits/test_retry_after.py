"""What vendors say in Retry-After, and what they should not be able to do with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aam.vendor_limits.limiter_state import SLOW_MOST_S
from aam.vendor_limits.retry_after import seconds_named

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17.0),
        ("0.5", 0.5),
        (" 30 ", 30.0),
        ("0", 0.0),
        ("1795262400", SLOW_MOST_S),
        ("Sat, 21 Nov 2026 12:02:00 GMT", 120.0),
        ("Sat, 21 Nov 2026 12:02:00 -0000", 120.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("Sat, 21 Nov 9026 11:00:00 GMT", SLOW_MOST_S),
        ("9" * 400, None),
        ("", None),
        ("-1", None),
        ("inf", None),
        ("nan", None),
        ("soon", None),
        ("Sat, 99 Nov 2026 11:00:00 GMT", None),
    ],
)
def test_retry_after_is_bounded_or_none(header: str, seconds: float | None) -> None:
    assert seconds_named(header, now=NOW) == seconds
