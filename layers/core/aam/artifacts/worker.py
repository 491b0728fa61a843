"""The worker that drafts artifacts, as its function runs it."""

from __future__ import annotations

from collections.abc import Callable

from aam.artifacts.drafting import DRAFT, draft_artifacts
from aam.foundation.settings import load
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.pipeline.tasks import Worker
from aam.vendors.claims import Claims
from aam.vendors.gates import open_gate
from aam.vendors.ports import Vendor
from aam.vendors.settings import WaitingSettings


def worker(time_left: Callable[[], float]) -> Worker:
    """Return the worker of one invocation, which has so many seconds left."""
    return Worker(
        stage="artifacts",
        answer=DRAFT,
        work=lambda job: draft_artifacts(job, time_left=time_left),
        store=media_store(),
        gate=open_gate(Vendor.OPENAI),
        claims=Claims(state_table()),
        waiting_limit_s=load(WaitingSettings).waiting_limit_s,
    )
