"""Plans in the bucket: stored under their hash, fetched for execution, read page by page, deleted when done."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from aam.foundation.storage import ObjectMissing, ObjectStore
from aam.retention.dependencies import CleanupDeps
from aam.retention.errors import BadCleanupRequest, PlanUnknown
from aam.retention.plan import Line, Plan
from aam.retention.schemas import PlanItem, PlanPage, PlanRequest, PlanSummary
from aam.store.layout import PLANS

PAGE_BYTES = 512 * 1024
"""How much of a plan is read at once; as an answer it is some three times as long, and Lambda gives back 6 MB."""


def keep_plan(plan: Plan, deps: CleanupDeps) -> None:
    """Store a plan in the bucket, its lines before its summary."""
    name = f"{PLANS}{plan.summary.hash}"
    deps.bucket.put_file(f"{name}.jsonl", plan.file)
    deps.bucket.store.write(f"{name}.json", plan.summary.model_dump_json().encode(), content_type="application/json")


def fetch_plan(plan_hash: str, deps: CleanupDeps) -> Plan:
    """Return a stored plan; raises PlanUnknown."""
    file: Path = deps.folder() / "plan.jsonl"
    try:
        summary = read_summary(deps.bucket.store, plan_hash)
        deps.bucket.get_file(f"{PLANS}{plan_hash}.jsonl", file)
    except ObjectMissing:
        raise PlanUnknown from None
    return Plan(file, summary)


def forget_plan(plan_hash: str, deps: CleanupDeps) -> None:
    """Delete a plan that is done: it names keys."""
    for ending in (".json", ".jsonl"):
        deps.bucket.delete_prefix(f"{PLANS}{plan_hash}{ending}")


def read_page(request: PlanRequest, *, store: ObjectStore) -> PlanPage:
    """Return the next lines of a stored plan, the summary before the first; raises PlanUnknown, BadCleanupRequest."""
    key = f"{PLANS}{request.hash}.jsonl"
    try:
        summary = None if request.after else read_summary(store, request.hash)
        size = store.size(key)
        if request.after > size:
            raise BadCleanupRequest("after: the plan is not so long; say what the last page called next.")
        begins = max(0, request.after - 1)  # with the end of the line before, or `after` is none of ours
        text = store.read_range(key, begins, min(size, begins + PAGE_BYTES) - 1) if size else b""
    except ObjectMissing:
        raise PlanUnknown from None
    if request.after and not text.startswith(b"\n"):
        raise BadCleanupRequest("after: no line begins there; say what the last page called next.")
    whole = text[request.after - begins : text.rindex(b"\n") + 1] if text else b""
    after = request.after + len(whole)
    items = tuple(item_of(Line.read(line)) for line in whole.decode().split("\n") if line)
    return PlanPage(plan=summary, items=items, next=after if after < size else None)


def read_summary(store: ObjectStore, plan_hash: str) -> PlanSummary:
    """Return the summary of a plan; raises PlanUnknown, ObjectMissing."""
    try:
        return PlanSummary.model_validate_json(store.read(f"{PLANS}{plan_hash}.json"))
    except ValidationError:
        raise PlanUnknown from None


def item_of(line: Line) -> PlanItem:
    """Return a line as the operator sees it."""
    return PlanItem(
        does=line.section.does,
        kind=line.kind,
        name=line.name,
        version=line.version,
        size_bytes=line.size,
        why=line.why,
    )
