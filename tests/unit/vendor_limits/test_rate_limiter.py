"""Gates on the table: turns, leases, faults, and what a table that does not answer costs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from aam.foundation.state_table import StateTable, StateUnavailable
from aam.transcription.errors import EngineRefusedRecording, EngineUnavailable
from aam.vendor_limits.errors import VendorBusy, VendorRateLimited
from aam.vendor_limits.limiter_state import CIRCUIT_S, LEASE_S, LIMITED_S, SLOW_MOST_S, LimiterState
from aam.vendor_limits.ports import Vendor
from aam.vendor_limits.rate_limiter import LATE_S, PATIENCE_S, SharedRateLimiter
from aam.vendor_limits.settings import Limits
from tests.support.limits import HandClock, moto_table

LIMITS = Limits(concurrency=2, spacing_ms=100, circuit_faults=2)


@pytest.fixture
def table() -> Iterator[StateTable]:
    with moto_table() as made:
        yield made


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def limiter(table: StateTable, clock: HandClock) -> SharedRateLimiter:
    return SharedRateLimiter(Vendor.DEEPGRAM, LIMITS, table, clock=clock, sleep=clock.sleep)


def gone(*_args: object, **_more: object) -> str:
    raise StateUnavailable


def owners(limiter: SharedRateLimiter) -> set[str]:
    return set(limiter.state().leases)


def test_starts_are_apart(limiter: SharedRateLimiter, clock: HandClock) -> None:
    starts = []
    for _ in range(5):
        with limiter.request() as permit:
            permit.wait_for_slot()
            starts.append(clock.seconds)
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(starts))
    assert starts[-1] - starts[0] < 1.1, "nobody waits for long at a limiter that is idle"


def test_two_vendors_do_not_wait_for_each_other(
    limiter: SharedRateLimiter, table: StateTable, clock: HandClock
) -> None:
    other = SharedRateLimiter(Vendor.OPENAI, LIMITS, table, clock=clock, sleep=clock.sleep)
    with limiter.request(), limiter.request(), other.request():
        assert len(owners(limiter)) == 2
        assert len(owners(other)) == 1


def test_a_worker_without_a_place_gives_up_within_its_patience(limiter: SharedRateLimiter, clock: HandClock) -> None:
    with limiter.request(), limiter.request():
        began = clock.seconds
        with pytest.raises(VendorBusy) as busy, limiter.request():
            pytest.fail("there was no place")
        assert clock.seconds - began <= PATIENCE_S
        assert busy.value.wait_s > 0
        assert len(owners(limiter)) == 2
    assert owners(limiter) == set()


def test_a_killed_holder_frees_itself(limiter: SharedRateLimiter, clock: HandClock) -> None:
    killed = [limiter.request(), limiter.request()]
    for request in killed:
        request.__enter__()
    with pytest.raises(VendorBusy), limiter.request():
        pytest.fail("there was no place")
    clock.sleep(LEASE_S)
    with limiter.request(), limiter.request():
        assert len(owners(limiter)) == 2


def test_a_place_lives_as_long_as_its_holder(table: StateTable, clock: HandClock) -> None:
    limiter = SharedRateLimiter(Vendor.DEEPGRAM, LIMITS, table, clock=clock, sleep=clock.sleep, beat_s=0.01)
    beaten = threading.Event()
    with limiter.request() as permit:
        before = limiter.state().leases[permit.owner]
        clock.sleep(30)
        while limiter.state().leases[permit.owner] == before:
            beaten.wait(0.01)
    assert owners(limiter) == set()


def test_a_kept_place_is_freed_by_release(limiter: SharedRateLimiter, clock: HandClock) -> None:
    with limiter.request() as permit:
        permit.keep_until(clock() + timedelta(hours=2))
    clock.sleep(3600)
    assert owners(limiter) == {permit.owner}
    limiter.release(permit.owner)
    limiter.release(permit.owner)
    assert owners(limiter) == set()


def test_a_request_that_failed_keeps_nothing(limiter: SharedRateLimiter, clock: HandClock) -> None:
    def ask() -> None:
        with limiter.request() as permit:
            permit.keep_until(clock() + timedelta(hours=2))
            raise EngineUnavailable

    with pytest.raises(EngineUnavailable):
        ask()
    assert owners(limiter) == set()


def test_what_delays_a_request_moves_it_to_another_slot(limiter: SharedRateLimiter, clock: HandClock) -> None:
    """Two requests a moment apart are what the slots are there to prevent."""
    departed = []
    for delay in (0.0, 1.0, 0.15, 0.5, 0.0):
        with limiter.request() as permit:
            clock.sleep(delay)
            permit.wait_for_slot()
            departed.append(clock.seconds)
    assert all(later - earlier >= 0.1 - LATE_S for earlier, later in pairwise(departed))
    assert departed[-1] - departed[0] < 3


def test_each_request_of_a_block_has_a_slot_of_its_own(limiter: SharedRateLimiter, clock: HandClock) -> None:
    """An SDK that repeats its request does not pass unseen."""
    departed = []
    with limiter.request() as permit:
        for _ in range(3):
            clock.sleep(0.03)
            permit.wait_for_slot()
            departed.append(clock.seconds)
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(departed))


def test_a_request_with_a_place_is_sent_although_the_table_is_gone(
    limiter: SharedRateLimiter, table: StateTable, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with limiter.request() as permit:
        clock.sleep(5)
        monkeypatch.setattr(table, "change", gone)
        permit.wait_for_slot()
        monkeypatch.undo()


def test_a_429_closes_the_limiter_for_as_long_as_it_says(limiter: SharedRateLimiter, clock: HandClock) -> None:
    limited = VendorRateLimited()
    limited.retry_after_s = 17.0
    with pytest.raises(VendorRateLimited), limiter.request():
        raise limited
    with pytest.raises(VendorBusy) as busy, limiter.request():
        pytest.fail("it is closed")
    assert busy.value.wait_s == pytest.approx(17.0, abs=0.01)
    clock.sleep(17.0)
    with limiter.request():
        pass


def test_a_429_without_a_time_closes_the_limiter_for_a_minute(limiter: SharedRateLimiter) -> None:
    with pytest.raises(VendorRateLimited), limiter.request():
        raise VendorRateLimited
    with pytest.raises(VendorBusy) as busy, limiter.request():
        pytest.fail("it is closed")
    assert busy.value.wait_s == pytest.approx(60.0, abs=0.01)


@pytest.mark.parametrize(
    ("seconds", "closed_s"), [(1.8e9, SLOW_MOST_S), (float("inf"), LIMITED_S), (float("nan"), LIMITED_S), (-5.0, 0.0)]
)
def test_the_time_that_a_429_names_is_bounded(
    limiter: SharedRateLimiter, clock: HandClock, seconds: float, closed_s: float
) -> None:
    limited = VendorRateLimited()
    limited.retry_after_s = seconds
    with pytest.raises(VendorRateLimited), limiter.request():
        raise limited
    assert limiter.state().closed_until == pytest.approx(clock.seconds + closed_s)


@pytest.mark.parametrize("document", ["what is no JSON", '{"closed_until": null}'])
def test_an_unreadable_state_counts_as_empty(limiter: SharedRateLimiter, table: StateTable, document: str) -> None:
    table.write("gate#deepgram", {"document": document, "version": "3"}, expires_at=2_000_000_000)
    assert limiter.state() == LimiterState()
    with limiter.request() as permit:
        assert owners(limiter) == {permit.owner}


def test_a_vendor_that_is_down_is_probed_and_opens_again(limiter: SharedRateLimiter, clock: HandClock) -> None:
    down = []
    for _ in range(2):
        with pytest.raises(EngineUnavailable) as fault, limiter.request():
            raise EngineUnavailable
        down.append(fault.value.vendor_is_down)
    assert down == [False, True]
    with pytest.raises(VendorBusy) as busy, limiter.request():
        pytest.fail("it is closed")
    assert busy.value.wait_s == pytest.approx(CIRCUIT_S, abs=0.01)
    clock.sleep(CIRCUIT_S)
    with limiter.request():
        pass
    with limiter.request(), limiter.request():
        assert limiter.state().closings == 0


def test_a_refusal_counts_as_an_answer(limiter: SharedRateLimiter) -> None:
    with pytest.raises(EngineUnavailable), limiter.request():
        raise EngineUnavailable
    with pytest.raises(EngineRefusedRecording), limiter.request():
        raise EngineRefusedRecording
    assert limiter.state().faults == 0


def test_an_answer_is_not_lost_to_a_table_that_is_gone(
    limiter: SharedRateLimiter, table: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    with limiter.request():
        monkeypatch.setattr(table, "change", gone)
    monkeypatch.undo()
    assert len(owners(limiter)) == 1, "it ends when its permit does"


def test_no_request_passes_while_the_table_is_gone(
    limiter: SharedRateLimiter, table: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "change", gone)
    with pytest.raises(StateUnavailable), limiter.request():
        pytest.fail("nobody knows how many there are")
