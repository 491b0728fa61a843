"""Denials of a clause: how often it is turned round, and the words that turn it."""

from __future__ import annotations

from collections.abc import Sequence

from aam.language.lexicon import is_negation
from aam.language.phrases import Phrases

# The particles that turn a statement round each time; all other denials of Russian and Ukrainian only agree with them
# ("никто не пришел" is denied once).
_PARTICLES = frozenset({"не"})
# "Not" that denies nothing of the clause.
_NO_DENIAL = Phrases(
    """
    not only | not just | not merely | not to mention | why not | why don't we | why don't you | if not | or not
    whether or not
    no doubt | no problem | no worries | no wonder | no matter | without doubt | without a doubt | without question
    can't wait | don't forget | do not forget | not to forget | don't you think | isn't it | aren't we | don't we
    isn't that
    won't we | won't you | doesn't it | didn't we | haven't we | is not it | nothing but | can't help
    no later than | not later than
    no less than | no fewer than | no more than | not less than | not more than | not earlier than
    no earlier than | not before
    not until | not yet clear | no longer than | nevertheless
    не только | не просто | не говоря | не забудь | не забудьте | не забыть | без проблем | без сомнения
    не правда ли | не так ли
    не позже | не позднее | не раньше | не ранее | не менее | не меньше | не более | не больше | не хуже
    не выше | не ниже
    почему бы не | не хотите ли | не могли бы | не может ли | не мог бы | не хочешь ли | тем не менее | как бы не
    пока не
    ничего страшного | не против | не возража* | не вопрос | не мешало бы | неплохо
    не тільки | не лише | не просто | не кажучи | не забудь | не забудьте | не забути | без проблем | без сумніву
    чи не так
    не пізніше | не раніше | не менше | не більше | не гірше | не вище | не нижче | чому б не | чи не могли б
    чи не хочете
    тим не менш | поки не | нічого страшного | не проти | не заперечую | не завадило б
    """
)
_ANSWERS = frozenset({"no", "nope", "nah", "нет", "ні", "не-а", "неа"})


def denials(norms: Sequence[str]) -> list[int]:
    """Return where a clause is denied: one position for each time that it is turned round.

    Twice denied is stated: "we cannot not do it".  A "no" that opens an answer denies what was asked, not the
    clause.
    """
    spared = {at for found in _NO_DENIAL.find(norms) for at in range(found.first, found.last)}
    found = [at for at, norm in enumerate(norms) if is_negation(norm) and at not in spared]
    if found and found[0] == 0 and norms[0] in _ANSWERS and len(norms) > 1:
        found = found[1:]
    particles = [at for at in found if norms[at] in _PARTICLES]
    if particles:
        return particles + [at for at in found if norms[at].isascii()]
    english = [at for at in found if norms[at].isascii()]
    return english or found[:1]


def is_denied(norms: Sequence[str]) -> bool:
    """Return whether a clause is denied an odd number of times."""
    return len(denials(norms)) % 2 == 1
