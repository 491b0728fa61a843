"""A person's name in texts: what is found, and what is somebody else's."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from uuid import UUID

import pytest

from aam.redaction.name_matching import Person, person, pseudonym_of, spellings, stem_of

ID = UUID(int=42)
NOBODY = "Person 000042"


def somebody(*names: str, known: bool, emails: tuple[str, ...] = ()) -> Person:
    return person(names, emails, erasure_id=ID, known=known)


def test_a_pseudonym_says_nothing_and_is_none_for_the_next_erasure() -> None:
    assert pseudonym_of(ID) == NOBODY
    assert person([NOBODY, " "], [], erasure_id=ID).names == frozenset()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ask Anna Petrova today.", f"Ask {NOBODY} today."),
        ("ask anna  petrova today", f"ask {NOBODY} today"),
        ("PETROVA, Anna: yes", f"{NOBODY}: yes"),
        ("20261101_Anna_Petrova.mp3", f"20261101_{NOBODY}.mp3"),
        ("Anna Petrova's plan, Anna-Petrova's too", f"{NOBODY}'s plan, {NOBODY}'s too"),
        ("Anna and Petrova, and Annabel Petrovan", "Anna and Petrova, and Annabel Petrovan"),
        ("Joanna Petrova", "Joanna Petrova"),
        ("", ""),
    ],
)
def test_a_whole_name_goes_anywhere(text: str, left: str) -> None:
    assert somebody("Anna Petrova", known=False).text(text) == left


@pytest.mark.parametrize("text", ["Спросите Анну Петрову.", "у Анны Петровой", "Anna Petrova", "Петрова Анна"])
def test_cases_and_alphabets_are_one_name(text: str) -> None:
    left = somebody("Анна Петрова", known=False).text(text)
    assert NOBODY in left
    assert not any(part in left for part in ("Анн", "Петров", "Anna", "Petrov"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Will said that Will will.", f"{NOBODY} said that {NOBODY} will."),
        ("thanks will said stone", f"thanks will said {NOBODY}"),
        ("we will ask will stone", f"we will ask {NOBODY}"),
        ("Mr Stone agrees", f"Mr {NOBODY} agrees"),
        ("Stonewall", "Stonewall"),
    ],
)
def test_parts_go_where_the_person_took_part(text: str, left: str) -> None:
    assert somebody("Will Stone", known=True).text(text) == left


def test_single_word_counts_only_where_it_fills_a_field() -> None:
    anna = somebody("Anna", known=False)
    assert anna.text("Anna said so") == "Anna said so"
    assert anna.json({"terms": ["Anna", "Anna said"], "owner": "Anna"}) == {"terms": ["Anna said"], "owner": NOBODY}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("A", "A decision was made: we will buy a server"),
        ("Will", "A decision was made: we will buy a server. Will you? WE WILL."),
        ("Will", "we will see"),
        ("I", "I think I know."),
        ("Я", "Я знаю. Да, Я знаю, я."),
        ("И", "И так, и ТАК. И"),
        ("Ли", "Знает ли Ли?"),
        ("May", "May I? In May, since 5 May, we may. May 6. From April to May."),
        ("Mark", "Mark my words, we mark it."),
        ("Віра", "Віра в успіх. Маємо віру, бо є віра."),
        ("Надія", "Надія є, на надію."),
        ("Роман", "Роман был длинный, а в романе и роман."),
        ("Надя", "надо так над этим думать"),
        ("Марта Яненко", "пятого марта"),
    ],
)
def test_a_name_that_is_a_word_as_well_leaves_words_alone(name: str, text: str) -> None:
    erased = somebody(name, known=True)
    assert erased.text(text) == text
    assert replace(erased, in_any_case=True).json({"title": text, "text": text}) == {"title": text, "text": text}


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        (
            "Will",
            "We asked Will. Will, will you? Will said so.",
            f"We asked {NOBODY}. {NOBODY}, will you? {NOBODY} said so.",
        ),
        ("Віра", "Спитай Віру, вона має віру. Віро, чуєш?", f"Спитай {NOBODY}, вона має віру. {NOBODY}, чуєш?"),
        ("May", "Ask May in May.", f"Ask {NOBODY} in May."),
        ("Anna", "anna and Anna Brown agree", "anna and Anna Brown agree"),
        ("Anna", "ask anna", f"ask {NOBODY}"),
    ],
)
def test_a_name_of_one_word_goes_where_it_is_a_name(name: str, text: str, left: str) -> None:
    assert replace(somebody(name, known=True), others=frozenset({"Anna Brown"})).text(text) == left


@pytest.mark.parametrize("name", ["A", "Will", "Я", "May"])
def test_identifying_fields_lose_a_name_of_one_word(name: str) -> None:
    erased = somebody(name, known=True)
    assert erased.is_label(name.lower())
    people = {"speaker": name, "owner": name, "kind": "person", "value": name, "text": name, "quote": name}
    said = dict.fromkeys(("speaker", "owner", "value"), NOBODY)
    assert erased.json(people) == people | said
    guest = somebody("Will Stone", known=True)
    assert guest.json({"owner": "Will and Anna"}) == {"owner": f"{NOBODY} and Anna"}
    assert guest.text("Will (guest)", called=True) == f"{NOBODY} (guest)"
    assert somebody("Will", known=True).json("Will", key="title") == NOBODY


def test_an_address_goes_in_any_case() -> None:
    anna = somebody("Anna Petrova", known=False, emails=("anna@example.com",))
    assert anna.text("Write to ANNA@example.com") == f"Write to {NOBODY}"


@pytest.mark.parametrize(
    ("label", "whole", "known"),
    [
        ("anna petrova", True, True),
        ("Petrova Anna", True, True),
        ("Anna", False, True),
        ("Speaker 1", False, False),
        ("Anna Smirnova", False, False),
        ("", False, False),
    ],
)
def test_whose_label_it_is(label: str, *, whole: bool, known: bool) -> None:
    assert somebody("Anna Petrova", known=False).is_label(label) is whole
    assert somebody("Anna Petrova", known=True).is_label(label) is known


def test_a_stem_is_in_every_inflection() -> None:
    assert stem_of("анна") == "анн"
    assert stem_of("petrova") == "petro"
    assert somebody("Li Wu", known=False).stems == ("li",)


def test_numbers_kinds_and_moments_are_no_names() -> None:
    said = {"kind": "decision", "held_at": "2026-11-01", "items": [{"priority": "medium", "text": "Medium said so"}]}
    agent, medium = somebody("Agent 2026", known=True), somebody("Tina Medium", known=True)
    assert agent.json(said) == said
    assert agent.text("agent 2026 in 2026") == f"{NOBODY} in 2026"
    assert medium.json(said) == said | {"items": [{"priority": "medium", "text": f"{NOBODY} said so"}]}
    fields = [
        {"name": "owner", "kind": "person", "value": "Medium"},
        {"name": "x", "kind": "choice", "value": "Medium"},
    ]
    assert medium.json(fields) == [fields[0] | {"value": NOBODY}, fields[1]]


def test_a_pseudonym_is_left_alone() -> None:
    assert somebody("Guest Person", known=True).text(f"{NOBODY} and Person 123456 and Guest Person") == (
        f"{NOBODY} and Person 123456 and {NOBODY}"
    )


def test_whole_names_of_others_stay() -> None:
    john = replace(somebody("John Smith", known=True), others=frozenset({"John Brown", "John"}))
    assert john.text("John Brown told John, John Smith and Brown John.") == (
        f"John Brown told {NOBODY}, {NOBODY} and Brown John."
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Володимир Зеленський", "Володимира Зеленського"),
        ("Володимир Зеленський", "Володимиром Зеленським"),
        ("Марія Коваленко", "Марії Коваленко"),
        ("Андрій Шевченко", "Андрієм Шевченком"),
        ("Федор Достоевский", "Фёдора Достоевского"),
        ("Анна Чайковская", "Анну Чайковскую"),
        ("Анна Ковальська", "Анни Ковальської"),
        ("Дар'я Коваленко", "Дарʼї Коваленко"),
        ("Сергей Королёв", unicodedata.normalize("NFD", "Сергей Королёв")),
        ("Андрей Йовович", unicodedata.normalize("NFD", "Андрей Йовович")),
        (unicodedata.normalize("NFD", "José Núñez"), "José Núñez"),
        ("Ольга Скрипка", "Ользі Скрипці"),
        ("Ольга Солоха", "Солосі Ользі"),
        ("Павел Орёл", "Павлу Орлу"),
        ("Пётр Заяц", "Петра Зайца"),
        ("Петро Заєць", "Петрові Зайцю"),
        ("Лев Кравець", "Льва Кравця"),
        ("Лев Дубок", "Львом Дубком"),
        ("Антін Соловей", "Антона Солов’я"),
        ("Сидір Лебідь", "Сидорові Лебедю"),
        ("Яків Вечір", "Якове Вечоре"),
        ("Дмитро Марко", "Дмитрові Маркові"),
        ("Андрій Ковалів", "Андрія Ковалева"),
        ("Артём Королёв", "Артема Королева"),
    ],
)
def test_oblique_cases_and_decomposed_letters(name: str, text: str) -> None:
    assert somebody(name, known=False).text(text) == NOBODY
    stems = somebody(name, known=False).stems
    composed = unicodedata.normalize("NFC", text)
    assert any(re.search(f"{spellings(stem)}|{stem}", composed, re.IGNORECASE) for stem in stems)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Олег", "Ольга дала Ользі."),
        ("Петер", "Петра знає Петро."),
        ("Лев", "Львів, у Львові, во Львове, Львовский."),
        ("Кім Ли", "Кому і ким?"),
        ("Тім Ли", "Тому що, тем более."),
        ("Марек", "Марку і Марка."),
        ("Кузін", "Кузен і кузени, Кузена."),
        ("Павел", "Павильон, Пава, Павлин."),
        ("Ольга", "Олена, Олеся, Ользький."),
    ],
)
def test_other_names_and_common_words_stay(name: str, text: str) -> None:
    assert somebody(name, known=True).text(text) == text


def test_what_is_a_form_of_two_names_is_the_one_whose_stem_it_has() -> None:
    fly = somebody("Ніна Муха", known=True)
    assert fly.text("Дай Мусі.") == f"Дай {NOBODY}."
    assert replace(fly, others=frozenset({"Муся Коваль"})).text("Дай Мусі або Мухам.") == f"Дай Мусі або {NOBODY}."


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Анна Петрова", "Petrova"),
        ("Anna Petrova", "Петровой"),
        ("Юлия Щукина", "Schukina"),
        ("Mikhail Zhukov", "Жуков и Михаил"),
        ("Ілля Коваль", "Kovalia"),
        ("Yuri Tkachenko", "Ткаченко"),
    ],
)
def test_a_stem_is_looked_for_in_both_alphabets(name: str, text: str) -> None:
    (stem,) = somebody(name, known=False).stems
    assert re.search(spellings(stem), text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Сергій Гриценко", "Serhii Hrytsenko"),
        ("Сергей Гриценко", "Sergey Gritsenko"),
        ("Sergey Ivanov", "Serhii Ivanov"),
        ("Sergey Ivanov", "Сергею Иванову"),
        ("Serhii Ivanov", "Сергеем Ивановым"),
        ("Наталия Щукина", "Nataliia Shchukina"),
        ("Наталья Щукина", "Natalya Schukina"),
        ("Юлія Ґалаґан", "Yuliia Galagan"),
        ("Юлия Цой", "Iuliia Tsoi"),
        ("Юлия Цой", "Julija Coj"),
        ("Yuliya Tsoy", "Iuliia Tsoi"),
        ("Pavel Zaiats", "Павла Зайца"),
        ("Olha Skrypka", "Ользі Скрипці"),
        ("Lev Kravets", "Льва Кравця"),
        ("Oleg Kharchenko", "Oleh Harchenko"),
        ("Александр Кузьмин", "Aleksandr Kuzmin"),
        ("Максим Алексеев", "Maxim Alexeev"),
        ("Дмитрий Подъячев", "Dmitrii Podieiachev"),
        ("Дар'я Коваль", "Daria Koval"),
    ],
)
def test_a_name_is_found_in_the_other_alphabet_and_by_other_tables(name: str, text: str) -> None:
    assert somebody(name, known=False).text(text) == NOBODY
    stems = somebody(name, known=False).stems
    assert any(re.search(spellings(stem), text, re.IGNORECASE) for stem in stems), "a database has to find it too"


@pytest.mark.parametrize("label", ["Serhii Ivanov", "Сергей Иванов", "Sergey", "Ivanov Sergii"])
def test_a_label_in_another_alphabet_or_spelling_is_theirs(label: str) -> None:
    assert somebody("Sergei Ivanov", known=True).is_label(label)
    assert not somebody("Pavel Ivanov", known=True).is_label("Serhii Ivanov")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Hall", "Gall and Gil, Hal"),
        ("Павел Иванов", "Ivanova, Pavlenko, Paul, Pawel"),
        ("Ганна Хан", "Canna, Ghana"),
        ("Цой", "Toy, Choi, Tsai"),
        ("Гончар", "Goncharova, Goncharenko, Honcharuk"),
        ("Дан", "Danie, Daniel, Dana"),
        ("Olha Lis", "Олена, Лісова, Олеся"),
    ],
)
def test_names_that_only_look_alike_in_latin_letters_stay(name: str, text: str) -> None:
    assert somebody(name, known=True).text(text) == text


@pytest.mark.parametrize(
    ("file", "left"),
    [
        ("PavelSidorov.mp4", f"{NOBODY}.mp4"),
        ("pavelSidorov_final.mp4", f"{NOBODY}_final.mp4"),
        ("SidorovPavel2026.mp4", f"{NOBODY}2026.mp4"),
        ("20261101PavelSidorov.mp4", f"20261101{NOBODY}.mp4"),
        ("pavel_sidorov-v2.mp4", f"{NOBODY}-v2.mp4"),
        ("pavel-sidorov.mp4", f"{NOBODY}.mp4"),
        ("pavel—sidorov.mp4", f"{NOBODY}.mp4"),
        ("Pavel+Sidorov.mp4", f"{NOBODY}.mp4"),
        ("pavelsidorov.mp4", f"{NOBODY}.mp4"),
        ("call_sidorovpavel2.mp4", f"call_{NOBODY}2.mp4"),
        ("PAVEL_SIDOROV.MP4", f"{NOBODY}.MP4"),
        ("ПавелСидоров.mp4", f"{NOBODY}.mp4"),
        ("ЗустрічСидоровПавел.mp4", f"Зустріч{NOBODY}.mp4"),
        ("PavelSidorovich.mp4", "PavelSidorovich.mp4"),
        ("pavelsidorovskaya.mp4", "pavelsidorovskaya.mp4"),
        ("PavelAndSidorov.mp4", "PavelAndSidorov.mp4"),
        ("USABudget2026Q3.mp4", "USABudget2026Q3.mp4"),
    ],
)
@pytest.mark.parametrize("name", ["Pavel Sidorov", "Павел Сидоров"])
def test_a_name_goes_from_the_name_of_a_file(name: str, file: str, left: str) -> None:
    assert somebody(name, known=False).text(file) == left


def test_a_part_goes_from_a_glued_name_where_the_person_took_part() -> None:
    known = replace(somebody("Pavel Sidorov", known=True), in_any_case=True)
    assert known.text("InterviewSidorov2.mp4") == f"Interview{NOBODY}2.mp4"
    assert known.text("McSidorovsky") == "McSidorovsky"
