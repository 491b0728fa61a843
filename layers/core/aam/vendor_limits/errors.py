"""Errors of requests to vendors."""

from __future__ import annotations

from typing import ClassVar

from aam.foundation.errors import AppError, Transient


class VendorFault(Transient):
    """A passing fault of the vendor's: it counts toward the circuit that closes its limiter.

    ``may_be_paid`` says that the vendor may have worked, and charge for it, although no answer came.
    ``vendor_is_down`` is set by the limiter when the fault is one of a row that closed it: then it says nothing about
    the work that was asked for.
    """

    may_be_paid: ClassVar[bool] = False
    vendor_is_down: bool = False


class VendorRateLimited(VendorFault):
    """The vendor asks us to slow down; ``retry_after_s`` is what it named, or None."""

    code = "vendor_rate_limited"
    retry_after_s: float | None = None


class VendorBusy(Transient):
    """No request may start just now; ``wait_s`` says when to come back."""

    code = "vendor_busy"
    sentence = "Too many requests are on their way to an outside service; the meeting waits for its turn."

    def __init__(self, detail: str | None = None, *, wait_s: float) -> None:
        super().__init__(detail)
        self.wait_s = wait_s


class VendorWaitedTooLong(AppError):
    """The work waited in its queue for longer than it may."""

    code = "vendor_waited_too_long"
    http_status = 503
    sentence = "The outside service was busy or down for too long; try again when it is well."


class VendorNeverAnswered(AppError):
    """The vendor accepted the work twice and never called back."""

    code = "vendor_never_answered"
    http_status = 502
    sentence = "The outside service took the work twice and never answered; try again, or tell an operator."


class WorkerDied(AppError):
    """The worker died again and again over the same work."""

    code = "worker_died"
    http_status = 500
    sentence = "The worker stopped three times in the middle of this meeting; an operator has to look at its log."


class TaskGivenUp(AppError):
    """A message of work ended among the dead letters."""

    code = "task_given_up"
    http_status = 500
    sentence = "The work on this meeting was given up by its queue; an operator has to look at its dead letters."
