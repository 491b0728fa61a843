"""Open questions: asked and not answered, or said to be open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from aam.artifacts.extractive.deadlines import asks_when, deadline_in
from aam.artifacts.extractive.promises import promises
from aam.artifacts.extractive.requests import is_request
from aam.artifacts.extractive.talk import Line, Talk, accepts, leaves_open, refuses
from aam.artifacts.extractive.task import Task
from aam.language.dialogue import MEANWHILE
from aam.language.frames import Frame
from aam.language.phrases import Phrases, word_set

_SAID_OPEN = Phrases(
    """
    open question | the question is who | the question is how | the question is whether | we don't know who
    we don't know how | we don't know whether | we don't know if | it is unclear | it's unclear | still unclear
    not clear who
    still hasn't said | still haven't said | still hasn't answered | never said whether | haven't said whether
    haven't decided | have not decided | hasn't been decided | still have to decide | need to decide | have to decide
    yet to decide | need to find someone | still open | need to figure out | have to figure out
    открытый вопрос | остается вопрос | вопрос в том | непонятно кто | непонятно как | неясно | не знаем кто
    не знаем как
    так и не сказал* | так и не ответил* | так и не решил*
    не решили | не договорились кто | не договорились как | не договорились о
    надо решить кто | надо решить как | надо решить что | нужно решить кто | нужно решить | надо определиться | не решен
    відкрите питання | питання в тому | незрозуміло хто | незрозуміло як | неясно | не знаємо хто | не знаємо як
    так і не сказав | так і не сказала | так і не сказали | так і не відповів | так і не відповіли
    не вирішили | треба вирішити хто | треба вирішити | поки не знаємо
    не домовилися хто | не домовились хто | не домовилися про | треба визначитися
    """
)
_RHETORICAL = Phrases(
    """
    you know what | right | really | seriously | are you kidding | isn't it | aren't they | what do you mean | how come
    can you see | can you hear | is everyone | shall we start | anything else | what else | any other | who knows
    да ладно | серьезно | слышно | слышите | все подключились | что еще | правда | как так | как это | ты записываешь
    можна питання | можно вопрос
    тобто як | то есть как | як ніхто | как никто | чуєш | чути | усі на місці | всі на місці | серйозно | правда
    що ще | як так | знову | чесно
    """
)
_FEW = 2
_LATER = 5
_SHORTEST = 3
_LONG = 8
_WHO = word_set("who's who'll who whom кто кого кому хто кого кому")
_PROPOSES = Phrases(
    """
    maybe | what if we | what if i | what about | how about | perhaps | why don't we | может | а если | а что если
    может быть | как насчет
    може | а якщо | а що якщо | можливо | якщо
    """
)
_KNOWING = word_set("know sure знаю знаем знаємо")
_ABOUT = word_set("who what how when where which whether if кто что как когда где ли хто що як коли де чи")
_YOU = word_set("you ты вы ти ви")
_SHORT_OFFER = 5


@dataclass
class Question:
    """An open question: the line that asks, and what shows that it stayed open."""

    line: Line
    others: list[Line] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """Return the lines of evidence, the text's first."""
        return [self.line, *dict.fromkeys(line for line in self.others if line != self.line)]


def open_questions_in(talk: Talk, tasks: Sequence[Task]) -> list[Question]:
    """Return the questions that a meeting leaves open; linear in the talk."""
    taken = {line.number for task in tasks for line in task.lines if is_request(talk, line)}
    found: list[Question] = []
    for line in talk.lines:
        if line.number in taken:
            continue
        question = _said_open(talk, line) or _left_open(talk, line)
        if question is not None:
            _add(found, question)
    return found


def _said_open(talk: Talk, line: Line) -> Question | None:
    """Return the question that a statement says is open; a short one means the question before it."""
    said = _SAID_OPEN.any(line.norms) or _knows_not(line.norms)
    if line.asks or not said or Frame.CONDITION in line.all_frames:
        return None
    if len(line.stems) >= _FEW:
        return Question(line)
    asked = _asked_before(talk, line)
    if asked is None:
        return Question(line) if line.stems and _knows_not(line.norms) else None
    return Question(asked, [line])


def _knows_not(norms: Sequence[str]) -> bool:
    """Return whether a speaker does not know who, what or whether: "I don't know what to do about the bus"."""
    for at, norm in enumerate(norms[:-1]):
        denied = at and (norms[at - 1] in {"не", "not"} or norms[at - 1].endswith("n't"))
        if denied and norm in _KNOWING and norms[at + 1] in _ABOUT:
            return True
    return False


def _asked_before(talk: Talk, line: Line) -> Line | None:
    before = [other for lines in talk.turns[max(0, line.turn - _LATER) : line.turn + 1] for other in lines]
    asked = [other for other in before if other.number < line.number and other.asks and other.stems]
    asked = [other for other in asked if not any(_echoes(other, reply[0]) for reply in talk.replies(other.turn, 1))]
    alike = [other for other in asked if other.stems & line.stems]
    full = [other for other in asked if len(other.stems) >= _FEW]
    return next(reversed(alike or full or asked), None)


def _left_open(talk: Talk, line: Line) -> Question | None:
    """Return the question whose next answers leave it open."""
    if not line.asks or line.tagged or not line.weight or (line.text.endswith("?") and leaves_open([line])):
        return None
    if len(line.norms) < _SHORTEST:
        return _asked_in_short(talk, line)
    if _RHETORICAL.any(line.norms) or _offers(line):
        return None
    own = [other for other in talk.turns[line.turn] if other.number > line.number][:_FEW]
    own = [line, *own] if len(line.norms) > _LONG else own
    if leaves_open(own):
        return Question(line, [next(other for other in own if leaves_open([other]))])
    for reply in talk.turns[line.turn + 1 : line.turn + 1 + _LATER]:
        if reply and reply[0].speaker != line.speaker and _echoes(line, reply[0]):
            return None
        if any(MEANWHILE.any(other.norms) for other in reply):
            return None
        opened = next((other for other in reply[:3] if leaves_open([other])), None)
        if opened is not None:
            return Question(line, [opened])
        if reply and reply[0].speaker != line.speaker and _answers(talk, line, reply):
            return None
    return None


def _asked_in_short(talk: Talk, line: Line) -> Question | None:
    """Return the question that a word or two repeat: "And the answer?", "And the drivers?" - "No idea"."""
    replies = talk.replies(line.turn, 1)
    opened = next((other for other in replies[0][:_FEW] if leaves_open([other])), None) if replies else None
    if opened is None or _RHETORICAL.any(line.norms):
        return None
    if opened.stems & line.stems and opened.weight >= _FEW:
        return Question(opened, [line])
    before = [
        other
        for lines in talk.turns[max(0, line.turn - _FEW) : line.turn]
        for other in lines
        if other.asks and other.speaker == line.speaker and other.weight >= _FEW
    ]
    return Question(before[-1], [line, opened]) if before else None


def _echoes(line: Line, reply: Line) -> bool:
    """Return whether a short reply says yes by a word of the question: "Have you asked?" - "Asked."."""
    return (
        len(reply.norms) <= _FEW
        and not set(reply.norms).isdisjoint(line.norms)
        and not reply.asks
        and not leaves_open([reply])
    )


def _answers(talk: Talk, line: Line, reply: Sequence[Line]) -> bool:
    """Return whether a reply answers: who with a person, when with a day, anything else with a statement."""
    said = [other for other in reply if not other.asks]
    if not said:
        return False
    if not _WHO.isdisjoint(line.norms):
        willing = any(promises(talk, other) for other in said) or (accepts(said) and not refuses(said))
        named = any(talk.names(other) or any(talk.person([norm]) for norm in other.norms) for other in said)
        return willing or named
    if asks_when(line):
        return any(deadline_in(other) for other in said)
    return any(other.stems for other in said[:2]) or accepts(said) or refuses(said)


def _offers(line: Line) -> bool:
    """Return whether a question is a proposal, or passes the matter to another: "Paul, maybe you?"."""
    if any(_PROPOSES.starts(line.norms, at) for at in range(min(line.head + 1, len(line.norms)))):
        return True
    return len(line.norms) <= _SHORT_OFFER and not _YOU.isdisjoint(line.norms) and line.norms[-1] in _YOU


def _add(found: list[Question], question: Question) -> None:
    for other in found[-4:]:
        shared = len(frozenset().union(*(line.stems for line in other.lines)) & question.line.stems)
        near = question.line.turn - max(line.turn for line in other.lines) <= _LATER
        smaller = min(len(other.line.stems), len(question.line.stems)) or 1
        if set(other.lines) & set(question.lines) or (shared * 2 >= smaller and (near or shared >= _FEW)):
            other.others += [line for line in question.lines if line not in other.lines]
            return
    found.append(question)
