"""By when a task is due: said in its own lines, beside them, or in the short turns that follow."""

from __future__ import annotations

from aam.artifacts.extractive.deadlines import Deadline, asks_when, deadline_in
from aam.artifacts.extractive.promises import promises
from aam.artifacts.extractive.requests import (
    is_request,
)
from aam.artifacts.extractive.talk import Line, Talk
from aam.artifacts.extractive.task import Task
from aam.language.dialogue import RELAXED
from aam.language.phrases import word_set

_NO = word_set("no нет ні")
_SHORT = 6


def settle_day(talk: Talk, task: Task) -> None:
    """Find by when: in the task's own lines, beside them, or in the short turns that follow."""
    own = [deadline_in(line) for line in task.lines]
    found = [deadline for deadline in own if deadline is not None]
    said = task.others[-1] if task.others else task.line
    beside = [
        other
        for base in dict.fromkeys([task.line, said])
        for other in talk.turns[base.turn]
        if base.number < other.number <= base.number + 2
    ]
    for other in beside:
        deadline = deadline_in(other)
        if deadline is not None and not _begins_another(talk, other, task):
            found.append(deadline)
            task.others.append(other)
    if not found:
        before = [other for other in talk.turns[task.line.turn] if other.number == task.line.number - 1]
        earlier = deadline_in(before[0]) if before and not before[0].asks else None
        if earlier is not None:
            found.append(earlier)
            task.others.append(before[0])
    follow = _agreed_later(talk, task)
    if follow is not None and not found:
        found.append(follow)
        task.others.append(follow.line)
    mended = _corrected(talk, task) if found else None
    if mended is not None:
        found = [mended]
        task.others.append(mended.line)
    bound = [deadline for deadline in found if deadline.bound]
    if found:
        task.due = (bound or found)[-1]


def _begins_another(talk: Talk, line: Line, task: Task) -> bool:
    if len(line.norms) <= 6:
        return False
    return line.asks or ((promises(talk, line) or is_request(talk, line)) and len(line.stems - task.line.stems) > 3)


def _agreed_later(talk: Talk, task: Task) -> Deadline | None:
    """Return the day that the next short turns settle: "By when?", "Friday would be great"."""
    asked = False
    for lines in talk.turns[task.last_turn + 1 : task.last_turn + 4]:
        for line in lines:
            deadline = deadline_in(line)
            short = len(line.norms) <= _SHORT
            named = deadline is not None and deadline.bound and len(line.norms) <= 2 * 7
            ours = line.speaker in {other.speaker for other in task.lines}
            if deadline is not None and not line.asks and ours and (short or asked or named):
                return deadline
            if asks_when(line) and len(line.norms) <= 8 and len(line.stems - task.line.stems) <= 1:
                asked = True
            elif not short and not asked:
                return None
    return None


def _corrected(talk: Talk, task: Task) -> Deadline | None:
    """Return the day that the owner names instead of the first: "no, the week after"."""
    for lines in talk.turns[task.last_turn + 1 : task.last_turn + 4]:
        for line in lines:
            short = len(line.norms) <= _SHORT + 1 and not RELAXED.any(line.norms)
            if short and line.speaker == task.owner and line.norms[0] in _NO and deadline_in(line) is not None:
                return deadline_in(line)
    return None
