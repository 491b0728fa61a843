"""Find the lines that settle something for all: the verb of a "we" that is stated, not asked or only possible."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from aam.artifacts.extractive.talk import Line
from aam.language.dialogue import CONCLUDES, DEFERS
from aam.language.negation import denials
from aam.language.phrases import Phrases, word_set
from aam.language.work_verbs import Form, form_of

_WE = Phrases(
    """
    we | we'll | we will | we're | we are | let's | it stays | stays at | stay at | remains | it's | it is
    it has to be
    """
)
_WE_VERBS = word_set(
    """
    accept add ask automate bring build buy cancel change charge choose close cut do double drop extend fix go going
    hire hold increase invite keep launch launching leave limit lower make meet meeting merge migrate move moving
    open order
    pay postpone raise reduce remove renew rent repair replace reserve run send sell set ship sign skip split start stay
    stick stop switch take test use using wait buying hiring keeping raising taking doing closing staying
    """
)
_UNSURE = word_set("can can't cannot couldn't could would might should need have had may must do did")
_NOW = word_set("сейчас зараз раньше раніше обычно зазвичай всегда завжди currently usually always already уже вже")
_GROWING = word_set("растем ростемо живем живемо понимаем розуміємо помним пам'ятаємо знаем знаємо видим бачимо ждем")
_OPENING = word_set("давайте давай")
STILL_OPEN = Phrases(
    """
    we'd have to | we would have to | we'd need | we have to | we need to | we don't know | we don't have
    we don't need
    we had | we got | we were | we did | we made | we lost | we saw | we've got | we have a | we have no | we talked
    ми планували | мы планировали | хотели | хотіли | думали | we planned | were going to | was going to
    so we're here | we're here | so we have | so we had | then we had | so we got
    """
)
_ANSWERS = word_set("no нет ні")
_REACH = 7


def is_led(line: Line) -> bool:
    """Return whether a word of conclusion opens a line."""
    return any(CONCLUDES.starts(line.norms, at) for at in range(min(line.head + 2, len(line.norms))))


def opens_result(line: Line) -> bool:
    """Return whether a line is led on by "so" or a word of conclusion: "So Bea gets a single"."""
    return is_led(line) or "so" in line.norms[: line.head + 1]


def settles_at(line: Line) -> int | None:
    """Return the verb with which a line settles something for all, or None."""
    if line.norms[0].isascii():
        return _settles_in_english(line)
    return None if STILL_OPEN.any(line.norms) else _settles_by_form(line)


def _is_until(line: Line) -> bool:
    """Return whether a line says what lasts until something is done: «пока не починим, сидим без света»."""
    norms, head = line.norms, line.head
    return (
        norms[head : head + 2] in (["пока", "не"], ["поки", "не"])
        and len(line.parsed.clauses) > 1
        and not DEFERS.any(norms)
    )


def _settles_by_form(line: Line) -> int | None:
    norms = line.norms
    led = is_led(line)
    if _is_until(line):
        return None
    for at, norm in enumerate(norms):
        if (
            norm not in _GROWING
            and (form_of(norm) is Form.WE_DO or _will(norms, at))
            and _OPENING.isdisjoint(norms[max(0, at - 2) : at])
        ):
            if {
                "бы",
                "би",
                "б",
                "чтобы",
                "щоб",
                "когда",
                "коли",
                "если",
                "якщо",
                "как",
                "як",
                "что",
                "що",
                "где",
            } & set(norms[max(0, at - 4) : at]):
                continue
            if not led and not _NOW.isdisjoint(norms[: at + 3]):
                continue
            rest = norms[at + 1 : at + 4]
            if at and norms[at - 1] in {"или", "чи", "або"}:
                continue
            if any(word in {"или", "чи", "або"} and form_of(other) is Form.WE_DO for word, other in pairwise(rest)):
                continue
            return at
    return None


def _settles_in_english(line: Line) -> int | None:
    norms = line.norms
    if STILL_OPEN.any(norms):
        return None
    for found in _WE.find(norms):
        following = norms[found.last : found.last + 3]
        works = [n for n, word in enumerate(following) if word in _WE_VERBS]
        if not _UNSURE.isdisjoint(following[: works[0] if works else 0]):
            continue
        if "are" in found.phrase.replace("'re", " are").split() and works and not following[works[0]].endswith("ing"):
            continue
        if norms[found.first] in {"we", "we'll", "we're"} and works and works[0] <= 1 + ("not" in following):
            return found.first
        if found.first and norms[found.first - 1] == "then" and found.phrase in {"it's", "it is", "it has to be"}:
            return found.first
        if found.phrase in {"it stays", "stays at", "stay at"}:
            return found.first
    return None


def _will(norms: Sequence[str], at: int) -> bool:
    """Return whether «будем» says here what is done: «будем брать», «не будем»."""
    if norms[at] not in {"будем", "будемо"}:
        return False
    return norms[max(0, at - 1)] == "не" or any(form_of(norm) is Form.INFINITIVE for norm in norms[at + 1 : at + 4])


def is_denied(line: Line, at: int) -> bool:
    """Return whether a denial stands before a token, or right behind it: it governs what follows."""
    norms = line.norms
    # In speech without punctuation an answer's "no" stands anywhere: "no actually let's just buy it".
    return any(
        at - _REACH <= denied < at and (norms[denied] not in _ANSWERS or norms[denied + 1 : denied + 2] == ["one"])
        for denied in denials(norms)
    )
