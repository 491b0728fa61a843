"""Find whether a clause speaks of what is done or of what is still to be done."""

from __future__ import annotations

from collections.abc import Sequence

from aam.language.lexicon import STOPWORDS
from aam.language.phrases import Phrases, word_set
from aam.language.stems import is_content, stem
from aam.language.verbs import BASE_FORMS

_DONE = Phrases(
    """
    already | has been | have been | had been | has already | have already | is done | are done | is finished
    is complete*
    уже | вже
    """
)
_PERFECT = Phrases("has | have | had | was | were | 've | did")
_PASSIVE = Phrases("is | are | be | being | to | will | gets | get")
_TO_DO = Phrases(
    """
    will | 'll | ll | i'll | we'll | you'll | he'll | she'll | they'll | it'll | won't | going to | gonna
    need to | needs to | have to
    has to | must | should | want to | plan to | plans to | by tomorrow | shall
    буд* | нужно | надо | должн* | предстоит | планир* | собира* | собираемся | завтра
    треба | потрібно | слід | повин* | маємо | плану* | збира* | завтра
    """
)
_REPORTS = frozenset(
    stem(word)
    for word in word_set(
        """
        said agreed decided proposed suggested asked promised reported noted confirmed explained planned expected
        required needed
        supposed wanted recommended committed considered mentioned offered called based related named
        сказал решил предложил просил попросил обещал сообщил договорились решено подтвердил согласился планировал
        сказав вирішив запропонував просив попросив обіцяв повідомив домовились вирішено підтвердив погодився
        планував
        """
    )
)
_PAST_ENDINGS = ("ла", "ло", "ли", "л", "лся", "лась", "лось", "лись", "в", "ввся", "вся")
_FUTURE_ENDINGS = (
    *(
        "ам",
        "аст",
        "асть",
        "адут",
        "адуть",
        "ет",
        "ит",
        "ут",
        "ют",
        "ат",
        "ят",
        "у",
        "ю",
        "ем",
        "им",
        "ете",
        "ите",
        "ешь",
        "ишь",
        "ется",
        "ится",
        "утся",
        "ятся",
    ),
    *(
        "уть",
        "ють",
        "ать",
        "ять",
        "ить",
        "ємо",
        "емо",
        "имо",
        "ете",
        "ите",
        "еш",
        "иш",
        "є",
        "еться",
        "иться",
        "уться",
        "яться",
    ),
)
# A prefix makes a verb perfective, so that its present forms speak of the future; these suffixes undo it.
_PERFECTIVE = (
    "на",
    "по",
    "с",
    "з",
    "за",
    "вы",
    "ви",
    "при",
    "от",
    "від",
    "пере",
    "про",
    "до",
    "у",
    "из",
    "об",
    "раз",
    "роз",
    "под",
    "під",
)
_IMPERFECTIVE = ("ыва", "ива", "юва", "ува", "ує", "ует", "уют", "ають", "яють", "ают", "яют", "ает", "яет", "ає", "яє")
_ROOT = 4
_SHORTEST_VERB = 3
_FUTURE_VERBS = tuple(word_set("ем им ет ит ут ют ат ят ешь ишь уть ють ать ять емо имо ємо їмо еш иш ить"))
_ONGOING = Phrases("being | is still | are still | in progress | under way | еще | ще | досі | до сих пор")


def is_done(norms: Sequence[str]) -> bool:
    """Return whether a clause says that something is done, beyond a report of what was said or decided."""
    if any(not _only_reports(norms, found.last) for found in _DONE.find(norms)):
        return True
    return any(_is_past(norms, at) for at in range(len(norms)))


def says_done(norms: Sequence[str]) -> bool:
    """Return whether a word such as "already" or "has been" says that something is done."""
    return _DONE.any(norms)


def is_ongoing(norms: Sequence[str]) -> bool:
    """Return whether a clause says that something is still going on."""
    return _ONGOING.any(norms) and not is_done(norms)


def may_be_future(norm: str) -> bool:
    """Return whether a Russian or Ukrainian word has an ending of the present or future."""
    return not norm.isascii() and len(norm) > _SHORTEST_VERB and norm.endswith(_FUTURE_VERBS)


def may_be_done(norms: Sequence[str]) -> bool:
    """Return whether any word of a clause has a past form."""
    return is_done(norms) or any(
        norm.isascii()
        and is_content(norm)
        and stem(norm) not in _REPORTS
        and (norm.endswith("ed") or norm in BASE_FORMS)
        for norm in norms
    )


def past_stems(norms: Sequence[str]) -> frozenset[str]:
    """Return the stems of English words that may be verbs in the past."""
    return frozenset(
        stem(norm)
        for norm in norms
        if norm.isascii()
        and is_content(norm)
        and stem(norm) not in _REPORTS
        and (norm.endswith("ed") or norm in BASE_FORMS)
    )


def is_to_do(norms: Sequence[str]) -> bool:
    """Return whether a clause says that something is still to be done."""
    return _TO_DO.any(norms)


def past_roots(norms: Sequence[str]) -> frozenset[str]:
    """Return the roots of Russian and Ukrainian words that may be verbs in the past."""
    return _roots(norms, _PAST_ENDINGS)


def future_roots(norms: Sequence[str]) -> frozenset[str]:
    """Return the roots of Russian and Ukrainian words that may be verbs in the present or future."""
    return _roots(norms, _FUTURE_ENDINGS)


def _only_reports(norms: Sequence[str], at: int) -> bool:
    """Return whether what is done is only a decision or a promise: "it has been agreed to …"."""
    return at + 1 < len(norms) and stem(norms[at]) in _REPORTS and norms[at + 1] in {"to", "that", "что", "що", "не"}


def is_verb_first(norms: Sequence[str]) -> bool:
    """Return whether a Russian or Ukrainian sentence leaves its subject to the one before: "сказал, что …"."""
    return bool(norms) and not norms[0].isascii() and len(norms[0]) > _ROOT and norms[0].endswith(_PAST_ENDINGS)


def all_roots(norms: Sequence[str]) -> frozenset[str]:
    """Return the roots of Russian and Ukrainian words in whatever form, such as an infinitive."""
    return _roots(norms, ("",))


def _is_past(norms: Sequence[str], at: int) -> bool:
    norm = norms[at]
    if not norm.isascii() or stem(norm) in _REPORTS:
        return False
    before = norms[max(0, at - 1) : at]
    if norm in BASE_FORMS and norm not in STOPWORDS and not _PASSIVE.any(before):
        return True
    # "-ed" alone may be a participle ("a used car", "will be listed").
    return norm.endswith("ed") and is_content(norm) and _PERFECT.any(norms, max(0, at - _ROOT), at)


def _roots(norms: Sequence[str], endings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        norm[:_ROOT] + stem(norm)[-1:]
        for norm in norms
        if not norm.isascii()
        and len(norm) > _ROOT
        and norm.endswith(endings)
        and norm.startswith(_PERFECTIVE)
        and not any(suffix in norm for suffix in _IMPERFECTIVE)
        and stem(norm) not in _REPORTS
    )
