"""Layout of the bucket beside the objects of subjects: plans of cleanups, quarantine, and what must be guarded."""

from __future__ import annotations

from aam.uploads.subject import DERIVED, UPLOADED

PLANS = "cleanup/plans/"
"""Plans of cleanups, under their hash."""

QUARANTINE = "quarantine/"
"""What a restored database did not know lies here, each under its old key."""

PROTECTED = (UPLOADED, DERIVED, "media/", "reports/")
"""What the circuit breaker guards; everything else is made to go."""
