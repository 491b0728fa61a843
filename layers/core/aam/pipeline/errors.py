"""Errors of runs as such."""

from __future__ import annotations

from aam.foundation.errors import AppError, Conflict, NotFound


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


class ErrorNotFound(NotFound):
    """There is no such error within the caller's reach."""

    code = "error_not_found"
    sentence = "There is no such error here; 'aam list errors' shows them all."


class StageNotReached(Conflict):
    """The earlier attempt did not come as far as the stage that is asked for."""

    code = "stage_not_reached"
    sentence = "The last attempt did not come that far; begin at an earlier stage, or leave the stage out."


class ResultsGone(Conflict):
    """Results of an earlier attempt, from which this one was to continue, are no longer kept."""

    code = "results_gone"
    sentence = (
        "The results of the last attempt are no longer kept; begin at the first stage: 'aam retry --meeting ID --from "
        "probe'. That pays for its work again."
    )


class StageOverdue(AppError):
    """A stage runs for longer than it can take; its worker is gone or stuck."""

    code = "stage_overdue"
    sentence = "A stage took longer than it can take and was stopped; it is tried again twice by itself."


class TaskLost(AppError):
    """A vendor's task is in no queue and no worker has it, while its execution waits for it."""

    code = "task_lost"
    sentence = "The work of this stage was lost on its way to a worker; it is tried again twice by itself."


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
    """The execution was stopped from outside."""

    code = "aborted"
    sentence = "The processing was stopped from outside; try again."


class StackRestarted(AppError):
    """The execution vanished with the stack it ran on."""

    code = "stack_restarted"
    sentence = "The system was restarted while this was being processed; try again."
