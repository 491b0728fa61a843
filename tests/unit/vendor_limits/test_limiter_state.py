"""The rules of a limiter, over any history."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aam.vendor_limits.limiter_state import (
    CIRCUIT_MOST_S,
    CIRCUIT_S,
    LEASE_S,
    Granted,
    LimiterState,
    Outcome,
    Refused,
    enter,
    judge,
    keep,
    leave,
    slow_down,
)
from aam.vendor_limits.settings import Limits

LIMITS = Limits(concurrency=3, spacing_ms=100, circuit_faults=3)
PATIENCE_S = 2.0

EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("enter"), st.integers(0, 6)),
        st.tuples(st.just("answered"), st.integers(0, 6)),
        st.tuples(st.just("fault"), st.integers(0, 6)),
        st.tuples(st.just("limited"), st.integers(0, 6)),
        st.tuples(st.just("wait"), st.sampled_from([0, 1, 50, 100, 1_000, 61_000])),
    ),
    max_size=60,
)


@dataclass
class History:
    """What a limiter was told, and what it let happen."""

    now: float = 0.0
    state: LimiterState = field(default_factory=LimiterState)
    running: dict[str, float] = field(default_factory=dict)
    starts: list[float] = field(default_factory=list)

    def enter(self, owner: str) -> Granted | Refused:
        answer = enter(self.state, owner, now=self.now, limits=LIMITS, patience_s=PATIENCE_S)
        if isinstance(answer, Granted):
            self.state = answer.state
            self.running[owner] = answer.start + LEASE_S
            self.starts.append(answer.start)
        return answer

    def end(self, owner: str, outcome: Outcome) -> None:
        self.running.pop(owner, None)
        self.state = leave(self.state, owner, now=self.now)
        self.state = judge(self.state, owner, outcome=outcome, now=self.now, limits=LIMITS)

    def apply(self, what: str, which: int) -> None:
        owner = f"owner-{which}"
        if what == "wait":
            self.now += which / 1000
        elif what == "enter":
            self.enter(owner)
        elif what == "limited":
            self.state = slow_down(leave(self.state, owner, now=self.now), now=self.now, seconds=7)
            self.running.pop(owner, None)
        else:
            self.end(owner, "answered" if what == "answered" else "fault")
        self.running = {holder: until for holder, until in self.running.items() if until > self.now}


@given(EVENTS)
def test_any_history_keeps_concurrency_and_spacing(events: list[tuple[str, int]]) -> None:
    history = History()
    for what, which in events:
        history.apply(what, which)
        assert len(history.running) <= LIMITS.concurrency
        assert set(history.state.living(history.now)) == set(history.running)
    spaces = [later - earlier for earlier, later in pairwise(history.starts)]
    assert all(space >= LIMITS.spacing_ms / 1000 for space in spaces)


@given(EVENTS)
def test_any_history_lets_a_request_pass_again(events: list[tuple[str, int]]) -> None:
    history = History()
    for what, which in events:
        history.apply(what, which)
    history.now += CIRCUIT_MOST_S + LEASE_S
    assert isinstance(history.enter("late"), Granted)


@given(st.lists(st.floats(0, 0.3), max_size=40))
def test_any_second_keeps_to_the_limit_although_requests_arrive_late(delays: list[float]) -> None:
    """The margin between slots makes up for arrivals that are up to 70 ms off."""
    limits = Limits(concurrency=99, spacing_ms=500, circuit_faults=3)
    state, now, arrivals = LimiterState(), 0.0, []
    for number, delay in enumerate(delays):
        answer = enter(state, f"{number}", now=now, limits=limits, patience_s=99)
        assert isinstance(answer, Granted)
        state, now = answer.state, now + delay
        arrivals.append(answer.start + delay / 0.3 * 0.07)
    for earlier, third in zip(arrivals, arrivals[2:], strict=False):
        assert third - earlier >= 1.0 - 1e-9


def test_a_place_is_free_when_its_lease_ends() -> None:
    history = History()
    for number in range(3):
        assert isinstance(history.enter(f"{number}"), Granted)
    assert history.enter("fourth") == Refused(2.0, crowded=True)
    history.now = LEASE_S - 1
    history.state = keep(history.state, "0", until=history.now + LEASE_S, now=history.now)
    history.now = LEASE_S + 1
    assert set(history.state.living(history.now)) == {"0"}, "the others did not say that they live"
    assert isinstance(history.enter("fourth"), Granted)


def test_a_slot_beyond_patience_is_not_taken() -> None:
    limits = Limits(concurrency=9, spacing_ms=1_500, circuit_faults=3)
    state = LimiterState(next_start=3.0)
    assert enter(state, "o", now=0.0, limits=limits, patience_s=2.0) == Refused(3.0)
    assert isinstance(enter(state, "o", now=1.5, limits=limits, patience_s=2.0), Granted)


def faulty(history: History, times: int) -> None:
    for _ in range(times):
        assert isinstance(history.enter("o"), Granted)
        history.now += 1
        history.end("o", "fault")


def test_faults_close_the_limiter_and_each_failed_probe_doubles_the_time() -> None:
    history = History()
    faulty(history, 2)
    assert history.state.closings == 0
    faulty(history, 1)
    expected = CIRCUIT_S
    for _ in range(8):
        answer = history.enter("o")
        assert isinstance(answer, Refused)
        assert answer.wait_s == pytest.approx(min(expected, CIRCUIT_MOST_S))
        history.now += answer.wait_s
        faulty(history, 1)
        expected *= 2


def test_one_probe_passes_at_a_time_and_its_answer_opens_the_limiter() -> None:
    history = History()
    faulty(history, 3)
    history.now += CIRCUIT_S
    assert isinstance(history.enter("probe"), Granted)
    assert history.enter("other") == Refused(2.0)
    history.now += 1
    history.end("probe", "answered")
    assert history.state.closings == 0
    assert isinstance(history.enter("other"), Granted)


def test_a_probe_that_died_makes_way_for_the_next() -> None:
    history = History()
    faulty(history, 3)
    history.now += CIRCUIT_S
    assert isinstance(history.enter("probe"), Granted)
    history.now += LEASE_S + 1
    assert isinstance(history.enter("next"), Granted)


def test_faults_with_answers_between_them_close_nothing() -> None:
    history = History()
    for _ in range(5):
        faulty(history, 2)
        assert isinstance(history.enter("o"), Granted)
        history.end("o", "answered")
    assert history.state.closed_until == 0


def test_what_the_vendor_asked_for_outlasts_answers_of_requests_that_ran_already() -> None:
    history = History()
    assert isinstance(history.enter("running"), Granted)
    history.state = slow_down(history.state, now=history.now, seconds=30)
    history.end("running", "answered")
    answer = history.enter("next")
    assert isinstance(answer, Refused)
    assert answer.wait_s == 30


def test_our_own_error_says_nothing_about_the_vendor() -> None:
    history = History()
    faulty(history, 2)
    assert isinstance(history.enter("o"), Granted)
    history.end("o", "unknown")
    assert history.state.faults == 2
