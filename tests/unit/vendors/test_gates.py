"""Gates on the table: turns, leases, faults, and what a table that does not answer costs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from aam.foundation.state_table import StateTable, StateUnavailable
from aam.transcription.errors import EngineRefusedRecording, EngineUnavailable
from aam.vendors.errors import VendorBusy, VendorRateLimited
from aam.vendors.gate_state import CIRCUIT_S, LEASE_S, LIMITED_S, SLOW_MOST_S, GateState
from aam.vendors.gates import LATE_S, PATIENCE_S, SharedGate
from aam.vendors.ports import Vendor
from aam.vendors.settings import Limits
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
def gate(table: StateTable, clock: HandClock) -> SharedGate:
    return SharedGate(Vendor.DEEPGRAM, LIMITS, table, clock=clock, sleep=clock.sleep)


def gone(*_args: object, **_more: object) -> str:
    raise StateUnavailable


def owners(gate: SharedGate) -> set[str]:
    return set(gate.state().leases)


def test_starts_are_apart(gate: SharedGate, clock: HandClock) -> None:
    starts = []
    for _ in range(5):
        with gate.request() as lease:
            lease.depart()
            starts.append(clock.seconds)
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(starts))
    assert starts[-1] - starts[0] < 1.1, "nobody waits for long at a gate that is idle"


def test_two_vendors_do_not_wait_for_each_other(gate: SharedGate, table: StateTable, clock: HandClock) -> None:
    other = SharedGate(Vendor.OPENAI, LIMITS, table, clock=clock, sleep=clock.sleep)
    with gate.request(), gate.request(), other.request():
        assert len(owners(gate)) == 2
        assert len(owners(other)) == 1


def test_who_finds_no_place_gives_up_soon_and_holds_nothing(gate: SharedGate, clock: HandClock) -> None:
    with gate.request(), gate.request():
        began = clock.seconds
        with pytest.raises(VendorBusy) as busy, gate.request():
            pytest.fail("there was no place")
        assert clock.seconds - began <= PATIENCE_S
        assert busy.value.wait_s > 0
        assert len(owners(gate)) == 2
    assert owners(gate) == set()


def test_a_killed_holder_frees_itself(gate: SharedGate, clock: HandClock) -> None:
    killed = [gate.request(), gate.request()]
    for request in killed:
        request.__enter__()
    with pytest.raises(VendorBusy), gate.request():
        pytest.fail("there was no place")
    clock.sleep(LEASE_S)
    with gate.request(), gate.request():
        assert len(owners(gate)) == 2


def test_a_place_lives_as_long_as_its_holder(table: StateTable, clock: HandClock) -> None:
    gate = SharedGate(Vendor.DEEPGRAM, LIMITS, table, clock=clock, sleep=clock.sleep, beat_s=0.01)
    beaten = threading.Event()
    with gate.request() as lease:
        before = gate.state().leases[lease.owner]
        clock.sleep(30)
        while gate.state().leases[lease.owner] == before:
            beaten.wait(0.01)
    assert owners(gate) == set()


def test_a_kept_place_is_freed_by_whoever_hears_the_answer(gate: SharedGate, clock: HandClock) -> None:
    with gate.request() as lease:
        lease.keep_until(clock() + timedelta(hours=2))
    clock.sleep(3600)
    assert owners(gate) == {lease.owner}
    gate.release(lease.owner)
    gate.release(lease.owner)
    assert owners(gate) == set()


def test_a_request_that_failed_keeps_nothing(gate: SharedGate, clock: HandClock) -> None:
    def ask() -> None:
        with gate.request() as lease:
            lease.keep_until(clock() + timedelta(hours=2))
            raise EngineUnavailable

    with pytest.raises(EngineUnavailable):
        ask()
    assert owners(gate) == set()


def test_what_delays_a_request_moves_it_to_another_slot(gate: SharedGate, clock: HandClock) -> None:
    """Two requests a moment apart are what the slots are there to prevent."""
    departed = []
    for delay in (0.0, 1.0, 0.15, 0.5, 0.0):
        with gate.request() as lease:
            clock.sleep(delay)
            lease.depart()
            departed.append(clock.seconds)
    assert all(later - earlier >= 0.1 - LATE_S for earlier, later in pairwise(departed))
    assert departed[-1] - departed[0] < 3


def test_each_request_of_a_block_has_a_slot_of_its_own(gate: SharedGate, clock: HandClock) -> None:
    """An SDK that repeats its request does not pass unseen."""
    departed = []
    with gate.request() as lease:
        for _ in range(3):
            clock.sleep(0.03)
            lease.depart()
            departed.append(clock.seconds)
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(departed))


def test_who_has_a_place_and_finds_the_table_gone_departs(
    gate: SharedGate, table: StateTable, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gate.request() as lease:
        clock.sleep(5)
        monkeypatch.setattr(table, "change", gone)
        lease.depart()
        monkeypatch.undo()


def test_a_rate_limit_closes_the_gate_for_as_long_as_it_says(gate: SharedGate, clock: HandClock) -> None:
    limited = VendorRateLimited()
    limited.retry_after_s = 17.0
    with pytest.raises(VendorRateLimited), gate.request():
        raise limited
    with pytest.raises(VendorBusy) as busy, gate.request():
        pytest.fail("it is closed")
    assert busy.value.wait_s == pytest.approx(17.0, abs=0.01)
    clock.sleep(17.0)
    with gate.request():
        pass


def test_a_rate_limit_without_a_time_is_a_minute(gate: SharedGate) -> None:
    with pytest.raises(VendorRateLimited), gate.request():
        raise VendorRateLimited
    with pytest.raises(VendorBusy) as busy, gate.request():
        pytest.fail("it is closed")
    assert busy.value.wait_s == pytest.approx(60.0, abs=0.01)


@pytest.mark.parametrize(
    ("seconds", "closed_s"), [(1.8e9, SLOW_MOST_S), (float("inf"), LIMITED_S), (float("nan"), LIMITED_S), (-5.0, 0.0)]
)
def test_no_vendor_stops_everybody_for_long_by_a_word(
    gate: SharedGate, clock: HandClock, seconds: float, closed_s: float
) -> None:
    limited = VendorRateLimited()
    limited.retry_after_s = seconds
    with pytest.raises(VendorRateLimited), gate.request():
        raise limited
    assert gate.state().closed_until == pytest.approx(clock.seconds + closed_s)


@pytest.mark.parametrize("document", ["what is no JSON", '{"closed_until": null}'])
def test_a_state_that_cannot_be_read_is_none(gate: SharedGate, table: StateTable, document: str) -> None:
    table.write("gate#deepgram", {"document": document, "version": "3"}, expires_at=2_000_000_000)
    assert gate.state() == GateState()
    with gate.request() as lease:
        assert owners(gate) == {lease.owner}


def test_a_vendor_that_is_down_is_left_alone_and_comes_back_by_itself(gate: SharedGate, clock: HandClock) -> None:
    down = []
    for _ in range(2):
        with pytest.raises(EngineUnavailable) as fault, gate.request():
            raise EngineUnavailable
        down.append(fault.value.vendor_is_down)
    assert down == [False, True]
    with pytest.raises(VendorBusy) as busy, gate.request():
        pytest.fail("it is closed")
    assert busy.value.wait_s == pytest.approx(CIRCUIT_S, abs=0.01)
    clock.sleep(CIRCUIT_S)
    with gate.request():
        pass
    with gate.request(), gate.request():
        assert gate.state().closings == 0


def test_a_refusal_is_an_answer(gate: SharedGate) -> None:
    with pytest.raises(EngineUnavailable), gate.request():
        raise EngineUnavailable
    with pytest.raises(EngineRefusedRecording), gate.request():
        raise EngineRefusedRecording
    assert gate.state().faults == 0


def test_an_answer_is_not_lost_to_a_table_that_is_gone(
    gate: SharedGate, table: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gate.request():
        monkeypatch.setattr(table, "change", gone)
    monkeypatch.undo()
    assert len(owners(gate)) == 1, "it ends when its lease does"


def test_nobody_passes_while_the_table_is_gone(
    gate: SharedGate, table: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "change", gone)
    with pytest.raises(StateUnavailable), gate.request():
        pytest.fail("nobody knows how many there are")
