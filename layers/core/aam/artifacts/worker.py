"""The workers of the artifacts queue, as their function runs them: one drafts minutes, one confirms their meaning."""

from __future__ import annotations

from collections.abc import Callable

from aam.artifacts.confirm_meaning import WAITING_LIMIT_S, confirm_meaning
from aam.artifacts.drafting import DRAFT, draft_artifacts
from aam.artifacts.schemas import READINGS
from aam.foundation.settings import load
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.pipeline.tasks import Worker
from aam.vendor_limits.ports import Vendor
from aam.vendor_limits.rate_limiter import open_rate_limiter
from aam.vendor_limits.settings import WaitingSettings
from aam.vendor_limits.task_claims import StageName, TaskClaims


def worker(stage: StageName, time_left: Callable[[], float]) -> Worker:
    """Return the worker of one stage in an invocation, which has so many seconds left."""
    reads, limit_s = stage == "meaning", load(WaitingSettings).waiting_limit_s
    return Worker(
        stage=stage,
        answer=READINGS if reads else DRAFT,
        work=lambda job: (confirm_meaning if reads else draft_artifacts)(job, time_left=time_left),
        store=media_store(),
        limiter=open_rate_limiter(Vendor.OPENAI),
        claims=TaskClaims(state_table()),
        waiting_limit_s=min(limit_s, WAITING_LIMIT_S) if reads else limit_s,
    )
