"""Words that turn a statement into its opposite without any "not": more and less, approved and rejected, all and some.

Each scale has two ends.  Of two clauses about one thing, one with words of one end and one with words of the other
cannot both be true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aam.language.phrases import Phrases, phrases_of, word_set
from aam.language.scales import SCALES

_ENDS: dict[str, list[tuple[str, int]]] = {}
for _scale, _ends in SCALES.items():
    for _sign, _words in zip((1, -1), _ends, strict=True):
        for _phrase in phrases_of(_words):
            _ENDS.setdefault(_phrase, []).append((_scale, _sign))
_WORDS = Phrases("|".join(_ENDS))
# "Up" and "down" are directions beside a verb of motion or a number; elsewhere they belong to the verb ("set up").
_UP_DOWN = {"up": 1, "down": -1, "вверх": 1, "вниз": -1, "вгору": 1}
_MOTION = word_set(
    """
    go goes going gone went drive drives drove driving push pushes pushed bring brings brought move moves moved
    moving
    shoot shot get gets got is are was were be been trend trending percent % by
    """
)
# Here these words stand for no end of a scale.
_IDIOMS = Phrases(
    """
    raise* the idea | raise* a question | raise* the question | raise* concern* | raise* the issue
    raise* the point | raise* an issue
    raise* money | fall back | falls back | drop off | drops off | drop by | as well as | at the latest
    more or less | sooner or later
    close to | close by | close attention | keep in mind | keeps in mind | in addition | in good time
    good morning | good idea
    best practice* | long term | in the long run | at the end | by the end | the end of | end of | end up
    ends up | ended up
    at least one | such as | as long as | so long as | late afternoon | early morning
    в конце | до конца | к концу | конец | поднял* вопрос* | поднима* вопрос* | тем более | более того
    тем не менее | хорошо
    до кінця | в кінці | у кінці | наприкінці | підня* питання | більше того | тим більше | добре
    """
)
_FORMER = Phrases(
    "used to | formerly | previously | раньше было | раньше были | прежде | раніше було | раніше були | колись"
)
# "Less expensive" is cheaper.
_LESS = frozenset({"less", "менее", "менш*"})
_NEAR = 4
UNIVERSAL = Phrases(
    """
    all | every | everyone | everybody | everything | each | always | entire | whole | both | completely | entirely
    оба | обе | обоих | обеих | обоим | обидва | обидві | обох | обом
    все | всех | всем | всеми | каждый | каждая | каждое | каждого | каждой | каждому | всегда | всё | целиком
    полностью
    всі | усі | всіх | усіх | всім | усім | кожен | кожна | кожне | кожного | кожної | кожному | завжди | цілком
    повністю
    """
)
PARTIAL = Phrases(
    """
    some | only | just a | one of | two of | three of | most | mostly | many | half | several | few | part
    parts | partly | partially
    percent | %
    majority | minority
    almost all | nearly all | almost | nearly | a lot of | lots of | sometimes | often | usually | at least one
    a couple | certain
    the rest | the others | остальн* | решта | решту | двое | трое | троих | четверо | двоє | троє | четверо
    only some | not all | a third | two thirds | a quarter
    только | лишь | один из | одна из | одну из | одно из | некоторые | некоторых | некоторым | часть | части
    частично | половина | половину | половины
    половине
    большинство | большинства
    большая часть | многие | многих | многим | много | несколько | почти | иногда | часто | обычно | процент*
    не все | треть | четверть
    лише | тільки | один з | один із | одна з | одна із | одну з | одну із | деякі | деяких | деяким | частина
    частину | частини | частково | половина | половину
    половини | половині
    більшість | більшості
    багато | багатьох | кілька | декілька | майже | іноді | часто | зазвичай | відсот* | не всі | третина | чверть
    """
)
# From few to most; a higher one claims more.
_LEVELS = [
    Phrases(
        """
        few | a handful | hardly any | hardly anyone | one of | мало | немногие | единицы | мало кто | мало хто
        дехто | одиниці
        """
    ),
    Phrases(
        """
        some | several | a few | a couple | certain | sometimes | part | parts | partly | some of | occasionally
        некоторые | некоторых | некоторым | часть | части | несколько | иногда | отдельные | отдельных | частично
        деякі | деяких | деяким | частина | частину | частини | кілька | декілька | іноді | окремі | частково
        """
    ),
    Phrases(
        """
        many | much | a lot | lots | often | half | plenty
        многие | многих | много | часто | половина | половину | половины
        багато | багатьох | часто | половина | половину | половини
        """
    ),
    Phrases(
        """
        most | mostly | majority | usually | almost all | nearly all | the bulk
        большинство | большинства | большая часть | почти все | обычно
        більшість | більшості | більша частина | майже всі | зазвичай
        """
    ),
]
_ONLY_IF = Phrases(
    "only if | only when | only after | только если | только когда | только после | лише якщо | тільки якщо"
)
_NONE = Phrases(
    """
    nobody | no one | none | никто | никого | никому | ни у кого | ни один | ни одна | ни одного | ни одной
    ніхто | нікого | нікому | ні в кого | жоден | жодна | жодного | жодної
    """
)
_NOT_UNIVERSAL = Phrases(
    """
    не все | не всі | not all | not every | not everyone | at all | all right | after all | above all
    all of a sudden | all along | all the same | first of all
    any more | in any case
    all i | that's all | all that | all about | everything else | most of all | anyway | whole bunch
    все равно | всё равно | все еще | все же | всё же | все таки | прежде всего | и все | все это
    все одно | все ще | все ж | все таки | перш за все | і все | все це
    """
)


@dataclass(frozen=True, slots=True)
class Side:
    """A word of one end of a scale: the scale, 1 or -1, and its half-open range of tokens."""

    scale: str
    sign: int
    first: int
    last: int


def sides_of(norms: Sequence[str]) -> Iterator[Side]:
    """Yield the words of a clause that stand for one end of a scale."""
    norms = _without_idioms(norms)
    if _FORMER.any(norms):
        # "It used to be slow" says that it no longer is.
        return
    lessened = 0
    for found in _WORDS.find(norms):
        if found.phrase in _LESS and found.last < len(norms) and _WORDS.starts(norms, found.last):
            lessened = found.last
            continue
        turn = -1 if lessened == found.first and lessened else 1
        for scale, sign in _ENDS[found.phrase]:
            yield Side(scale, turn * sign, found.first, found.last)
    for at, norm in enumerate(norms):
        if norm in _UP_DOWN and _moves(norms, at):
            yield Side("amount", _UP_DOWN[norm], at, at + 1)


def _without_idioms(norms: Sequence[str]) -> Sequence[str]:
    found = {at for match in _IDIOMS.find(norms) for at in range(match.first, match.last)}
    return [("" if at in found else norm) for at, norm in enumerate(norms)] if found else norms


def _moves(norms: Sequence[str], at: int) -> bool:
    if at + 1 < len(norms) and norms[at + 1] in {"with", "to", "here", "there", "on"}:
        return False
    return any(norm in _MOTION for norm in norms[max(0, at - _NEAR) : at]) or norms[at + 1 : at + 2] == ["by"]


def is_universal(norms: Sequence[str]) -> bool:
    """Return whether a clause speaks of all or every."""
    spared = {at for found in _NOT_UNIVERSAL.find(norms) for at in range(found.first, found.last)}
    return any(found.first not in spared for found in UNIVERSAL.find(norms))


def level_of(norms: Sequence[str]) -> int:
    """Return how much a clause speaks of, from 1 for few to 4 for most; 0 if it names none of these."""
    return max((level for level, words in enumerate(_LEVELS, 1) if words.any(norms)), default=0)


def is_partial(norms: Sequence[str]) -> bool:
    """Return whether a clause speaks of some, many or a part."""
    spared = {at for found in _ONLY_IF.find(norms) for at in range(found.first, found.last)}
    return any(found.first not in spared for found in PARTIAL.find(norms))


def is_of_none(norms: Sequence[str]) -> bool:
    """Return whether a clause speaks of none at all."""
    return _NONE.any(norms)
