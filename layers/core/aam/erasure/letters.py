"""Dead letters that speak of who goes: all of a queue's are looked at, or the erasure is not done."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from aam.erasure.errors import LettersInUse
from aam.foundation.queues import ALL_SERVERS_S, COUNTS, look_through

HIDDEN_S = 5
"""A letter that was looked at is hidden for this long, so that one look at the queue sees each once."""


class DeadLetters:
    """The dead letters of queues, through an SQS client; ``wait_s`` is how long an empty queue is asked."""

    def __init__(self, sqs: Any, urls: Collection[str], *, wait_s: int = ALL_SERVERS_S) -> None:
        self._sqs, self._urls, self._wait_s = sqs, tuple(urls), wait_s

    def remove(self, words: Collection[str]) -> int:
        """Delete the messages that hold one of the words; how many.  The others are hidden for a few seconds.

        All queues at once, because each is asked until all of its servers have said that it is empty.  Raises
        LettersInUse where somebody else hides some.
        """
        with ThreadPoolExecutor(max(len(self._urls), 1)) as pool:
            return sum(pool.map(partial(self._remove_from, words=words), self._urls))

    def _remove_from(self, url: str, *, words: Collection[str]) -> int:
        # counted before: what is deleted here still counts for a while
        most, removed, seen = self._count(url), 0, set[str]()
        for wait_s in (self._wait_s, self._wait_s + HIDDEN_S):  # whoever else looks hides them as long as we do
            for batch in look_through(self._sqs, url, hidden_s=HIDDEN_S, wait_s=wait_s):
                seen |= {message["MessageId"] for message in batch}
                for message in batch:
                    if any(word in message["Body"] for word in words):
                        self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                        removed += 1
            if len(seen) >= most:
                return removed
        raise LettersInUse

    def _count(self, url: str) -> int:
        """How many letters there are, those included that somebody else looks at."""
        told = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(COUNTS))["Attributes"]
        return sum(int(told.get(name, 0)) for name in COUNTS)
