"""Russian and Ukrainian names whose stem changes with the case: Ольга, Ользі; Павел, Павла; Антін, Антона.

A few rules from the form of the dictionary to the stem of the other cases, each with the endings that follow it.  They
make forms that nobody uses as well; what counts is that these are no other name and no word, so a rule that would
meet one (Петер, Петра; Марек, Марка; Тім, Тому; Кузін, кузена) is left out.
"""

from __future__ import annotations

from functools import lru_cache

CONSONANTS = "бвгґджзклмнпрстфхцчшщ"
VOWELS = "аеиоуыэюяєії"

SINGULAR = frozenset(
    {"а", "я", "у", "ю", "о", "е", "є", "і", "и", "ові", "еві", "єві", "ом", "ем", "єм", "им", "ым", "ім"}
)
DATIVE = frozenset({"і", "е"})
LION = frozenset({"а", "у", "ом", "е", "і"})
"""Of Лев; what else there might be is the city of Львів."""
BIRD = frozenset({"я", "ю", "ем", "єм", "ї", "є", "е", "и"})

SOFTENED = {"г": "з", "к": "ц", "х": "с"}
OPENED = {"і": "ое", "ї": "є"}
CLOSED_MIN = 4
"""Shorter words with і have too many neighbours: Тім and тому, Кім and кому."""


@lru_cache(maxsize=10_000)
def changed_stems(word: str) -> dict[str, frozenset[str]]:
    """Return the stems of other cases of a name, with their endings; the word is in the form of `names.plain`."""
    found: dict[str, frozenset[str]] = {}
    bare = word.removesuffix("ь")
    if len(word) > 3 and word[-1] in "ая" and word[-2] in SOFTENED:  # Ольга, Ользі
        found[word[:-2] + SOFTENED[word[-2]]] = DATIVE
    if len(word) > 3 and word[-1] == "о":  # Петро, Петрові: what both begin with is no stem
        found[word[:-1]] = frozenset({"ові"})
    if word == "лев":
        found["льв"] = LION
    if word.endswith("ей") and len(word) > 4:  # Соловей, Соловья and Солов'я
        found[word[:-2] + "ь"] = found[word[:-2] + "'"] = BIRD
    if bare[-2:] in {"ец", "єц", "яц"} and len(bare) > 3:
        if bare[-3] in CONSONANTS and bare[-2] == "е":  # Кравець, Кравця
            found[bare[:-2] + "ц"] = SINGULAR
        elif bare[-3] in VOWELS:  # Заєць, Зайця
            found[bare[:-2] + "йц"] = SINGULAR
    if word[-2:] in {"ел", "ок"} and len(word) > 3 and word[-3] in CONSONANTS:  # Павел, Павла; Дубок, Дубка
        found[word[:-2] + word[-1]] = SINGULAR
    if len(bare) >= CLOSED_MIN and bare[-1] in CONSONANTS and bare[-2] in OPENED:  # Антін, Антона; Лебідь, Лебедя
        vowels = "о" if word.endswith("ін") else OPENED[bare[-2]]
        found |= {f"{bare[:-2]}{vowel}{bare[-1]}": SINGULAR for vowel in vowels}
    return found


def changed_case(form: str, name: str) -> bool:
    """Return whether a word is a case of the name in which its stem has changed."""
    return any(form.startswith(stem) and form[len(stem) :] in endings for stem, endings in changed_stems(name).items())
