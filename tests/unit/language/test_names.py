from __future__ import annotations

import pymorphy3
import pytest

from aam.language.names import agree, same_name
from aam.language.tokens import normalise

MEN = {
    "ru": "александр иван сергей дмитрий павел андрей виктор игорь никита илья евгений юрий олег максим антон",
    "uk": "олександр іван сергій дмитро павло андрій віктор ігор микита ілля юрій олег максим антон тарас",
}
WOMEN = {
    "ru": "александра ольга мария наталья екатерина светлана анна юлия ксения елена марина",
    "uk": "олександра ольга марія катерина світлана ганна юлія оксана олена марина соломія",
}


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_all_cases_of_a_given_name_agree(language: str) -> None:
    morphology = pymorphy3.MorphAnalyzer(lang=language)
    wrong = []
    known = 0
    for gender, names in (("masc", MEN[language]), ("femn", WOMEN[language])):
        for name in names.split():
            parses = [p for p in morphology.parse(name) if {"Name", gender} <= p.tag.grammemes and "plur" not in p.tag]
            known += bool(parses)
            if not parses:
                continue
            forms = {
                normalise(each.word) for each in parses[0].lexeme if "plur" not in each.tag and "voct" not in each.tag
            }
            wrong += [(name, form) for form in forms if not agree(form, normalise(name))]
    assert wrong == []
    assert known > 15


@pytest.mark.parametrize(
    ("man", "woman"),
    [
        ("александр", "александра"),
        ("валентин", "валентина"),
        ("иванов", "иванова"),
        ("евгений", "евгения"),
        ("олександр", "олександра"),
    ],
)
def test_a_feminine_form_is_another_name_where_it_is_the_subject(man: str, woman: str) -> None:
    assert same_name(man, woman)  # what erasure wants
    assert agree(man, woman)  # "у Александра"
    assert not agree(woman, man, one_is_subject=True)
    assert not agree(f"{woman[:-1]}ой", man)


def test_the_instrumental_tells_a_man_from_a_woman() -> None:
    assert not agree("александром", "александрой")
    assert not agree("ивановым", "ивановой")
    assert not agree("олександром", "олександрою")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("анна", "anna"), ("сергей", "sergey"), ("соломію", "solomiia"), ("илья", "ілля"), ("олена", "елена"),
        ("галина", "halyna"), ("алексей", "alexey"), ("эксель", "excel"), ("виктор", "victor"), ("сэмми", "sammy"),
    ],
)  # fmt: skip
def test_a_name_is_one_in_two_alphabets_and_languages(one: str, other: str) -> None:
    assert agree(one, other)
    assert agree(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("мария", "марина"), ("марк", "mike"), ("соломія", "софія"), ("susan", "sarah"), ("eric", "erik"),
        ("robert", "robertson"), ("степан", "стефания"), ("дан", "дон"), ("карина", "карл"),
    ],
)  # fmt: skip
def test_two_names_are_two(one: str, other: str) -> None:
    assert not agree(one, other)
