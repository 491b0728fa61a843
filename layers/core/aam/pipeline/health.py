"""Health of the system: database, queue, storage, workers, and vendors by the state of their limiters."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select

from aam.foundation.database import Transaction
from aam.foundation.schemas import Value, View
from aam.foundation.state_table import StateTable
from aam.pipeline.models import ALIVE, ProcessingRun
from aam.vendor_limits.limiter_state import LimiterState
from aam.vendor_limits.ports import Vendor
from aam.vendor_limits.rate_limiter import read_limiter

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WAITING_TOO_MANY = 100
STALLED_AFTER = timedelta(hours=1)
NAMES = {Vendor.DEEPGRAM: "Deepgram", Vendor.OPENAI: "OpenAI", Vendor.OPENAI_AUDIO: "OpenAI-compatible speech"}

State = Literal["ok", "warning", "error"]


class Check(View):
    """One part of the system: its state, and a figure where there is one."""

    status: State
    detail: str


class Checks(View):
    """All parts."""

    database: Check
    queue: Check
    storage: Check
    workers: Check
    deepgram: Check
    openai: Check


class Health(View):
    """The whole: the worst of its parts, and sentences about what is wrong."""

    status: State
    timestamp: datetime
    checks: Checks
    errors: tuple[str, ...]


class Probes(Value):
    """Probes of the services, each of a few seconds; any exception means that the service does not answer."""

    waiting_jobs: Callable[[], int]
    touch_storage: Callable[[], object]
    read_limiter: Callable[[Vendor], LimiterState]


def check_health(probes: Probes, *, open_transaction: Transaction, now: datetime) -> Health:
    """Ask all parts at the same time; nothing of their errors is told but that they failed."""
    with ThreadPoolExecutor(max_workers=5) as pool:
        asked = (
            pool.submit(answers, lambda: queue_check(probes.waiting_jobs()), "The queue"),
            pool.submit(answers, lambda: storage_check(probes.touch_storage()), "The object store"),
            pool.submit(database_checks, open_transaction, now),
        )
        limiters = {
            vendor.value: pool.submit(
                answers, partial(vendor_check, vendor, probes.read_limiter, now), "The table of limits"
            )
            for vendor in Vendor
        }
        queue, storage = asked[0].result(), asked[1].result()
        database, workers = asked[2].result()
        vendors = {name: check.result() for name, check in limiters.items()}
    checks = Checks(database=database, queue=queue, storage=storage, workers=workers, **vendors)
    parts = [getattr(checks, name) for name in Checks.model_fields]
    worst: State = max((part.status for part in parts), key=("ok", "warning", "error").index)
    told = tuple(part.detail for part in parts if part.status != "ok")
    return Health(status=worst, timestamp=now, checks=checks, errors=told)


def answers(ask: Callable[[], Check], name: str) -> Check:
    """Return the check's result, or an error when the part does not answer."""
    try:
        return ask()
    except Exception:  # noqa: BLE001 - whatever it is, the part does not answer, and its words are not for the public
        return Check(status="error", detail=f"{name} does not answer.")


def queue_check(waiting: int) -> Check:
    """Return a warning where jobs pile up."""
    state: State = "warning" if waiting > WAITING_TOO_MANY else "ok"
    return Check(status=state, detail=f"{waiting} jobs wait.")


def storage_check(_touched: object) -> Check:
    """Return the storage check: the bucket answered."""
    return Check(status="ok", detail="The bucket answers.")


def vendor_check(vendor: Vendor, read: Callable[[Vendor], LimiterState], now: datetime) -> Check:
    """Return whether requests may start at a vendor, by its limiter; no request is made."""
    state, at = read(vendor), now.timestamp()
    name = NAMES[vendor]
    if state.closings:
        wait = max(0, math.ceil(state.closed_until - at))
        return Check(
            status="warning", detail=f"{name} failed {state.faults} times in a row; work waits, next try in {wait} s."
        )
    if state.closed_until > at:
        wait = math.ceil(state.closed_until - at)
        return Check(status="warning", detail=f"{name} asked us to slow down; work waits for {wait} s.")
    return Check(status="ok", detail=f"Requests on their way to {name}: {len(state.living(at))}.")


def database_checks(open_transaction: Transaction, now: datetime) -> tuple[Check, Check]:
    """Return the checks of the database and of the workers' runs, over its one connection."""
    found: list[Check] = []

    def ask() -> Check:
        with open_transaction() as session:
            found.append(workers_check(session, now))
        return Check(status="ok", detail="The database answers.")

    database = answers(ask, "The database")
    unknown = Check(status="error", detail="Nothing is known of the workers without the database.")
    return database, found[0] if found else unknown


def workers_check(session: Session, now: datetime) -> Check:
    """Return whether runs are stuck: alive for more than an hour."""
    began = func.coalesce(ProcessingRun.started_at, ProcessingRun.created_at)
    alive, stalled = session.execute(
        select(func.count(), func.count().filter(began < now - STALLED_AFTER)).where(
            ProcessingRun.status.in_(ALIVE), ProcessingRun.waiting_reason.is_(None)
        )
    ).one()
    state: State = "warning" if stalled else "ok"
    return Check(status=state, detail=f"{alive} runs are alive, {stalled} of them for over an hour.")


def aws_probes(*, queue_url: str, bucket: str, storage_endpoint: str, state_table: str) -> Probes:
    """Return the real probes; their clients give up after two seconds and are made before any thread begins."""
    import boto3
    from botocore.config import Config

    patience = Config(
        connect_timeout=2, read_timeout=2, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
    )
    sqs: Any = boto3.client("sqs", config=patience)
    s3: Any = boto3.client("s3", config=patience, endpoint_url=storage_endpoint or None)

    table = StateTable(boto3.client("dynamodb", config=patience), state_table)

    def waiting_jobs() -> int:
        answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    return Probes(
        waiting_jobs=waiting_jobs,
        touch_storage=lambda: s3.head_bucket(Bucket=bucket),
        read_limiter=lambda vendor: read_limiter(table, vendor),
    )
