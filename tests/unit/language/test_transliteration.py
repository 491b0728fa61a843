"""Spellings of names in Latin letters, by the examples that the tables themselves give."""

from __future__ import annotations

import re

import pytest

from aam.language.transliteration import beginnings, is_spelled, meet, pattern, spelled_names

OF_2010 = """
Алушта Alushta|Андрій Andrii|Борщагівка Borshchahivka|Борисенко Borysenko|Вінниця Vinnytsia|Володимир Volodymyr
Гадяч Hadiach|Богдан Bohdan|Згурський Zghurskyi|Ґалаґан Galagan|Ґорґани Gorgany|Донецьк Donetsk|Дмитро Dmytro
Рівне Rivne|Олег Oleh|Есмань Esman|Єнакієве Yenakiieve|Гаєвич Haievych|Короп'є Koropie|Житомир Zhytomyr
Жанна Zhanna|Жежелів Zhezheliv|Закарпаття Zakarpattia|Казимирчук Kazymyrchuk|Медвин Medvyn|Михайленко Mykhailenko
Іванків Ivankiv|Іващенко Ivashchenko|Їжакевич Yizhakevych|Кадиївка Kadyivka|Мар'їне Marine|Йосипівна Yosypivna
Стрий Stryi|Олексій Oleksii|Київ Kyiv|Коваленко Kovalenko|Лебедин Lebedyn|Леонід Leonid|Миколаїв Mykolaiv
Маринич Marynych|Ніжин Nizhyn|Наталія Nataliia|Одеса Odesa|Онищенко Onyshchenko|Полтава Poltava|Петро Petro
Решетилівка Reshetylivka|Рибчинський Rybchynskyi|Суми Sumy|Соломія Solomiia|Тернопіль Ternopil|Троць Trots
Ужгород Uzhhorod|Уляна Uliana|Фастів Fastiv|Філіпчук Filipchuk|Харків Kharkiv|Христина Khrystyna|Біла Bila
Церква Tserkva|Стеценко Stetsenko|Чернівці Chernivtsi|Шевченко Shevchenko|Шостка Shostka|Кишеньки Kyshenky
Щербухи Shcherbukhy|Гоща Hoshcha|Гаращенко Harashchenko|Юрій Yurii|Корюківка Koriukivka|Яготин Yahotyn
Ярошенко Yaroshenko|Костянтин Kostiantyn|Знам'янка Znamianka|Феодосія Feodosiia
"""
OF_ICAO = """
Щербаков Shcherbakov|Юлия Iuliia|Цой Tcoi|Цой Tsoi|Хабаров Khabarov|Ёлкин Elkin|Подъячев Podieiachev|Дарья Daria
Сергей Sergei|Дмитрий Dmitrii|Ильин Ilin|Эдуард Eduard|Быков Bykov|Ксения Kseniia|Жуков Zhukov|Чайка Chaika
"""
OF_GOST = """
Щукин Shhukin|Юрий Yurij|Яков Yakov|Харитон Xariton|Царёв Czaryov|Ёлкин Yolkin|Жанна Zhanna|Журов Žurov|Чаев Čaev
Юлин Ûlin|Яшин Âšin|Цой Coj|Щукин Ŝukin|Хасан Hasan
"""
OLDER = """
Сергей Sergey|Евгений Yevgeny|Євген Ievgen|Дмитрий Dmitry|Мария Maria|Максим Maxim|Виктор Victor|Ильин Ilyin
Юлия Julia|Фёдор Fyodor|Татьяна Tatyana|Григорий Grigory|Щукин Schukin|Соловьёв Solovyov|Сергей Serhii
"""


def pairs(table: str) -> list[tuple[str, str]]:
    found = [pair.split() for line in table.strip().splitlines() for pair in line.split("|")]
    return [(cyrillic.lower(), latin.lower()) for cyrillic, latin in found]


@pytest.mark.parametrize(
    ("cyrillic", "latin"), [pair for table in (OF_2010, OF_ICAO, OF_GOST, OLDER) for pair in pairs(table)]
)
def test_every_table_spells_a_name_of_ours(cyrillic: str, latin: str) -> None:
    assert is_spelled(latin, cyrillic)
    assert re.match(pattern(cyrillic), latin)
    assert re.match(pattern(latin), cyrillic)
    assert not is_spelled(latin + "a", cyrillic)
    assert not is_spelled(latin[:-2], cyrillic)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sergey", "serhii"),
        ("yuriy", "iurii"),
        ("oleg", "oleh"),
        ("igor", "ihor"),
        ("grigory", "hryhorii"),
        ("shcherbakov", "scherbakov"),
        ("khrystyna", "hristina"),
        ("viktor", "victor"),
        ("galina", "halyna"),
    ],
)
def test_two_latin_spellings_meet_in_one_name(one: str, other: str) -> None:
    assert meet(one, other)
    assert meet(other, one)
    assert re.match(pattern(one), other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gall", "hall"),
        ("daniel", "daniil"),
        ("anna", "anya"),
        ("petrov", "petrova"),
        ("dan", "danie"),
        ("mark", "mars"),
    ],
)
def test_other_names_do_not_meet(one: str, other: str) -> None:
    assert not meet(one, other)


@pytest.mark.parametrize(
    ("word", "latin", "name"),
    [
        ("петровой", "petrova", "петрова"),
        ("щербакову", "shcherbakov", "щербаков"),
        ("павла", "pavel", "павел"),
        ("ользі", "olha", "ольга"),
        ("кравця", "kravets", "кравець"),
        ("антона", "antin", "антін"),
        ("дмитрия", "dmitry", "дмитрий"),
    ],
)
def test_a_case_leads_to_the_name_that_a_latin_word_spells(word: str, latin: str, name: str) -> None:
    assert name in set(spelled_names(word, latin))


def test_what_is_no_letter_of_the_tables_is_looked_for_as_it_is() -> None:
    assert pattern("josé") == "josé"
    assert beginnings("wu") == set()
    assert list(spelled_names("мария", "mark")) == []
