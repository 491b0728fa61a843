"""Woken by the artifacts queue: minutes are drafted, or a second reader confirms what their quotes mean."""

from collections.abc import Callable
from typing import Any

from aam.artifacts.confirming import WAITING_LIMIT_S, confirm_meaning
from aam.artifacts.drafting import DRAFT, draft_artifacts
from aam.artifacts.schemas import READINGS
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.queues import Delivery, attend
from aam.foundation.settings import load
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.pipeline.tasks import Task, Worker, perform_task
from aam.vendors.claims import Claims, StageName
from aam.vendors.gates import open_gate
from aam.vendors.ports import Vendor
from aam.vendors.settings import WaitingSettings


def worker(stage: StageName, time_left: Callable[[], float]) -> Worker:
    """What does the tasks of one stage in an invocation, which has so many seconds left."""
    reads, limit_s = stage == "meaning", load(WaitingSettings).waiting_limit_s
    return Worker(
        stage=stage,
        answer=READINGS if reads else DRAFT,
        work=lambda job: (confirm_meaning if reads else draft_artifacts)(job, time_left=time_left),
        store=media_store(),
        gate=open_gate(Vendor.OPENAI),
        claims=Claims(state_table()),
        waiting_limit_s=min(limit_s, WAITING_LIMIT_S) if reads else limit_s,
    )


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Work through a batch of tasks, and resume the execution of each."""

    def work(task: Task, delivery: Delivery) -> float | None:
        made = worker(task.stage or "artifacts", lambda: context.get_remaining_time_in_millis() / 1000)
        return perform_task(task, delivery, made)

    return attend(event, queue_url=load(WaitingSettings).task_queue_url, message_type=Task, work=work)
