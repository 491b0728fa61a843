"""What can go wrong with a run as such."""

from __future__ import annotations

from aam.foundation.errors import AppError, Conflict


class RunNotCurrent(Conflict):
    """A step came late: its run was cancelled, failed, finished or deleted meanwhile."""

    code = "run_not_current"
    sentence = "This run is over; nothing was changed."


class RunInProgress(Conflict):
    """The meeting has a queued or running run."""

    code = "run_in_progress"
    sentence = "This meeting is being processed; wait until it is done, or cancel it first."


class NothingToRetry(Conflict):
    """There is no failed or cancelled run to repeat."""

    code = "nothing_to_retry"
    sentence = "There is nothing to try again; upload a recording or a transcript first."


class NothingToCancel(Conflict):
    """There is no run alive."""

    code = "nothing_to_cancel"
    sentence = "Nothing is being processed for this meeting."


class StepFailed(AppError):
    """A step died without saying why."""

    code = "step_failed"
    sentence = "A step of the processing stopped unexpectedly; try again."


class StepTimedOut(AppError):
    """A step took longer than it may."""

    code = "timed_out"
    sentence = "A step of the processing took too long; try again."


class ExecutionAborted(AppError):
    """Somebody stopped the execution from outside."""

    code = "aborted"
    sentence = "The processing was stopped from outside; try again."


class StackRestarted(AppError):
    """The execution vanished with the stack it ran on."""

    code = "stack_restarted"
    sentence = "The system was restarted while this was being processed; try again."
