"""Stuck claims and leases: released where no worker will come back for them, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from aam.foundation.state_table import StateTable
from aam.retention.lock_plan import CLAIM, release_claims
from aam.vendor_limits.ports import Vendor
from aam.vendor_limits.rate_limiter import SharedRateLimiter
from aam.vendor_limits.settings import Limits
from aam.vendor_limits.task_claims import Stage, TaskClaims
from tests.support.limits import moto_table
from tests.support.retention import World


@pytest.fixture
def table(world: World) -> Iterator[StateTable]:
    with moto_table() as made:
        world.table = made  # type: ignore[assignment]
        yield made


def test_claims_of_ended_runs_are_released_and_no_others(world: World, table: StateTable) -> None:
    """The record stays without its claim, so that a late message is not paid again; living runs are resumed."""
    ended, alive = world.meeting(status="failed"), world.meeting(status="running")
    claims, at = TaskClaims(table), world.now.timestamp()
    limiter = SharedRateLimiter(Vendor.DEEPGRAM, Limits(9, 0, 9), table, clock=lambda: world.now)
    dead, resumable = (Stage(made.run_id, "transcription") for made in (ended, alive))
    working = Stage(ended.run_id, "artifacts")
    with limiter.request() as permit:
        permit.keep_until(world.now + timedelta(hours=1))
    for stage in (dead, resumable):
        claims.claim(stage, "dead", task_token="t", until=at - 60, now=at - 120)
    claims.submit(dead, "dead", answer_by=at - 30, lease=permit.owner, now=at - 60)
    claims.claim(working, "at work", task_token="t", until=at + 60, now=at)
    others = [claims.read(stage) for stage in (resumable, working)]
    _, lines = world.plan("locks")
    assert [line.name for line in lines if line.kind == CLAIM] == [dead.key]
    assert limiter.state().leases, "a list releases nothing"
    assert world.clean("locks", dry_run=False).skipped == 0
    assert (claims.read(dead).lease, claims.read(dead).submissions) == ("", 1)
    assert not limiter.state().leases
    assert [claims.read(stage) for stage in (resumable, working)] == others
    assert CLAIM not in {line.kind for line in world.plan("locks")[1]}


def test_a_claim_that_was_taken_over_after_the_list_stays(world: World, table: StateTable) -> None:
    stage = Stage(world.meeting(status="failed").run_id, "transcription")
    claims, at = TaskClaims(table), world.now.timestamp()
    claims.claim(stage, "dead", task_token="t", until=at - 60, now=at - 120)
    claims.claim(stage, "next", task_token="t", until=at + 60, now=at)
    assert release_claims([stage.key], deps=world.deps) == 1
    assert claims.read(stage).owner == "next"
