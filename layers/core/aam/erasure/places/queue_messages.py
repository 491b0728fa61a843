"""Messages that hold an erased id: those of uploads that no worker has received yet, and dead letters.

All dead letters are looked at, or the erasure is not done.  Of work that waits only the queue of uploads is looked
through, because a key has the file's name in it; the others hold ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from aam.erasure.errors import DeadLettersBusy
from aam.erasure.places.state_table_items import holds_id
from aam.foundation.queues import ALL_SERVERS_S, COUNTS, look_through

HIDDEN_S = 5
"""A letter that was looked at is hidden for this long, so that one look at the queue sees each once."""


class QueueMessages:
    """Queues of work and of dead letters, through an SQS client; ``wait_s`` is how long an empty one is asked."""

    def __init__(self, sqs: Any, *, dead: Collection[str], work: Collection[str] = (), wait_s: int = ALL_SERVERS_S):
        self._sqs, self._dead, self._work, self._wait_s = sqs, tuple(dead), tuple(work), wait_s

    def remove(self, words: AbstractSet[str], *, spared: AbstractSet[str] = frozenset()) -> Counter[str]:
        """Delete the messages that hold one of the ids; how many.  The others are hidden for a few seconds.

        All queues at once, because each is asked until all of its servers have said that it is empty.  What a worker
        holds just now is not seen: it ends with the run that it cannot begin, or as a dead letter before the next look.
        ``spared`` count in dead letters only: work that waits for them is wanted.  Raises DeadLettersBusy where another
        process hides dead letters.
        """
        with ThreadPoolExecutor(len(self._dead) + len(self._work) + 1) as pool:
            work = pool.map(partial(self._look, words=words - spared, seen=set(), wait_s=self._wait_s), self._work)
            dead = pool.map(partial(self._remove_from, words=words), self._dead)
            return Counter({"queued_messages": sum(work), "dead_letters": sum(dead)})

    def _remove_from(self, url: str, *, words: AbstractSet[str]) -> int:
        # counted before: what is deleted here still counts for a while
        most, removed, seen = self._count(url), 0, set[str]()
        for wait_s in (self._wait_s, self._wait_s + HIDDEN_S):  # whoever else looks hides them as long as we do
            removed += self._look(url, words=words, seen=seen, wait_s=wait_s)
            if len(seen) >= most:
                return removed
        raise DeadLettersBusy

    def _look(self, url: str, *, words: AbstractSet[str], seen: set[str], wait_s: int) -> int:
        """Look through a queue once, and note what was seen; how many messages were deleted."""
        removed = 0
        for batch in look_through(self._sqs, url, hidden_s=HIDDEN_S, wait_s=wait_s):
            seen |= {message["MessageId"] for message in batch}
            for message in batch:
                if holds_id(message["Body"], words):
                    self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    removed += 1
        return removed

    def _count(self, url: str) -> int:
        """Return the number of dead letters, those included that another process holds."""
        told = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(COUNTS))["Attributes"]
        return sum(int(told.get(name, 0)) for name in COUNTS)
