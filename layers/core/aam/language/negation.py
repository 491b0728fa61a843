"""Denials of a clause: how often it is turned round, and the words that turn it."""

from __future__ import annotations

from collections.abc import Sequence

from aam.language.lexicon import is_negation
from aam.language.phrases import Phrases, word_set
from aam.language.stems import is_content

# The particles that turn a statement round each time; all other denials of Russian and Ukrainian only agree with them
# ("никто не пришел" is denied once).
_PARTICLES = frozenset({"не"})
# "Not" that denies nothing of the clause.
_NO_DENIAL = Phrases(
    """
    not only | not just | not merely | not to mention | why not | why don't we | why don't you | if not | or not
    whether or not
    can't do without | cannot do without | couldn't do without | не обойтись без | не обойдемся без
    не обійтися без | don't mind | doesn't mind | do not mind | can't complain | not bad | no doubt | no problem
    no worries
    no wonder | no matter | without doubt | without a doubt | without question
    can't wait | don't forget | do not forget | not to forget | don't you think | isn't it | aren't we | don't we
    isn't that
    won't we | won't you | doesn't it | didn't we | haven't we | is not it | nothing but | can't help
    no later than | not later than | but not too | but not very | but not much | not too much | no bother
    no one but | nobody but
    не ту | не тот | не та | не той | не те | no objection* | возражений нет | нет возражений
    но не очень | но не слишком | но не сильно | але не дуже | але не надто | але не сильно
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
    тим не менш | нічого страшного | не проти | не заперечую | не завадило б
    """
)
# These deny what they stand before, not the clause: "without the solar cell it is cheaper".
_LOCAL = frozenset({"without", "unless", "без", "безо"})
_FEARS = word_set("боюсь боимся опасаюсь опасаемся боюся боїмося побоююсь побоюємося")
_ANSWERS = frozenset({"no", "nope", "nah", "нет", "ні", "не-а", "неа"})


def denials(norms: Sequence[str]) -> list[int]:
    """Return where a clause is denied: one position for each time that it is turned round.

    Twice denied is stated: "we cannot not do it".  A "no" that opens an answer denies what was asked, not the
    clause.
    """
    spared = _spared(norms) | _after_fear(norms)
    found = [at for at, norm in enumerate(norms) if is_negation(norm) and norm not in _LOCAL and at not in spared]
    if len(norms) > 1 and not _counts(norms):
        answer = next((at for at, norm in enumerate(norms) if norm not in _ANSWERS), len(norms))
        found = [at for at in found if at >= answer] if answer < len(norms) else found[:1]
    found = sorted({*found, *(match.first for match in _YET_TO.find(norms))})
    particles = [at for at in found if norms[at] in _PARTICLES]
    if particles:
        return particles + [at for at in found if norms[at].isascii()]
    english = [at for at in found if norms[at].isascii()]
    return english or found[:1]


def is_denied(norms: Sequence[str]) -> bool:
    """Return whether a clause is denied an odd number of times."""
    return len(denials(norms)) % 2 == 1


# Words that may deny without a "not".  Where one side has them and the other a "not", the two may agree.
_NEGATIVE = Phrases(
    """
    unk* | unc* | una* | unw* | uns* | unh* | unf* | unp* | unr* | unl* | uno* | incomplet* | insuff* | dissat*
    disapp* | disagre*
    refus* | reject* | declin* | deny | denies | denied | fail* | lack* | without | unless | against | impossible
    unable
    unlikely | absent | absence | missing | exclud* | prevent* | avoid* | stop* | cancel* | doubt* | sceptic*
    skeptic* | hard
    difficult* | few | little | rather than | instead of | instead | except | other than | no longer | too | only
    until
    forbid* | ban | bans | banned | disagree* | object | objects | objected | object to | oppos* | drop* | lose
    loses | lost
    stay* | remain* | keep* | still | postpon* | delay* | wait* | pending | open | unclear | undecided | yet
    withdraw*
    withdrawn | retract* | end* | abandon* | leave* | left | miss* | short | below | under | less | fewer
    at most | otherwise
    rid of | opposed | away | skip* | cut | cuts | remov* | throw* | ditch* | replac* | switch* | change*
    separat* | forget*
    out of | broken | down | indispensab* | essential* | required | ran out | off | nowhere | free | loss
    dislike* | hate* | mistake* | wrong* | problem* | scarce* | rule out
    ruled out
    отказ* | откаж* | отклон* | невозмож* | без | против | исключ* | избе* | прекра* | отмен* | сомн* | трудн*
    сложн* | мало
    вместо | кроме | слишком | только | запрет* | запрещ* | возраж* | потер* | остал* | остан* | остае* | пока
    откры* | неясн*
    провал* | сорв* | отсутств* | нехват* | недост* | лишь | еще | перене* | отлож* | ждать | ждем | вряд
    неправ* | ошиб* | убра*
    сломан* | слома* | необходим* | обязател* | замен* | смен* | вычерк* | пропуск* | пропуст* | убер* | меньше
    менее | ниже | свобод* | нулев* | проблем*
    відмов* | відхил* | неможлив* | без | проти | виключ* | уник* | припин* | скасу* | скасов* | сумнів* | важк*
    складн* | мало
    замість | крім | окрім | занадто | лише | тільки | заборон* | запереч* | втра* | залиш* | поки | відкри*
    неясн* | провал*
    зірва* | відсутн* | браку* | бракує | недостат* | ще | перене* | відкла* | чека* | навряд | неправ* | помил*
    прибра* | прибер*
    зламан* | злама* | необхідн* | обов'язков* | замін* | змін* | викресл* | пропуск* | пропуст* | менш* | нижче
    вільн* | нульов* | проблем*
    """
)
# What these govern does not happen: "refused to sign", "lack of time".
_REFUSALS = Phrases(
    """
    far from | nowhere near | anything but | далек* от | далеко не | далек* від | refus* to | refus* | fail* to
    failed in | decline to | declines to | declined to | declining to | lack | unable to
    not able to
    impossible to | lack of | lacks | lacked | lacking | avoid* | stopped | stop | stops | prevent* | forgot to
    forget to | forgets to
    unwilling to | reluctant to | neglect* to | no longer | too late to | too expensive to | is against
    are against | was against
    were against | i'm against | opposed to
    denied | denies
    отказ* | откаж* | не смог* | забыл* | невозможно | нехватк* | отсутств* | против
    перестал* | прекрати* | избега*
    відмов* | не зміг* | не змог* | забу* | неможливо | нестач* | відсутн* | проти | перестал*
    перестав | припини* | уника*
    """
)
# Without a "not" these say that something has not happened so far.
_YET_TO = Phrases(
    """
    yet to | still to be | remains to be | remain to be | remained to be
    еще предстоит | только предстоит | ще належить | ще потрібно | ще треба
    """
)
_REPLACED = Phrases("instead of | rather than | in place of | вместо | взамен | замість")
_PREFIXES = ("un", "in", "im", "dis", "non", "не", "без", "бес")
# Words that only begin like that.  With "in", "im" and "dis" the few that deny are named instead.
_UNPREFIXED = tuple(
    word_set(
        """
    under unit unti unle uniq unio univ unif
    недел нескол некот небо неби нефт необход нехай неда недо безоп невж немов ненач
        """
    )
)
_PREFIXED = tuple(
    word_set(
        """
    incorr inacc insuff incompl incap inelig inexp insec inval inact inapp inad inconv ineff informal imposs improb
    impract imperf disag dislik dissat disapp disall discont dishon disint
        """
    )
)
_ROOT = 4


def negative_words(norms: Sequence[str]) -> frozenset[str]:
    """Return the words of a clause that may deny it without a "not", such as "refuse", "without" or "instead"."""
    return frozenset(norm for found in _NEGATIVE.find(norms) for norm in norms[found.first : found.last])


def denies(norms: Sequence[str]) -> bool:
    """Return whether any word of a clause is a denial, were it twice denied or only an answer."""
    return any(is_negation(norm) for norm in norms) or _YET_TO.any(norms)


def contrasts(norms: Sequence[str]) -> bool:
    """Return whether a clause only names what something else is set against: "…, not the old one"."""
    return list(norms[:2]) in (["а", "не"], ["but", "not"], ["and", "not"]) or list(norms[:1]) in (["not"], ["rather"])


def refusals(norms: Sequence[str]) -> list[int]:
    """Return where the words begin that something refused, prevented or lacking is named with."""
    spared = _spared(norms)
    return [found.last for found in _REFUSALS.find(norms) if found.first not in spared]


def replacements(norms: Sequence[str]) -> list[int]:
    """Return where the words begin that name what something else stands for: "instead of posters"."""
    return [found.last for found in _REPLACED.find(norms)]


def without_prefix(norm: str) -> str | None:
    """Return the word without its denying prefix, or None if it has none: "unaffordable", "неготов"."""
    if norm.startswith(_UNPREFIXED) or (norm.startswith(("in", "im", "dis")) and not norm.startswith(_PREFIXED)):
        return None
    for prefix in _PREFIXES:
        if norm.startswith(prefix) and len(norm) >= len(prefix) + _ROOT:
            return norm[len(prefix) :]
    return None


def _counts(norms: Sequence[str]) -> bool:
    """Return whether a "no" at the head belongs to the noun behind it ("no announcements"), unlike "no, we will"."""
    return norms[0] == "no" and (norms[1] == "one" or is_content(norms[1]))


def _after_fear(norms: Sequence[str]) -> frozenset[int]:
    """Return the "не" that belongs to a fear: "боюсь, как бы не затопило" is afraid that it will be."""
    fear = next(
        (at for at, norm in enumerate(norms) if norm in _FEARS or list(norms[at : at + 2]) == ["как", "бы"]), None
    )
    return frozenset() if fear is None else frozenset(at for at in range(fear, len(norms)) if norms[at] == "не")


def _spared(norms: Sequence[str]) -> frozenset[int]:
    spared = {at for found in _NO_DENIAL.find(norms) for at in range(found.first, found.last)}
    # "Not sold in the UK alone" is sold there and elsewhere.
    alone = next((at for at, norm in enumerate(norms) if norm in {"alone", "solely"}), 0)
    return frozenset(spared | {at for at in range(alone) if norms[at] == "not"})
