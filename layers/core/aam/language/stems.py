"""The stem by which two forms of a word, or two words of a family, are recognised as one.

Not a dictionary: endings are taken off until what is left is short enough to be shared by the family ("decide",
"decision"; "переезжаем", "переезд").  Made to find what two texts have in common, not to tell words apart.
"""

from __future__ import annotations

from functools import lru_cache

from aam.language.lexicon import STOPWORDS
from aam.language.phrases import word_set
from aam.language.verbs import BASE_FORMS

_LENGTH = 5
_SHORTEST = 3
_ENGLISH = word_set(
    """
    ations ation ments ment ingly ings ing edly ed ers er ors or ies ied es s ly ions ion als al able ible ably ful
    ness ives ive ities ity e y
    """
)
_SLAVIC = word_set(
    """
    ия ию ией иям иях иями ии ием ія ії ію ією іям іях іями
    а е и й о у ы ь ю я є і ї ав ал ам ан ат ах ая ає ев ее ей ел ем ен ет ив ие ий ил им ит иш ов ое ой ом ої ул
    ут ую ує ые ый ым ют юю ює яв ял ям ят ях яя яє єш ів ім їв аем ает ала али ало ами ана ано аны ані ати ать его
    еет ела ели ело емо ему ена ено ены ені ете еть ешь ила или ило ими имо ите ити ить ишь нна нне нні ого ому оть
    уем ует ула ули ути уть ыми ьев ють ява яем яет яла яли яло ями яти ять ємо єте іти аний ання ации ацию ация
    ацію ація ації ають аємо ение ений ению ения еннi ення ится нная нний нное нные нный овал ости ость ості ская
    ские ский ское ська ське ські тись тися тсья ться ував увал ются яння яють іння ість анный анням аннях ацією
    ением ениях енный енням еться ешься овала овали остей остью ський увала ували уется ировал ується
    """
)
_LONGEST_ENDING = max(map(len, _ENGLISH | _SLAVIC))
# Consonants that change into each other within a family: писать, пишу; отвечать, ответ; показать, покажу.
_ALTERNATING = str.maketrans({"ж": "г", "з": "г", "д": "г", "ч": "к", "ц": "к", "т": "к", "ш": "с", "щ": "с", "х": "с"})


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of a normalised word; a word with a digit is its own."""
    if any(c.isdigit() for c in word):
        return word
    word = BASE_FORMS.get(word, word)
    if word.isascii():
        return _english(word)
    return _slavic(word.replace("'", ""))


def is_content(word: str) -> bool:
    """Return whether a normalised word carries meaning of its own: letters, and no function word."""
    return len(word) >= _SHORTEST and word not in STOPWORDS and word not in _FUNCTION and not word.isdigit()


def _english(word: str) -> str:
    word = word.split("'", maxsplit=1)[0]
    bare = _without_ending(word, _ENGLISH)
    if len(bare) > _SHORTEST and bare[-1] == bare[-2] and bare[-1] not in "aeiouls":
        bare = bare[:-1]
    if bare.endswith("is") and word.endswith(("sion", "sions", "sive")):  # decision, decide
        bare = bare[:-1] + "d"
    return bare[:_LENGTH]


def _slavic(word: str) -> str:
    for reflexive in ("ся", "сь"):
        if len(word) > len(reflexive) + _SHORTEST:
            word = word.removesuffix(reflexive)
    bare = _without_ending(word, _SLAVIC)[:_LENGTH]
    if word.endswith("ого") and len(bare) == _SHORTEST:  # дорого, дорогой
        bare = word[: _SHORTEST + 1]
    if len(bare) > _SHORTEST and bare[-1] == "л" and bare[-2] in "пбвмф":  # отправить, отправлю
        bare = bare[:-1]
    return bare[:-1] + bare[-1].translate(_ALTERNATING)


def _without_ending(word: str, endings: frozenset[str]) -> str:
    for size in range(min(_LONGEST_ENDING, len(word) - _SHORTEST), 0, -1):
        if word[-size:] in endings:
            return word[:-size]
    return word


# Words of talk that say nothing about the matter, beyond the stop words of the lexicon.
_FUNCTION = word_set(
    """
    let's lets gonna wanna gotta kinda sorta 'll ll ve re don didn isn hmm mhm mm-hmm huh oh ah eh er erm hey
    really actually basically maybe perhaps probably somehow something anything everything nothing someone anyone
    everyone everybody somebody nobody anybody yet still ever never always please thank thanks sorry right sure
    course
    many much people few several kind sort bit lot bunch stuff way around because while until unless whether
    although though however otherwise
    said say says saying tell told ask asked want wants wanted need needs needed make makes made take takes took put
    does did been being come comes came give gave given see seen look looked use used using
    таки есть суть ага угу эээ ммм типа короче конечно наверное может возможно пожалуйста спасибо правда кстати
    который которая которое которые которого которой которых которому которым чем чего чему никак ничего никто
    всего всех всем каждый сам сама сами самый нужен нужна нужны будто лишь либо зато итак пока теперь потом тогда
    наверно наверняка видимо похоже вероятно скорее пожалуй якобы очевидно
    possibly presumably apparently hopefully likely supposedly allegedly supposed definitely certainly obviously
    напевно певно ймовірно імовірно можливо схоже начебто нібито либонь очевидно
    кажется вроде мол дескать скажем говорит сказал сказала говорю хочу хочет хотим
    який якого якій яких якому яким ніхто нічого усього усіх усім кожен кожна кожне сам самі мабуть звісно звичайно
    будь ласка дякую справді до речі потрібен потрібна потрібні лиш або зате поки тепер потім тоді здається ніби
    мовляв скажімо каже сказав сказала кажу хочу хоче хочемо нехай хай пусть
    """
)
