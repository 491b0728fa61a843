"""Handle dead letters: start the runs of undelivered uploads, and fail executions whose work was given up."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from pydantic import ValidationError

from aam.foundation.aws import client
from aam.foundation.clock import Clock, utc_now
from aam.foundation.deadline import HasTime
from aam.foundation.observability import logger
from aam.foundation.paging import one_by_one
from aam.foundation.queues import look_through
from aam.pipeline.tasks import Task, send_outcome
from aam.uploads.notifications import BadNotification, arrived
from aam.uploads.schemas import ReceivedObject
from aam.uploads.subject import UPLOADED
from aam.vendor_limits.errors import TaskGivenUp
from aam.vendor_limits.task_claims import Stage, StageName, TaskClaims

HIDDEN_S = 5
"""A letter that was looked at is hidden for this long: whoever erases somebody has to see it as well."""

BATCHES_MOST = 50


@dataclass(frozen=True)
class _Letter:
    """A message as a queue of dead letters gives it out."""

    id: str
    body: str
    receipt: str


def give_up_dead_letters(
    urls: dict[StageName, str], *, claims: TaskClaims, has_time: HasTime, clock: Clock = utc_now
) -> int:
    """Fail the execution of each dead letter by name, and its stage, so that a redriven one pays for nothing.

    Where the stage has its outcome already, and only the telling was lost, that outcome is told.
    The letters stay for an operator to look at; whoever is told again does not wait any more.  Returns how many there
    are, as far as there was time: the queues take turns.  Raises as `one_by_one` does, and what SQS raises.
    """
    stage_of: dict[_Letter, StageName] = {letter: stage for stage, url in urls.items() for letter in _letters(url)}
    of_queues = ([letter for letter, of in stage_of.items() if of == stage] for stage in urls)
    in_turn = [letter for letters in zip_longest(*of_queues) for letter in letters if letter is not None]
    return one_by_one(
        "dead_letters", in_turn, lambda letter: _give_up(letter, stage_of[letter], claims, clock), has_time=has_time
    )[0]


def _letters(url: str) -> list[_Letter]:
    # a quick answer may miss some; the next sweep sees them
    batches = look_through(client("sqs"), url, hidden_s=HIDDEN_S, wait_s=0)
    found = chain.from_iterable(islice(batches, BATCHES_MOST))
    return [_Letter(each["MessageId"], each["Body"], each["ReceiptHandle"]) for each in found]


def _give_up(letter: _Letter, stage: StageName, claims: TaskClaims, clock: Clock) -> bool:
    try:
        task = Task.model_validate_json(letter.body)
    except ValidationError:
        logger().warning("a dead letter is no task", message_id=letter.id)
        return False
    error, stage = TaskGivenUp(), task.stage or stage
    record = claims.fail(Stage(task.run.run_id, stage), type(error).__name__, error.detail, now=clock().timestamp())
    logger().warning("a task was given up by its queue", run_id=str(task.run.run_id), stage=stage)
    send_outcome(task.task_token, record)
    return True


def begin_dead_letters(url: str, *, bucket: str, begin: Callable[[ReceivedObject], object], has_time: HasTime) -> int:
    """Begin the runs of uploads whose notifications were given up, and put those letters away; says how many.

    A letter whose run still cannot be begun stays, and so does one that speaks of nothing that we know.  Raises as
    `one_by_one` does, and what SQS raises.
    """

    def begin_one(letter: _Letter) -> bool:
        received = objects_in(letter.body, bucket=bucket)
        for each in received:
            begin(each)
        if received:
            client("sqs").delete_message(QueueUrl=url, ReceiptHandle=letter.receipt)
        return bool(received)

    return one_by_one("begun_letters", _letters(url), begin_one, has_time=has_time)[0]


def objects_in(body: str, *, bucket: str) -> tuple[ReceivedObject, ...]:
    """Return the received objects in a dead letter: a message of the queue, or an event that could not be queued.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    try:
        return (ReceivedObject.model_validate_json(body),)
    except ValidationError:
        pass
    try:
        told = json.loads(body)
        event = told.get("requestPayload") if isinstance(told, dict) else None
        found = arrived(event, bucket=bucket, prefix=UPLOADED) if isinstance(event, dict) else []
    except (ValueError, BadNotification):
        return ()
    return tuple(found)
