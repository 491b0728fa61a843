"""Claims of paid tasks: which worker has one and what came of it, so that no request is paid twice.

One item a stage.  Before any request is paid a worker claims the stage for a short time, which its heartbeat extends; a
second delivery of the message finds the claim, the stored answer, or the failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

from aam.foundation.schemas import Value
from aam.foundation.state_table import StateTable

KEPT_FOR_S = 7 * 24 * 3600
"""Longer than a message can stay in its queue."""

StageName = Literal["transcription", "artifacts", "meaning"]
STAGE_NAMES: tuple[StageName, ...] = get_args(StageName)


@dataclass(frozen=True)
class Stage:
    """A stage of a run that a vendor's worker does."""

    run_id: UUID
    name: StageName

    @property
    def key(self) -> str:
        """Return the key of its record."""
        return f"stage#{self.run_id}#{self.name}"


class Record(Value):
    """Record of a stage; times are seconds since the epoch.

    ``owner`` is at work, and counts as dead after ``deadline``.  ``deaths`` counts owners that died, ``faults``
    passing faults.  ``answered`` is the name of the stored object, ``failed`` the name of the leaf that ended it, with
    its ``cause``.  ``answer_by`` and ``submissions`` are of work that a vendor has accepted, to answer by callback;
    ``lease`` is its place at the limiter, and ``task_token`` resumes the execution.
    """

    owner: str = ""
    deadline: float = 0.0
    deaths: int = 0
    faults: int = 0
    answered: str = ""
    failed: str = ""
    cause: str = ""
    answer_by: float = 0.0
    submissions: int = 0
    lease: str = ""
    task_token: str = ""

    @property
    def over(self) -> bool:
        """Return whether only the outcome is left to be sent."""
        return bool(self.answered or self.failed)

    def is_stuck(self, now: float) -> bool:
        """Return whether it holds a claim or a place although its worker is gone and no vendor has time left."""
        return bool(self.owner or (self.lease and not self.over)) and max(self.deadline, self.answer_by) <= now


class TaskClaims:
    """The records; every method raises StateUnavailable when the table does not answer."""

    def __init__(self, table: StateTable) -> None:
        self.table = table

    def read(self, stage: Stage) -> Record:
        """Return the record of a stage; an empty record when there is none."""
        return _parsed(self.table.read(stage.key).get("document", ""))

    def claim(self, stage: Stage, owner: str, *, task_token: str, until: float, now: float) -> Record:
        """Claim the stage unless it is over, its owner lives, or a vendor has time left to answer.

        The claim is ours where the record's owner is ``owner`` afterwards.  Taking it from somebody who died counts
        one death.
        """

        def taken(record: Record) -> Record:
            if record.over or (record.owner and record.deadline > now) or record.answer_by > now:
                return record
            return record.model_copy(
                update={
                    "owner": owner,
                    "deadline": until,
                    "deaths": record.deaths + bool(record.owner),
                    "task_token": task_token,
                }
            )

        return self._change(stage, taken, now)

    def extend(self, stage: Stage, owner: str, *, until: float, now: float) -> None:
        """Extend the claim of a living owner; an owner that lost the claim meanwhile does not get it back."""
        self._change(
            stage,
            lambda record: record.model_copy(update={"deadline": until}) if record.owner == owner else record,
            now,
        )

    def let_go(self, stage: Stage, owner: str, *, fault: bool = False, now: float) -> Record:
        """Give the claim back, with or without one more passing fault."""

        def given_back(record: Record) -> Record:
            if record.owner != owner:
                return record
            return record.model_copy(update={"owner": "", "deadline": 0.0, "faults": record.faults + fault})

        return self._change(stage, given_back, now)

    def submit(self, stage: Stage, owner: str, *, answer_by: float, lease: str, now: float) -> Record:
        """Note that the vendor has accepted the work; an answer that was faster than this note stays."""

        def noted(record: Record) -> Record:
            if record.over or record.owner != owner:
                return record
            return record.model_copy(
                update={
                    "owner": "",
                    "deadline": 0.0,
                    "answer_by": answer_by,
                    "submissions": record.submissions + 1,
                    "lease": lease,
                }
            )

        return self._change(stage, noted, now)

    def answer(self, stage: Stage, name: str, *, now: float) -> Record:
        """Note the name of the object that holds the answer; the first outcome stays.

        Returns what stands: its ``task_token`` resumes the execution, its ``lease`` can be released.
        """
        ended = {"answered": name, "owner": "", "deadline": 0.0}
        return self._change(stage, lambda record: record if record.over else record.model_copy(update=ended), now)

    def fail(self, stage: Stage, leaf: str, cause: str, *, now: float) -> Record:
        """Note the name of the leaf that ended the stage; the first outcome stays."""
        ended = {"failed": leaf, "cause": cause, "owner": "", "deadline": 0.0}
        return self._change(stage, lambda record: record if record.over else record.model_copy(update=ended), now)

    def release_stuck(self, stage: Stage, *, now: float) -> Record | None:
        """Release a stuck claim; returns the record as it stood, or None when it is stuck no more."""
        stood: list[Record] = []

        def released(record: Record) -> Record:
            stood.append(record)
            if not record.is_stuck(now):
                return record
            return record.model_copy(update={"owner": "", "deadline": 0.0, "answer_by": 0.0, "lease": ""})

        self._change(stage, released, now)
        return stood[-1] if stood[-1].is_stuck(now) else None

    def revoke(self, run_id: UUID, *, now: float) -> None:
        """Revoke a run, so that nothing more is paid for it; harmless when repeated."""
        self.table.write(_revoked(run_id), {"unwanted": "yes"}, expires_at=int(now) + KEPT_FOR_S)

    def revoked(self, run_id: UUID) -> bool:
        """Return whether a run was cancelled or deleted."""
        return bool(self.table.read(_revoked(run_id)))

    def _change(self, stage: Stage, how: Callable[[Record], Record], now: float) -> Record:
        def changed(document: str) -> str | None:
            before = _parsed(document)
            after = how(before)
            return None if after == before else after.model_dump_json()

        return _parsed(self.table.change(stage.key, changed, expires_at=int(now) + KEPT_FOR_S))


def stuck_stages(table: StateTable, *, now: float) -> Iterator[Stage]:
    """Yield the stages whose claim is stuck, whatever became of their run."""
    for pk, texts in table.texts():
        prefix, _, rest = pk.partition("#")
        run_id, _, name = rest.partition("#")
        if prefix == "stage" and name in STAGE_NAMES and _parsed(texts.get("document", "")).is_stuck(now):
            yield Stage(UUID(run_id), name)


def _revoked(run_id: UUID) -> str:
    return f"unwanted#{run_id}"


def _parsed(document: str) -> Record:
    return Record.model_validate_json(document) if document else Record()
