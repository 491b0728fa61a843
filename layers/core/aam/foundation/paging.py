"""Paged sweep work: each sweep continues after the last item of the page before.

So what legitimately waits, however much there is of it, keeps nobody behind it from being looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from aam.foundation.deadline import HasTime
from aam.foundation.errors import Transient, code_of
from aam.foundation.observability import frames_of, logger
from aam.foundation.state_table import StateTable

PAGE = 200
"""Looking at one takes some 20 ms: a page is done within a part's share of the sweep's two minutes."""

FIRST = UUID(int=0)
REMEMBERED_S = 7 * 24 * 3600


class HasId(Protocol):
    """An item of a paged sweep."""

    @property
    def id(self) -> object:
        """Return its id, by which it is logged."""


Found = TypeVar("Found", bound=HasId)


@dataclass(frozen=True)
class PagedSweep:
    """Positions at which the parts of the sweep stopped, and whether the part at work has time left."""

    table: StateTable
    has_time: HasTime
    now: datetime
    most: int = PAGE

    def run(self, part: str, find: Callable[[UUID, int], Sequence[Found]], act: Callable[[Found], int]) -> int:
        """Do something about each of the next page; returns the sum of what ``act`` says.

        ``find`` gives at most so many of them by id, those behind one first and then those up to it.  Where the round
        stands is written before anything is done: what kills a sweep must not be first in the next one as well.
        Raises StateUnavailable, and the first passing fault where nothing else came of any of them.
        """
        key = f"turn#{part}"
        page = find(UUID(self.table.read(key).get("after", str(FIRST))), self.most)
        if len(page) >= self.most:
            self.remember(key, page[-1].id)
        done, tried = one_by_one(part, page, act, has_time=self.has_time)
        if 0 < tried < len(page):
            self.remember(key, page[tried - 1].id)
        return done

    def remember(self, key: str, after: object) -> None:
        """Note the id behind which the next page begins."""
        self.table.write(key, {"after": str(after)}, expires_at=int(self.now.timestamp()) + REMEMBERED_S)


def one_by_one(part: str, page: Sequence[Found], act: Callable[[Found], int], *, has_time: HasTime) -> tuple[int, int]:
    """Try each once, as long as there is time; one that fails is logged, and does not stop the others.

    Returns the sum of what ``act`` says and how many were tried.  Raises the first passing fault
    where every one met one: then a service is away, which the alarm has to hear of.
    """
    done, tried, faults = 0, 0, []
    for each in page:
        if not has_time():
            break
        tried += 1
        try:
            done += act(each)
        except Exception as error:  # noqa: BLE001 - one's trouble is not the others'
            if is_passing(error):
                faults.append(error)
                logger().warning("the sweep met a fault at one", part=part, id=str(each.id), error_code=code_of(error))
                continue
            logger().error(
                "the sweep failed at one",
                part=part,
                id=str(each.id),
                error_code=code_of(error),
                traceback_lines=frames_of(error),
            )
    if faults and len(faults) == tried:
        raise faults[0]
    return done, tried


def is_passing(error: Exception) -> bool:
    """Return whether the error means that a service did not answer, by our name for it or botocore's own."""
    from botocore.exceptions import BotoCoreError, ClientError

    return isinstance(error, Transient | BotoCoreError | ClientError)
