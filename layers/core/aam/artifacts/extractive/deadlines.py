"""The words of a line that say by when."""

from __future__ import annotations

from dataclasses import dataclass

from aam.artifacts.extractive.talk import Line
from aam.language.negation import denials
from aam.language.number_words import ORDINALS
from aam.language.phrases import Phrases, word_set

_PERIODS = Phrases(
    """
    the end of the week | the end of this week | the end of next week | end of the week | end of week | end of the month
    the end of the month | the end of this month | the end of the year | the end of the day | end of day | next week
    this week | next month | this month | this afternoon | this evening | tonight | this morning | right after this call
    right after this meeting | right after the call | right after the meeting | after the meeting | over the weekend
    right now | right away | straight away
    at the weekend | on the weekend | the weekend | in a week | in two weeks | within a week | in an hour
    tomorrow morning | before the next *
    after this | before lunch | after lunch | by lunch | until easter | before christmas | after the holidays
    до конца недели | до конца этой недели | до конца следующей недели | к концу недели | до конца месяца
    к концу месяца
    до конца года | до конца дня | к концу дня | на следующей неделе | на этой неделе | в следующем месяце
    в этом месяце
    через неделю | через две недели | в течение недели | в течение дня | на выходных | до выходных | к выходным
    сейчас | сразу после встречи
    до обеда | после обеда | к обеду | прямо после звонка | после звонка | после встречи | сегодня вечером
    завтра утром | прямо сейчас | сегодня же
    до вечера | к вечеру | до нового года
    до кінця тижня | до кінця цього тижня | до кінця наступного тижня | до кінця місяця | до кінця року | до кінця дня
    кінця місяця | кінця тижня | наступного тижня | на наступному тижні | цього тижня | на цьому тижні
    наступного місяця
    цього місяця | через тиждень | через два тижні | за тиждень | протягом тижня | на вихідних | до вихідних | зараз
    у вихідні
    до обіду | після обіду | одразу після зустрічі | після дзвінка | після зустрічі | сьогодні ввечері
    завтра вранці | до вечора
    до нового року | просто зараз | сьогодні ж
    за тиждень до * | за день до * | за два дні до * | за неделю до * | за день до * | a week before *
    """
)
_BY = word_set("by before until till on due до к ко не до перед від у в на")
_NEAR = word_set("next this coming the following следующий следующей следующую следующего следующему эту этот этой")
_NEAR_UK = word_set("наступний наступного наступну наступної наступному наступній цю цього цей цій")
_OF_MONTH = word_set("the числа end of конца кінця конец середины середини")
_ASKED = Phrases(
    "by when | when | until when | how soon | когда | к какому | до какого | к какому числу | коли | до якого | на коли"
)
_REACH = 5
_ANSWERS = word_set("no нет ні")
_STRONG = word_set("by before until till до к ко")


@dataclass(frozen=True)
class Deadline:
    """The words of a line that say by when; ``bound`` where a word such as "by" leads them."""

    words: str
    line: Line
    bound: bool


def deadline_in(line: Line) -> Deadline | None:
    """Return the deadline of a line: of several the last one that "by" leads, otherwise the first."""
    found = _spans(line)
    if not found:
        return None
    norms = line.norms
    bound = [span for span in found if (span[0] and norms[span[0] - 1] in _STRONG) or norms[span[0]] in _STRONG]
    mended = any(norm in _ANSWERS for norm in norms[found[0][1] : found[-1][0]])  # "on Tuesday... no, on Wednesday"
    first, last = (bound or found)[-1] if bound or mended else found[0]
    return Deadline(line.facts.words(first, last), line, bool(bound))


def asks_when(line: Line) -> bool:
    """Return whether a line asks for a deadline."""
    return line.asks and _ASKED.any(line.norms)


def _spans(line: Line) -> list[tuple[int, int]]:
    """The half-open ranges of tokens that name a day or a period, those that adjoin joined."""
    facts, norms = line.facts, line.norms
    spans = [(day.first, day.last) for day in facts.days]
    spans += [(word.at, word.at + 1) for word in line.day_words]
    spans += [(found.first, found.last) for found in _PERIODS.find(norms)]
    spans += _bare_ordinals(line)
    denied = [at for at in denials(norms) if norms[at] not in _ANSWERS]
    spans = [span for span in spans if not any(span[0] - _REACH <= at < span[0] for at in denied)]
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        while first and norms[first - 1] in _NEAR | _NEAR_UK and norms[first - 1] != "the":
            first -= 1
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _bare_ordinals(line: Line) -> list[tuple[int, int]]:
    """Days named by their number alone: "by the tenth", "двадцатого", "до п'ятнадцятого"."""
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
