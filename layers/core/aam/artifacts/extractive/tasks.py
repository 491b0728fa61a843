"""Tasks: what people take on themselves, what they ask of each other, and what they say that another will do.

A task is put together from the turns in which it is settled: a request, its answer, and the day that is agreed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from aam.artifacts.extractive.deadlines import asks_when, deadline_in
from aam.artifacts.extractive.promises import promises
from aam.artifacts.extractive.requests import (
    NEEDED,
    ORDERS,
    after_adverbs,
    asks_for_work,
    is_request,
    matter_of,
    vocative,
)
from aam.artifacts.extractive.talk import Line, Talk, accepts, is_apart, refuses
from aam.artifacts.extractive.task import Task
from aam.artifacts.extractive.task_days import settle_day
from aam.language.dialogue import STATES
from aam.language.frames import Frame
from aam.language.lexicon import GIVEN_NAMES
from aam.language.phrases import Phrases, word_set
from aam.language.work_verbs import Form, form_of

_POINTERS = word_set("it that this them those это этим его ее их им ему ей їм йому їй этого це його її їх цим цього")
_WILL = Phrases("will do | сделаю | займусь | зроблю | займуся | возьмусь | візьмуся")
_ASKED = Phrases(
    """
    can you | could you | would you | will you | you need to | you have to | i need you to | i want you to
    i'd like you to | make sure | would you mind | can i ask you to | may i ask you to | you should | you'll need to
    можешь | сможешь | можете | сможете | мог бы | могла бы | могли бы | не мог бы | не могла бы | тебе надо
    тебе нужно
    вам надо | вам нужно | попрошу тебя | попрошу вас | прошу тебя | прошу вас | с тебя | на тебе
    можеш | зможеш | міг би | могла б | могли б | зможете | чи можеш | чи зможеш | тобі треба | тобі потрібно
    вам треба | вам потрібно | прошу вас | з тебе | попрошу вас
    """
)
_PLEASE = Phrases("please | пожалуйста | будь ласка | прошу")
_MUST = Phrases(
    """
    will | is going to | has to | needs to | should | is to | must | promised to | agreed to | is supposed to
    """
)
_MUST_SLAVIC = word_set(
    "должен должна должны надо нужно обещал обещала має мусить повинен повинна треба потрібно пообіцяв"
)
_SOMEONE = Phrases(
    """
    somebody has to | someone has to | somebody needs to | someone needs to
    кто-то должен | кому-то надо | кому-то нужно | хтось має | комусь треба | хтось повинен
    """
)
_FEW = 2


def tasks_in(talk: Talk) -> list[Task]:
    """Return the tasks of a meeting in the order in which they were settled; linear in the talk."""
    found: list[Task] = []
    for line in talk.lines:
        for task in _begun_by(talk, line):
            settle_day(talk, task)
            _add(talk, found, task)
    return found


def _begun_by(talk: Talk, line: Line) -> Iterator[Task]:
    if promises(talk, line):
        yield _taken(talk, line)
    elif is_request(talk, line):
        task = _given(talk, line)
        if task is not None:
            yield task
    else:
        task = _assigned(talk, line)
        if task is not None:
            yield task


def _taken(talk: Talk, line: Line) -> Task:
    """Return the task that a speaker takes; what it points at stands in the turns before."""
    task = Task(line, line.speaker)
    if len(matter_of(talk, line)) < _FEW:
        before = _pointed_at(talk, line)
        if before is not None and (asks_for_work(talk, before) or not matter_of(talk, line)):
            task.line, task.others = before, [line]
        elif before is not None:
            task.others = [before]
    return task


def _pointed_at(talk: Talk, line: Line) -> Line | None:
    """Return the question, need or request that a short promise answers."""
    same = [other for other in talk.turns[line.turn] if other.number < line.number][-2:]
    before = [other for lines in talk.turns[max(0, line.turn - 3) : line.turn] for other in lines][-5:]
    candidates = [other for other in [*before, *same] if len(matter_of(talk, other)) >= _FEW]
    asked = [other for other in candidates if asks_for_work(talk, other)]
    if asked:
        return asked[-1]
    points = _WILL.any(line.norms) or not _POINTERS.isdisjoint(line.norms)
    points = points or (len(line.norms) <= _FEW and not matter_of(talk, line))
    return candidates[-1] if candidates and points else None


def _just_before(talk: Talk, line: Line) -> Line | None:
    """Return the last sentence of matter in the turn before."""
    before = next((lines for lines in reversed(talk.turns[max(0, line.turn - 2) : line.turn]) if lines), [])
    said = [other for other in before if len(matter_of(talk, other)) >= _FEW]
    return said[-1] if said else None


def _given(talk: Talk, line: Line) -> Task | None:
    """Return the task that a line asks of another, or None where it is refused or a question stays unanswered."""
    person, _ = vocative(talk, line)
    if person is None:
        person = _named_before(talk, line)
    question = line.asks and not line.tagged
    task = Task(line, person)
    if len(matter_of(talk, line)) < _FEW:
        before = [
            other
            for other in talk.turns[line.turn]
            if other.number < line.number and len(matter_of(talk, other)) >= _FEW
        ]
        if before and line.number - before[-1].number <= _FEW:
            task.line, task.others = before[-1], [line]
        elif (context := _just_before(talk, line)) is not None:
            task.others = [context]
    answered = False
    for reply in talk.replies(line.turn, 2):
        speaker = reply[0].speaker
        if person is not None and speaker != person:
            continue
        promise = next((other for other in reply if promises(talk, other)), None)
        if promise is None and refuses(reply):
            return None
        if promise is not None or accepts(reply, line) or any(asks_when(other) for other in reply):
            task.owner = person or speaker
            said = promise or reply[0]
            if promise is not None and len(matter_of(talk, task.line)) < min(_FEW, len(matter_of(talk, promise))):
                task.line, said = promise, task.line
            task.others.append(said)
            answered = True
        break
    if question and not answered:
        return None
    return task if task.owner is not None or answered or _PLEASE.any(line.norms) else None


def _named_before(talk: Talk, line: Line) -> str | None:
    """Return the participant that the sentence just before addresses, as in "Sergei? Call them, please"."""
    before = [other for other in talk.turns[line.turn] if other.number == line.number - 1]
    return vocative(talk, before[0])[0] if before else None


def _assigned(talk: Talk, line: Line) -> Task | None:
    """Return the task that a line says another person will do, or that has to be done."""
    norms = line.norms
    if line.asks or Frame.CONDITION in line.all_frames or Frame.DENIED in line.all_frames:
        return None
    for at in range(len(norms)):
        name = _name_at(talk, line, at)
        if name is None:
            continue
        person, last = name
        must = next(_MUST.find(norms, last, min(len(norms), last + 4)), None)
        if must is not None and must.first == last and not is_apart(line, last):
            verb = after_adverbs(norms, must.last)
            if verb is not None and norms[verb] not in STATES:
                return Task(line, person)
        if norms[last : last + 1] == ["to"] and norms[last + 1 : last + 2] and norms[last + 1] in ORDERS:
            return Task(line, person)  # "Kev to call the engineer"
        nearby = range(max(0, at - 2), min(len(norms), last + 5))
        if not is_apart(line, last) and any(form_of(norms[n]) is Form.ONE_DOES for n in nearby):
            return Task(line, person)
        if any(norms[n] in _MUST_SLAVIC for n in nearby) and any(
            form_of(norms[n]) is Form.INFINITIVE for n in range(len(norms))
        ):
            return Task(line, person)
    if _SOMEONE.any(norms):
        return Task(line, None)
    needed = next((n for n, norm in enumerate(norms) if norm in NEEDED), None)
    if (
        needed is not None
        and deadline_in(line)
        and any(form_of(n) is Form.INFINITIVE for n in norms[needed : needed + 4])
    ):
        return Task(line, None)
    return None


def _name_at(talk: Talk, line: Line, at: int) -> tuple[str, int] | None:
    """Return the person whose name begins at a token, and the token after it."""
    for name in talk.names(line):
        if name.first == at:
            person = talk.person(name.words)
            if person is None and name.words[0] not in GIVEN_NAMES and talk.mentions[name.words[0]] < _FEW:
                return None
            return person or line.facts.words(name.first, name.last), name.last
    # At the head of a sentence a capital tells no name; that it is named elsewhere does.
    known = at == line.head and talk.mentions[line.norms[at]] and talk.person([line.norms[at]]) is None
    return (line.facts.words(at, at + 1), at + 1) if known else None


def _add(talk: Talk, found: list[Task], task: Task) -> None:
    """Add a task, or what it says more to the same task said before."""
    for other in reversed(found[-12:]):
        if _is_same(talk, other, task):
            _merge(other, task)
            return
    matter = set().union(*(matter_of(talk, line) for line in task.lines))
    if len(matter) >= _FEW or (task.due is not None and matter):
        found.append(task)


def _is_same(talk: Talk, one: Task, other: Task) -> bool:
    if one.owner and other.owner and one.owner != other.owner:
        return False
    if set(one.lines) & set(other.lines):
        return True
    if _numbers(one.line) and _numbers(other.line) and _numbers(one.line) != _numbers(other.line):
        return False
    near = other.line.turn - one.last_turn <= 3
    mine, theirs = matter_of(talk, one.line), matter_of(talk, other.line)
    if near and (len(theirs) < _FEW or len(mine) < _FEW) and other.line.turn != one.line.turn:
        return True
    shared = len(mine & theirs)
    smaller = min(len(mine), len(theirs)) or 1
    return shared * 2 >= smaller and (shared >= _FEW or near)


def _numbers(line: Line) -> set[Fraction]:
    """Return the numbers of a line, those of its days left out."""
    dated = {at for day in line.facts.days for at in range(day.first, day.last)}
    return {value for number in line.facts.numbers if number.first not in dated for value in number.values}


def _merge(task: Task, more: Task) -> None:
    if more.weight > task.weight and more.line.turn != task.line.turn and not _is_request_like(task.line):
        task.others, task.line = [task.line, *task.others], more.line
    task.others += [line for line in more.lines if line not in task.others]
    task.owner = task.owner or more.owner
    if more.due is not None and (task.due is None or more.due.line.number >= task.due.line.number):
        task.due = more.due


def _is_request_like(line: Line) -> bool:
    return bool(_ASKED.any(line.norms)) or any(form_of(norm) is Form.DO for norm in line.norms)
