"""Messages of meetings that go: taken out of the queues, one by one.

PurgeQueue would also take what somebody uploads during the next minute.  So every message is looked at, and only those
that name a meeting with a tombstone are deleted; the others are seen again some seconds later, as if a worker had
dropped them.  https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aam.foundation.aws import client
from aam.foundation.queues import ALL_SERVERS_S, look_through
from aam.foundation.settings import QueueSettings, load
from aam.retention.errors import QueuesUnavailable

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HIDDEN_S = 5

Gone = Callable[[Collection[UUID]], set[UUID]]
"""Those of the ids that are of meetings that go or are gone."""


@dataclass(frozen=True)
class Queues:
    """Queues by their names; ``wait_s`` is how long an empty one is asked."""

    sqs: Any
    urls: tuple[str, ...]
    wait_s: int = ALL_SERVERS_S

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names, in the order in which they are emptied."""
        return tuple(url.rpartition("/")[2] for url in self.urls)

    def drop(self, name: str, *, gone: Gone) -> int:
        """Delete the messages of a queue that speak of meetings that go; how many.  Raises QueuesUnavailable.

        Ends when the queue shows nothing new.  What a worker holds just now is not seen; its run is cancelled already.
        """
        url = next((url for url in self.urls if url.endswith(f"/{name}")), None)
        if url is None:
            return 0
        count = 0
        with translated():
            for messages in look_through(self.sqs, url, hidden_s=HIDDEN_S, wait_s=self.wait_s):
                named = {each["MessageId"]: {UUID(found) for found in ID.findall(each["Body"])} for each in messages}
                going = gone(set().union(*named.values()))
                doomed = [each for each in messages if named[each["MessageId"]] & going]
                for each in doomed:
                    self.sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
                count += len(doomed)
        return count


@contextmanager
def translated() -> Iterator[None]:
    """Convert failures of the queues into QueuesUnavailable."""
    from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's own

    try:
        yield
    except (ConnectionError, HTTPClientError):
        raise QueuesUnavailable from None
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
            raise QueuesUnavailable from None
        raise


def work_queues() -> Queues:
    """Return the queues that this function's settings name."""
    settings = load(QueueSettings)
    return Queues(client("sqs"), (*settings.work.values(), *settings.dead_letters.values()))
