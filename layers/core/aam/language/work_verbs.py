"""Russian and Ukrainian verbs of doing in the forms in which people take, give and settle work.

A word is such a form when it is one of the table, with prefixes before it or without: "сделаю", "переделаю" and
"доделаю" are all forms of "делаю".  Verbs of speaking and knowing are left out on purpose: who says "скажу" or "знаю"
takes no task.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from aam.language.phrases import word_set
from aam.language.work_verb_forms import COMPLETE, NEED_PREFIX, OTHERS, SETTLING


class Form(Enum):
    """A person and mood of a verb."""

    INFINITIVE = "infinitive"
    I_DO = "first person singular"
    ONE_DOES = "third person singular"
    WE_DO = "first person plural"
    DO = "imperative"


_PREFIXES = tuple(
    sorted(
        word_set(
            """
        по на за вы от ото пере под подо при про раз рас разо до из изо ис об обо о у с со в во недо
        ви від віді підо під роз розі ді з зі с і обі над перед без пере при про пр
        """
        ),
        key=lambda prefix: (-len(prefix), prefix),
    )
)
# Verbs of any root by what they end in; secondary imperfectives and borrowed words are far too many to list.
_WE_ENDINGS = ("аем", "яем", "ируем", "изуем", "ємо", "емо", "имо", "їмо")
_I_ENDINGS = ("ирую", "изую", "низую", "икую", "асую")
_INFINITIVE_ENDINGS = ("ировать", "изовать", "ывать", "ивать", "увати", "ювати")
_SHORT = 5
_DO_ENDINGS = ("ируй", "изуй", "асуй")


def _read(table: str) -> dict[str, Form]:
    forms: dict[str, Form] = {}
    for line in table.strip().splitlines():
        for word, form in zip(line.split(), Form, strict=True):
            if word != "-":
                forms.setdefault(word, form)
    return forms


def _with_imperatives(forms: dict[str, Form]) -> dict[str, Form]:
    """Add «собирай» to «собираем»."""
    plurals = [word for word, form in forms.items() if form is Form.WE_DO]
    made = {
        word.removesuffix(end) + "й"
        for word in plurals
        for end in ("ем", "ємо")
        if word[: -len(end)].endswith(("а", "я")) and word.endswith(end)
    }
    return {**dict.fromkeys(made, Form.DO), **forms}


# "Видели" is no form of «дели»: Ukrainian prefixes stand before Ukrainian verbs.
_UKRAINIAN_ONLY = word_set("ви від віді підо під роз розі ді зі обі і з")
_PRESENT, _FUTURE, _TOGETHER = _read(NEED_PREFIX), _read(COMPLETE), _with_imperatives(_read(SETTLING))

_ROWS = [row.split() for table in (NEED_PREFIX, COMPLETE) for row in table.strip().splitlines()]
_UKRAINIAN_ROWS = [row for row in _ROWS if row[0].endswith(("ти", "тися", "тись", "-"))]
_RUSSIAN = frozenset(word for row in _ROWS if row not in _UKRAINIAN_ROWS for word in row) - frozenset(
    word for row in _UKRAINIAN_ROWS for word in row
)


@lru_cache(maxsize=50_000)
def form_of(norm: str) -> Form | None:
    """Return the form of a verb of doing that a Russian or Ukrainian token is, or None.

    The first and third person are given for the future alone; the first plural for the present too.
    """
    if norm in OTHERS or norm[:1].isascii():
        return None
    for word in _readings(norm):
        form = _form(word)
        if form is not None:
            return form
    return None


def _readings(norm: str) -> list[str]:
    """Return the word, without the reflexive ending, and without that of the polite imperative."""
    bare = (norm.removesuffix(ending) for ending in ("ся", "сь") if norm.endswith(ending) and len(norm) > _SHORT)
    return [norm, *bare]


def _form(word: str) -> Form | None:
    if word in _FUTURE:
        return _FUTURE[word]
    if word in _TOGETHER:
        return _TOGETHER[word]
    bare = _PRESENT.get(word)
    if bare in (Form.WE_DO, Form.INFINITIVE, Form.DO):
        return bare
    for prefix in _PREFIXES:
        rest = word.removeprefix(prefix).removeprefix("'")
        if (
            rest != word
            and (rest in _PRESENT or rest in _FUTURE)
            and not (prefix in _UKRAINIAN_ONLY and rest in _RUSSIAN)
        ):
            return _PRESENT.get(rest) or _FUTURE[rest]
    for ending in ("те", "іть", "ьте"):
        if word.endswith(ending):
            single = word.removesuffix(ending)
            for guess in (single, f"{single}и", f"{single}ь"):
                if guess != word and _form(guess) is Form.DO:
                    return Form.DO
    return _by_ending(word)


def _by_ending(word: str) -> Form | None:
    for endings, form in (
        (_WE_ENDINGS, Form.WE_DO),
        (_I_ENDINGS, Form.I_DO),
        (_INFINITIVE_ENDINGS, Form.INFINITIVE),
        (_DO_ENDINGS, Form.DO),
    ):
        if word.endswith(endings) and len(word) > _SHORT + 1:
            return form
    return None
