"""Errors of cleanups; every sentence says whether something was deleted."""

from __future__ import annotations

from aam.foundation.errors import Conflict, InvalidInput, NotFound, Transient


class BadCleanupRequest(InvalidInput):
    """The request does not say what to clean."""

    code = "bad_cleanup_request"
    sentence = 'Say {"mode": "temp"}, and "dry_run": false to delete; nothing was deleted.'


class CleanupInProgress(Conflict):
    """Another cleanup is at work."""

    code = "cleanup_in_progress"
    sentence = "Another cleanup is at work; try again when it is done. Nothing was deleted by this one."


class CleanupLost(Conflict):
    """Another process has taken this cleanup over, or it is done."""

    code = "cleanup_lost"
    sentence = "Another process has taken this cleanup over; nothing more was deleted by this one."


class PlanUnknown(NotFound):
    """No plan of this hash is kept."""

    code = "plan_unknown"
    sentence = "There is no plan of this hash (any more); make a new one. Nothing was deleted."


class PlanChanged(Conflict):
    """The plan no longer matches the data that would be deleted."""

    code = "plan_changed"
    sentence = "Things have changed since the plan was made; look at a new plan. Nothing was deleted."


class TooMuchWouldGo(Conflict):
    """The circuit breaker: a large share of what is kept would go."""

    code = "too_much_would_go"
    sentence = "A large share of what is kept would go; allow that by name, or look what is wrong. Nothing was deleted."


class BackupMissing(Conflict):
    """There is no backup that is young enough."""

    code = "backup_missing"
    sentence = "There is no backup of the last 24 hours; make one, or say no_backup. Nothing was deleted."


class QueuesUnavailable(Transient):
    """The queues did not answer."""

    code = "queues_unavailable"
    sentence = "The queues did not answer; try again in a moment."


class AgesContradict(InvalidInput):
    """Minutes would outlive the transcript that they quote."""

    code = "ages_contradict"
    sentence = "Minutes quote the transcript and cannot be kept longer than it; nothing was changed."
