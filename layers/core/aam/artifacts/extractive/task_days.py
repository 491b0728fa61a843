"""By when a task is due: said in its own lines, beside them, or in the short turns that follow."""

from __future__ import annotations

from collections.abc import Set

from aam.artifacts.extractive.deadlines import Deadline, asks_when, deadline_in
from aam.artifacts.extractive.promises import promise_at, promises
from aam.artifacts.extractive.requests import command_at, is_request
from aam.artifacts.extractive.talk import Line, Talk
from aam.artifacts.extractive.task import Task
from aam.language.deadline_words import DEMANDING, HANDS_OVER
from aam.language.dialogue import RELAXED
from aam.language.phrases import word_set

_NO = word_set("no нет ні")
_NEXT_MATTER = word_set("next now теперь дальше далее тепер далі")
_SHORT = 6
_LONG = 14


def settle_day(talk: Talk, task: Task) -> None:
    """Find by when: in the task's own lines, beside them, or in the short turns that follow."""
    own = [_day_of_work(talk, line) for line in task.lines]
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
        mends = deadline is not None and (not found or deadline.bound or other.norms[0] in _NO)
        if deadline is not None and mends and not _begins_another(talk, other, task):
            found.append(deadline)
            task.others.append(other)
    if not found:
        before = [other for other in talk.turns[task.line.turn] if other.number == task.line.number - 1]
        apart = not before or before[0].asks or promises(talk, before[0]) or is_request(talk, before[0])
        earlier = None if apart else deadline_in(before[0])
        if earlier is not None:
            found.append(earlier)
            task.others.append(before[0])
    later = _demanded(talk, task, found) or (None if found else _agreed_later(talk, task))
    later = (_corrected(talk, task) if found or later else None) or later
    if later is not None:
        found = [later]
        task.others.append(later.line)
    bound = [deadline for deadline in found if deadline.bound]
    if found:
        task.due = (bound or found)[-1]


def _day_of_work(talk: Talk, line: Line) -> Deadline | None:
    """Return the day by which a line's own work is done."""
    work = promise_at(talk, line)
    return deadline_in(line, command_at(line) if work is None else work)


def _begins_another(talk: Talk, line: Line, task: Task) -> bool:
    if len(line.norms) <= _SHORT or (line.number == task.line.number + 1 and not HANDS_OVER.isdisjoint(line.norms)):
        return False
    return line.asks or ((promises(talk, line) or is_request(talk, line)) and len(line.stems - task.line.stems) > 3)


def _agreed_later(talk: Talk, task: Task) -> Deadline | None:
    """Return the day that the next short turns settle: "By when?", "Friday would be great"."""
    asked = any(asks_when(line) for line in talk.turns[task.last_turn] if line.number >= task.line.number)
    first = min(line.turn for line in task.lines)
    speakers = {line.speaker for line in task.lines} | {talk.speaker(first - 1) if first else ""}
    for lines in talk.turns[task.last_turn + 1 : task.last_turn + 4]:
        answers = [day for line in lines if (day := _day_in_answer(line, speakers, asked=asked)) is not None]
        if answers:
            return answers[-1] if asked else answers[0]
        for line in lines:
            if asks_when(line) and len(line.norms) <= _SHORT + 2 and len(line.stems - task.line.stems) <= 1:
                asked = True
            elif len(line.norms) > _SHORT and not asked:
                return None
    return None


def _day_in_answer(line: Line, speakers: Set[str], *, asked: bool) -> Deadline | None:
    """Return the day of an answer by one who takes part in the task."""
    deadline = deadline_in(line)
    if deadline is None or (line.asks and not line.tagged) or line.norms[0] in _NEXT_MATTER:
        return None
    if line.speaker not in speakers:
        return None
    named = deadline.bound and len(line.norms) <= _LONG
    return deadline if asked or named or len(line.norms) <= _SHORT else None


def _demanded(talk: Talk, task: Task, found: list[Deadline]) -> Deadline | None:
    """Return the day that another demands at once: "only I need it by the tenth"."""
    if any(deadline.bound for deadline in found):
        return None
    for line in [line for reply in talk.replies(task.last_turn, 1) for line in reply[:2]]:
        deadline = deadline_in(line)
        named = deadline is not None and deadline.bound and len(line.norms) <= _LONG
        if (
            named
            and (not line.asks or line.tagged)
            and not DEMANDING.isdisjoint(line.norms)
            and not promises(talk, line)
        ):
            return deadline
    return None


def _corrected(talk: Talk, task: Task) -> Deadline | None:
    """Return the day that the owner names instead of the first: "no, the week after"."""
    for lines in talk.turns[task.last_turn + 1 : task.last_turn + 4]:
        for line in lines:
            short = len(line.norms) <= _SHORT + 1 and not RELAXED.any(line.norms)
            if short and line.speaker == task.owner and line.norms[0] in _NO and deadline_in(line) is not None:
                return deadline_in(line)
    return None
