"""The words of a line that say by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aam.artifacts.extractive.talk import Line, is_apart
from aam.evidence.dates import Day
from aam.language.deadline_words import (
    APART,
    AS_SOON_AS,
    BEGINS,
    BETWEEN_DAYS,
    EVENTS,
    FROM,
    LEADING_ON,
    NEAR,
    OURS,
    PERIODS,
    UNTIL_EVENT,
)
from aam.language.negation import denials
from aam.language.number_words import ORDINALS
from aam.language.phrases import Phrases, word_set

_BY = word_set("by before until till on due до к ко не до перед від у в на")
_ASKED = Phrases(
    "by when | when | until when | how soon | когда | к какому | до какого | к какому числу | коли | до якого | на коли"
)
_REACH = 5
_EVENT_REACH = 4
_LONGEST_EVENT = 8
_ANSWERS = word_set("no нет ні")
_MENDS = _ANSWERS | word_set("say скажем скажімо вернее точнее точніше rather")
_WITHIN = word_set("in конца кінця end конце")
_STRONG = word_set("by before until till до к ко")

_Span = tuple[int, int]


@dataclass(frozen=True)
class Deadline:
    """The words of a line that say by when; ``bound`` where a word such as "by" leads them."""

    words: str
    line: Line
    bound: bool


def deadline_in(line: Line, work: int | None = None) -> Deadline | None:
    """Return the deadline of a line: of several the last one that "by" leads, otherwise the first.

    ``work`` is the token that says what is done: a day in its clause comes first, and one in a clause about another
    person never counts.
    """
    found = _spans(line)
    if work is not None:
        found = _beside(line, found, work)
    if not found:
        return None
    norms = line.norms
    bound = [span for span in found if (span[0] and norms[span[0] - 1] in _STRONG) or norms[span[0]] in _STRONG]
    # "On Tuesday... no, on Wednesday", "by the middle of the week, say Wednesday"
    mended = [span for span in found[1:] if _is_mended(line, found[0], span)]
    first, last = (mended or bound or found)[-1] if bound or mended else found[0]
    return Deadline(line.facts.words(first, last), line, bool(bound))


def asks_when(line: Line) -> bool:
    """Return whether a line asks for a deadline."""
    return line.asks and _ASKED.any(line.norms)


def waits_for_event(line: Line) -> bool:
    """Return whether a line says after what it is done: "as soon as the sketch is approved"."""
    return AS_SOON_AS.any(line.norms)


def _beside(line: Line, spans: list[_Span], work: int) -> list[_Span]:
    """Return the spans in the clause of the work, or else those in clauses that speak of no other person."""
    start, end = line.clause_start(work), line.clause_end(work)
    own = [span for span in spans if start <= span[0] < end]
    if not own:
        return [span for span in spans if not _is_of_others(line, span[0])]
    nearest = min(own, key=lambda span: max(span[0] - work, work - span[1]))
    return [span for span in spans if span == nearest or _is_mended(line, nearest, span)]


def _is_mended(line: Line, span: _Span, other: _Span) -> bool:
    """Return whether another span puts one right: "on Monday, no, on Tuesday"."""
    return span < other and not _MENDS.isdisjoint(line.norms[span[1] : other[0]])


def _is_of_others(line: Line, at: int) -> bool:
    """Return whether the clause of a token has a third person as its subject, and neither speaker nor listener."""
    clause = line.norms[line.clause_start(at) : line.clause_end(at)]
    return not APART.isdisjoint(clause) and OURS.isdisjoint(clause)


def _spans(line: Line) -> list[_Span]:
    """Return the half-open ranges of tokens that name a day, a period or an event, those that adjoin joined."""
    norms = line.norms
    spans = _days(line)
    if not spans:
        spans = _events(line)
    denied = [at for at in denials(norms) if norms[at] not in _ANSWERS]
    return [
        span
        for span in spans
        if not any(max(span[0] - _REACH, line.clause_start(span[0])) <= at < span[0] for at in denied)
        and not (span[0] and norms[span[0] - 1] in FROM)
    ]


def _days(line: Line) -> list[_Span]:
    facts, norms = line.facts, line.norms
    # A month alone is mostly what a thing is for: "the plan for December".
    spans = [(day.first, day.last) for day in facts.days if _has_day(day) or _is_led_to(norms, day.first)]
    spans += [(word.at, word.at + 1) for word in line.day_words]
    spans += [(found.first, found.last) for found in PERIODS.find(norms)]
    spans += _bare_ordinals(line)
    joined: list[_Span] = []
    for first, last in sorted(_led(line, first, last) for first, last in spans):
        gap = norms[joined[-1][1] : first] if joined else []
        if joined and (first <= joined[-1][1] or (len(gap) <= 1 and BETWEEN_DAYS.issuperset(gap))):
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _has_day(day: Day) -> bool:
    return any(number is not None for _, number in day.days)


def _is_led_to(norms: Sequence[str], at: int) -> bool:
    return at > 0 and norms[at - 1] in _BY | _WITHIN


def _led(line: Line, first: int, last: int) -> _Span:
    """Return a span with the words that say which day it is: "next Friday", "a week on Friday", "Friday week"."""
    norms = line.norms
    while first and norms[first - 1] in NEAR and norms[first - 1] != "the" and not is_apart(line, first):
        first -= 1
    leading = next((found for found in LEADING_ON.find(norms, max(0, first - 3), first) if found.last == first), None)
    if leading is not None:
        first = leading.first
    if norms[last : last + 2] == ["after", "next"]:
        last += 2
    elif norms[last : last + 1] == ["week"]:
        last += 1
    elif norms[last : last + 2] in (["через", "неделю"], ["через", "тиждень"]):
        last += 2
    return first, last


def _events(line: Line) -> list[_Span]:
    """Return the ranges that name an event by which something is done: "before peak starts", «до открытия»."""
    norms = line.norms
    found = []
    for at, norm in enumerate(norms):
        end = min(line.clause_end(at), at + _LONGEST_EVENT)
        if AS_SOON_AS.starts(norms, at):
            found.append((at, end))
        elif norm in UNTIL_EVENT and at + 1 < end:
            noun = next(EVENTS.find(norms, at + 1, min(end, at + 1 + _EVENT_REACH)), None)
            begins = next((n for n in range(at + 2, end) if norms[n] in BEGINS), None) if norm.isascii() else None
            last = max(noun.last if noun else 0, begins + 1 if begins else 0)
            if last:
                found.append((at, last))
    return found[:1]


def _bare_ordinals(line: Line) -> list[_Span]:
    """Return days named by their number alone: "by the tenth", "двадцатого", "до п'ятнадцятого"."""
    norms = line.norms
    found = []
    for number in line.facts.numbers:
        last = norms[number.last - 1]
        before = norms[number.first - 1] if number.first else ""
        if last not in ORDINALS or number.unit is not None or number.soft:
            continue
        value = min(number.values)
        if not 1 <= value <= 31:
            continue
        if last.isascii():
            if before == "the" and number.first > 1 and norms[number.first - 2] in _BY:
                found.append((number.first - 1, number.last))
        elif last.endswith(("ого", "его")) or (before in {"к", "до"} and last.endswith("ому")):
            found.append((number.first, number.last))
    return found
