"""Metrics of cleanups (EMF, namespace AAM); the alarms of the template look at these names."""

from __future__ import annotations

from aam.foundation.observability import gauge
from aam.retention.media_plan import UNREFERENCED
from aam.retention.schemas import CleanupReport, Mode, PlanSummary


def record_cleanup(report: CleanupReport, *, seconds: float) -> None:
    """Count the deletions and freed bytes of a cleanup, by mode."""
    gauge("CleanupDuration", seconds, "Seconds", mode=report.mode)
    gauge("FreedBytes", report.size_bytes, "Bytes", mode=report.mode)
    gauge("DeletedObjects", report.objects, "Count", mode=report.mode)


def record_plan(summary: PlanSummary) -> None:
    """Record the volume of unreferenced objects, when everything was scanned."""
    if Mode.MEDIA in summary.mode.parts and summary.scope == "all":
        found = sum(reason.size_bytes for reason in summary.reasons if reason.why == UNREFERENCED)
        gauge("UnreferencedBytes", found, "Bytes")


def record_failure(mode: str) -> None:
    """Count a failed cleanup: one of all modes, for the alarm, and one by mode."""
    gauge("CleanupFailures", 1, "Count")
    gauge("CleanupFailuresByMode", 1, "Count", mode=mode)
