"""Stems: the part that the forms of one word share, cut off by rules and without a dictionary.

The rules are light on purpose: they bring the cases and persons of a word together, and leave derived words apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from aam.language.lexicon import STOPWORDS

_SHORTEST = 3
_CYRILLIC = sorted(
    """
    а я у ю о е є и і ы ї й ь ой ою ей ею єю ом ем єм им ым ім ов ев ів їв ам ям ах ях ами ями ого его ому ему ий ый
    ій ая яя ое ее ую юю ої ие ые их ых іх ими ыми іми ість ості остью ость остей ения ение ений ению ением ениях
    ання анню анням ення енню енням ать ять ить еть ти ати яти ити іти уть ють ют ут ит ат ят ет им ем ешь ишь еш иш
    ите ете йте емо имо ємо ив ила ило или ыл ав ала ало али ав ял яла ял ло ла ли ся сь ться тся ими ові еві єві
    """.split(),
    key=lambda ending: (-len(ending), ending),
)
_REFLEXIVE = ("ся", "сь")
_ENGLISH = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("edly", ""), ("ed", ""), ("es", ""), ("ly", ""), ("s", ""))


@lru_cache(maxsize=50_000)
def stem(norm: str) -> str:
    """Return the stem of a token in the form of `tokens.normalise`; numbers and signs stay as they are."""
    if not norm.replace("'", "").isalpha():
        return norm
    return _english(norm) if norm[0].isascii() else _cyrillic(norm)


def content_stems(norms: Iterable[str]) -> list[str]:
    """Return the stems of the words that carry content, in their order."""
    return [stem(norm) for norm in norms if norm not in STOPWORDS and norm[0].isalnum()]


def _english(norm: str) -> str:
    word = norm.removesuffix("'s").removesuffix("'")
    for ending, instead in _ENGLISH:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            if ending == "s" and word.endswith(("ss", "us", "is")):
                break
            word = word[: len(word) - len(ending)] + instead
            if not instead and len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word.removesuffix("e") if len(word) > _SHORTEST else word


def _cyrillic(norm: str) -> str:
    word = norm
    for reflexive in _REFLEXIVE:
        if word.endswith(reflexive) and len(word) > _SHORTEST + 2:
            word = word[: -len(reflexive)]
            break
    for ending in _CYRILLIC:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word
