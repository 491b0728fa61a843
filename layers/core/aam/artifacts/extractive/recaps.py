"""Find recaps and questions whether all agree: what is said there is settled."""

from __future__ import annotations

from aam.artifacts.extractive.promises import promises
from aam.artifacts.extractive.requests import is_request
from aam.artifacts.extractive.talk import Line, Talk, accepts
from aam.language.dialogue import DEFERS, NO_OBJECTION
from aam.language.frames import Frame
from aam.language.phrases import Phrases
from aam.language.work_verbs import Form, form_of

_SUMS_UP = Phrases(
    """
    to sum up | to recap | let me recap | quick recap | in summary | let me sum up | summing up | so to summarise
    so to summarize | let me summarise | let me summarize | so where we are | here's where we are | recap
    what we've got | so that's
    итого | подытожим | подытожу | подведу итог | подведем итог | подводя итог | резюмирую | резюмируем | итак что имеем
    подбиваю | подобью | что имеем | повторю итоги | повторю решения | коротко итоги
    підсумую | підсумуймо | підсумуємо | підбиваю | підіб'ю підсумок | підбиваю підсумок | отже що маємо | резюмую
    повторю рішення | коротко підсумки
    """
)
_LONG_ENOUGH = 3
_NAMED = 2


def sums_up(line: Line) -> bool:
    """Return whether a line sums a talk up."""
    return _SUMS_UP.any(line.norms)


def is_recapped(talk: Talk, line: Line) -> bool:
    """Return whether a line stands in a turn that sums a talk up, after the words that say so, and gives no work."""
    lines = talk.turns[line.turn]
    opening = next((other for other in lines if _SUMS_UP.any(other.norms)), None)
    if opening is None or line.number < opening.number or len(lines) < _LONG_ENOUGH or line.asks or line.weight < 2:
        return False
    if line.number == opening.number and ":" not in line.text:
        return False
    if DEFERS.any(line.norms) or promises(talk, line) or is_request(talk, line):
        return False
    assigned = any(talk.person([norm]) is not None for norm in line.norms[: line.head + _NAMED])
    works = any(form_of(norm) is Form.I_DO for norm in line.norms)
    return not assigned and not works and line.all_frames.isdisjoint({Frame.CONDITION, Frame.HEDGE, Frame.RETRACTION})


def unopposed_by(talk: Talk, line: Line) -> Line | None:
    """Return the line that settles something when a line asks for objections and none is made."""
    asked = next(NO_OBJECTION.find(line.norms), None)
    if asked is None or not line.asks:
        return None
    replies = talk.replies(line.turn, 1)
    if replies and not accepts(replies[0], line):
        return None
    own = [other for other in talk.turns[line.turn] if other.number < line.number and other.weight >= 2]
    settled = [other for other in own[-2:] if not other.asks]
    return settled[-1] if settled else None
