"""Rate limiters of vendors: one item each in DynamoDB, which all workers change by conditional writes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from pydantic import ValidationError

from aam.foundation.clock import Clock, new_id, utc_now
from aam.foundation.errors import AppError
from aam.foundation.observability import logger
from aam.foundation.settings import load
from aam.foundation.state_table import StateTable, state_table
from aam.vendor_limits import limiter_state
from aam.vendor_limits.errors import VendorBusy, VendorFault, VendorRateLimited
from aam.vendor_limits.heartbeat import BEAT_S, beating
from aam.vendor_limits.limiter_state import LEAD_S, LEASE_S, LIMITED_S, Granted, LimiterState, Refused
from aam.vendor_limits.ports import Vendor
from aam.vendor_limits.settings import Limits, LimitSettings

PATIENCE_S = 2.0
"""How long a worker waits for its turn itself; whoever waits longer gives its message back."""

LATE_S = 0.015
"""Whoever departs later than this after its slot takes another one: the slots are what keeps requests apart."""

LOOK_AGAIN_S = 0.2
SLOTS_MOST, SLOT_PATIENCE_S = 10, 30.0
"""How many slots a request may miss while it departs, and how far away the next may be."""
KEPT_FOR_S = 7 * 24 * 3600


class SharedPermit:
    """The right to one running request."""

    def __init__(self, owner: str, wait_for_slot: Callable[[], None]) -> None:
        self.owner = owner
        self.wait_for_slot = wait_for_slot
        self.kept_until: float | None = None

    def keep_until(self, deadline: datetime) -> None:
        """Leave the place taken when the block ends, because the vendor works on until it answers by callback."""
        self.kept_until = deadline.timestamp()


class SharedRateLimiter:
    """One vendor's limiter, shared by all workers."""

    def __init__(
        self,
        vendor: Vendor,
        limits: Limits,
        table: StateTable,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        beat_s: float = BEAT_S,
    ) -> None:
        self.vendor, self.limits, self.table = vendor, limits, table
        self._clock, self._sleep, self._beat_s = clock, sleep, beat_s

    @contextmanager
    def request(self) -> Iterator[SharedPermit]:
        """Yield one request: waits its turn on the way in; on the way out frees its place and reports its outcome.

        Raises VendorBusy when the turn is more than PATIENCE_S away, StateUnavailable.
        """
        owner = str(new_id())
        start = self._wait_for_turn(owner)
        permit = SharedPermit(owner, lambda: self._wait_for_slot(owner, start))
        try:
            with beating(lambda: self._keep(permit.owner, self._now() + LEASE_S), every_s=self._beat_s):
                yield permit
        except BaseException as error:
            self._leave(permit, error)
            raise
        self._leave(permit, None)

    def state(self) -> LimiterState:
        """Return the state of the limiter."""
        return read_limiter(self.table, self.vendor)

    def release(self, owner: str) -> None:
        """Free a place that was kept; harmless when it is free."""
        self._change(lambda state: limiter_state.leave(state, owner, now=self._now()))

    def _now(self) -> float:
        return self._clock().timestamp()

    def _change(self, how: Callable[[LimiterState], LimiterState]) -> None:
        def changed(document: str) -> str | None:
            before = _parsed(document)
            after = how(before)
            return None if after == before else after.model_dump_json()

        self._write(changed)

    def _write(self, how: Callable[[str], str | None]) -> None:
        self.table.change(_key(self.vendor), how, expires_at=int(self._now()) + KEPT_FOR_S, sleep=self._sleep)

    def _keep(self, owner: str, until: float) -> None:
        self._change(lambda state: limiter_state.keep(state, owner, until=until, now=self._now()))

    def _wait_for_turn(self, owner: str) -> float:
        """Return a moment before the request may start, with a place taken: the start."""
        patient_until = self._now() + PATIENCE_S
        while True:
            answer = self._enter(owner, patient_until)
            now = self._now()
            if isinstance(answer, Granted):
                self._sleep(max(answer.start - LEAD_S - now, 0))
                return answer.start
            wait = random.uniform(LOOK_AGAIN_S / 2, LOOK_AGAIN_S) if answer.crowded else answer.wait_s  # noqa: S311 - jitter
            if now + wait > patient_until:
                raise VendorBusy(wait_s=answer.wait_s)
            self._sleep(wait)

    def _wait_for_slot(self, owner: str, start: float) -> None:
        """Wait for the slot; take another where it was missed.

        A request that has a place and cannot take a slot goes out all the same: there is nobody here to wait.
        """
        for _ in range(SLOTS_MOST):
            self._sleep(max(start - self._now(), 0))
            if self._now() - start <= LATE_S:
                return
            try:
                answer = self._enter(owner, self._now() + SLOT_PATIENCE_S)
            except AppError as error:
                logger().warning("departs without a slot", error_code=error.code)
                return
            if not isinstance(answer, Granted):
                return
            start = answer.start

    def _enter(self, owner: str, patient_until: float) -> Granted | Refused:
        answers: list[Granted | Refused] = []

        def entered(document: str) -> str | None:
            now = self._now()
            answer = limiter_state.enter(
                _parsed(document), owner, now=now, limits=self.limits, patience_s=patient_until - now
            )
            answers.append(answer)
            return answer.state.model_dump_json() if isinstance(answer, Granted) else None

        self._write(entered)
        return answers[-1]

    def _leave(self, permit: SharedPermit, error: BaseException | None) -> None:
        """Free or keep the place and note the request's outcome, in one write.

        A table that does not answer must not cost us the vendor's answer: the lease then ends by itself.
        """
        faults: list[LimiterState] = []

        def left(before: LimiterState) -> LimiterState:
            now = self._now()
            if error is None and permit.kept_until is not None:
                state = limiter_state.keep(before, permit.owner, until=permit.kept_until, now=now)
            else:
                state = limiter_state.leave(before, permit.owner, now=now)
            if isinstance(error, VendorRateLimited):
                seconds = LIMITED_S if error.retry_after_s is None else error.retry_after_s
                return limiter_state.slow_down(state, now=now, seconds=seconds)
            outcome: limiter_state.Outcome = "unknown"
            if error is None or (isinstance(error, AppError) and not isinstance(error, VendorFault)):
                outcome = "answered"
            elif isinstance(error, VendorFault):
                outcome = "fault"
            after = limiter_state.judge(state, permit.owner, outcome=outcome, now=now, limits=self.limits)
            faults.append(after)
            return after

        try:
            self._change(left)
        except AppError as failed:
            logger().warning("a place at a vendor stays taken until it expires", error_code=failed.code)
        if isinstance(error, VendorFault) and faults:
            error.vendor_is_down = faults[-1].closings > 0


def open_rate_limiter(vendor: Vendor) -> SharedRateLimiter:
    """Return the limiter to a vendor by this function's settings."""
    return SharedRateLimiter(vendor, load(LimitSettings).limits(vendor), state_table())


def read_limiter(table: StateTable, vendor: Vendor) -> LimiterState:
    """Return the state of a vendor's limiter; raises StateUnavailable."""
    return _parsed(table.read(_key(vendor)).get("document", ""))


def release(vendor: Vendor, owner: str) -> None:
    """Free the place of a request that the vendor has answered by callback; harmless when repeated."""
    open_rate_limiter(vendor).release(owner)


def free_place(table: StateTable, vendor: Vendor, owner: str, *, now: float) -> None:
    """Free a place at a vendor whatever the limits are; harmless when it is free."""

    def freed(document: str) -> str | None:
        before = _parsed(document)
        after = limiter_state.leave(before, owner, now=now) if document else before
        return None if after == before else after.model_dump_json()

    table.change(_key(vendor), freed, expires_at=int(now) + KEPT_FOR_S)


def _key(vendor: Vendor) -> str:
    return f"gate#{vendor}"


def _parsed(document: str) -> LimiterState:
    """Return the limiter's state; an unreadable document counts as none, because no other code would repair it."""
    if not document:
        return LimiterState()
    try:
        return LimiterState.model_validate_json(document)
    except ValidationError:
        logger().error("the state of a limiter cannot be read and begins anew")
        return LimiterState()
