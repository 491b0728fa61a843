"""Read the queues: depths, ages, and the subjects of dead letters."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import ConfigDict, ValidationError
from sqlalchemy import DateTime, cast, func, select

from aam.foundation.errors import AppError
from aam.foundation.queues import look_through
from aam.foundation.schemas import Value
from aam.operations.advice import on_queues
from aam.operations.dependencies import OperationsDeps
from aam.operations.schemas import Letter, QueueFacts, QueuesDiagnosis
from aam.pipeline.models import ProcessingRun, RunStatus, Stage
from aam.uploads.subject import place_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WAITING, IN_FLIGHT = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
LETTERS_MOST = 20
LOOKED_AT_S = 2
"""A letter that is looked at is hidden for so long, so that each is seen once."""

WORKS_IN = {
    "transcription": (Stage.TRANSCRIBE,),
    "artifacts": (Stage.WRITE_ARTIFACTS, Stage.CONFIRM_MEANING),
}
"""The stages whose work each queue brings."""


class _Run(Value):
    model_config = ConfigDict(extra="ignore")

    run_id: UUID
    meeting_id: UUID


class _Body(Value):
    """Ids in the bodies of our messages."""

    model_config = ConfigDict(extra="ignore")

    run: _Run | None = None
    key: str = ""


def look_at_queues(*, deps: OperationsDeps, letters: bool = True) -> QueuesDiagnosis:
    """Return depths, ages (as far as the database answers) and dead letters.

    ``letters`` false leaves the letters themselves alone.
    """
    since: dict[str, datetime] = {}
    with contextlib.suppress(AppError), deps.open_transaction() as session:
        since = oldest_work(session)
    now = deps.clock()
    found = []
    for name, (url, dead_url) in deps.queues.items():
        depth, dead = depths(deps.sqs, url), depths(deps.sqs, dead_url)
        began = since.get(name)
        busy = bool(depth[WAITING] or depth[IN_FLIGHT])
        lying = dead[WAITING] + dead[IN_FLIGHT]
        most = min(lying, LETTERS_MOST)
        found.append(
            QueueFacts(
                name=name,
                waiting=depth[WAITING],
                in_flight=depth[IN_FLIGHT],
                oldest_s=round((now - began).total_seconds()) if began and busy else None,
                dead=lying,
                letters=tuple(read_letters(deps.sqs, dead_url, most=most)) if letters and most else (),
            )
        )
    return QueuesDiagnosis(queues=tuple(found), advice=on_queues(found))


def depths(sqs: Any, url: str) -> dict[str, int]:
    """Return the number of visible and of hidden messages in a queue."""
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[WAITING, IN_FLIGHT])["Attributes"]
    return {name: int(told.get(name, 0)) for name in (WAITING, IN_FLIGHT)}


def oldest_work(session: Session) -> dict[str, datetime]:
    """Return since when the oldest run waits for a vendor's worker: its message is as old as its stage.

    SQS itself tells the age of messages to CloudWatch only.
    """
    found = {}
    began = cast(ProcessingRun.stage_started.op("->>")(ProcessingRun.stage), DateTime(timezone=True))
    for name, stages in WORKS_IN.items():
        oldest = session.scalar(
            select(func.min(began)).where(ProcessingRun.status == RunStatus.RUNNING, ProcessingRun.stage.in_(stages))
        )
        if oldest is not None:
            found[name] = oldest
    return found


def read_letters(sqs: Any, url: str, *, most: int) -> Iterator[Letter]:
    """Yield the first few dead letters by subject; they stay in the queue.  ``most`` is how many are enough."""
    count = 0
    attributes = ("SentTimestamp", "ApproximateReceiveCount")
    for batch in look_through(sqs, url, hidden_s=LOOKED_AT_S, attributes=attributes):
        yield from map(letter_of, batch)
        count += len(batch)
        if count >= most:
            return


def letter_of(message: dict[str, Any]) -> Letter:
    """Return a dead letter by the ids in it; a foreign message has none."""
    attributes = message.get("Attributes", {})
    body = body_of(message["Body"])
    return Letter(
        message_id=message["MessageId"],
        sent_at=datetime.fromtimestamp(int(attributes.get("SentTimestamp", 0)) / 1000, UTC),
        receives=int(attributes.get("ApproximateReceiveCount", 0)),
        meeting_id=body.run.meeting_id if body.run else place_of(body.key).meeting_id,
        run_id=body.run.run_id if body.run else None,
    )


def body_of(text: str) -> _Body:
    """Return the content of a body: a task, a received object, or an event that a function gave up on."""
    try:
        told = json.loads(text)
        event = told.get("requestPayload") if isinstance(told, dict) else None
        if isinstance(event, dict):
            told = {"key": event["Records"][0]["s3"]["object"]["key"]}
        return _Body.model_validate(told)
    except (ValueError, ValidationError, LookupError, TypeError):
        return _Body()
