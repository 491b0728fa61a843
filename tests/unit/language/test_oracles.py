"""The tables of words against independent sources: Babel's CLDR, num2words, and pymorphy3 with its dictionaries."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache

import pymorphy3
import pytest
from babel import Locale
from num2words import num2words

from aam.evidence.facts import Facts
from aam.language.calendar import MONTHS, RELATIVE_DAYS, WEEKDAYS
from aam.language.number_words import CARDINALS, ORDINALS, SCALES
from aam.language.tokens import normalise
from aam.language.units import unit_of

LANGUAGES = ("en", "ru", "uk")
CASES = {
    "ru": ("nominative", "genitive", "dative", "accusative", "instrumental", "prepositional"),
    # num2words has no right genitive and locative of Ukrainian hundreds ("двохста"); pymorphy3 covers these below.
    "uk": ("nominative", "dative", "accusative"),
}


@lru_cache
def morphology(language: str) -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang=language)


def forms_of(language: str, lemma: str, *, part: str, singular: bool = False) -> set[str]:
    """Every form of a dictionary word, as tokens have it."""
    found: set[str] = set()
    for parse in morphology(language).parse(lemma):
        if parse.normal_form == lemma and part in parse.tag:
            found |= {
                normalise(each.word)
                for each in parse.lexeme
                if not (singular and "plur" in each.tag)
                and "voct" not in each.tag
                and not ({"Arch", "V-be", "Infr", "Abbr", "Erro"} & each.tag.grammemes)
                and len(each.word) > 2
            }
            break
    return found


def values_of(text: str) -> list[int]:
    return [int(value) for number in Facts(text).numbers for value in number.values]


@pytest.mark.parametrize("language", LANGUAGES)
def test_weekdays_and_months_are_those_of_cldr(language: str) -> None:
    locale = Locale.parse(language)
    for context in ("format", "stand-alone"):
        days = locale.days[context]["wide"]
        assert {normalise(name): WEEKDAYS[normalise(name)] for name in days.values()} == {
            normalise(name): number + 1 for number, name in days.items()
        }
        months = locale.months[context]["wide"]
        assert {normalise(name): MONTHS[normalise(name)] for name in months.values()} == {
            normalise(name): number for number, name in months.items()
        }


WEEK = {
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
    "uk": "понеділок вівторок середа четвер п'ятниця субота неділя",
}
YEAR = {
    "ru": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "uk": "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень",
}


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_every_form_of_a_weekday_is_its_own_day(language: str) -> None:
    for number, lemma in enumerate(WEEK[language].split(), 1):
        forms = forms_of(language, lemma, part="NOUN")
        assert len(forms) > 4
        assert {form: WEEKDAYS.get(form) for form in forms} == dict.fromkeys(forms, number)


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_every_form_of_a_month_is_its_own_month(language: str) -> None:
    for number, lemma in enumerate(YEAR[language].split(), 1):
        forms = forms_of(language, lemma, part="ADJF" if lemma == "лютий" else "NOUN", singular=True)
        known = {form: MONTHS[form] for form in forms if form in MONTHS}
        assert len(known) >= 4
        assert known == dict.fromkeys(known, number)


def test_no_form_stands_for_two_days() -> None:
    assert len({*WEEKDAYS} & {*MONTHS}) == 0
    assert len({*WEEKDAYS} & {*RELATIVE_DAYS}) == 0


def spoken_numbers() -> Iterator[int]:
    yield from range(1_001)
    draw = random.Random(7)
    for size in (4, 5, 6, 7, 9, 10):
        yield from (draw.randrange(1_000, 10**size) for _ in range(40))


@pytest.mark.parametrize(("language", "case"), [("en", ""), *((each, case) for each in CASES for case in CASES[each])])
def test_numbers_are_read_as_num2words_says_them(language: str, case: str) -> None:
    wrong = {}
    for number in spoken_numbers():
        said = num2words(number, lang=language, **({"case": case} if case else {})).replace(",", "")
        if values_of(said) != [number]:
            wrong[said] = values_of(said)
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_ordinals_are_read_as_num2words_says_them(language: str) -> None:
    said = {num2words(number, lang=language, to="ordinal"): number for number in range(1, 100)}
    assert {words: values_of(words) for words in said} == {words: [number] for words, number in said.items()}


@pytest.mark.parametrize(
    ("language", "lemma", "value"),
    [
        ("ru", "пять", 5), ("ru", "восемь", 8), ("ru", "одиннадцать", 11), ("ru", "сорок", 40), ("ru", "пятьдесят", 50),
        ("ru", "восемьдесят", 80), ("ru", "девяносто", 90), ("ru", "двести", 200), ("ru", "пятьсот", 500),
        ("uk", "п'ять", 5), ("uk", "сім", 7), ("uk", "вісім", 8), ("uk", "одинадцять", 11), ("uk", "сорок", 40),
        ("uk", "п'ятдесят", 50), ("uk", "двісті", 200), ("uk", "триста", 300), ("uk", "шістсот", 600),
    ],
)  # fmt: skip
def test_every_case_of_a_cardinal_has_its_value(language: str, lemma: str, value: int) -> None:
    forms = forms_of(language, lemma, part="NUMR")
    assert len(forms) > 1
    assert {form: CARDINALS.get(form, ORDINALS.get(form)) for form in forms} == dict.fromkeys(forms, value)


@pytest.mark.parametrize(
    ("language", "lemma", "value"),
    [
        ("ru", "тысяча", 10**3), ("ru", "миллион", 10**6), ("ru", "миллиард", 10**9), ("ru", "триллион", 10**12),
        ("uk", "тисяча", 10**3), ("uk", "мільйон", 10**6), ("uk", "мільярд", 10**9), ("uk", "трильйон", 10**12),
    ],
)  # fmt: skip
def test_every_case_of_a_scale_has_its_value(language: str, lemma: str, value: int) -> None:
    forms = forms_of(language, lemma, part="NOUN")
    assert len(forms) > 5
    assert {form: SCALES.get(form) for form in forms} == dict.fromkeys(forms, value)


@pytest.mark.parametrize(
    ("language", "lemma", "unit"),
    [
        ("ru", "доллар", "usd"), ("ru", "рубль", "rub"), ("ru", "гривна", "uah"), ("ru", "фунт", "gbp"),
        ("ru", "процент", "percent"), ("ru", "минута", "minute"), ("ru", "час", "hour"), ("ru", "день", "day"),
        ("ru", "неделя", "week"), ("ru", "месяц", "month"), ("ru", "квартал", "quarter_year"), ("ru", "год", "year"),
        ("uk", "долар", "usd"), ("uk", "гривня", "uah"), ("uk", "відсоток", "percent"), ("uk", "хвилина", "minute"),
        ("uk", "година", "hour"), ("uk", "день", "day"), ("uk", "тиждень", "week"), ("uk", "місяць", "month"),
        ("uk", "квартал", "quarter_year"), ("uk", "рік", "year"), ("uk", "секунда", "second"),
    ],
)  # fmt: skip
def test_every_form_of_a_unit_is_that_unit(language: str, lemma: str, unit: str) -> None:
    forms = forms_of(language, lemma, part="NOUN")
    assert len(forms) > 5
    assert {form: unit_of(form) for form in forms} == dict.fromkeys(forms, unit)


@pytest.mark.parametrize("language", LANGUAGES)
def test_currencies_have_the_codes_and_names_of_cldr(language: str) -> None:
    names = Locale.parse(language).currencies
    for code in ("EUR", "JPY", "UAH", "PLN", "CHF", "KZT"):
        words = [normalise(word) for word in names[code].split()]
        assert code.lower() in {unit_of(word) for word in words}, (code, words)
    assert {unit_of(code.lower()) for code in ("USD", "EUR", "GBP", "RUB", "UAH")} == {
        "usd",
        "eur",
        "gbp",
        "rub",
        "uah",
    }
